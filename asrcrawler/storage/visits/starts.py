"""Read when an outlet was last begun to be crawled as scheduled."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import null, select

from asrcrawler.storage.models import run

if TYPE_CHECKING:
    from asrcrawler.storage.engine.database import Database


class Start(NamedTuple):
    """What is known of the last scheduled run of a site."""

    at: datetime | None
    """When it started; None: there was none."""
    rest_until: datetime | None
    """Until when the site is left alone, because it refused a run."""


def last_start(database: Database, site: str) -> Start:
    """Find the last scheduled run of a site, whoever made it: not one of given codes, and none of another command."""
    arguments = run.c.arguments
    scheduled = arguments["codes"].as_string().is_(None), arguments["command"].as_string().is_(None)
    latest_first = run.c.id.desc()
    with database.read() as connection:
        at = connection.scalar(
            select(run.c.started_at).where(run.c.site == site, *scheduled).order_by(latest_first).limit(1)
        )
        rest = connection.scalar(
            select(run.c.memory["rest_until"].as_string())
            .where(run.c.site == site, run.c.memory.is_not(null()))
            .order_by(latest_first)
            .limit(1)
        )
    return Start(at, datetime.fromisoformat(rest) if rest else None)
