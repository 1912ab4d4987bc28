"""The base of every spider for this CMS: codes → requests → items. An outlet's spider adds its own facts."""

from __future__ import annotations

import sys
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar, Self

from scrapy import Request, Spider, signals
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)

from asrcrawler.clock import utcnow
from asrcrawler.config import Config
from asrcrawler.items import Absence, Article, Outcome
from asrcrawler.samaneh.arguments import Arguments
from asrcrawler.samaneh.urls import article_path
from asrcrawler.samaneh.visit import Answer, Asked, Elsewhere, absence, judge

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.settings import BaseSettings
    from twisted.python.failure import Failure

FAILURES: tuple[tuple[type[Exception], Outcome, str], ...] = (
    (DownloadCancelledError, Outcome.UNREADABLE, "larger than DOWNLOAD_MAXSIZE"),
    (DownloadTimeoutError, Outcome.FAILED, "timeout"),
    (DownloadConnectionRefusedError, Outcome.FAILED, "connection refused"),
    (CannotResolveHostError, Outcome.FAILED, "no such host"),
    (ResponseDataLossError, Outcome.FAILED, "truncated answer"),
)
"""What Scrapy raises in the place of an answer, and what that means for the code."""


class SamanehSpider(Spider):
    """Visits articles by news code. Every code taken up yields exactly one item."""

    site: ClassVar[str]
    """The outlet's host name without www; the name of its archive in the database."""

    arguments: Arguments
    config: Config
    asked: int = 0
    """Codes taken up so far."""

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Check the ``-a`` arguments. Raises :exc:`~asrcrawler.exceptions.SpiderArgumentError`."""
        arguments = Arguments.read(**kwargs)
        spider = super().from_crawler(crawler, *args)
        spider.arguments = arguments
        spider.config = Config.from_settings(crawler.settings)
        return spider

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        super().update_settings(settings)
        # What the downloader has taken up must be finished at a stop; without this it queues 16 requests of a second.
        per_domain = settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")
        settings.set("CONCURRENT_REQUESTS", per_domain, priority="spider")

    @property
    def planned(self) -> int | None:
        """How many codes this crawl means to visit, where that is known beforehand."""
        if self.arguments.codes is None:
            return self.arguments.limit
        return min(len(self.arguments.codes), self.arguments.limit or sys.maxsize)

    async def start(self) -> AsyncIterator[Any]:
        for code in islice(self.codes(), self.arguments.limit):
            if self.crawler.engine.needs_backout():
                await self.crawler.signals.wait_for(signals.scheduler_empty)
            self.asked += 1
            yield self.visit(code)

    def codes(self) -> Iterable[int]:
        """The codes worth a visit now, in order, made one at a time."""
        return self.arguments.codes or ()

    def visit(self, code: int, *, url: str | None = None, redirects: int = 0) -> Request:
        """The request for one code."""
        return Request(
            url or self.config.base_url + article_path(code),
            callback=self.parse_answer,
            errback=self.parse_failure,
            cb_kwargs={"code": code, "redirects": redirects},
            meta={"handle_httpstatus_all": True, "dont_redirect": True},
            dont_filter=True,  # the ledger knows what was visited; a set of fingerprints would grow with the archive
        )

    def parse_answer(self, response: Response, code: int, redirects: int) -> Iterator[Article | Absence | Request]:
        """Yield the one item that an answer amounts to, or the request that a redirect leads to."""
        asked = self._asked(code)
        try:
            result = judge(self._answer(response, redirects), asked)
        except Exception:
            self.logger.exception("Code %d: the parser failed on %s", code, response.url)
            result = absence(asked, Outcome.UNREADABLE, "parser error", at=utcnow())
        self._tell(result)
        if isinstance(result, Elsewhere):
            yield self.visit(code, url=result.url, redirects=redirects + 1)
        else:
            yield result

    def parse_failure(self, failure: Failure) -> Iterator[Absence]:
        """Yield the absence that stands for a request without an answer."""
        assert failure.request is not None  # type: ignore[attr-defined]
        asked = self._asked(failure.request.cb_kwargs["code"])  # type: ignore[attr-defined]
        outcome, reason = self._meaning(failure.value)
        result = absence(asked, outcome, reason, at=utcnow())
        self._tell(result)
        yield result

    def _tell(self, result: Article | Absence | Elsewhere) -> None:
        if isinstance(result, Article):
            for note in result.notes:
                self.logger.warning("Code %d: %s", result.code, note)
        elif isinstance(result, Absence) and result.outcome is not Outcome.MISSING:
            self.logger.warning("Code %d: %s, %s", result.code, result.outcome, result.reason)

    def _asked(self, code: int) -> Asked:
        return Asked(site=self.site, code=code, base_url=self.config.base_url)

    @staticmethod
    def _answer(response: Response, redirects: int) -> Answer:
        headers = {name.decode("latin-1").lower(): b", ".join(values).decode("utf-8", "replace")
                   for name, values in response.headers.items()}  # fmt: skip
        _, _, charset = headers.get("content-type", "").lower().partition("charset=")
        return Answer(
            url=response.url,
            status=response.status,
            at=utcnow(),
            headers=headers,
            body=response.body,
            encoding=charset.strip(" \"';") or None,
            redirects=redirects,
        )

    @staticmethod
    def _meaning(error: BaseException | None) -> tuple[Outcome, str]:
        if isinstance(error, IgnoreRequest):
            if "robots.txt" in str(error):
                return Outcome.REFUSED, "forbidden by robots.txt"
            return Outcome.UNREADABLE, "larger than DOWNLOAD_MAXSIZE"
        for kind, outcome, reason in FAILURES:
            if isinstance(error, kind):
                return outcome, reason
        return Outcome.FAILED, f"{type(error).__name__}: {error}"[:120]
