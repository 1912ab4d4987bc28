"""Obey robots.txt. Where it cannot be fetched, do as RFC 9309 says: ask the site for nothing in this run.

Scrapy takes whatever answers for robots.txt as its rules and crawls on when nothing does.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import DownloadCancelledError, IgnoreRequest
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.misc import build_from_crawler

from asrcrawler.crawl.answers import is_cut, redirect_of
from asrcrawler.crawl.archive import Archive
from asrcrawler.endings import REFUSED, UNREACHABLE
from asrcrawler.exceptions import RobotsForbidden, RobotsUnknown
from asrcrawler.http.completeness import BREAKS_OFF
from asrcrawler.http.redirects import follow
from asrcrawler.http.statuses import ANSWERED

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.robotstxt import RobotParser


class _Unknown(RobotsUnknown, IgnoreRequest):
    """The error as Scrapy knows it: it does not report a request that was not made."""


class _Forbidden(RobotsForbidden, IgnoreRequest):
    """The error as Scrapy knows it."""


class RobotsMiddleware(RobotsTxtMiddleware):
    """Asks once for the robots.txt of each host.

    A host without one (404, 403 …) or with something else in its place (a page, a file without end) allows everything.
    One that does not answer (no connection, 429, 5xx) allows nothing and ends the crawl.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._rules: dict[str, asyncio.Future[RobotParser | None]] = {}

    @property
    def _archive(self) -> Archive:
        return Archive.of(self.crawler)

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """Give the rules for the host of ``request``, None for no rules.

        Raises :exc:`~asrcrawler.exceptions.RobotsUnknown`.
        """
        parts = urlsplit(request.url)
        if parts.netloc not in self._rules:
            robots_txt = f"{parts.scheme}://{parts.netloc}/robots.txt"
            self._rules[parts.netloc] = asyncio.ensure_future(self._ask(robots_txt, request))
        return await asyncio.shield(self._rules[parts.netloc])

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        """Refuse a request that the rules forbid. Raises :exc:`~asrcrawler.exceptions.RobotsForbidden`."""
        try:
            super().process_request_2(rp, request)
        except IgnoreRequest as error:
            raise _Forbidden(str(error)) from None

    async def _ask(self, url: str, request: Request) -> RobotParser | None:
        archive = self._archive
        try:
            response = await follow(
                url, self._download, lambda answer: redirect_of(answer, archive.outlet.base_url, archive.site)
            )
        except (DownloadCancelledError, IgnoreRequest) as error:  # without end
            self._archive.log.warning("%s is taken as empty: %s", url, error)
            return None
        except Exception as error:  # whatever the network raises
            raise self._leave(UNREACHABLE, f"{url}: {type(error).__name__}: {error}"[:200]) from None
        return await self._read(response, request)

    async def _download(self, url: str) -> Response:
        return await self.crawler.engine.download_async(
            Request(url, priority=self.DOWNLOAD_PRIORITY, meta={"dont_obey_robotstxt": True}, callback=NO_CALLBACK)
        )

    async def _read(self, response: Response, request: Request) -> RobotParser | None:
        if response.status == HTTPStatus.TOO_MANY_REQUESTS:
            raise self._leave(REFUSED, f"{response.url}: status {response.status}")
        if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise self._leave(UNREACHABLE, f"{response.url}: status {response.status}")
        if response.status not in ANSWERED:
            self._archive.log.info("%s: status %d, so everything is allowed", response.url, response.status)
            return None
        if is_cut(response):  # what it forbids may stand in what is missing
            raise self._leave(UNREACHABLE, f"{response.url}: {BREAKS_OFF}")
        rules: RobotParser = build_from_crawler(self._parserimpl, self.crawler, response.body)
        await self.crawler.signals.send_catch_log_async(signals.robots_parsed, robotparser=rules, request=request)
        return rules

    def _leave(self, reason: str, why: str) -> RobotsUnknown:
        self._archive.log.error("What the site allows is not known (%s); nothing is asked of it in this run", why)
        self._farewell = asyncio.ensure_future(self.crawler.engine.close_spider_async(reason=reason))
        return _Unknown(reason, why)
