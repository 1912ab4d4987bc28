"""The figures of an archive, for people who watch it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from asrcrawler.items import Outcome
from asrcrawler.storage.models import article, coverage, ledger, visit

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import RowMapping

    from asrcrawler.storage.database import Database

LAG_SAMPLE = 200  # latest new articles whose lag is looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How an archive stands."""

    newest: int
    """The highest code visited or listed; 0 for an empty archive."""
    articles: int
    duplicates: int
    outcomes: dict[str, int]
    """Codes by the outcome of their last visit."""
    listed: int
    """Codes the site names and that were not visited yet."""
    visited: int
    settled: int
    due: int
    next_due_at: datetime | None
    lag_median: float | None
    """Seconds from publication to storage, over the latest articles found new."""
    covered: list[tuple[int, int]]
    """Spans of visited codes."""


def figures(database: Database, site: str, now: datetime) -> Figures:
    """Count the archive of ``site``. Reads the whole ledger's index once."""
    here = ledger.c.site == site
    with database.read() as connection:
        counts = connection.execute(select(ledger.c.outcome, func.count()).where(here).group_by(ledger.c.outcome))
        by_outcome: dict[str | None, int] = dict(counts.tuples().all())
        listed = by_outcome.pop(None, 0)
        outcomes = {str(outcome): by_outcome.get(str(outcome), 0) for outcome in Outcome}
        waiting = connection.scalar(select(func.count()).where(here, ledger.c.next_visit_at.is_not(None))) or 0
        due = connection.scalar(select(func.count()).where(here, ledger.c.next_visit_at <= now)) or 0
        visited = sum(outcomes.values())
        own = article.c.site == site
        return Figures(
            newest=connection.scalar(select(func.max(ledger.c.code)).where(here)) or 0,
            articles=connection.scalar(select(func.count()).where(own)) or 0,
            duplicates=connection.scalar(select(func.count()).where(own, article.c.duplicate_of.is_not(None))) or 0,
            outcomes=outcomes,
            listed=listed,
            visited=visited,
            settled=visited - waiting,
            due=due,
            next_due_at=connection.scalar(select(func.min(ledger.c.next_visit_at)).where(here)),
            lag_median=_lag(connection, site),
            covered=[
                (first, last)
                for first, last in connection.execute(
                    select(coverage.c.first, coverage.c.last).where(coverage.c.site == site).order_by(coverage.c.first)
                )
            ],
        )


def code_history(database: Database, site: str, code: int) -> tuple[RowMapping | None, list[RowMapping]]:
    """The ledger row of a code and all its visits, the first one first."""
    with database.read() as connection:
        row = connection.execute(select(ledger).where(ledger.c.site == site, ledger.c.code == code)).mappings().first()
        visits = connection.execute(
            select(visit).where(visit.c.site == site, visit.c.code == code).order_by(visit.c.id)
        ).mappings()
        return row, list(visits)


def _lag(connection: Any, site: str) -> float | None:
    """The median of publication → first sight, over articles that were found while they were new."""
    rows = connection.execute(
        select(article.c.published_at, article.c.first_seen_at)
        .where(article.c.site == site, article.c.published_at.is_not(None))
        .order_by(article.c.published_at.desc())
        .limit(LAG_SAMPLE)
    )
    lags = sorted((seen - published).total_seconds() for published, seen in rows if seen >= published)
    return lags[len(lags) // 2] if lags else None
