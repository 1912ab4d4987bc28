"""Turn codes into requests and answers into items: the base of every outlet's spider."""

from __future__ import annotations

import sys
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar, Self

from scrapy import Request, Spider, signals
from scrapy.exceptions import (
    CannotResolveHostError,
    CloseSpider,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)

from asrcrawler.clock import pretend_it_is, utcnow
from asrcrawler.config import Config
from asrcrawler.crawl.answers import UNDELIMITED, is_cut
from asrcrawler.crawl.archive import Archive
from asrcrawler.crawl.arguments import Arguments
from asrcrawler.crawl.frontier import Frontier
from asrcrawler.crawl.listings import Listings
from asrcrawler.endings import NOTHING_NAMED, RESTING, reason_of
from asrcrawler.exceptions import RobotsForbidden, RobotsUnknown, StorageError
from asrcrawler.http.completeness import BREAKS_OFF
from asrcrawler.items import Absence, Article, Outcome
from asrcrawler.samaneh.urls import article_path
from asrcrawler.samaneh.visit import Answer, Asked, Elsewhere, absence, judge, unread

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence
    from datetime import datetime

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.settings import BaseSettings
    from twisted.python.failure import Failure

    from asrcrawler.items import Redirect
    from asrcrawler.outlets import Outlet
    from asrcrawler.spans import Codes
    from asrcrawler.storage.visits.ledger import Validators

CHUNK = 20  # codes whose validators are looked up at once; few, so that what is asked is current

FAILURES: tuple[tuple[type[Exception], Outcome, str], ...] = (
    (RobotsForbidden, Outcome.REFUSED, "forbidden by robots.txt"),
    (IgnoreRequest, Outcome.UNREADABLE, "larger than DOWNLOAD_MAXSIZE"),
    (DownloadCancelledError, Outcome.UNREADABLE, "larger than DOWNLOAD_MAXSIZE"),
    (DownloadTimeoutError, Outcome.FAILED, "timeout"),
    (DownloadConnectionRefusedError, Outcome.FAILED, "connection refused"),
    (CannotResolveHostError, Outcome.FAILED, "no such host"),
    (ResponseDataLossError, Outcome.FAILED, BREAKS_OFF),
)
"""What is raised in the place of an answer, and what that means for the code; the first that fits counts."""


class SamanehSpider(Spider):
    """Visits articles by news code. Every code taken up yields exactly one item."""

    outlet: ClassVar[Outlet]
    """What is crawled, as it was known when this class was made; :attr:`archive` has it as the database says."""

    arguments: Arguments
    config: Config
    archive: Archive
    """What this crawl reads and writes; every component finds it here."""
    asked: int = 0
    """Codes given to Scrapy so far."""
    under_way: set[int]
    """Codes that the site was asked for, and that have not become an item yet."""

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Check the ``-a`` arguments. Raises :exc:`~asrcrawler.exceptions.SpiderArgumentError`."""
        arguments = Arguments.read(**kwargs)
        spider = super().from_crawler(crawler, *args)
        spider.arguments = arguments
        spider.under_way = set()
        crawler.signals.connect(spider.request_reached_downloader, signal=signals.request_reached_downloader)
        spider.config = Config.from_settings(crawler.settings)
        spider.archive = Archive(spider.outlet, spider.config, crawler)
        if spider.config.now is not None:  # else the clock of the process counts, which many crawls may share
            pretend_it_is(spider.config.now)
        return spider

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        super().update_settings(settings)
        # What the downloader has taken up must be finished at a stop; without this it queues 16 requests of a second.
        per_domain = settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")
        settings.set("CONCURRENT_REQUESTS", per_domain, priority="spider")
        if contact := " ".join(str(settings.get("ASR_CONTACT") or "").split()):
            agent = settings["USER_AGENT"].removesuffix(")")
            settings.set("USER_AGENT", f"{agent}; {contact})", priority="spider")

    @property
    def planned(self) -> int | None:
        """Give the number of codes that this crawl is to visit, where it is known beforehand."""
        if self.arguments.codes is None:
            return self.arguments.limit
        return min(len(self.arguments.codes), self.arguments.limit or sys.maxsize)

    # --- codes → requests

    async def start(self) -> AsyncIterator[Any]:
        try:
            async for request in self._requests():
                yield request
        except StorageError as error:
            self.logger.error("%s", error)
            raise CloseSpider(reason_of(error)) from None

    async def _requests(self) -> AsyncIterator[Request]:
        limit = self.arguments.limit or sys.maxsize
        async for code, validators in self._codes_with_validators():
            if self.asked >= limit:
                return
            if self.crawler.engine.needs_backout():
                await self.crawler.signals.wait_for(signals.scheduler_empty)
            await self.archive.pause.over()
            self.asked += 1
            yield self.visit(code, validators=validators)

    async def _codes_with_validators(self) -> AsyncIterator[tuple[int, Validators | None]]:
        if self.arguments.codes is not None:
            async for code in self._codes_left(self.arguments.codes, self.arguments.since):
                yield code, None
            return
        chunk: list[int] = []
        async for code in self._due_codes(self.archive):
            chunk.append(code)
            if len(chunk) == CHUNK:
                async for pair in _with_validators(self.archive, chunk):
                    yield pair
                chunk = []
        async for pair in _with_validators(self.archive, chunk):
            yield pair

    async def _codes_left(self, codes: Codes, since: datetime | None) -> AsyncIterator[int]:
        """Give the codes that were not visited ``since`` then; without, all of them."""
        rest = iter(codes)
        while chunk := list(islice(rest, CHUNK)):
            known = await self.archive.known(chunk) if since is not None else {}
            for code in chunk:
                visited_at = known[code].visited_at if code in known else None
                if since is None or visited_at is None or visited_at < since:
                    yield code

    async def _due_codes(self, archive: Archive) -> AsyncIterator[int]:
        now = utcnow()
        if archive.memory.rests(now):
            self.logger.warning(
                "The site refused the last run; it is left alone until %s",
                f"{archive.memory.rest_until:%F %H:%M} UTC",
            )
            raise CloseSpider(RESTING)
        frontier = Frontier(
            archive,
            Listings(self.crawler, archive).site,
            first_code=archive.outlet.begins_at,
            backfill=archive.outlet.backfill,
            old=self.config.old_per_run,
            now=now,
        )
        async for code in frontier.codes():
            yield code
        if not archive.newest:
            self.logger.error("Neither feed nor home page names an article; give the first codes with -a codes=")
            raise CloseSpider(NOTHING_NAMED)

    def visit(
        self,
        code: int,
        *,
        url: str | None = None,
        redirects: tuple[Redirect, ...] = (),
        validators: Validators | None = None,
    ) -> Request:
        """Make the request for one code, conditional where ``validators`` say what is stored."""
        headers = {}
        if validators is not None and validators.etag:
            headers["If-None-Match"] = validators.etag
        if validators is not None and validators.last_modified:
            headers["If-Modified-Since"] = validators.last_modified
        return Request(
            url or self.archive.outlet.base_url + article_path(code),
            callback=self.parse_answer,
            errback=self.parse_failure,
            headers=headers,
            cb_kwargs={"code": code, "redirects": redirects, "conditional": bool(headers)},
            dont_filter=True,  # the ledger knows what was visited; a set of fingerprints would grow with the archive
        )

    def request_reached_downloader(self, request: Request) -> None:
        if (code := request.cb_kwargs.get("code")) is not None:
            self.under_way.add(code)

    # --- answers → items

    def parse_answer(
        self, response: Response, code: int, redirects: tuple[Redirect, ...], conditional: bool
    ) -> Iterator[Article | Absence | Request]:
        """Yield the one item that an answer amounts to, or the request that a redirect leads to."""
        asked = self._asked(code, conditional=conditional)
        answer = _answer(response, redirects)
        try:
            result = judge(answer, asked)
        except Exception:
            self.logger.exception("Code %d: the parser failed on %s", code, response.url)
            result = unread(answer, asked, "parser error")
        self._tell(result)
        if isinstance(result, Elsewhere):
            yield self.visit(code, url=result.url, redirects=(*redirects, answer.as_redirect()))
        else:
            self.under_way.discard(code)
            yield result

    def parse_failure(self, failure: Failure) -> Iterator[Absence]:
        """Yield the absence that stands for a request without an answer."""
        request: Request = failure.request  # type: ignore[attr-defined]
        outcome, reason = _meaning(failure.value)
        result = absence(self._asked(request.cb_kwargs["code"]), outcome, reason, at=utcnow())
        self.under_way.discard(result.code)
        self._tell(result)
        yield result

    def _asked(self, code: int, *, conditional: bool = False) -> Asked:
        outlet = self.archive.outlet
        return Asked(site=outlet.site, code=code, base_url=outlet.base_url, conditional=conditional)

    def _tell(self, result: Article | Absence | Elsewhere) -> None:
        if isinstance(result, Article):
            for note in result.notes:
                self.logger.warning("Code %d: %s", result.code, note)
        elif isinstance(result, Absence) and result.outcome not in {Outcome.MISSING, Outcome.STORED}:
            self.logger.warning("Code %d: %s, %s", result.code, result.outcome, result.reason)


async def _with_validators(archive: Archive, codes: Sequence[int]) -> AsyncIterator[tuple[int, Validators | None]]:
    known = await archive.validators(codes) if codes else {}
    for code in codes:
        yield code, known.get(code)


def _answer(response: Response, redirects: tuple[Redirect, ...]) -> Answer:
    headers = {
        name.decode("latin-1").lower(): b", ".join(values).decode("utf-8", "replace")
        for name, values in response.headers.items()
    }
    return Answer(
        url=response.url,
        status=response.status,
        at=utcnow(),
        headers=headers,
        body=response.body,
        redirects=redirects,
        is_delimited=UNDELIMITED not in response.flags,
        is_unpacked=not is_cut(response),
    )


def _meaning(error: BaseException | None) -> tuple[Outcome, str]:
    if isinstance(error, RobotsUnknown):
        return Outcome.FAILED, f"not asked: {error}"
    for kind, outcome, reason in FAILURES:
        if isinstance(error, kind):
            return outcome, reason
    return Outcome.FAILED, f"{type(error).__name__}: {error}"[:120]
