"""Run what is due, many outlets at a time, in one process and one event loop, for months."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING

from scrapy.crawler import AsyncCrawlerRunner, Crawler

from asrcrawler.crawl.archive import FAREWELL, Archive
from asrcrawler.endings import FAILED, OK, SHUTDOWN, START_ERROR, UNAVAILABLE
from asrcrawler.exceptions import JobLostError, LockedError, StorageError
from asrcrawler.spiders.loader import OutletLoader
from asrcrawler.work.heart import Heart
from asrcrawler.work.jobs import Ended
from asrcrawler.work.naming import named_after

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from scrapy import Spider
    from scrapy.settings import Settings

    from asrcrawler.outlets import Outlet
    from asrcrawler.storage import Database
    from asrcrawler.work.jobs import Job, Jobs

logger = logging.getLogger(__name__)

CONCURRENCY = 20  # runs at once, unless told otherwise
CONNECTIONS = 8  # that all crawls of a process share; one more is the heart's
LOOK = 1.0  # seconds until it is asked again what is due
LATER = 10.0  # seconds until then where the database does not do what it is asked; a heartbeat, if that is shorter
LINE_EVERY = 60.0  # seconds between two lines that tell of all runs
GRACE = 20.0  # seconds that runs have to end in good order; with what follows, less than half a minute

HEARTBEAT, STALL = 10.0, 60.0
"""Seconds, where the settings do not say otherwise."""


class Worker:
    """Makes the runs that ``jobs`` give, ``concurrency`` at most at once; ``once``: until there are no more."""

    def __init__(self, settings: Settings, jobs: Jobs, database: Database, *, concurrency: int, once: bool) -> None:
        """Set what is to be done; ``database`` is the one that the crawls of this process share."""
        self._runner = AsyncCrawlerRunner(settings)
        self._loader = OutletLoader(settings)
        self._jobs = jobs
        self._database = database
        self._concurrency = concurrency
        self._once = once
        self._url = str(settings["ASR_DATABASE_URL"])
        self._heartbeat = settings.getfloat("ASR_HEARTBEAT")
        self._later = min(LATER, self._heartbeat)
        self._runs: dict[asyncio.Task[None], Crawler | None] = {}
        self._classes: dict[str, type[Spider]] = {}
        """Outlet → the class that crawls it: one made for every run would have to be collected."""
        self._statuses: Counter[int] = Counter()
        self._stopped = asyncio.Event()
        self._told_at = monotonic()

    async def work(self) -> int:
        """Work until there is nothing to do, or a signal comes; give the exit status.

        Raises :exc:`~asrcrawler.exceptions.StorageError` where the database cannot be used.
        """
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(2 * CONNECTIONS, "worker"))
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(number, self.stop)
        async with self._jobs:
            with Heart(self._url, self._jobs, self._heartbeat, _leave):
                status = FAILED
                try:
                    await self._go_on()
                    status = OK
                finally:
                    await self._end_all(status)
        return worst(self._statuses) if self._once and not self._stopped.is_set() else OK

    def stop(self) -> None:
        """Begin no further run, and end those at work in good order."""
        if not self._stopped.is_set():
            logger.info("Told to stop: %d runs end", len(self._runs))
        self._stopped.set()

    async def _go_on(self) -> None:
        while not self._stopped.is_set():
            wait = LOOK
            try:
                while len(self._runs) < self._concurrency and (job := await self._jobs.claim()) is not None:
                    if self._stopped.is_set():
                        await self._jobs.give_up(job)
                        return
                    self._begin(job)
            except StorageError as error:
                if self._once or type(error) not in {StorageError, LockedError}:
                    raise
                logger.warning("%s; trying again in %g seconds", error, self._later)
                wait = self._later
            if self._once and not self._runs:
                return
            await self._wait(wait)
            self._tell_now_and_then()

    async def _wait(self, seconds: float) -> None:
        """Wait until a run ends, or it is time to stop or to look again."""
        stopped = asyncio.ensure_future(self._stopped.wait())
        await asyncio.wait({stopped, *self._runs}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()

    def _begin(self, job: Job) -> None:
        task = asyncio.ensure_future(self._run(job))
        self._runs[task] = None
        task.add_done_callback(self._runs.pop)

    async def _run(self, job: Job) -> None:
        """Make one run and hand its job back. What goes wrong in it is told, and ends no other."""
        with named_after(job.outlet.name):
            ended = await self._crawl(job)
            if ended is None:
                await self._hand_back(lambda: self._jobs.give_up(job))
                return
            self._statuses[ended.exit_status] += 1
            await self._hand_back(lambda: self._jobs.release(job, ended))

    async def _crawl(self, job: Job) -> Ended | None:
        """Crawl, and tell how that ended; None where it was not begun, as the worker is told to stop."""
        task = asyncio.current_task()
        assert task is not None
        try:
            self._runs[task] = crawler = Crawler(self._class_of(job.outlet), self._runner.settings)
            if job.longest is not None:
                crawler.settings.set("CLOSESPIDER_TIMEOUT", job.longest, priority="cmdline")
            await self._runner.crawl(crawler, **job.arguments)
        except Exception:
            logger.exception("The run on %s broke off", job.outlet.site)
            return Ended(START_ERROR, FAILED)
        status = crawler.stats.get_value("asr/exit_status")
        if status is None:
            return None if self._stopped.is_set() else Ended(START_ERROR, FAILED)
        return Ended(str(crawler.stats.get_value("asr/end_reason")), status)

    async def _hand_back(self, hand_back: Callable[[], Awaitable[None]]) -> None:
        """Hand a job back, however often that has to be tried: its outlet has no further run until then."""
        while True:
            try:
                return await hand_back()
            except JobLostError as error:
                _leave(error)
            except StorageError as error:
                if self._stopped.is_set() or self._once or type(error) not in {StorageError, LockedError}:
                    logger.error("%s; the job could not be handed back", error)
                    return None
                logger.warning("%s; the job is handed back in %g seconds", error, self._later)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), self._later)

    def _class_of(self, outlet: Outlet) -> type[Spider]:
        known = self._classes.get(outlet.name)
        if known is None or known.outlet != outlet:  # type: ignore[attr-defined]
            known = self._classes[outlet.name] = self._loader.of(outlet)
        return known

    async def _end_all(self, status: int) -> None:
        """End the runs in good order; where some cannot be waited for, close their rows and leave with ``status``."""
        if not self._runs:
            return
        self._stopped.set()
        self._database.hurry(FAREWELL)
        stopping = asyncio.ensure_future(self._runner.stop())
        await asyncio.wait(self._runs, timeout=GRACE)
        stopping.cancel()
        for crawler in list(self._runs.values()):
            if crawler is not None and crawler.spider is not None:
                logger.warning("%s did not end in time; its run is closed", crawler.spider.name)
                with suppress(StorageError, TimeoutError):
                    async with asyncio.timeout(1):
                        await Archive.of(crawler).close(reason=SHUTDOWN, exit_status=UNAVAILABLE)
        if self._runs:
            logging.shutdown()
            os._exit(status)  # what is still awaited would hold the process up

    def _tell_now_and_then(self) -> None:
        if monotonic() - self._told_at < LINE_EVERY:
            return
        self._told_at = monotonic()
        logger.info("%s", summary(len(self._runs), self._statuses))


def worst(statuses: Counter[int]) -> int:
    """Give the worst exit status of several runs: 1 or another fault, before 75, before 0.

    >>> worst(Counter([0, 75, 1])), worst(Counter([75, 0])), worst(Counter())
    (1, 75, 0)
    """
    if set(statuses) - {OK, UNAVAILABLE}:
        return FAILED
    return UNAVAILABLE if UNAVAILABLE in statuses else OK


def summary(at_work: int, statuses: Counter[int]) -> str:
    """Write the line that tells of all runs.

    >>> summary(2, Counter({0: 40, 75: 1}))
    '2 runs at work; 41 made: 40 ended with 0, 1 with 75'
    """
    counted = [f"{count} {'' if place else 'ended '}with {status}" for place, (status, count) in enumerate(
        sorted(statuses.items())
    )]  # fmt: skip
    return f"{at_work} runs at work; {statuses.total()} made{': ' if counted else ''}{', '.join(counted)}"


def _leave(error: JobLostError) -> None:
    """End the process at once: another worker does its work."""
    logger.error("%s; leaving", error)
    logging.shutdown()
    os._exit(error.exit_status)
