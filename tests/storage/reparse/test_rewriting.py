"""What another reading of captures makes of the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, update

from asrcrawler.clock import utcnow
from asrcrawler.http.completeness import BREAKS_OFF
from asrcrawler.items import Absence, Article, Outcome
from asrcrawler.storage import models
from asrcrawler.storage.checks import findings
from asrcrawler.storage.reparse.rereading import CodeHistory, Wanted, count, histories
from asrcrawler.storage.reparse.rewriting import Rewritten, write_readings
from asrcrawler.storage.search import refilling
from asrcrawler.storage.visits.writing import write_visits
from tests.storage.samples import DAY, HOUR, MINUTE, NOON, SITE, an_absence, an_article, row, rows, with_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from asrcrawler.storage import Database

Item = Article | Absence
UNREADABLE = Outcome.UNREADABLE


def unreadable(code: int, *, at: Any = NOON) -> Absence:
    return with_page(an_absence(code, UNREADABLE, at=at, reason="no body", status=200), f"<html>{code} {at}".encode())


def wanted_histories(database: Database, **wanted: Any) -> list[CodeHistory]:
    return [history for portion in histories(database, Wanted(site=SITE, **wanted)) for history in portion]


def read(database: Database, parser: Callable[[int, Any], Item], *, dry_run: bool = False, **wanted: Any) -> Rewritten:
    """Read every wanted capture with a ``parser`` that takes code and moment."""
    found = wanted_histories(database, **wanted)
    readings = [(history, [parser(capture.code, capture.at) for capture in history.captures]) for history in found]
    return write_readings(database, SITE, readings, dry_run=dry_run)


def told(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Every row; how the index of words stands is its own matter."""
    tables = [table for table in models.metadata.sorted_tables if table is not models.search_index]
    return {table.name: rows(database, table) for table in tables}


def by_key(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows without the numbers that the order of their coming gave them."""
    return sorted(({**row, "id": None} for row in found), key=repr)


def as_it_was(code: int, at: Any) -> Article:
    return an_article(code, at=at)


def test_the_same_reading_changes_nothing(database: Database) -> None:
    write_visits(database, [with_page(an_article(code)) for code in (1, 2)])
    before = told(database)
    done = read(database, as_it_was)
    assert (dict(done.counts), done.differences) == ({"same": 2}, [])
    assert told(database) == before


def test_what_was_damaged_is_as_a_fresh_crawl_would_leave_it(database: Database) -> None:
    write_visits(database, [with_page(an_article(code, body="یکی")) for code in (1, 2, 3)])
    before = told(database)
    with database.write(SITE) as connection:
        broken: dict[str, Any] = {
            "lead": None,
            "tags": [],
            "body": "دیگر",
            "comment_count": 7,
            "kind": "video",
            "text_digest": b"x" * 16,
        }
        connection.execute(update(models.article).where(models.article.c.code == 2).values(duplicate_of=None, **broken))
        connection.execute(delete(models.label).where(models.label.c.code == 2))
    done = read(database, lambda code, at: an_article(code, at=at, body="یکی"))
    assert dict(done.counts) == {"same": 2, "better": 1}
    assert {found.field for found in done.differences} == {"lead", "body", "tags", "kind", "comment_count"}
    assert (done.differences[0].before, done.differences[0].after) == (None, "خلاصه‌ای کوتاه")
    assert told(database) == before
    refilling.complete(database)
    assert [finding for finding in findings(database) if finding.check == "words"] == []


def test_a_better_reading_is_no_edit_by_the_site(database: Database) -> None:
    write_visits(database, [with_page(an_article(1, lead=None))])
    write_visits(database, [an_absence(1, Outcome.STORED, at=NOON + HOUR, reason="not modified", status=304)])
    done = read(database, as_it_was)
    assert [(found.field, found.before) for found in done.differences] == [("lead", None)]
    article = row(database, models.article, 1)
    assert (article["lead"], article["revision"]) == ("خلاصه‌ای کوتاه", 1)
    assert (article["changed_at"], article["last_seen_at"]) == (NOON, NOON + HOUR)
    assert rows(database, models.revision) == []
    assert len(rows(database, models.visit)) == 2


def test_another_day_of_publication_moves_the_next_visit(database: Database) -> None:
    published: dict[str, Any] = {"published_at": NOON - 10 * HOUR}
    write_visits(database, [with_page(an_article(1, published_at=None)), with_page(an_article(2, **published))])
    assert row(database, models.ledger, 1)["next_visit_at"] == NOON + 30 * MINUTE
    read(database, lambda code, at: an_article(code, at=at, **published))
    assert {found["code"]: found["next_visit_at"] for found in rows(database, models.ledger)} == {
        1: NOON + 5 * HOUR, 2: NOON + 5 * HOUR,
    }  # fmt: skip


def test_what_reads_worse_does_not_replace_what_is_stored(database: Database) -> None:
    write_visits(database, [with_page(an_article(code)) for code in (1, 2)])
    before = told(database)

    def parser(code: int, at: Any) -> Item:
        return (
            an_article(code, at=at, body=None) if code == 1 else an_absence(code, UNREADABLE, at=at, reason="no code")
        )

    done = read(database, parser)
    assert dict(done.counts) == {"worse": 2}
    assert done.worse == {1: "reads worse than what is stored: no body", 2: "unreadable, no code"}
    assert told(database) == before


def test_a_page_that_now_reads_is_as_if_it_had_been_read_then(connect: Callable[[], Database], url: str) -> None:
    database = connect()
    edited = "بند نخست، ویراسته"
    history: list[tuple[Any, Any]] = [
        (unreadable(1), an_article(1)),
        (unreadable(1, at=NOON + DAY), an_article(1, at=NOON + DAY)),
        (unreadable(1, at=NOON + 2 * DAY), an_article(1, at=NOON + 2 * DAY, body=edited)),
        (an_article(2), an_article(2)),
        (unreadable(2, at=NOON + DAY), an_article(2, at=NOON + DAY, body=edited)),
        (unreadable(3), an_absence(3, at=NOON, reason="soft 404", status=200)),
    ]
    as_today: dict[tuple[int, Any], Item] = {}
    for then, today in history:
        write_visits(database, [then if then.fetch.capture else with_page(then)])
        as_today[today.code, today.fetch.at] = today
    done = read(database, lambda code, at: as_today[code, at])
    assert dict(done.counts) == {"same": 1, "readable": 5}
    after = told(database)

    for table in reversed(models.metadata.sorted_tables):
        with database.write() as connection:
            connection.execute(delete(table))
    for _, today in history:
        fresh = with_page(today, f"<html>{today.fetch.at}".encode())
        write_visits(database, [fresh])
    afresh = told(database)
    for name in ("article", "revision", "ledger", "label"):
        assert by_key(after[name]) == by_key(afresh[name]), name
    told_visits = [
        [(found["code"], found["outcome"], found["reason"], found["change"]) for found in end["visit"]]
        for end in (after, afresh)
    ]
    assert told_visits[0] == told_visits[1]
    assert [found["outcome"] for found in after["page"]].count("stored") == 5


def test_a_later_failure_stays_the_last_word_in_the_ledger(database: Database) -> None:
    write_visits(database, [unreadable(1)])
    write_visits(database, [an_absence(1, Outcome.FAILED, at=NOON + DAY, reason="timeout", status=None)])
    before = row(database, models.ledger, 1)
    done = read(database, as_it_was)
    assert done.counts["readable"] == 1
    assert row(database, models.ledger, 1) == before
    assert row(database, models.article, 1)["first_seen_at"] == NOON


def test_an_article_that_is_gone_comes_back_with_its_times(database: Database) -> None:
    write_visits(database, [with_page(an_article(1, body="پیشین"))])
    write_visits(database, [with_page(an_article(1, at=NOON + DAY), b"edited")])
    write_visits(database, [with_page(an_article(1, at=NOON + 2 * DAY), b"edited")])
    before = row(database, models.article, 1)
    with database.write(SITE) as connection:
        connection.execute(delete(models.article))
    assert read(database, as_it_was).counts["restored"] == 1
    after = row(database, models.article, 1)
    assert {**after, "id": 0} == {**before, "id": 0}
    assert len(rows(database, models.label)) == 4


def test_a_dry_run_tells_the_same_and_writes_nothing(database: Database) -> None:
    write_visits(database, [with_page(an_article(1, lead=None)), unreadable(2)])
    before = told(database)
    tried = read(database, as_it_was, dry_run=True)
    assert told(database) == before
    assert read(database, as_it_was).differences == tried.differences
    assert len(tried.differences) > 3


# --- which pages are read again


def test_an_older_page_does_not_speak_for_a_later_text(database: Database) -> None:
    write_visits(database, [with_page(an_article(1))])
    write_visits(database, [an_article(1, at=NOON + DAY, body="پس از آن")])  # while pages were not kept
    [history] = wanted_histories(database)
    assert (history.lost, history.captures) == (True, [])
    read(database, as_it_was)
    assert row(database, models.article, 1)["body"] == "پس از آن"


@pytest.mark.parametrize(
    ("wanted", "codes"),
    [
        ({}, [1, 2, 4, 5]),
        ({"codes": [(2, 4)]}, [2, 4]),
        ({"unreadable": True}, [4, 5]),
        ({"since": NOON + HOUR}, [2, 5]),
    ],
)
def test_pages_are_selected(database: Database, wanted: dict[str, Any], codes: list[int]) -> None:
    write_visits(
        database,
        [
            with_page(an_article(1)),
            with_page(an_article(2, at=NOON + DAY)),
            an_article(3),
            unreadable(4),
            with_page(an_article(5)),
            with_page(an_absence(6, Outcome.REFUSED)),
        ],
    )
    write_visits(database, [unreadable(5, at=NOON + DAY)])
    found = wanted_histories(database, **wanted)
    assert [history.code for history in found] == codes
    assert count(database, Wanted(site=SITE, **wanted)) >= len(codes)


def test_portions_end_with_the_last_code(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("asrcrawler.storage.reparse.rereading.CODES_AT_ONCE", 3)
    write_visits(database, [with_page(an_article(code)) for code in range(1, 10)])
    portions = list(histories(database, Wanted(site=SITE)))
    assert [[history.code for history in portion] for portion in portions] == [[1, 2, 3], [4, 5, 6], [7, 8, 9]]


def test_the_last_page_is_the_one_fetched_last_and_not_that_of_a_clock_which_was_ahead(database: Database) -> None:
    for at in (utcnow() + 3650 * DAY, NOON + HOUR, NOON):
        write_visits(database, [with_page(an_article(at=at), f"<html>{at}".encode())])
    [history] = wanted_histories(database)
    assert [visit["id"] for visit in history.visits] == [1, 3, 2]
    assert [capture.at for capture in history.captures] == [NOON + HOUR]


# --- pages that break off


def cut_off(code: int, at: Any) -> Absence:
    """What a page without its end is to a parser."""
    absence = an_absence(code, Outcome.FAILED, at=at, reason=BREAKS_OFF, status=200)
    absence.reading = an_article(code, at=at, body="خوانش تازه")
    return absence


def test_a_page_that_breaks_off_replaces_and_restores_nothing(database: Database) -> None:
    write_visits(database, [with_page(an_article(code)) for code in (1, 2)])
    with database.write() as connection:
        connection.execute(delete(models.article).where(models.article.c.code == 2))
    before = told(database)
    done = read(database, cut_off)
    assert dict(done.counts) == {"worse": 2}
    assert done.worse == dict.fromkeys((1, 2), f"failed, {BREAKS_OFF}")
    assert told(database) == before


def test_a_page_that_could_not_be_read_and_breaks_off_stays_as_it_is(database: Database) -> None:
    write_visits(database, [unreadable(1)])
    before = told(database)
    assert dict(read(database, cut_off).counts) == {"unreadable": 1}
    assert told(database) == before


def test_the_page_of_an_article_that_was_taken_without_an_end_is_read_again(database: Database) -> None:
    for after in (0 * HOUR, HOUR, DAY, DAY + HOUR):
        look = an_absence(1, Outcome.FAILED, at=NOON + after, reason=BREAKS_OFF, status=200)
        look.reading = with_page(an_article(1, at=NOON + after), b"<html>no end")
        write_visits(database, [look])
    done = read(database, cut_off)
    assert dict(done.counts) == {"better": 1}
    assert row(database, models.article, 1)["body"] == "خوانش تازه"
