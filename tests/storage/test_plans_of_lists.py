"""Lists and searches begin where their articles are, by an index, on both databases."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event

from asrcrawler.storage.articles import narrowing, reading
from asrcrawler.storage.articles.reading import Position
from asrcrawler.storage.articles.selection import Selection
from asrcrawler.storage.figures.status import figures
from asrcrawler.storage.search import Order, questions, search
from asrcrawler.storage.search.numbering import letter
from asrcrawler.storage.visits.writing import write_visits
from tests.storage.samples import DAY, NOON, SITE, an_article

if TYPE_CHECKING:
    from collections.abc import Callable

    from asrcrawler.storage import Database

ARTICLES = range(1, 201)
FIRST_DAY = date(2024, 5, 1) - timedelta(days=len(ARTICLES))
PUBLICATION = "published_at_code"
"""In the names of two indexes; where all articles are of one site, PostgreSQL takes one for the other."""


def days(first: int, last: int, *, category: str | None = None, unique: bool = False) -> Selection:
    since, until = (FIRST_DAY + timedelta(days=number) for number in (first, last))
    return Selection(site=SITE, since=since, until=until, category=category, unique=unique)


@pytest.fixture(scope="module")
def archive(shared_database: Database) -> Database:
    """An article a day; every tenth is of a category of its own, every other one names the parliament."""
    database = shared_database
    write_visits(
        database,
        [
            an_article(
                code,
                published_at=NOON - (len(ARTICLES) - code) * DAY,
                category=["ورزش"] if code % 10 == 0 else ["سیاسی"],
                tags=["تیم"] if code % 2 else [],
                body=f"خبر {code} " + ("مجلس" if code % 2 else "دولت"),
            )
            for code in ARTICLES
        ],
    )
    if not database.is_sqlite:
        with database.maintain() as connection:
            connection.exec_driver_sql("ANALYZE")
    return database


def steps(database: Database, work: Callable[[], Any], *, but: str = "\0") -> list[str]:
    """The lines of the plans of what ``work`` reads, without the statements that have ``but`` in them."""
    executed: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        if statement.startswith("SELECT") and but not in statement:
            executed.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    work()
    event.remove(database.engine, "before_cursor_execute", note)
    found: list[str] = []
    with database.read() as connection:
        if not database.is_sqlite:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # two hundred rows are read whole otherwise
        explain = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
        for statement, parameters in executed:
            found += [str(row[-1]) for row in connection.exec_driver_sql(f"{explain} {statement}", parameters)]
    return found


def by_index(lines: list[str], name: str, bound: str) -> bool:
    """Whether a step goes by the index, and begins where ``bound`` says."""
    told = zip(lines, [*lines[1:], ""], strict=True)
    return any(name in line and bound in line + following.replace("ROW(", "(") for line, following in told)


def test_a_slice_of_a_list_begins_at_its_place(archive: Database) -> None:
    place = "(published_at,code)" if archive.is_sqlite else "(published_at, code) "
    for position, bound in ((Position(before=50, limit=5), place + "<"), (Position(after=50, limit=5), place + ">")):
        lines = steps(archive, partial(reading.published, archive, SITE, None, NOON, position))
        assert by_index(lines, PUBLICATION, bound), lines


def test_figures_read_what_is_counted_and_no_more_of_the_ledger_than_two_hours(archive: Database) -> None:
    lines = steps(archive, partial(figures, archive, SITE, NOON))
    lower = "next_visit_at>?" if archive.is_sqlite else "next_visit_at >="
    assert by_index(lines, "ix_ledger_site_next_visit_at", lower), lines
    key = ("PRIMARY KEY", "what=? AND site=?") if archive.is_sqlite else ("pk_counter", "what)::text = ANY")
    assert by_index(lines, *key), lines


def codes(found: list[dict[str, Any]]) -> list[int]:
    return [one["code"] for one in found]


SELECTIONS = {
    "few days": days(10, 30),
    "days of a category": days(10, 60, category="ورزش"),
    "many days, long ago": days(0, 150),
    "many days, until now": days(20, 300, unique=True),
    "a category": Selection(site=SITE, category="ورزش"),
    "a tag of many": Selection(site=SITE, tag="تیم"),
    "both": Selection(site=SITE, category="سیاسی", tag="تیم"),
    "nothing": Selection(site=SITE, category="هیچ", tag="تیم"),
    "everything": Selection(site=SITE),
}


def of_selection(code: int, selection: Selection) -> bool:
    day = FIRST_DAY + timedelta(days=code)
    return (
        (selection.since is None or selection.since <= day)
        and (selection.until is None or day <= selection.until)
        and selection.category in {None, "ورزش" if code % 10 == 0 else "سیاسی"}
        and (selection.tag is None or code % 2 == 1)
    )


@pytest.fixture(params=["few", "many"])
def small_bounds(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounds that the archive is below of, and bounds that it is above of."""
    for module, name, many in (
        (narrowing, "MANY", 30),
        (narrowing, "LARGEST_PORTION", 7),
        (questions, "COUNTED", 9),
        (questions, "RANKED", 5),
        (questions, "MANY", 12),
    ):
        if request.param == "many":
            monkeypatch.setattr(module, name, many)


@pytest.mark.usefixtures("small_bounds")
@pytest.mark.parametrize("selection", SELECTIONS.values(), ids=SELECTIONS)
def test_what_is_listed_does_not_depend_on_the_way_there(archive: Database, selection: Selection) -> None:
    wanted = [code for code in reversed(ARTICLES) if of_selection(code, selection)]
    assert codes(reading.selected(archive, selection, Position(limit=300))) == wanted
    assert codes(reading.selected(archive, selection, Position(limit=3))) == wanted[:3]
    below = [code for code in wanted if code < 150]
    assert codes(reading.selected(archive, selection, Position(limit=4, before=150))) == below[:4]
    for words, kept in (
        ("", wanted),
        ("مجلس", [c for c in wanted if c % 2]),
        ("-مجلس", [c for c in wanted if not c % 2]),
    ):
        pages = [search(archive, words, selection, order=Order.NEWEST, offset=at, limit=30) for at in range(0, 240, 30)]
        assert [hit.code for page in pages for hit in page.hits] == kept, words
        assert pages[0].goes_on == (len(kept) > 30)
        assert pages[-1].goes_on is False
        for page in pages:
            assert (page.total == len(kept)) if page.total_is_exact else (page.total < len(kept))
        assert pages[0].total_is_exact == (len(kept) <= max(questions.COUNTED, 30))


def test_what_is_listed_is_found_by_the_index_that_knows_it(archive: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def api(selection: Selection) -> Callable[[], Any]:
        return lambda: reading.selected(archive, selection, Position(limit=10))

    lower = "published_at>?" if archive.is_sqlite else "published_at >="
    assert by_index(steps(archive, api(SELECTIONS["few days"])), PUBLICATION, lower)
    assert by_index(steps(archive, api(SELECTIONS["days of a category"])), PUBLICATION, lower)
    names = ("sqlite_autoindex_label_1", "name=?") if archive.is_sqlite else ("pk_label", "name = ")
    assert by_index(steps(archive, api(SELECTIONS["a category"])), *names)
    monkeypatch.setattr(narrowing, "MANY", 30)
    monkeypatch.setattr(narrowing, "LARGEST_PORTION", 7)
    if archive.is_sqlite:  # PostgreSQL takes the half of two hundred articles for too many to go by an index
        assert by_index(steps(archive, api(SELECTIONS["many days, long ago"]), but="count("), PUBLICATION, lower)
    for name, selection in SELECTIONS.items():
        lines = steps(archive, api(selection), but="count(")
        lines = [line for line in lines if "anon_" not in line and " outlet" not in line]  # that has a row an outlet
        scans = [line for line in lines if line.startswith("SCAN") or "Seq Scan" in line]
        assert scans == [], name


def test_words_are_asked_for_by_their_index_and_within_a_volume(archive: Database) -> None:
    """On PostgreSQL a word without the letter of a volume, or outside of the index, would read all documents."""
    lines = steps(archive, lambda: search(archive, "خبر مجلس", Selection(site=SITE, category="سیاسی")))
    if archive.is_sqlite:
        asked = [line for line in lines if "search_words_1" in line]
        assert all(re.fullmatch(r"SCAN search_words_1 VIRTUAL TABLE INDEX \d+:M6><", line) for line in asked), asked
        assert len(asked) > 3
        assert any(line.startswith("SEARCH search_document_1 USING INTEGER PRIMARY KEY (rowid<?)") for line in lines)
        return
    asked = [line for line in lines if "@@" in line]
    letters = {letter(volume) for volume in range(2**16)}
    words = {word for line in asked for word in re.findall(r"''([^'\s]+)''", line.partition("@@")[2])}
    assert all("Index Cond: (words @@" in line or "Recheck Cond: (words @@" in line for line in asked), asked
    assert {word[0] for word in words} <= letters
    assert (
        len([line for line in lines if "Bitmap Index Scan on ix_search_document_1_words" in line])
        == len(asked) // 2
        > 3
    )
    assert any("Index Only Scan Backward using pk_search_document_1" in line for line in lines), lines


def test_thousands_of_hits_are_not_counted_to_the_end(archive: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "COUNTED", 20)
    found = search(archive, "خبر", limit=5)
    assert (found.total, found.total_is_exact, found.goes_on) == (20, False, True)
    further = search(archive, "خبر", offset=190, limit=5)
    assert (len(further.hits), further.total, further.total_is_exact, further.goes_on) == (5, 195, False, True)
    last = search(archive, "خبر", offset=195, limit=50)
    assert (len(last.hits), last.total, last.total_is_exact, last.goes_on) == (5, 200, True, False)
    assert search(archive, "خبر", offset=300, limit=5)[1:4] == (200, True, False)
    assert search(archive, "خبر", limit=0)[:3] == ([], 20, False)
