"""Pause the whole crawl, because the site asked for it or the database takes nothing: nothing is fetched meanwhile."""

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
    """Begin a pause of so many seconds; cancel the timer that ends it to make it longer."""
    hold(crawler, SITE)
    return asyncio.get_running_loop().call_later(seconds, resume, crawler)


def resume(crawler: Crawler, who: str = SITE) -> None:
    """End a pause, if there is one, unless another wants it too."""
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
    """Wait for the end of a pause.

    Scrapy holds scheduled requests back by itself, but it goes on taking new ones from ``start()``, and what is
    downloaded directly does not pass its scheduler.
    """
    while crawler.engine.paused:
        await crawler.signals.wait_for(RESUMED)


_wanted: WeakKeyDictionary[Crawler, set[str]] = WeakKeyDictionary()
