"""Count what the last days of one site have brought, for the page of an outlet."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, select

from asrcrawler.gone import Presence
from asrcrawler.storage.articles.edits import TEXTUAL
from asrcrawler.storage.figures.changes import count_edits, count_gone
from asrcrawler.storage.figures.periods import count_published
from asrcrawler.storage.models import article

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from asrcrawler.storage.engine.database import Database

DAYS_OF_TAGS = 7
MOST_READ = 2_000  # of the latest articles, whose categories and tags are counted


class Recent(NamedTuple):
    """What some days have brought."""

    days: list[int]
    """Articles by the day of their publication, the first day first."""
    copies: int
    """Those of them that are exact duplicates."""
    edits: int
    """Seen in these days; without cosmetic ones."""
    gone: int
    """Articles that these days have proved to be gone."""
    sections: Counter[str]
    """Articles of the last day by the outermost of their categories."""
    tags: Counter[str]
    """Articles of the last :data:`DAYS_OF_TAGS` days by tag."""


def recent(database: Database, site: str, edges: Sequence[datetime]) -> Recent:
    """Count between ``edges``, the beginnings of days and the end of the last one, ascending.

    Reads a row of each article of these days that is a duplicate or one of the latest, so that the answer is to be kept
    for a while.
    """
    first, end = edges[0], edges[-1]
    here, at = article.c.site == site, article.c.published_at
    copies = select(func.count()).where(here, at >= first, at < end, article.c.duplicate_of.is_not(None))
    latest = select(at, article.c.category, article.c.tags).where(here, at >= edges[-1 - DAYS_OF_TAGS], at < end)
    [edits] = count_edits(database, [first, end], sites=site)
    days = count_published(database, site, edges)
    sections: Counter[str] = Counter()
    tags: Counter[str] = Counter()
    with database.read() as connection:
        for moment, category, own in connection.execute(latest.order_by(at.desc()).limit(MOST_READ)):
            tags.update(own)
            if moment >= edges[-2]:
                sections.update(category[:1])
        return Recent(
            days=days,
            copies=connection.scalar(copies) or 0,
            edits=sum(edits[change] for change in TEXTUAL),
            gone=count_gone(database, sites=site, since=first)[Presence.GONE],
            sections=sections,
            tags=tags,
        )
