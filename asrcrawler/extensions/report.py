"""How a run ended: its row in the database, its line in the log, its exit status."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING, Self

from scrapy import signals

from asrcrawler.archive import Archive
from asrcrawler.exceptions import StorageError
from asrcrawler.extensions.backoff import LEAVING
from asrcrawler.items import Outcome
from asrcrawler.pipelines.store import ANOTHER_RUN, DATABASE_FAILED
from asrcrawler.storage.runs import HEARTBEAT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scrapy import Spider
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)

OK, FAILED, UNAVAILABLE = 0, 1, 75
"""Exit statuses of a crawl; 75 is ``EX_TEMPFAIL``: the site could not be reached or refused us."""

UNREADABLE_PAGES = 5
"""So many unreadable pages in one run, and more than were read, mean a new template and not a few odd pages."""


def exit_status(reason: str, outcomes: Mapping[str, int], unbooked: int) -> int:
    """What a crawl that was closed for ``reason`` tells its caller.

    ``outcomes`` are the booked visits by outcome, ``unbooked`` the codes taken up that never reached the ledger.
    """
    if reason == ANOTHER_RUN:
        return OK
    if reason in {DATABASE_FAILED, "start_error"}:
        return FAILED
    if reason in LEAVING or _no_answer(outcomes):
        return UNAVAILABLE
    if is_new_template(outcomes) or (reason == "finished" and unbooked > 0):
        return FAILED
    return OK


def is_new_template(outcomes: Mapping[str, int]) -> bool:
    """Whether the pages of the site no longer read."""
    unreadable = outcomes.get(Outcome.UNREADABLE, 0)
    return unreadable >= UNREADABLE_PAGES and unreadable > outcomes.get(Outcome.STORED, 0)


def _no_answer(outcomes: Mapping[str, int]) -> bool:
    silent = outcomes.get(Outcome.REFUSED, 0) + outcomes.get(Outcome.FAILED, 0)
    return silent > 0 and silent == sum(outcomes.values())


class RunReport:
    """Keeps the run's row alive while it works and closes it at the end."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._started = monotonic()
        self._heart: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        report = cls(crawler)
        crawler.signals.connect(report.spider_opened, signal=signals.spider_opened)
        crawler.signals.connect(report.spider_closed, signal=signals.spider_closed)
        return report

    def spider_opened(self, spider: Spider) -> None:
        self._heart = asyncio.get_running_loop().create_task(self._beat())

    async def spider_closed(self, spider: Spider, reason: str) -> None:
        if self._heart is not None:
            self._heart.cancel()
        archive = Archive.of(self._crawler)
        archive.figures.requests = self._crawler.stats.get_value("downloader/request_count", 0)
        outcomes = archive.figures.outcomes
        unbooked = spider.asked - sum(outcomes.values())  # type: ignore[attr-defined]
        status = exit_status(reason, outcomes, unbooked)
        if reason != ANOTHER_RUN:
            self._tell(archive, reason, status, unbooked)
        try:
            await archive.close(reason=reason, exit_status=status)
        except StorageError as error:
            logger.error("%s; the end of this run could not be written", error)
            status = FAILED
        self._crawler.stats.set_value("asr/exit_status", status)

    def _tell(self, archive: Archive, reason: str, status: int, unbooked: int) -> None:
        figures = archive.figures
        if is_new_template(figures.outcomes):
            logger.error(
                "THE PAGES OF %s NO LONGER READ: %d unreadable. They are kept in the ledger for another day; "
                "a new template needs a new version of the parser",
                archive.site,
                figures.outcomes[Outcome.UNREADABLE],
            )
        if unbooked > 0:
            logger.warning("%d codes were taken up and not finished; they stay due", unbooked)
        parts = ", ".join(f"{count} {outcome}" for outcome, count in sorted(figures.outcomes.items())) or "none"
        logger.info(
            "Run on %s: %d codes visited (%s); %d articles new, %d changed; %d requests, %.1f MB, %s; %s; exit status %d",
            archive.site,
            sum(figures.outcomes.values()),
            parts,
            figures.articles_new,
            figures.articles_changed,
            figures.requests,
            figures.bytes / 1e6,
            timedelta(seconds=round(monotonic() - self._started)),
            reason,
            status,
        )

    async def _beat(self) -> None:
        archive = Archive.of(self._crawler)
        while True:
            await asyncio.sleep(HEARTBEAT.total_seconds())
            try:
                await archive.keep_alive()
            except StorageError as error:
                logger.warning("%s; no heartbeat", error)
