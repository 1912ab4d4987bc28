"""Count the figures of an archive for people who watch it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from asrcrawler.clock import utcnow
from asrcrawler.items import Outcome
from asrcrawler.samaneh.urls import HIGHEST_CODE
from asrcrawler.storage.figures.counted import Counts, count_visited, counts
from asrcrawler.storage.models import article, ledger, visit
from asrcrawler.storage.visits.counters import What, hour_of, start_of
from asrcrawler.storage.visits.coverage import covered
from asrcrawler.storage.visits.ledger import newest_in

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, RowMapping

    from asrcrawler.storage.engine.database import Database

YOUNG = timedelta(days=2)  # an article first seen later came from the older archive and was not found new
ANSWERED = (Outcome.STORED, Outcome.MISSING, Outcome.UNREADABLE)
LAG_SAMPLE = 200  # latest new articles whose lag is measured


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Figures that say how complete an archive is and what is due."""

    newest: int
    """The highest code with an article or listed by the site; without either, the highest it gave an answer for; 0
    where there is none."""
    articles: int
    duplicates: int
    outcomes: dict[str, int]
    """Number of codes by the outcome of their last visit."""
    listed: int
    """Codes that the site lists and that were not visited yet."""
    visited: int
    """0 while the site has not given any answer."""
    settled: int
    """Visited codes that will not be visited again."""
    due: int
    """Visited codes whose next visit is due."""
    due_by_outcome: dict[str, int]
    """Codes that wait for a visit, by the outcome of their last one; an empty name for those never visited."""
    revisions: int
    """Earlier texts of articles."""
    next_due_at: datetime | None
    """When the next code is due; None where none is booked."""
    lag_median: float | None
    """Median of the seconds from publication to storage, over the latest articles found new."""
    lag_p95: float | None
    covered: list[tuple[int, int]]
    """Spans of visited codes, ascending."""


def figures(database: Database, site: str, now: datetime, *, counted: Counts | None = None) -> Figures:
    """Give the figures of ``site``; ``counted`` is what is counted of it, where that was asked for several sites.

    No query reads what grows with the archive, but for the entries of the duplicates.
    """
    if counted is None:
        counted = counts(database, [site], now)[site]
    codes = counted.numbers[What.CODES]
    outcomes = {str(outcome): codes[outcome] for outcome in Outcome}
    visited, due = sum(outcomes.values()), counted.due.total()
    with database.read() as connection:
        newest = newest_in(connection, site) or _highest_answered(connection, site)
        lags = _lags(connection, site)
        earliest = connection.scalar(select(func.min(ledger.c.next_visit_at)).where(ledger.c.site == site))
        copies = select(func.count()).where(article.c.site == site, article.c.duplicate_of.is_not(None))
        return Figures(
            newest=newest,
            articles=counted.total(What.ARTICLES),
            duplicates=connection.scalar(copies) or 0,
            outcomes=outcomes,
            listed=codes[""],
            visited=visited if newest else 0,
            settled=max(visited - counted.total(What.BOOKED), 0),
            due=due,
            due_by_outcome={**counted.due, "": codes[""]},
            revisions=counted.total(What.REVISIONS),
            next_due_at=min(earliest, now) if earliest and due else earliest,
            lag_median=_quantile(lags, 0.5),
            lag_p95=_quantile(lags, 0.95),
            covered=sorted(covered(connection, site, 1, HIGHEST_CODE)) if newest else [],
        )


def code_history(database: Database, site: str, code: int) -> tuple[RowMapping | None, list[RowMapping]]:
    """Read the ledger row of a code and all its visits, the first one first."""
    with database.read() as connection:
        row = connection.execute(select(ledger).where(ledger.c.site == site, ledger.c.code == code)).mappings().first()
        visits = connection.execute(
            select(visit).where(visit.c.site == site, visit.c.code == code).order_by(visit.c.id)
        ).mappings()
        return row, list(visits)


def _highest_answered(connection: Connection, site: str) -> int:
    """Find the highest code whose last visit brought an answer; a code that could not be asked for proves nothing."""
    highest = select(func.max(ledger.c.code)).where(ledger.c.site == site)
    found = (connection.scalar(highest.where(ledger.c.outcome == str(outcome))) for outcome in ANSWERED)
    return max(code or 0 for code in found)


def coverage_at(database: Database, site: str, first: int, moment: datetime) -> float | None:
    """Give the share of the codes from ``first`` to the newest that had been visited by the end of an hour: that of
    ``moment``.

    The newest code is the highest visited by then; a visit that is still to come was made before.
    """
    now = utcnow()
    since, until = hour_of(moment) + 1, hour_of(now)
    later = ledger.c.first_visit_at.between(start_of(since), start_of(until + 1))
    with database.read() as connection:
        visited = count_visited(connection, site, first, since, until)
        newest = connection.scalar(
            select(ledger.c.code)
            .where(ledger.c.site == site, ledger.c.code >= first, ledger.c.outcome.is_not(None), ~later)
            .order_by(ledger.c.code.desc())
            .limit(1)
        )
    return visited / (newest - first + 1) if newest else None


def _lags(connection: Connection, site: str) -> list[float]:
    """Give the seconds from publication to first visit of the latest articles found while young, ascending."""
    rows = connection.execute(
        select(article.c.published_at, article.c.first_seen_at)
        .where(article.c.site == site, article.c.published_at.is_not(None))
        .order_by(article.c.published_at.desc())
        .limit(LAG_SAMPLE)
    )
    lags = (seen - published for published, seen in rows)
    return sorted(lag.total_seconds() for lag in lags if timedelta(0) <= lag <= YOUNG)


def _quantile(ascending: list[float], share: float) -> float | None:
    return ascending[min(int(len(ascending) * share), len(ascending) - 1)] if ascending else None
