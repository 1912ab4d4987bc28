"""Pause the whole crawl, because the site asked for it or the database takes nothing: nothing is fetched meanwhile."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

RESUMED = object()
"""The signal that a pause is over."""

SITE, DATABASE = "site", "database"
"""Who can want one."""


class Pause:
    """The pause of one crawl, which lasts while anyone wants it."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._wanted: set[str] = set()

    def begin(self, seconds: float) -> asyncio.TimerHandle:
        """Begin a pause of so many seconds for the site; cancel the timer that ends it to make it longer."""
        self.hold(SITE)
        return asyncio.get_running_loop().call_later(seconds, self.resume)

    def hold(self, who: str) -> None:
        """Begin a pause that lasts until :meth:`resume` is called for the same ``who``."""
        self._wanted.add(who)
        self._crawler.engine.pause()

    def resume(self, who: str = SITE) -> None:
        """End a pause, if there is one, unless another wants it too."""
        self._wanted.discard(who)
        if not self._wanted:
            self._crawler.engine.unpause()
            self._crawler.signals.send_catch_log(RESUMED)

    async def over(self) -> None:
        """Wait for the end of the pause.

        Scrapy holds scheduled requests back by itself, but it goes on taking new ones from ``start()``, and what is
        downloaded directly does not pass its scheduler.
        """
        while self._crawler.engine.paused:
            await self._crawler.signals.wait_for(RESUMED)
