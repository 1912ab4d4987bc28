"""Obey what the site asks for (delay, pause); slow down where it refuses, and leave where it goes on refusing."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Self

from scrapy import signals
from scrapy.settings import SETTINGS_PRIORITIES

from asrcrawler.clock import utcnow
from asrcrawler.crawl.answers import header
from asrcrawler.crawl.archive import Archive
from asrcrawler.endings import ASKED_TO_WAIT, REFUSED, UNREACHABLE
from asrcrawler.http.retry import retry_moment
from asrcrawler.items import Outcome
from asrcrawler.pipelines.adapter import Fields
from asrcrawler.pipelines.fields import article_in, value_of

if TYPE_CHECKING:
    from datetime import datetime

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.robotstxt import RobotParser

REFUSALS_BEFORE_LEAVING = 5  # in a row
FAILURES_BEFORE_LEAVING = 15  # in a row; single pages fail on a site that is well, a long row means it is not
OVERLOADED = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
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
        self._pause: asyncio.TimerHandle | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        backoff = cls(crawler)
        crawler.signals.connect(backoff.spider_opened, signal=signals.spider_opened)
        crawler.signals.connect(backoff.robots_parsed, signal=signals.robots_parsed)
        crawler.signals.connect(backoff.request_reached_downloader, signal=signals.request_reached_downloader)
        crawler.signals.connect(backoff.response_received, signal=signals.response_received)
        crawler.signals.connect(backoff.item_scraped, signal=signals.item_scraped)
        crawler.signals.connect(backoff.spider_closed, signal=signals.spider_closed)
        return backoff

    def spider_opened(self) -> None:
        """Take over the outlet's own delay, unless one was given with ``-s``."""
        delay = Archive.of(self._crawler).outlet.delay
        given = self._crawler.settings.getpriority("DOWNLOAD_DELAY") or 0
        if delay is not None and given < SETTINGS_PRIORITIES["cmdline"]:
            self._least_delay = self._delay = delay

    def robots_parsed(self, robotparser: RobotParser) -> None:
        """Take over the site's ``Crawl-delay`` where it is longer than our own."""
        asked = robotparser.crawl_delay(self._crawler.settings["USER_AGENT"]) or 0.0
        if asked > self._least_delay:
            self._least_delay = min(asked, LONGEST_DELAY)
            self._delay = max(self._delay, self._least_delay)
            Archive.of(self._crawler).log.info("robots.txt asks for %g seconds between requests", asked)

    def request_reached_downloader(self) -> None:
        for slot in self._crawler.engine.downloader.slots.values():
            slot.delay = self._delay

    def response_received(self, response: Response) -> None:
        """Slow down for an overloaded site at once, whatever it was asked for: a page, the feed or robots.txt."""
        if response.status in OVERLOADED:
            self._slow_down()
        if response.status >= HTTPStatus.BAD_REQUEST:
            moment = retry_moment(header(response, "Retry-After"), utcnow())
            if moment is not None:
                self._wait_until(moment)

    def item_scraped(self, item: Any) -> None:
        """Count visits without an answer of the site; a row of them ends the crawl."""
        if article_in(item) is not None or value_of(item, "outcome") not in {Outcome.REFUSED, Outcome.FAILED}:
            self._refusals = self._failures = 0
            self._delay = max(self._delay / GROWTH, self._least_delay)
            return
        given = Fields(item)
        self._failures += 1
        if given["outcome"] == Outcome.REFUSED:
            self._refusals += 1
            if (fetch := given.get("fetch")) is None or fetch.status not in OVERLOADED:
                self._slow_down()
        if self._refusals >= REFUSALS_BEFORE_LEAVING:
            self._leave(REFUSED, f"{self._refusals} refusals in a row, the last one: {given['reason']}")
        elif self._failures >= FAILURES_BEFORE_LEAVING:
            self._leave(UNREACHABLE, f"{self._failures} visits in a row failed, the last one: {given['reason']}")

    def spider_closed(self) -> None:
        """End a pause, so that the crawl does not wait for it."""
        if self._pause is not None:
            self._pause.cancel()
            Archive.of(self._crawler).pause.resume()

    def _slow_down(self) -> None:
        self._delay = min(max(self._delay * GROWTH, FIRST_SLOW_DELAY), LONGEST_DELAY)

    def _wait_until(self, moment: datetime) -> None:
        Archive.of(self._crawler).note_wait(moment)
        seconds = seconds_until(moment)
        if seconds > LONGEST_PAUSE:
            self._leave(ASKED_TO_WAIT, f"the site asks us to come back in {seconds / 60:.0f} minutes")
        elif seconds > self._rest_of_pause():
            Archive.of(self._crawler).log.info("The site asks us to wait %.0f seconds", seconds)
            if self._pause is not None:
                self._pause.cancel()
            self._pause = Archive.of(self._crawler).pause.begin(seconds)

    def _rest_of_pause(self) -> float:
        """Give the seconds until the pause ends; 0 where there is none."""
        if self._pause is None:
            return 0.0
        return max(self._pause.when() - asyncio.get_running_loop().time(), 0.0)

    def _leave(self, reason: str, why: str) -> None:
        if self._leaving:
            return
        self._leaving = True
        Archive.of(self._crawler).log.warning("Leaving the site in peace: %s", why)
        self._farewell = asyncio.ensure_future(self._crawler.engine.close_spider_async(reason=reason))


def seconds_until(moment: datetime) -> float:
    """Give the seconds from now until ``moment``; negative for the past."""
    return (moment - utcnow()).total_seconds()
