"""Write the lists that name codes: the RSS feed, the sitemaps; and robots.txt."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from asrcrawler.replica.datestamps import feed_stamp
from asrcrawler.replica.timeline import TEHRAN

if TYPE_CHECKING:
    from asrcrawler.replica.rendering import Pages
    from asrcrawler.replica.world import World

FEED_ITEMS = 100
RECENT_ITEMS = 500
FORBIDDEN = ("archive", "print", "send", "save", "report", "ajax")
"""What robots.txt of this CMS disallows under ``/fa/``."""

_MONTH_PATH = "/fa-sitemap-newsarchive/{year}/{month}"
_XML = '<?xml version="1.0" encoding="utf-8"?>\n'
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


def robots_txt(crawl_delay: float | None, *, closed: bool = False) -> bytes:
    """Write the CMS's own rules; for a ``closed`` site, rules that forbid everything."""
    forbidden = ["/"] if closed else [f"/fa/{name}" for name in FORBIDDEN]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in forbidden)]
    if crawl_delay is not None:
        lines.append(f"Crawl-delay: {crawl_delay:g}")
    return "\n".join([*lines, ""]).encode()


class Feeds:
    """The feeds of a world as served at ``origin``."""

    def __init__(self, world: World, pages: Pages, origin: str) -> None:
        self._world = world
        self._pages = pages
        self._origin = origin
        self.rss = lru_cache(maxsize=32)(self._rss)
        self.month = lru_cache(maxsize=8)(self._month)

    def _rss(self, at: datetime) -> bytes:
        """Write the feed of the newest articles, newest first; the code stands in the link alone."""
        items = "".join(self._item(code) for code in self._world.newest(FEED_ITEMS, at))
        title = self._world.outlet.site_name
        return (
            f'{_XML}<rss version="2.0">\n<channel>\n<title>{title}</title>\n<link>{self._origin}</link>\n'
            f"<lastBuildDate>{feed_stamp(at)}</lastBuildDate>\n<generator>SamanehFeed</generator>\n{items}</channel>\n</rss>\n"
        ).encode()

    def recent(self, at: datetime) -> bytes:
        """Write the sitemap of the latest articles."""
        return self._urlset(self._world.newest(RECENT_ITEMS, at))

    def index(self, at: datetime) -> bytes:
        """Write the index of the archive: a sitemap for each month, oldest first."""
        timeline = self._world.timeline
        months, month = [], _month_of(timeline.starts)
        while month <= at:
            months.append(month)
            month = _next(month)
        lines = "".join(
            f"<sitemap><loc>{self._origin}{_MONTH_PATH.format(year=month.year, month=month.month)}</loc></sitemap>\n"
            for month in months
        )
        return f'{_XML}<sitemapindex xmlns="{_SITEMAP}">\n{lines}</sitemapindex>\n'.encode()

    def _month(self, year: int, month: int, at: datetime) -> bytes:
        """Write the sitemap of the articles that appeared in a month of the Gregorian calendar."""
        start = datetime(year, month, 1, tzinfo=TEHRAN)
        end = _next(start)
        world, timeline = self._world, self._world.timeline
        first = max(world.first, timeline.newest_draft(start - timeline.longest_delay))
        codes = {*world.visible(first, timeline.newest_draft(min(end, at)), at), *world.given(at)}
        return self._urlset([code for code in sorted(codes) if start <= world.published_at(code) < end])

    def _urlset(self, codes: list[int]) -> bytes:
        lines = "".join(
            f"<url><loc>{self._origin}{escape(self._pages.address(code))}</loc>"
            f"<lastmod>{self._world.published_at(code).astimezone(TEHRAN).isoformat()}</lastmod></url>\n"
            for code in codes
        )
        return f'{_XML}<urlset xmlns="{_SITEMAP}">\n{lines}</urlset>\n'.encode()

    def _item(self, code: int) -> str:
        title = self._world.headline(code)
        return (
            f"<item>\n<title>{escape(title)}</title>\n<link>{self._origin}{escape(self._pages.address(code))}</link>\n"
            f"<author>info@{self._world.outlet.host}</author>\n<pubDate>{feed_stamp(self._world.published_at(code))}</pubDate>\n</item>\n"
        )


def _month_of(moment: datetime) -> datetime:
    return moment.astimezone(TEHRAN).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _next(month: datetime) -> datetime:
    return (month + timedelta(days=32)).replace(day=1)
