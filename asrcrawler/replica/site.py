"""Answer every path as the site does; this is the whole site but for its faults."""

from __future__ import annotations

import re
import struct
import zlib
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import format_datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from asrcrawler.replica.fates import Fate
from asrcrawler.replica.feeds import Feeds, robots_txt
from asrcrawler.replica.rendering import Pages

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from asrcrawler.replica.world import World

HTML = "text/html; charset=utf-8"
XML = "text/xml; charset=utf-8"
TEXT = "text/plain; charset=utf-8"

_ARTICLE = re.compile(r"/(?:fa|en|ar)/news/(\d{1,10})(?:/.*)?", re.DOTALL)
_SHORT = re.compile(r"/([0-9A-Za-z]{6})")
_MONTH = re.compile(r"/fa-sitemap-newsarchive/(\d{4})/(\d{1,2})")
_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
PAGES_KEPT = 128
"""Number of rendered pages in memory; some 10 MB."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer."""

    status: int = 200
    body: bytes = b""
    content_type: str = HTML
    headers: dict[str, str] = field(default_factory=dict)


def code_of_path(path: str) -> int | None:
    """Read the news code from an article's path or a short link; None for other paths."""
    article = _ARTICLE.fullmatch(path)
    if article:
        return int(article[1])
    short = _SHORT.fullmatch(path)
    if short is None:
        return None
    code = 0
    for letter in short[1]:
        code = code * 62 + _BASE62.index(letter)
    return code


class Site:
    """The site of a world as served at ``origin``."""

    def __init__(
        self,
        world: World,
        origin: str,
        *,
        sitemaps: bool,
        crawl_delay: float | None,
        conditional: bool,
        closed: bool = False,
        pages_kept: int = PAGES_KEPT,
    ) -> None:
        self.world = world
        self.pages = Pages(world, origin)
        self._feeds = Feeds(world, self.pages, origin)
        self._has_sitemaps = sitemaps
        self._robots_txt = robots_txt(crawl_delay, closed=closed)
        self._conditional = conditional
        self._page = lru_cache(maxsize=pages_kept)(self._render)
        self._home = lru_cache(maxsize=8)(self.pages.home)
        self._routes: dict[str, Callable[[datetime], Reply]] = {
            "/": self._home_page,
            "/fa": self._home_page,
            "/fa/": self._home_page,
            "/robots.txt": lambda _: Reply(200, self._robots_txt, TEXT),
            "/fa/rss/allnews": lambda at: Reply(200, self._feeds.rss(at), XML),
            "/fa/archive": lambda at: Reply(200, self.pages.archive(at)),
            "/fa-sitemap-news": lambda at: self._sitemap(self._feeds.recent, at),
            "/fa-sitemap-newsarchive": lambda at: self._sitemap(self._feeds.index, at),
        }

    def answer(self, path: str, code: int | None, *, dirty: bool = False) -> Reply:
        """Answer a path (decoded, without the query) as of now; ``dirty``: with NUL bytes and surrogates."""
        at = self.world.now
        if code is not None:
            return self._article(code, at, dirty=dirty) if "/news/" in path else self._short_link(code)
        route = self._routes.get(path)
        if route is not None:
            return route(at)
        month = _MONTH.fullmatch(path)
        if month and 1 <= int(month[2]) <= 12:
            return self._sitemap(lambda at: self._feeds.month(int(month[1]), int(month[2]), at), at)
        return self._file(path)

    def _article(self, code: int, at: datetime, *, dirty: bool) -> Reply:
        match self.world.state(code, at):
            case Fate.ARTICLE:
                return self._article_page(code, at, dirty=dirty)
            case Fate.SOFT_404:
                return Reply(200, self.pages.soft_404(at))
            case Fate.GONE:
                return Reply(410, self.pages.not_found())
            case Fate.HOME_REDIRECT:
                return Reply(302, headers={"Location": "/fa"})
            case Fate.HOME_PAGE:
                return self._home_page(at)
            case Fate.SHELL:
                return Reply(200, self.pages.shell(code, at))
            case Fate.OTHER_PAGE:
                return self._article_page(self._stand_in(code, at), at, dirty=dirty)
            case Fate.OTHER_REDIRECT:
                return Reply(301, headers={"Location": f"/fa/news/{self._stand_in(code, at)}"})
            case _:
                return Reply(404, self.pages.not_found())

    def _stand_in(self, code: int, at: datetime) -> int:
        other = self.world.stand_in(code, at)
        assert other is not None  # the code's state would be a plain absence otherwise
        return other

    def _article_page(self, code: int, at: datetime, *, dirty: bool) -> Reply:
        if dirty:
            return Reply(200, self.pages.article(code, at, dirty=True))
        revision = self.world.revision(code, at)
        comments = self.world.comment_count(code, at)
        body = self._page(code, revision, comments, at)
        if not self._conditional:
            return Reply(200, body)
        changed = self.world.changed_at(code, at).astimezone(UTC)
        validators = {
            "ETag": f'W/"{code}-{revision}-{comments}"',
            "Last-Modified": format_datetime(changed, usegmt=True),
        }
        return Reply(200, body, headers=validators)

    def _render(self, code: int, revision: int, comments: int, at: datetime) -> bytes:
        return self.pages.article(code, at)

    def _home_page(self, at: datetime) -> Reply:
        return Reply(200, self._home(at))

    def _sitemap(self, make: Callable[[datetime], bytes], at: datetime) -> Reply:
        return Reply(200, make(at), XML) if self._has_sitemaps else Reply(404, self.pages.not_found())

    def _short_link(self, code: int) -> Reply:
        if not self.world.first <= code <= self.world.last and not self.world.is_article(code):
            return Reply(404, self.pages.not_found())
        return Reply(301 if code % 2 else 302, headers={"Location": f"/fa/news/{code}"})

    def _file(self, path: str) -> Reply:
        if path.startswith("/files/") and path.endswith(".jpg"):
            return Reply(200, _picture(path), "image/png")
        if path.startswith("/files/") and path.endswith(".mp4"):
            return Reply(200, b"", "video/mp4")
        if path.startswith("/client/"):
            return Reply(200, b"", "text/css" if path.endswith(".css") else "text/javascript")
        return Reply(404, self.pages.not_found())


def _picture(path: str) -> bytes:
    """Draw a small plain picture, in a colour that follows from its path."""
    colour = zlib.crc32(path.encode()).to_bytes(4, "big")[:3]
    width, height = 160, 100
    rows = zlib.compress((b"\0" + colour * width) * height)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
