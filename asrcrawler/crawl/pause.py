"""A pause of the whole crawl, because the site asked for one: nothing is asked for until it is over."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

RESUMED = object()
"""The signal that a pause is over."""


def pause(crawler: Crawler, seconds: float) -> asyncio.TimerHandle:
    """Begin a pause; the handle that ends it can be cancelled for the sake of a longer one."""
    crawler.engine.pause()
    return asyncio.get_running_loop().call_later(seconds, resume, crawler)


def resume(crawler: Crawler) -> None:
    """End a pause. Harmless when there is none."""
    crawler.engine.unpause()
    crawler.signals.send_catch_log(RESUMED)


async def pause_is_over(crawler: Crawler) -> None:
    """Wait for the end of a pause. Scrapy holds scheduled requests back by itself, but it goes on drawing new ones from
    ``start()``, and what is downloaded directly does not pass its scheduler."""
    while crawler.engine.paused:
        await crawler.signals.wait_for(RESUMED)
