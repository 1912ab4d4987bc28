"""Tell a watchdog service that a run went well; it warns its user when it hears nothing."""

from __future__ import annotations

import asyncio
from http.client import HTTPException
from typing import TYPE_CHECKING, Self
from urllib.request import Request, urlopen

from scrapy import signals
from scrapy.exceptions import NotConfigured

from asrcrawler.crawl.archive import Archive
from asrcrawler.endings import OK, STEPPED_ASIDE

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

TIMEOUT = 10.0  # seconds; a slow watchdog must not hold up the end of a run


class Ping:
    """Asks for ``ASR_PING_URL`` after each run with exit status 0."""

    def __init__(self, crawler: Crawler, url: str) -> None:
        self._crawler = crawler
        self._url = url

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        url = Archive.of(crawler).config.ping_url
        if not url:
            raise NotConfigured
        ping = cls(crawler, url)
        crawler.signals.connect(ping.engine_stopped, signal=signals.engine_stopped)
        return ping

    async def engine_stopped(self) -> None:
        """Ask for the address after a good run: by now the exit status is known."""
        stats = self._crawler.stats
        if stats.get_value("asr/exit_status") == OK and stats.get_value("finish_reason") not in STEPPED_ASIDE:
            await asyncio.to_thread(self._send)

    def _send(self) -> None:
        log = Archive.of(self._crawler).log
        request = Request(self._url, headers={"User-Agent": self._crawler.settings["USER_AGENT"]})  # noqa: S310
        try:
            with urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
                log.info("Told the watchdog: status %d", answer.status)
        except (OSError, HTTPException, ValueError) as error:  # URLError is an OSError
            log.warning("The watchdog could not be told: %s", error)
