"""A pause of the whole crawl, because the site asked for one or the database takes nothing: nothing is asked for until
whoever wanted it is content.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

RESUMED = object()
"""The signal that a pause is over."""

SITE, DATABASE = "site", "database"
"""Who can want one."""


def pause(crawler: Crawler, seconds: float) -> asyncio.TimerHandle:
    """Begin a pause; the handle that ends it can be cancelled for the sake of a longer one."""
    hold(crawler, SITE)
    return asyncio.get_running_loop().call_later(seconds, resume, crawler)


def resume(crawler: Crawler, who: str = SITE) -> None:
    """End a pause, unless another wants it too. Harmless when there is none."""
    wanted = _wanted.setdefault(crawler, set())
    wanted.discard(who)
    if not wanted:
        crawler.engine.unpause()
        crawler.signals.send_catch_log(RESUMED)


def hold(crawler: Crawler, who: str) -> None:
    """Begin a pause that lasts until :func:`resume` is called for the same ``who``."""
    _wanted.setdefault(crawler, set()).add(who)
    crawler.engine.pause()


async def pause_is_over(crawler: Crawler) -> None:
    """Wait for the end of a pause. Scrapy holds scheduled requests back by itself, but it goes on drawing new ones from
    ``start()``, and what is downloaded directly does not pass its scheduler."""
    while crawler.engine.paused:
        await crawler.signals.wait_for(RESUMED)


_wanted: WeakKeyDictionary[Crawler, set[str]] = WeakKeyDictionary()
