"""Count outcomes over ranges of codes, and measure how soon articles were found, for the health page's plots."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sqlalchemy import func, literal, select

from asrcrawler.items import Outcome
from asrcrawler.storage.figures.status import YOUNG
from asrcrawler.storage.models import article, ledger
from asrcrawler.storage.visits.ledger import spans_due

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from asrcrawler.storage.engine.database import Database

MOST_LAGS = 1_500  # latest articles whose lag is measured


def census(database: Database, site: str, edges: Sequence[int]) -> list[Counter[str]]:
    """Count how many codes from each of ``edges`` (ascending, at equal distances) to the next had which outcome.

    Codes never visited are not counted. Reads entries of an index only, one range of it for each outcome and edge.
    """
    if len(edges) < 2:
        return []
    first, width = edges[0], edges[1] - edges[0]
    cells: list[Counter[str]] = [Counter() for _ in edges[1:]]
    start = select(literal(0).label("number")).cte("cell", recursive=True)
    cell = start.union_all(select(start.c.number + 1).where(start.c.number < len(cells) - 1))
    from_code = first + cell.c.number * width
    with database.read() as connection:
        for outcome in Outcome:
            inside = (
                select(func.count())
                .where(
                    ledger.c.site == site,
                    ledger.c.outcome == str(outcome),
                    ledger.c.code >= from_code,
                    ledger.c.code < from_code + width,
                )
                .scalar_subquery()
            )
            for number, count in connection.execute(select(cell.c.number, inside)):
                if count:
                    cells[number][str(outcome)] = count
    return cells


def due_by_outcome(database: Database, site: str, now: datetime) -> dict[str, int]:
    """Count the codes that wait for a visit by the outcome of their last one; ``""`` for those never visited."""
    with database.read() as connection:
        waiting = select(ledger.c.outcome, func.count()).where(ledger.c.site == site).group_by(ledger.c.outcome)
        found: Counter[str] = Counter()
        for span in spans_due(now):
            found.update({outcome or "": count for outcome, count in connection.execute(waiting.where(span))})
        listed = select(func.count()).where(ledger.c.site == site, ledger.c.outcome.is_(None))
        return dict(found) | {"": connection.scalar(listed) or 0}


def lags(database: Database, site: str, first: datetime, end: datetime) -> list[tuple[datetime, float]]:
    """Give the moment of publication and the seconds until our first visit of the latest articles found while young.

    Counted are those published from ``first`` to before ``end``, the latest first; at most :data:`MOST_LAGS` are read.
    """
    at, seen = article.c.published_at, article.c.first_seen_at
    with database.read() as connection:
        rows = connection.execute(
            select(at, seen).where(article.c.site == site, at >= first, at < end).order_by(at.desc()).limit(MOST_LAGS)
        ).all()
    young = YOUNG.total_seconds()
    found = ((published, (seen - published).total_seconds()) for published, seen in rows)
    return [(published, lag) for published, lag in found if 0 <= lag <= young]


def newest_publication(database: Database, site: str, now: datetime) -> datetime | None:
    """Find the latest moment of publication that is not after ``now``."""
    at = article.c.published_at
    with database.read() as connection:
        found: datetime | None = connection.scalar(select(func.max(at)).where(article.c.site == site, at <= now))
    return found
