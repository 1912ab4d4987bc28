from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import update

from asrcrawler.clock import utcnow
from asrcrawler.storage import models
from asrcrawler.storage.visits.runs import RunFigures, begin_run, end_run, remember_plan
from asrcrawler.storage.visits.starts import Start, last_start
from tests.storage.samples import OTHER_SITE, SITE

if TYPE_CHECKING:
    from typing import Any

    from asrcrawler.storage import Database

SCHEDULED: dict[str, Any] = {"codes": None, "limit": None}


def ended(database: Database, site: str, arguments: dict[str, Any], hours_ago: int, rest: str | None = None) -> None:
    run_id = begin_run(database, site, arguments)
    if rest:
        remember_plan(database, run_id, {"rest_until": rest})
    end_run(database, run_id, RunFigures(), reason="finished", exit_status=0)
    at = utcnow() - timedelta(hours=hours_ago)
    with database.write() as connection:
        connection.execute(update(models.run).where(models.run.c.id == run_id).values(started_at=at))


def test_without_a_run_nothing_is_known(database: Database) -> None:
    ended(database, OTHER_SITE, SCHEDULED, 1)
    assert last_start(database, SITE) == Start(None, None)


def test_the_last_scheduled_run_counts_and_no_other(database: Database) -> None:
    ended(database, SITE, SCHEDULED, 5)
    ended(database, SITE, SCHEDULED | {"limit": 3}, 4)
    ended(database, SITE, SCHEDULED | {"codes": "1-20"}, 3)
    ended(database, SITE, {"command": "reparse"}, 2)
    ended(database, OTHER_SITE, SCHEDULED, 1)
    found = last_start(database, SITE)
    assert found.at is not None
    assert abs(found.at - (utcnow() - timedelta(hours=4))) < timedelta(minutes=1)


def test_the_rest_after_a_refusal_is_that_of_the_last_run_that_remembers_anything(database: Database) -> None:
    until = utcnow() + timedelta(hours=1)
    ended(database, SITE, SCHEDULED, 2, rest=until.isoformat())
    ended(database, SITE, SCHEDULED, 1)
    assert last_start(database, SITE).rest_until == until
