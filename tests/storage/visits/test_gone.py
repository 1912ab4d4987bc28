"""Which stored articles are gone: written when the looks count, on both databases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import update

from asrcrawler.gone import Presence
from asrcrawler.items import Outcome
from asrcrawler.storage import models
from asrcrawler.storage.articles.export import Selection, export_articles
from asrcrawler.storage.articles.gone import of_code
from asrcrawler.storage.checks import findings, repair
from asrcrawler.storage.visits import ledger, runs
from asrcrawler.storage.visits.gone import run_looks
from asrcrawler.storage.visits.writing import write_visits
from tests.storage.samples import DAY, HOUR, NOON, OTHER_SITE, SITE, all_rows, an_absence, an_article, column, row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from asrcrawler.items import Absence, Article
    from asrcrawler.storage import Database

MANY = range(1, 31)


def begin(database: Database, *batches: Iterable[Article | Absence], site: str = SITE) -> int:
    run_id = runs.begin_run(database, site, {})
    for batch in batches:
        write_visits(database, list(batch), run_id=run_id, newest=10_000)
    return run_id


def a_run(database: Database, *batches: Iterable[Article | Absence], site: str = SITE) -> int:
    run_id = begin(database, *batches, site=site)
    runs.end_run(database, run_id, runs.RunFigures(), reason="finished", exit_status=0)
    return run_id


def kill(database: Database, run_id: int) -> None:
    """Leave a run as one that was killed: not ended, and its process is no more."""
    with database.write() as connection:
        connection.execute(update(models.run).where(models.run.c.id == run_id).values(process="1 1 another-boot x"))


def misses(codes: Iterable[int], days: float, **given: Any) -> list[Article | Absence]:
    return [an_absence(code, at=NOON + days * DAY, **given) for code in codes]


def sees(codes: Iterable[int], days: float) -> list[Article | Absence]:
    return [an_article(code, at=NOON + days * DAY) for code in codes]


def states(database: Database, code: int = 7) -> list[str]:
    return [str(time.state) for time in of_code(database, SITE, code)]


def gone_at(database: Database, code: int = 7) -> Any:
    return row(database, models.article, code)["gone_at"]


def test_two_runs_a_day_apart_prove_it_and_a_third_sees_it_back(database: Database) -> None:
    a_run(database, sees([7, 8], 0))
    a_run(database, misses([7], 1))
    assert (states(database), gone_at(database)) == (["waiting"], None)
    a_run(database, misses([7], 2))
    assert (states(database), gone_at(database)) == (["gone"], NOON + DAY)
    [found] = export_articles(database, Selection(gone=True))
    assert (found["code"], found["gone_at"], found["last_seen_at"], found["last_visit_at"]) == (
        7, NOON + DAY, NOON, NOON + 2 * DAY,
    )  # fmt: skip
    a_run(database, sees([7], 3))
    assert (states(database), gone_at(database)) == (["back"], None)
    assert list(export_articles(database, Selection(gone=True))) == []
    assert of_code(database, SITE, 7)[0].back_at == NOON + 3 * DAY
    assert list(findings(database)) == []


def test_looks_count_when_their_run_has_ended(database: Database) -> None:
    a_run(database, sees([7], 0))
    a_run(database, misses([7], 1))
    run_id = begin(database, misses([7], 2))
    assert (states(database), gone_at(database)) == (["waiting"], None)
    runs.end_run(database, run_id, runs.RunFigures(), reason="shutdown", exit_status=75)
    assert (states(database), gone_at(database)) == (["gone"], NOON + DAY)


def test_an_outage_in_several_batches_counts_for_nothing(database: Database) -> None:
    a_run(database, sees(MANY, 0))
    a_run(database, misses([7], 1))
    before = column(database, models.article, "gone_at")
    outage = a_run(database, misses(range(1, 9), 2), misses(range(9, 17), 2), sees(range(17, 31), 2))
    assert run_looks(database, outage) == (30, 16)
    assert column(database, models.article, "gone_at") == before
    assert (states(database), states(database, 8)) == (["waiting"], ["doubtful"])
    half = a_run(database, misses(range(1, 16), 3), sees(range(16, 31), 3))
    assert run_looks(database, half) == (30, 15)
    assert (states(database), gone_at(database)) == (["gone"], NOON + DAY)
    assert [states(database, code) for code in (8, 16, 17)] == [["waiting"], [], []]
    a_run(database, misses([8], 4))
    assert gone_at(database, 8) == NOON + 3 * DAY  # not the day of the outage
    assert list(findings(database)) == []


def test_new_articles_and_codes_without_one_are_no_looks(database: Database) -> None:
    first = a_run(database, sees(range(1, 11), 0), misses(range(100, 160), 0))
    second = a_run(database, misses(range(100, 160), 1), misses([7], 1), sees(range(200, 230), 1))
    assert (run_looks(database, first), run_looks(database, second)) == ((0, 0), (1, 1))


@pytest.mark.parametrize("missing", [16, 15])
def test_a_killed_run_is_judged_by_the_run_that_closes_it(database: Database, missing: int) -> None:
    a_run(database, sees(MANY, 0))
    a_run(database, misses([7], 1))
    killed = begin(database, misses(range(1, missing + 1), 2), sees(range(missing + 1, 31), 2))
    kill(database, killed)
    assert gone_at(database) is None
    a_run(database)
    assert gone_at(database) == (None if missing == 16 else NOON + DAY)
    assert states(database, 8) == (["doubtful"] if missing == 16 else ["waiting"])
    assert list(findings(database)) == []


def test_what_was_missing_and_seen_within_one_run_is_judged_at_its_end(database: Database) -> None:
    a_run(database, sees([7], 0))
    a_run(database, misses([7], 1))
    a_run(database, misses([7], 2), sees([7], 2.1))
    assert states(database) == ["back"]
    a_run(database, misses([7], 3), sees([7], 3.1))
    assert states(database) == ["back"]
    assert list(findings(database)) == []


def test_another_site_is_another_matter(database: Database) -> None:
    for site in (SITE, OTHER_SITE):
        write_visits(database, [an_article(7, site=site)])
    a_run(database, misses([7], 1, site=OTHER_SITE), site=OTHER_SITE)
    a_run(database, misses([7], 2, site=OTHER_SITE), site=OTHER_SITE)
    marked = {found["site"]: found["gone_at"] for found in export_articles(database, Selection())}
    assert marked == {SITE: None, OTHER_SITE: NOON + DAY}


def test_an_article_that_is_seen_again_is_back_at_once_even_in_an_outage(database: Database) -> None:
    a_run(database, sees(MANY, 0))
    a_run(database, misses([7], 1))
    a_run(database, misses([7], 2))
    begin(database, sees([7], 3), misses(range(8, 31), 3))
    assert (states(database), gone_at(database)) == (["back"], None)


def test_every_visit_of_a_stored_article_is_its_latest(database: Database) -> None:
    write_visits(database, [an_article(7)])
    for number, outcome in enumerate(Outcome, start=1):
        if outcome is not Outcome.STORED:
            write_visits(database, [an_absence(7, outcome, at=NOON + number * HOUR)])
            article = row(database, models.article, 7)
            assert (article["last_visit_at"], article["last_seen_at"]) == (NOON + number * HOUR, NOON)


def test_a_missing_article_is_looked_at_a_day_later_and_then_ever_more_rarely(database: Database) -> None:
    a_run(database, sees([7], 0))
    waits, at = [], 1.0
    while True:
        a_run(database, misses([7], at))
        due = row(database, models.ledger, 7)["next_visit_at"]
        if due is None:
            break
        waits.append((due - NOON) / DAY - at)
        assert ledger.missed(database, SITE, due - HOUR, 9) == []
        assert ledger.missed(database, SITE, due, 9) == [7]
        assert ledger.missed(database, SITE, due, 9, exclude={7}) == []
        at = (due - NOON) / DAY
    assert waits == [1, 2, 4, 8, 16]


def test_old_articles_take_turns_gone_ones_too(database: Database) -> None:
    old: dict[str, Any] = {"published_at": NOON - 90 * DAY}
    write_visits(database, [an_article(code, at=NOON + code * HOUR, **old) for code in range(1, 7)])
    write_visits(database, [an_article(8)])  # young
    for day in range(1, 7):
        write_visits(database, misses([3], day))
    write_visits(database, misses([9], 0))  # no article
    later = NOON + 30 * DAY
    assert ledger.old(database, SITE, later, 9) == []
    assert ledger.old(database, SITE, later + 3 * HOUR, 9) == [1, 2]
    assert ledger.old(database, SITE, later + 40 * DAY, 3) == [1, 2, 4]
    assert ledger.old(database, SITE, later + 40 * DAY, 9, exclude={2, 5}) == [1, 4, 6, 3]
    write_visits(database, [an_article(1, at=later + DAY, **old)])
    assert ledger.old(database, SITE, later + 50 * DAY, 9) == [2, 4, 5, 6, 3, 1]


def test_what_is_written_can_be_made_again_from_the_visits(database: Database) -> None:
    a_run(database, sees(range(1, 5), 0))
    for day in (1, 2):
        a_run(database, misses([1, 2], day))
    a_run(database, sees([2], 3), misses([3], 3))
    whole = all_rows(database)
    with database.write() as connection:
        connection.execute(models.gone.delete().where(models.gone.c.code.in_([1, 2])))
        connection.execute(models.gone.update().values(confirmed_at=None))
        connection.execute(models.article.update().values(gone_at=NOON, last_visit_at=NOON - DAY))
    said = [str(finding) for finding in findings(database)]
    assert said[:4] == [
        f"gone: {SITE} {code}: the visits tell otherwise when its article was gone" for code in range(1, 5)
    ]
    assert said[4:] == [
        f"gone: {SITE} {code}: the latest visit of the article is not that of the ledger" for code in range(1, 5)
    ]
    assert repair(database) == 8
    assert all_rows(database) == whole


def test_a_run_that_was_closed_by_another_proves_nothing_more(connect: Callable[[], Database]) -> None:
    database = connect()
    a_run(database, sees([7], 0))
    a_run(database, misses([7], 1))
    run_id = begin(database, misses([7], 1.5))
    kill(database, run_id)
    a_run(database, misses([7], 2))
    assert [str(time.state) for time in of_code(database, SITE, 7)] == [Presence.GONE]
