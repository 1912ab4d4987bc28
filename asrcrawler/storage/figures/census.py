"""Count outcomes over ranges of codes, and measure how soon articles were found, for the health page's plots."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from sqlalchemy import func, literal, select

from asrcrawler.items import Outcome
from asrcrawler.storage.figures.counted import count_by_cell, count_few
from asrcrawler.storage.figures.status import YOUNG
from asrcrawler.storage.models import article, ledger
from asrcrawler.storage.visits.counters import BLOCK

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from asrcrawler.storage.engine.database import Database

MOST_LAGS = 1_500  # latest articles whose lag is measured


@dataclass(frozen=True, slots=True)
class Cell:
    """A span of codes, both ends included."""

    first: int
    last: int
    outcomes: Mapping[str, int]
    """Codes by the outcome of their last visit; ``unvisited`` is one of them."""

    @property
    def total(self) -> int:
        return self.last - self.first + 1


def census(database: Database, site: str, first: int, last: int, most: int) -> list[Cell]:
    """Divide the codes from ``first`` to ``last`` into at most so many cells of one width, and count them by outcome.

    Cells of more than a block of codes begin with one, but for the first cell, and are counted by the counters. Of
    smaller ones, entries of an index are read, one range of it for each outcome and cell.
    """
    if last < first:
        return []
    width = -(-(last - first + 1) // most)
    is_wide = width > BLOCK
    start = first // BLOCK * BLOCK if is_wide else first
    width = -(-(last - start + 1) // (most * BLOCK)) * BLOCK if is_wide else width
    edges = [first, *range(start + width, last + 1, width), last + 1]
    with database.read() as connection:
        if is_wide:
            counted = count_by_cell(connection, site, start // BLOCK, last // BLOCK, width // BLOCK)
            counted[0] -= count_few(connection, site, start, first - 1)
            counted[len(edges) - 2] -= count_few(connection, site, last + 1, last // BLOCK * BLOCK + BLOCK - 1)
        else:
            counted = _count_by_index(connection, site, edges)
    return [_cell(*edge, counted[number]) for number, edge in enumerate(pairwise(edges))]


def _cell(first: int, end: int, outcomes: Counter[str]) -> Cell:
    return Cell(first, end - 1, {**outcomes, "unvisited": max(end - first - outcomes.total(), 0)})


def _count_by_index(connection: Connection, site: str, edges: Sequence[int]) -> defaultdict[int, Counter[str]]:
    """Count the codes from each of ``edges`` to before the next, all but the last at equal distances."""
    counted: defaultdict[int, Counter[str]] = defaultdict(Counter)
    first, end, width = edges[0], edges[-1], edges[1] - edges[0]
    start = select(literal(0).label("number")).cte("cell", recursive=True)
    cell = start.union_all(select(start.c.number + 1).where(start.c.number < len(edges) - 2))
    code, from_code = ledger.c.code, first + cell.c.number * width
    for outcome in Outcome:
        own = ledger.c.site == site, ledger.c.outcome == str(outcome)
        inside = select(func.count()).where(*own, code >= from_code, code < from_code + width, code < end)
        for number, count in connection.execute(select(cell.c.number, inside.scalar_subquery())):
            counted[number][str(outcome)] = count
    return counted


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
