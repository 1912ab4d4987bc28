"""What runs at every visit and every start of a run must not read the archive from end to end, whatever its size."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event

from asrcrawler.gone import Presence
from asrcrawler.items import Change, Outcome
from asrcrawler.storage import Database
from asrcrawler.storage.articles import edits, gone, reading, sections, versions, whereabouts
from asrcrawler.storage.articles.export import export_articles
from asrcrawler.storage.articles.reading import Position
from asrcrawler.storage.articles.selection import Selection
from asrcrawler.storage.figures import census, codes, periods, recent, today
from asrcrawler.storage.figures.changes import count_by_site, count_edits, count_gone
from asrcrawler.storage.figures.counted import count_articles
from asrcrawler.storage.figures.sources import sources
from asrcrawler.storage.figures.status import coverage_at, figures
from asrcrawler.storage.search import Order, search
from asrcrawler.storage.visits import ledger, runs
from asrcrawler.storage.visits.writing import write_visits
from tests.storage.samples import DAY, HOUR, NOON, SITE, an_absence, an_article

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BATCH = range(1, 101)


def visit_again(database: Database) -> None:
    write_visits(database, [an_article(code, at=NOON + HOUR, body=f"متن نو {code % 90}") for code in BATCH])
    write_visits(database, [an_absence(code) for code in range(200, 300)])
    write_visits(database, [an_absence(code, at=NOON + DAY) for code in BATCH])


def plan_a_run(database: Database) -> None:
    run_id = runs.begin_run(database, SITE, {})
    runs.last_memory(database, SITE)
    runs.last_runs(database, SITE, 10)
    ledger.known(database, SITE, list(BATCH))
    ledger.validators(database, SITE, list(BATCH))
    ledger.record_listed(database, SITE, range(90, 120), NOON)
    ledger.due(database, SITE, NOON + DAY, (Outcome.FAILED, Outcome.MISSING), 100, exclude={3})
    ledger.missed(database, SITE, NOON + DAY, 100)
    ledger.old(database, SITE, NOON + DAY, 100)
    ledger.listed_unvisited(database, SITE, 100, below=110)
    ledger.unvisited_spans(database, SITE, 1, 1_000, 100)
    ledger.newest_known(database, SITE)
    sources(database, SITE)
    runs.remember_plan(database, run_id, {"newest": 1})
    runs.end_run(database, run_id, runs.RunFigures(), reason="finished", exit_status=0)


def read(database: Database) -> None:
    at = NOON - HOUR
    for position in (Position(), Position(before=50), Position(after=50)):
        reading.labelled(database, SITE, "tag", "نفت", position)
        reading.undated(database, SITE, position)
    for sites in (SITE, (SITE, "elsewhere.ir")):
        for own in (Position(), Position(before=50, site=SITE), Position(after=50, site=SITE)):
            reading.published(database, sites, None, NOON, own)
            reading.published(database, sites, at, NOON, own)
        reading.count_future(database, sites, NOON)
        reading.published_around(database, sites, at, NOON)
        periods.periods(database, sites, [at, NOON])
        periods.span_published(database, sites, NOON)
        today.today(database, sites, at, NOON)
        reading.newest(database, sites, NOON, 30)
    today.count_by_site(database, at, NOON)
    whereabouts.with_articles(database, [SITE])
    whereabouts.with_code(database, [SITE], 7)
    whereabouts.with_label(database, [SITE], "tag", "نفت")
    whereabouts.without_date(database, [SITE])
    reading.has_undated(database, SITE)
    periods.codes_around(database, SITE, at, NOON)
    periods.unvisited(database, SITE, [(1, 50), (60, 900)])
    sections.categories(database, SITE)
    reading.one(database, SITE, 7)
    reading.of_codes(database, [(SITE, code) for code in [7, 9]])
    codes.codes(database, SITE, "stored", below=90, limit=30)
    codes.codes(database, SITE, "stored", reason="404", below=90, limit=30)
    codes.count_reasons(database, SITE, "unreadable")
    recent.recent(database, SITE, [NOON + day * DAY for day in range(9)])
    count_by_site(database, Change.HEADLINE, at)
    reading.relatives(database, SITE, 7)
    for site in (SITE, None):
        for page in (None, edits.Place(NOON, 7, 1, SITE)):
            edits.edits(database, sites=site, changes=list(Change), behind=page)
        for place in (None, gone.Place(NOON, 7, SITE)):
            gone.missed(database, Presence.GONE, sites=site, behind=place)
        count_edits(database, [at, NOON], sites=site)
        count_gone(database, sites=site, since=at)
    gone.of_code(database, SITE, 7)
    list(export_articles(database, Selection(site=SITE, gone=True)))
    search(database, "", Selection(site=SITE, gone=True), order=Order.NEWEST)
    versions.edits(database, SITE, 7, 30)
    versions.texts(database, SITE, 7, (1, 2))
    census.lags(database, SITE, at, NOON)
    census.census(database, SITE, 1, 100, 2)
    census.census(database, SITE, 1, 9_000, 2)
    census.newest_publication(database, SITE, NOON)
    figures(database, SITE, NOON)
    coverage_at(database, SITE, 1, NOON)
    count_articles(database)


@pytest.fixture
def small_archive(sqlite_url: str) -> Iterator[Database]:
    database = Database(sqlite_url)
    database.prepare()
    write_visits(database, [an_article(code) for code in BATCH])
    yield database
    database.close()


def plans(database: Database, work: Callable[[Database], Any]) -> dict[str, list[str]]:
    """SQLite's plan of each statement that ``work`` executes."""
    executed: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, parameters: Any, ___: Any, many: bool) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE")):
            executed.append((statement, parameters[0] if many else parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    work(database)
    event.remove(database.engine, "before_cursor_execute", note)
    assert executed
    with database.read() as connection:
        return {
            statement: [str(row[3]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
            for statement, values in executed
        }


@pytest.mark.parametrize("work", [visit_again, plan_a_run, read])
def test_every_step_is_a_search_by_more_than_the_site(
    small_archive: Database, work: Callable[[Database], None]
) -> None:
    walks = {
        statement: steps
        for statement, steps in plans(small_archive, work).items()
        for step in steps
        if (step.startswith("SCAN") and not _is_short(step))
        or (step.endswith("(site=?)") and not _takes_one(statement) and not _is_of_few(step))
    }
    assert walks == {}


def _is_short(step: str) -> bool:
    """The values that were asked for, what a step before found, the indexes of words, or a row a site or outlet."""
    some = r"anon_\d+|json_each VIRTUAL TABLE .*|search_index|search_site|outlet|tops|search_words_1 VIRTUAL TABLE .*"
    return re.fullmatch(rf"SCAN ({some})", step) is not None


def _is_of_few(step: str) -> bool:
    """An index of some articles alone: those that are gone, those that are duplicates."""
    return "ix_article_gone" in step or "ix_article_duplicates" in step


def _takes_one(statement: str) -> bool:
    """The highest of an index is one look into it; a limit stops the walk along it; a site has one number."""
    return any(part in statement for part in ("max(", "min(", "LIMIT", "FROM search_site"))


SELECTIONS = (
    Selection(),
    Selection(since=date(2024, 4, 1), until=date(2024, 5, 31)),
    Selection(category="مجلس", tag="نفت"),
    Selection(codes=[(1, 30)], unique=True),
)


@pytest.mark.parametrize("selection", SELECTIONS)
@pytest.mark.parametrize("order", Order)
def test_a_search_asks_for_its_words_once_and_reads_no_text_but_of_its_hits(
    small_archive: Database, selection: Selection, order: Order
) -> None:
    def ask(database: Database) -> None:
        for words in ("خبر", "-متن"):
            search(database, words, selection, order=order)

    found = plans(small_archive, ask)
    texts = [steps for sql, steps in found.items() if "article.body" in sql]
    assert all(steps[0].endswith("(site=? AND code=?)") for steps in texts)
    asked = {sql: [step for step in steps if "anon_" not in step] for sql, steps in found.items() if "MATCH" in sql}
    assert len([sql for sql in asked if sql.count("MATCH") == 1]) == len(asked) >= 1
    for steps in asked.values():  # between two numbers, and down from the newest
        assert re.fullmatch(r"SCAN search_words_1 VIRTUAL TABLE INDEX \d+:M\d+><", steps[0]), steps
        assert not [step for step in steps if "TEMP B-TREE" in step]
