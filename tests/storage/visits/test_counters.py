"""What is counted is what there is, whatever has changed it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert

from asrcrawler.items import Outcome
from asrcrawler.storage import models
from asrcrawler.storage.checks import counters as check
from asrcrawler.storage.figures.counted import count_articles, counts
from asrcrawler.storage.figures.status import figures
from asrcrawler.storage.visits import counters
from asrcrawler.storage.visits.counters import What
from asrcrawler.storage.visits.ledger import record_listed
from asrcrawler.storage.visits.runs import RunFigures, begin_run, end_run
from asrcrawler.storage.visits.writing import write_visits
from tests.storage.samples import DAY, HOUR, NOON, OTHER_SITE, SITE, a_story, an_absence, an_article, row, rows

if TYPE_CHECKING:
    from datetime import datetime

    from asrcrawler.storage import Database

ALMOST = timedelta(microseconds=1)


def wrong(database: Database) -> list[str]:
    with database.read() as connection:
        return [str(finding) for finding in check.find(connection)]


def test_a_story_is_counted_visit_by_visit(database: Database) -> None:
    story = a_story(240)
    for first in range(0, len(story), 40):
        record_listed(database, SITE, range(first // 4, first // 4 + 12), NOON)
        write_visits(database, story[first : first + 40])
    write_visits(database, [an_article(code, site=OTHER_SITE, at=NOON + HOUR - ALMOST) for code in (5, 5_000)])
    assert wrong(database) == []
    assert count_articles(database) == {SITE: len(rows(database, models.article)) - 2, OTHER_SITE: 2}
    with database.write(SITE) as connection:
        counters.drop_empty(connection, SITE)
    counted = [found for found in rows(database, models.counter) if found["number"]]
    assert all(found["number"] for found in rows(database, models.counter) if found["what"] == "booked")
    assert {found["place"] for found in counted if (found["site"], found["what"]) == (OTHER_SITE, "codes")} == {0, 4}
    with database.write(SITE, OTHER_SITE) as connection:
        counters.recount(connection, [SITE, OTHER_SITE])
    assert rows(database, models.counter) == counted


@pytest.mark.parametrize("moment", [NOON, NOON + ALMOST, NOON + HOUR - ALMOST])
def test_what_is_due_is_counted_to_the_microsecond(database: Database, moment: datetime) -> None:
    write_visits(database, [an_absence(code, Outcome.FAILED) for code in (1, 2)] + [an_absence(3, Outcome.REFUSED)])
    with database.write(SITE) as connection:
        connection.execute(models.ledger.update().where(models.ledger.c.code == 1).values(next_visit_at=moment))
        counters.recount(connection, [SITE])
    assert wrong(database) == []
    before, due = (figures(database, SITE, at).due_by_outcome for at in (moment - ALMOST, moment))
    assert due.get("failed", 0) - before.get("failed", 0) == 1
    assert row(database, models.ledger, 2)["next_visit_at"] > NOON


def test_the_counts_of_all_sites_are_read_at_once(database: Database) -> None:
    write_visits(database, [an_article(1), an_absence(2, at=NOON - 9 * DAY), an_article(1, site=OTHER_SITE)])
    record_listed(database, OTHER_SITE, [7], NOON)
    found = counts(database, [SITE, OTHER_SITE, "elsewhere.ir"], NOON)
    assert found[SITE].numbers[What.CODES] == {"stored": 1, "missing": 1}
    assert found[OTHER_SITE].numbers[What.CODES] == {"stored": 1, "": 1}
    assert (found[SITE].due, found[OTHER_SITE].due) == ({"missing": 1}, {})
    assert found["elsewhere.ir"].total(What.ARTICLES) == 0


def test_two_transactions_add_up(database: Database) -> None:
    for _ in range(2):
        with database.write(SITE) as connection:
            counters.move(connection, SITE, (), (), articles=3)
    assert [(found["what"], found["number"]) for found in rows(database, models.counter)] == [("articles", 6)]


def test_what_a_run_of_the_first_version_wrote_after_the_upgrade_is_counted_by_the_next_run(database: Database) -> None:
    run_id = begin_run(database, SITE, {})
    record_listed(database, SITE, range(9), NOON, run_id=run_id)
    end_run(database, run_id, RunFigures(), reason="finished", exit_status=0)
    with database.write(SITE) as connection:
        connection.execute(models.counter.delete())
    end_run(database, begin_run(database, SITE, {}), RunFigures(), reason="finished", exit_status=0)
    assert wrong(database) == [f"counters: {SITE}: there are not as many as are counted: codes"]
    with database.write(SITE) as connection:
        connection.execute(models.run.update().values(token=None))  # as that version left its rows
    begin_run(database, SITE, {})
    assert wrong(database) == []


def test_a_row_that_nothing_counts_is_found(database: Database) -> None:
    with database.write() as connection:
        values = {"site": SITE, "what": "codes", "place": 3, "name": "stored", "number": 1}
        connection.execute(insert(models.counter), values)
    assert wrong(database) == ["counters: asrpress.ir: there are not as many as are counted: codes"]
