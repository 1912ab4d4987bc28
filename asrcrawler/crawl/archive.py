"""Read and write the database for a crawl: off the event loop, one thing at a time, by one connection."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from functools import partial
from math import ceil, inf
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

from asrcrawler.crawl.memory import Memory
from asrcrawler.crawl.pause import DATABASE, Pause
from asrcrawler.endings import DATABASE_FAILED, FAILED
from asrcrawler.exceptions import LockedError, StorageError
from asrcrawler.items import Article, Outcome
from asrcrawler.storage import Database, outlets, shared
from asrcrawler.storage.visits import dictionaries, ledger, runs, writing
from asrcrawler.storage.visits.articles import QUIET

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import datetime

    from scrapy.crawler import Crawler

    from asrcrawler.config import Config
    from asrcrawler.items import Absence
    from asrcrawler.outlets import Outlet
    from asrcrawler.spans import Span
    from asrcrawler.storage.visits.ledger import Known, Validators
    from asrcrawler.storage.visits.writing import ReadAgain, Written
    from asrcrawler.text.packing import Dictionary

T = TypeVar("T")

WAITS = (1.0, 5.0, 15.0, 30.0)
"""Seconds before each further try when the database does not do what it is asked."""
SLOW = 5.0  # seconds that the database may take for one thing until nothing more is fetched for it
NOTICE = 0.5  # seconds within which it is seen that the crawl is to stop
FAREWELL = 10.0  # seconds of silence that a database server may cost a crawl that is to stop


class Archive:
    """Read and write what one crawl needs, by one connection. Every method that touches the database works in a thread.

    Each waits for a database that is locked, full or being restarted, and nothing is fetched meanwhile.
    """

    def __init__(self, outlet: Outlet, config: Config, crawler: Crawler) -> None:
        self._given = outlet
        self.outlet = _as_crawled(outlet, config)
        """What is crawled, with what counts for this crawl alone; once the archive is open, as the database has it."""
        self.config = config
        self.log = logging.getLogger(outlet.name)
        """Where every line of this crawl is written; the log then names the outlet in each."""
        self.pause = Pause(crawler)
        self._crawler = crawler
        self._has_given_up = False
        self._is_holding = False
        self.run_id: int | None = None
        """Set while a run is open."""
        self.figures = runs.RunFigures()
        self.newest = 0
        """The highest code known to exist."""
        self.memory = Memory()
        """What the last scheduled run left; then what this one leaves."""
        self.asked_to_wait_until: datetime | None = None
        """When the site said to come back, if it refused us with a date."""
        self.dictionary: Dictionary | None = None
        """What captures are packed with."""
        self._read_again: ReadAgain | None = None
        self._captures_to_learn_from = 0
        self.in_hand = 0
        """Visits that are yielded and not written yet; at the end of a run, those that were lost."""
        self._database = shared(config.database_url)
        self._is_shared = self._database is not None
        self._lock = asyncio.Lock()

    @classmethod
    def of(cls, crawler: Crawler) -> Archive:
        """Give the archive of a crawl, which its spider owns."""
        assert crawler.spider is not None
        archive: Archive = crawler.spider.archive  # type: ignore[attr-defined]
        return archive

    @property
    def site(self) -> str:
        return self.outlet.site

    async def open(self, arguments: dict[str, Any], read_again: Callable[..., Article | Absence] | None = None) -> None:
        """Prepare the database and open a run. ``read_again`` reads a capture with today's parser, as
        :func:`asrcrawler.pipelines.reading.read_capture` does.

        Raises :exc:`~asrcrawler.exceptions.OutletError` for an outlet that is not to be crawled, and
        :exc:`~asrcrawler.exceptions.StorageError`, or its kinds
        :exc:`~asrcrawler.exceptions.AnotherRunError` while another run is at work, and
        :exc:`~asrcrawler.exceptions.LockedError` where another program holds the database beyond all patience.
        """
        try:
            self.run_id = await self._in_thread(self._begin, arguments)
        except LockedError as error:
            if self._is_stopping:  # it was not waited for to the end
                raise StorageError(str(error)) from error
            raise
        if read_again is not None:
            self._read_again = partial(read_again, site=self.site, base_url=self.outlet.base_url)
        try:
            await self._in_thread(self._recall)
        except StorageError:
            with suppress(StorageError):  # the first one says more
                await self.close(reason=DATABASE_FAILED, exit_status=FAILED)
            raise

    def take_up(self) -> None:
        """Count a visit that is yielded and waits to be written."""
        self.in_hand += 1

    def note_wait(self, until: datetime) -> None:
        """Note when the site said to come back."""
        self.asked_to_wait_until = until

    async def known(self, codes: Sequence[int]) -> dict[int, Known]:
        """Find the last visits of ``codes``."""
        return await self.ask(ledger.known, self.site, codes)

    async def validators(self, codes: Sequence[int]) -> dict[int, Validators]:
        """Find the validators with which ``codes`` can be asked for conditionally."""
        return await self.ask(ledger.validators, self.site, codes)

    async def due(
        self, now: datetime, outcomes: Collection[Outcome], limit: int, *, exclude: Collection[int]
    ) -> list[int]:
        """Find codes whose last visit ended so and whose next one is due."""
        return await self.ask(ledger.due, self.site, now, outcomes, limit, exclude=exclude)

    async def missed(self, now: datetime, limit: int, *, exclude: Collection[int]) -> list[int]:
        """Find codes that are missing though an article of them is stored, and whose next visit is due."""
        return await self.ask(ledger.missed, self.site, now, limit, exclude=exclude)

    async def old(self, now: datetime, limit: int, *, exclude: Collection[int]) -> list[int]:
        """Find settled codes with a stored article whose turn it is, those first whose last visit is longest ago."""
        return await self.ask(ledger.old, self.site, now, limit, exclude=exclude)

    async def listed_unvisited(self, limit: int, *, exclude: Collection[int]) -> list[int]:
        """Find codes that the site names and that were never visited, newest first."""
        return await self.ask(ledger.listed_unvisited, self.site, limit, exclude=exclude)

    async def unvisited_spans(self, first: int, last: int, limit: int) -> list[Span]:
        """Find spans of never visited codes, newest first, with at least ``limit`` codes or all."""
        return await self.ask(ledger.unvisited_spans, self.site, first, last, limit)

    async def list_codes(self, codes: Sequence[int], at: datetime) -> None:
        """Write down that the site names ``codes``."""
        if codes:
            await self.ask(ledger.record_listed, self.site, codes, at, run_id=self.run_id)

    async def remember(self, memory: Memory) -> None:
        """Write down what this run leaves for the next one."""
        self.memory = memory
        self.newest = max(self.newest, memory.newest)
        await self.ask(runs.remember_plan, self.run_id, memory.as_json())

    async def write(self, batch: Sequence[Article | Absence]) -> list[Written]:
        """Write visits in one transaction. Raises :exc:`~asrcrawler.exceptions.StorageError`."""
        written = await self.ask(
            writing.write_visits,
            batch,
            run_id=self.run_id,
            newest=self.newest,
            figures=self._figures_now(),
            read_again=self._read_again,
        )
        self.in_hand -= len(batch)
        self._count(batch, written)
        return written

    @property
    def wants_dictionary(self) -> bool:
        """Whether there are captures enough for a dictionary, or for a better one."""
        return self._captures_to_learn_from >= dictionaries.FEWEST_CAPTURES

    async def learn_dictionary(self) -> None:
        """Train a dictionary on the captures. The crawl goes on meanwhile, however long that takes.

        Raises :exc:`~asrcrawler.exceptions.StorageError`; then, and where nothing can be learnt, it is tried no more
        in this run.
        """
        self._captures_to_learn_from = 0
        learn = partial(dictionaries.learn, self._opened, self.site, run_id=self.run_id)
        self.dictionary = await self._watched(learn, patience=inf) or self.dictionary

    async def ask(self, question: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """Call a function of ``asrcrawler.storage`` with the database and ``args``."""
        return await self._in_thread(question, self._opened, *args, **kwargs)

    async def ask_once(self, question: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """Do as :meth:`ask`, but do not try again: for what the crawl can do without."""
        async with self._lock:
            return await self._watched(partial(question, self._opened, *args, **kwargs))

    @classmethod
    def let_go(cls, crawler: Crawler) -> None:
        """Wait no more for an answer of the database, once the crawl has ended."""
        if crawler.spider is not None:
            cls.of(crawler).hurry(0)

    def hurry(self, seconds: float) -> None:
        """Wait no longer than so many seconds for a server that is silent; others that share it are not hurried."""
        if self._database is not None and not self._is_shared:
            self._database.hurry(seconds)

    async def keep_alive(self) -> None:
        await self.ask(runs.keep_alive, self.run_id, self._figures_now())

    async def close(self, *, reason: str, exit_status: int) -> None:
        """Close the run, if one is open. Raises :exc:`~asrcrawler.exceptions.StorageError`."""
        if self.run_id is None:
            return
        try:
            await self.ask(runs.end_run, self.run_id, self._figures_now(), reason=reason, exit_status=exit_status)
        finally:
            self.run_id = None
            if not self._is_shared:
                self._opened.close()

    @property
    def _opened(self) -> Database:
        assert self._database is not None, "the archive is not open"
        return self._database

    def _begin(self, arguments: dict[str, Any]) -> int:
        if self._database is None:
            self._database = Database(self.config.database_url, connections=1)
        if not self._is_shared:
            self._database.prepare()
        config = self.config
        outlet = outlets.begin(self._database, self._given, base_url=config.base_url, first_code=config.first_code)
        self.outlet = _as_crawled(outlet, config)
        return runs.begin_run(self._database, self.site, arguments, dead_after=config.stall)

    def _recall(self) -> None:
        """Read what earlier runs left for this one."""
        self.memory = Memory.from_json(runs.last_memory(self._opened, self.site))
        self.newest = self.memory.newest
        self.dictionary = dictionaries.newest_dictionary(self._opened, self.site)
        self._captures_to_learn_from = dictionaries.captures_to_learn_from(self._opened, self.site)

    def _figures_now(self) -> runs.RunFigures:
        """Give the figures with the requests that were made so far."""
        self.figures.requests = self._crawler.stats.get_value("downloader/request_count", 0)
        return self.figures

    def _count(self, batch: Sequence[Article | Absence], written: Sequence[Written]) -> None:
        outcomes = Counter(self.figures.outcomes)
        outcomes.update(str(visit.outcome) for visit in written)
        self.figures.outcomes = dict(outcomes)
        if self.dictionary is None:
            captures = [item.fetch.capture for item in batch if item.fetch and isinstance(item, Article)]
            self._captures_to_learn_from += len(captures) - captures.count(None)
        self.figures.bytes += sum(item.fetch.size for item in batch if item.fetch)
        self.figures.articles_new += sum(visit.change == writing.NEW for visit in written)
        self.figures.articles_changed += sum(
            visit.outcome is Outcome.STORED and visit.change not in {*QUIET, writing.NEW} for visit in written
        )

    async def _in_thread(self, function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        async with self._lock:
            return await self._patiently(partial(function, *args, **kwargs))

    async def _patiently(self, work: Callable[[], T]) -> T:
        """Try again after each of :data:`WAITS` where waiting may help.

        Once waiting did not help, the next error is raised at once.
        """
        try:
            for wait in () if self._has_given_up else WAITS:
                try:
                    return await self._watched(work)
                except StorageError as error:
                    if not _may_pass(error) or self._is_stopping:
                        raise
                    self.log.warning("%s; trying again in %g seconds", error, wait)
                self._stop_fetching()
                await self._sleep(wait)
            result = await self._watched(work)
        except StorageError as error:
            self._has_given_up = _may_pass(error)
            raise
        finally:
            self._go_on_fetching()
        self._has_given_up = False
        return result

    async def _watched(self, work: Callable[[], T], patience: float = SLOW) -> T:
        """Do the work in a thread; after ``patience`` seconds nothing more is fetched until it is done.

        Where the crawl is to stop, do not wait long for a server that is silent.
        """
        task, began = asyncio.ensure_future(asyncio.to_thread(work)), monotonic()
        try:
            while not (await asyncio.wait({task}, timeout=NOTICE))[0]:
                if self._is_stopping:
                    self.hurry(FAREWELL)
                if monotonic() - began > patience:
                    self._stop_fetching()
        except asyncio.CancelledError:
            task.cancel()
            raise
        return task.result()

    async def _sleep(self, seconds: float) -> None:
        """Sleep, and end early where the crawl is to stop."""
        for _ in range(ceil(seconds / NOTICE)):
            if self._is_stopping:
                return
            await asyncio.sleep(NOTICE)

    @property
    def _is_stopping(self) -> bool:
        """Tell whether the crawl was told to stop (SIGTERM, Ctrl-C); its engine runs only once the archive is open."""
        return _has_engine(self._crawler) and not self._crawler.crawling

    def _stop_fetching(self) -> None:
        if not self._is_holding and _has_engine(self._crawler):
            self.pause.hold(DATABASE)
            self._is_holding = True

    def _go_on_fetching(self) -> None:
        if self._is_holding:
            self.pause.resume(DATABASE)
            self._is_holding = False


def _as_crawled(outlet: Outlet, config: Config) -> Outlet:
    """Give an outlet with the settings that go before its own facts in a single crawl."""
    own = {"base_url": config.base_url, "first_code": config.first_code, "backfill": config.backfill_per_run}
    return replace(outlet, **{name: value for name, value in own.items() if value is not None})  # type: ignore[arg-type]


def _may_pass(error: StorageError) -> bool:
    """Tell whether waiting may help."""
    return type(error) in {StorageError, LockedError}


def _has_engine(crawler: Crawler) -> bool:
    """Tell whether the crawler has its engine: it begins to crawl with one, and raises an error until then."""
    try:
        return crawler.engine is not None
    except RuntimeError:
        return False
