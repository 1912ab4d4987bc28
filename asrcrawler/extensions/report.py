"""Tell how a run ended: in its row in the database, in a line of the log, by the exit status."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any, Self

from scrapy import signals

from asrcrawler.clock import utcnow
from asrcrawler.crawl.archive import Archive
from asrcrawler.crawl.memory import rest_after_refusal
from asrcrawler.endings import (
    CLOSED_BY_ANOTHER,
    DATABASE_FAILED,
    FAILED,
    FINISHED,
    NOT_WELCOME,
    OK,
    STEPPED_ASIDE,
    UNAVAILABLE,
    exit_status,
    is_new_template,
)
from asrcrawler.exceptions import StorageError, TokenLostError
from asrcrawler.gone import is_outage
from asrcrawler.items import Outcome
from asrcrawler.storage.figures.sources import sources
from asrcrawler.storage.visits.gone import run_looks
from asrcrawler.storage.visits.runs import HEARTBEAT

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from asrcrawler.crawl.spider import SamanehSpider


class RunReport:
    """Keeps the run's row alive while it works and closes it at the end."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._started = monotonic()
        self._heart: asyncio.Task[None] | None = None
        self._compared: object = []
        """The counts in which falls were last looked for."""
        self._told: set[str] = set()
        """The fields whose fall was told."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        report = cls(crawler)
        crawler.signals.connect(report.spider_opened, signal=signals.spider_opened)
        crawler.signals.connect(report.spider_closed, signal=signals.spider_closed)
        return report

    def spider_opened(self) -> None:
        self._heart = asyncio.get_running_loop().create_task(self._beat())

    async def spider_closed(self, spider: SamanehSpider, reason: str) -> None:
        if self._heart is not None:
            self._heart.cancel()
        archive = Archive.of(self._crawler)
        outcomes = archive.figures.outcomes
        unfinished = spider.asked - sum(outcomes.values())
        # A stop leaves codes that the site was not even asked for; they are as due as before.
        unbooked = unfinished if reason == FINISHED else len(spider.under_way)
        scheduled = spider.arguments.codes is None
        # What nobody asked for by hand comes again by itself, and is not to come back to a site that refuses.
        by_itself = scheduled or spider.arguments.since is not None
        # A scheduled run does not finish where neither feed nor home page answered.
        listed = scheduled and reason == FINISHED
        status = FAILED if archive.in_hand else exit_status(reason, outcomes, unbooked, listed=listed)
        try:
            if archive.run_id is not None:
                await self._close(archive, reason, status, by_itself=by_itself)
        except TokenLostError as error:
            if reason != CLOSED_BY_ANOTHER:
                archive.log.error("%s", error)
            reason, status = CLOSED_BY_ANOTHER, UNAVAILABLE
        except StorageError as error:
            archive.log.error("%s; the end of this run could not be written", error)
            reason, status = DATABASE_FAILED, FAILED
        if reason not in STEPPED_ASIDE:
            self._tell(archive, reason, status, unfinished)
        self._crawler.stats.set_value("asr/end_reason", reason)
        self._crawler.stats.set_value("asr/exit_status", status)

    async def _close(self, archive: Archive, reason: str, status: int, *, by_itself: bool) -> None:
        """Write the end of the run, and close the archive even where that fails."""
        try:
            await self._remember(archive, reason, status, by_itself=by_itself)
            await self._warn_of_falls(archive, archive.figures.sources)
            await self._warn_of_outage(archive)
        except StorageError:
            await archive.close(reason=reason, exit_status=FAILED)
            raise
        await archive.close(reason=reason, exit_status=status)

    async def _remember(self, archive: Archive, reason: str, status: int, *, by_itself: bool) -> None:
        """Remember a refusal, so that the site is left alone for longer each time; forget it after a good run."""
        if reason in NOT_WELCOME and by_itself:
            await archive.remember(rest_after_refusal(archive.memory, utcnow(), archive.asked_to_wait_until))
        elif status == OK and reason == FINISHED and archive.memory.refusals and archive.figures.outcomes:
            await archive.remember(replace(archive.memory, refusals=0, rest_until=None))

    async def _warn_of_falls(self, archive: Archive, counted: object) -> None:
        """Tell once in a run of each field that has left its place. Without further articles there is nothing new.

        ``counted``: the counts that the database has, at least.
        """
        if counted in (self._compared, []):
            return
        self._compared = counted
        try:
            found = await archive.ask_once(sources, archive.site)
        except StorageError as error:
            archive.log.warning("%s; where values came from was not compared", error)
            return
        for fall, warning in zip(found.falls, found.warnings, strict=True):
            if fall.field not in self._told:
                self._told.add(fall.field)
                archive.log.warning("%s: %s", archive.site, warning)

    async def _warn_of_outage(self, archive: Archive) -> None:
        """Tell that the answers *missing* of this run count for nothing."""
        if archive.run_id is None:
            return
        looks, missing = await archive.ask(run_looks, archive.run_id)
        if is_outage(looks, missing):
            archive.log.warning(
                "%s: %d of %d looks at stored articles answered missing; that is taken for an outage of the site, and"
                " no article counts as gone by it",
                archive.site, missing, looks,
            )  # fmt: skip

    def _tell(self, archive: Archive, reason: str, status: int, unfinished: int) -> None:
        figures = archive.figures
        if is_new_template(figures.outcomes):
            archive.log.error(
                "THE PAGES OF %s NO LONGER READ: %d are unreadable and stay due for another day. If the site has a new "
                "template, the parser has to learn it; nothing that is stored was replaced.",
                archive.site,
                figures.outcomes[Outcome.UNREADABLE],
            )
        if unfinished > 0:
            archive.log.warning("%d codes were taken up and not finished; a later run visits them", unfinished)
        archive.log.info("%s", self.summary(archive, reason, status))

    def summary(self, archive: Archive, reason: str, status: int) -> str:
        """Write the line that says what the run did."""
        figures: Any = archive.figures
        visited = ", ".join(f"{count} {outcome}" for outcome, count in sorted(figures.outcomes.items()))
        return (
            f"Run on {archive.site}: {sum(figures.outcomes.values())} codes visited{visited and f' ({visited})'}; "
            f"articles: {figures.articles_new} new, {figures.articles_changed} changed; {figures.requests} requests, "
            f"{figures.bytes / 1e6:.1f} MB in {timedelta(seconds=round(monotonic() - self._started))}; "
            f"{reason}, exit status {status}"
        )

    async def _beat(self) -> None:
        archive = Archive.of(self._crawler)
        while archive.run_id is not None:
            await asyncio.sleep(archive.config.heartbeat or HEARTBEAT.total_seconds())
            try:
                counted = archive.figures.sources  # what is counted meanwhile may not be in the database yet
                await archive.keep_alive()
                await self._warn_of_falls(archive, counted)
            except TokenLostError as error:
                archive.log.error("%s", error)
                self._farewell = asyncio.ensure_future(
                    self._crawler.engine.close_spider_async(reason=CLOSED_BY_ANOTHER)
                )
                return
            except StorageError as error:
                archive.log.warning("%s; no heartbeat", error)
