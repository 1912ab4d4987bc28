"""Count what a day has brought, for the front page. Every query is answered by an index."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, select

from asrcrawler.storage.engine.among import of_sites
from asrcrawler.storage.figures.periods import count_published
from asrcrawler.storage.models import article

if TYPE_CHECKING:
    from datetime import datetime

    from asrcrawler.storage.engine.among import Sites
    from asrcrawler.storage.engine.database import Database

HOURS = 24


class Today(NamedTuple):
    """What a day has brought so far."""

    hours: list[int]
    """Articles by the hour of their publication, from midnight."""
    copies: int
    """Those of them that are exact duplicates."""
    last_change_at: datetime | None
    """When the latest article was stored or edited."""

    @property
    def articles(self) -> int:
        return sum(self.hours)


def today(database: Database, sites: Sites, begins: datetime, now: datetime) -> Today:
    """Count from ``begins``, the day's first moment, to ``now``."""
    edges = [min(begins + timedelta(hours=hour), now) for hour in range(HOURS + 1)]
    at, here = article.c.published_at, of_sites(article.c.site, sites)
    copies = select(func.count()).where(here, at >= begins, at < now, article.c.duplicate_of.is_not(None))
    changed = article.c.changed_at
    hours = count_published(database, sites, edges)
    with database.read() as connection:
        return Today(
            hours=hours,
            copies=connection.scalar(copies) or 0,
            last_change_at=connection.scalar(
                select(changed).where(here, changed <= now).order_by(changed.desc()).limit(1)
            ),
        )


def count_by_site(database: Database, first: datetime, end: datetime) -> Counter[str]:
    """Count the articles of each site that were published from ``first`` to before ``end``."""
    at = article.c.published_at
    counts = select(article.c.site, func.count().label("articles")).where(at >= first, at < end)
    with database.read() as connection:
        rows = connection.execute(counts.group_by(article.c.site))
        return Counter({row.site: row.articles for row in rows})
