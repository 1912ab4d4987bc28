"""Politeness beyond a fixed delay: what the site asks for is obeyed, and where it refuses, we slow down, then leave."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, Self

from scrapy import signals

from asrcrawler.archive import Archive
from asrcrawler.clock import utcnow
from asrcrawler.endings import ASKED_TO_WAIT, REFUSED, UNREACHABLE
from asrcrawler.items import Absence, Outcome

if TYPE_CHECKING:
    from datetime import datetime

    from scrapy.crawler import Crawler
    from scrapy.robotstxt import RobotParser

logger = logging.getLogger(__name__)

REFUSALS_BEFORE_LEAVING = 5  # in a row
FAILURES_BEFORE_LEAVING = 15  # in a row; single pages fail on a site that is well, a long row means it is not
OVERLOADED = frozenset({429, 503})
GROWTH = 2.0  # of the delay, for each refusal or overload
FIRST_SLOW_DELAY = 1.0  # seconds, where the delay was 0
LONGEST_DELAY = 60.0  # seconds; also for a Crawl-delay
LONGEST_PAUSE = 120.0  # seconds of Retry-After that are waited for within a run; a longer one ends it


class BackOff:
    """Keeps the delay between requests, and ends the crawl when the site does not want it."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._least_delay = crawler.settings.getfloat("DOWNLOAD_DELAY")
        self._delay = self._least_delay
        self._refusals = 0
        self._failures = 0
        self._leaving = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        backoff = cls(crawler)
        crawler.signals.connect(backoff.robots_parsed, signal=signals.robots_parsed)
        crawler.signals.connect(backoff.request_reached_downloader, signal=signals.request_reached_downloader)
        crawler.signals.connect(backoff.item_scraped, signal=signals.item_scraped)
        return backoff

    def robots_parsed(self, robotparser: RobotParser) -> None:
        """Take over the site's ``Crawl-delay`` where it is longer than our own."""
        asked = robotparser.crawl_delay(self._crawler.settings["USER_AGENT"]) or 0.0
        if asked > self._least_delay:
            self._least_delay = min(asked, LONGEST_DELAY)
            self._delay = max(self._delay, self._least_delay)
            logger.info("robots.txt asks for %g seconds between requests", asked)

    def request_reached_downloader(self) -> None:
        for slot in self._crawler.engine.downloader.slots.values():
            slot.delay = self._delay

    def item_scraped(self, item: Any) -> None:
        if not isinstance(item, Absence) or item.outcome not in {Outcome.REFUSED, Outcome.FAILED}:
            self._refusals = self._failures = 0
            self._delay = max(self._delay / GROWTH, self._least_delay)
            return
        if item.outcome is Outcome.REFUSED:
            self._refusals += 1
        self._failures += 1
        self._slow_down(item)
        if item.retry_after is not None:
            Archive.of(self._crawler).asked_to_wait_until = item.retry_after
        if self._refusals >= REFUSALS_BEFORE_LEAVING:
            self._leave(REFUSED, f"{self._refusals} refusals in a row, the last one: {item.reason}")
        elif self._failures >= FAILURES_BEFORE_LEAVING:
            self._leave(UNREACHABLE, f"{self._failures} visits in a row failed, the last one: {item.reason}")
        elif item.retry_after is not None:
            self._wait_until(item.retry_after)

    def _slow_down(self, item: Absence) -> None:
        overloaded = item.fetch is not None and item.fetch.status in OVERLOADED
        if overloaded or item.outcome is Outcome.REFUSED:
            self._delay = min(max(self._delay * GROWTH, FIRST_SLOW_DELAY), LONGEST_DELAY)

    def _wait_until(self, moment: datetime) -> None:
        seconds = (moment - utcnow()).total_seconds()
        if seconds > LONGEST_PAUSE:
            self._leave(ASKED_TO_WAIT, f"the site asks us to come back in {seconds / 60:.0f} minutes")
        elif seconds > 0:
            logger.info("The site asks us to wait %.0f seconds", seconds)
            self._crawler.engine.pause()
            asyncio.get_running_loop().call_later(seconds, self._crawler.engine.unpause)

    def _leave(self, reason: str, why: str) -> None:
        if self._leaving:
            return
        self._leaving = True
        logger.warning("Leaving the site in peace: %s", why)
        self._farewell = asyncio.ensure_future(self._crawler.engine.close_spider_async(reason=reason))
