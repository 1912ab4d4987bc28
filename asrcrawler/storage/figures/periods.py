"""Count the articles of days, months or hours, and how many codes of a period were never visited.

Every query reads index entries of the periods asked for, and no articles.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Integer, column, func, select, values

from asrcrawler.storage.engine.among import of_sites
from asrcrawler.storage.engine.types import UtcDateTime
from asrcrawler.storage.models import article
from asrcrawler.storage.visits.coverage import covered

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from asrcrawler.spans import Span
    from asrcrawler.storage.engine.among import Sites
    from asrcrawler.storage.engine.database import Database


class Period(NamedTuple):
    """What was published in a period; codes are None where nothing was."""

    articles: int
    lowest: int | None
    """The lowest code."""
    highest: int | None


def periods(database: Database, sites: Sites, edges: Sequence[datetime]) -> list[Period]:
    """Count what was published between each two neighbouring ``edges`` (ascending)."""
    if len(edges) < 2:
        return []
    columns = column("place", Integer), column("first", UtcDateTime()), column("end", UtcDateTime())
    given = values(*columns, name="period").data([(place, *pair) for place, pair in enumerate(pairwise(edges))]).cte()
    at = article.c.published_at
    inside = of_sites(article.c.site, sites) & (at >= given.c.first) & (at < given.c.end)
    counted = (
        select(given.c.place, func.count(article.c.code), func.min(article.c.code), func.max(article.c.code))
        .select_from(given.join(article, inside))
        .group_by(given.c.place)
    )
    with database.read() as connection:
        found = {place: Period(*rest) for place, *rest in connection.execute(counted)}
    return [found.get(place, Period(0, None, None)) for place in range(len(edges) - 1)]


def count_published(database: Database, sites: Sites, edges: Sequence[datetime]) -> list[int]:
    """Count the articles published between each two neighbouring ``edges`` (ascending)."""
    return [period.articles for period in periods(database, sites, edges)]


def codes_around(database: Database, site: str, first: datetime, end: datetime) -> tuple[int | None, int | None]:
    """Find the code of the latest article published before ``first``, and of the earliest from ``end`` on."""
    at, here = article.c.published_at, article.c.site == site
    with database.read() as connection:
        return (
            connection.scalar(select(article.c.code).where(here, at < first).order_by(at.desc()).limit(1)),
            connection.scalar(select(article.c.code).where(here, at >= end).order_by(at).limit(1)),
        )


def span_published(database: Database, sites: Sites, now: datetime) -> tuple[datetime, datetime] | None:
    """Find the first moment of publication, and the latest that is not after ``now``; None without articles."""
    at, here = article.c.published_at, of_sites(article.c.site, sites)
    with database.read() as connection:
        first = connection.scalar(select(at).where(here, at.is_not(None)).order_by(at).limit(1))
        last = connection.scalar(select(at).where(here, at <= now).order_by(at.desc()).limit(1))
    return (first, last) if first is not None and last is not None else None


def unvisited(database: Database, site: str, spans: Sequence[Span]) -> list[int]:
    """Count the codes of each span that were never visited. Reads the intervals of visited codes once."""
    if not spans:
        return []
    lowest, highest = min(first for first, _ in spans), max(last for _, last in spans)
    with database.read() as connection:
        visited = list(covered(connection, site, lowest, highest))
    return [
        last - first + 1 - sum(max(min(last, end) - max(first, begin) + 1, 0) for begin, end in visited)
        for first, last in spans
    ]
