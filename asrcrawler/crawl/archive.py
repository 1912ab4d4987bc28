"""The crawl's door to its database: off the event loop, one thing at a time, the same one for every component."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

from asrcrawler.config import Config
from asrcrawler.crawl.frontier import Memory
from asrcrawler.items import Article, Outcome
from asrcrawler.storage import Database
from asrcrawler.storage.visits import dictionaries, ledger, runs, writing

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import datetime

    from scrapy.crawler import Crawler

    from asrcrawler.items import Absence
    from asrcrawler.spans import Span
    from asrcrawler.storage.visits.ledger import Known, Validators
    from asrcrawler.storage.visits.writing import Written
    from asrcrawler.text.packing import Dictionary

T = TypeVar("T")


class Archive:
    """What one crawl reads and writes. Every method that touches the database works in a thread."""

    def __init__(self, site: str, config: Config) -> None:
        self.site = site
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
        """What pages are packed with."""
        self._pages_to_learn_from = 0
        self.in_hand = 0
        """Visits that are yielded and not written yet; at the end of a run, those that were lost."""
        self._url = config.database_url
        self._database: Database | None = None
        self._lock = asyncio.Lock()

    @classmethod
    def of(cls, crawler: Crawler) -> Archive:
        """The one archive of a crawl. Raises :exc:`~asrcrawler.exceptions.SettingError`."""
        if crawler not in _archives:
            assert crawler.spider is not None
            site: str = crawler.spider.site  # type: ignore[attr-defined]
            _archives[crawler] = cls(site, Config.from_settings(crawler.settings))
        return _archives[crawler]

    async def open(self, arguments: dict[str, Any]) -> None:
        """Prepare the database and open a run.

        Raises :exc:`~asrcrawler.exceptions.StorageError`, or its kind
        :exc:`~asrcrawler.exceptions.AnotherRunError` while another run is at work.
        """
        self.run_id = await self._in_thread(self._open, arguments)

    async def known(self, codes: Sequence[int]) -> dict[int, Known]:
        """The last visits of ``codes``."""
        return await self.ask(ledger.known, self.site, codes)

    async def validators(self, codes: Sequence[int]) -> dict[int, Validators]:
        """What the stored answers of ``codes`` can be asked for conditionally."""
        return await self.ask(ledger.validators, self.site, codes)

    async def due(
        self, now: datetime, outcomes: Collection[Outcome], limit: int, *, exclude: Collection[int]
    ) -> list[int]:
        """Codes whose last visit ended so and whose next one is due."""
        return await self.ask(ledger.due, self.site, now, outcomes, limit, exclude=exclude)

    async def listed_unvisited(self, limit: int, *, exclude: Collection[int]) -> list[int]:
        """Codes the site names and that were never visited, newest first."""
        return await self.ask(ledger.listed_unvisited, self.site, limit, exclude=exclude)

    async def unvisited_spans(self, first: int, last: int, limit: int) -> list[Span]:
        """Spans of never visited codes, newest first, with at least ``limit`` codes or all."""
        return await self.ask(ledger.unvisited_spans, self.site, first, last, limit)

    async def list_codes(self, codes: Sequence[int], at: datetime) -> None:
        """Write down that the site names ``codes``."""
        if codes:
            await self.ask(ledger.record_listed, self.site, codes, at)

    async def remember(self, memory: Memory) -> None:
        """Write down what this run leaves for the next one."""
        self.memory = memory
        self.newest = max(self.newest, memory.newest)
        await self.ask(runs.remember_plan, self.run_id, memory.as_json())

    async def write(self, batch: Sequence[Article | Absence]) -> list[Written]:
        """Write visits in one transaction. Raises :exc:`~asrcrawler.exceptions.StorageError`."""
        written = await self.ask(writing.write_visits, batch, run_id=self.run_id, newest=self.newest)
        self.in_hand -= len(batch)
        self._count(batch, written)
        return written

    @property
    def wants_dictionary(self) -> bool:
        """Whether there are pages enough for a dictionary, or for a better one."""
        return self._pages_to_learn_from >= dictionaries.FEWEST_PAGES

    async def learn_dictionary(self) -> None:
        """Learn a dictionary from the kept pages. Others read and write meanwhile.

        Raises :exc:`~asrcrawler.exceptions.StorageError`; then, and where nothing can be learnt, it is tried no more
        in this run.
        """
        self._pages_to_learn_from = 0
        self.dictionary = await asyncio.to_thread(dictionaries.learn, self._opened, self.site) or self.dictionary

    async def ask(self, question: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """Call a function of the storage room with the database and ``args``."""
        return await self._in_thread(question, self._opened, *args, **kwargs)

    async def keep_alive(self) -> None:
        await self.ask(runs.keep_alive, self.run_id, self.figures)

    async def close(self, *, reason: str, exit_status: int) -> None:
        """Close the run. Harmless when none is open."""
        if self.run_id is not None:
            await self.ask(runs.end_run, self.run_id, self.figures, reason=reason, exit_status=exit_status)
            self.run_id = None
            self._opened.close()

    @property
    def _opened(self) -> Database:
        assert self._database is not None, "the archive is not open"
        return self._database

    def _open(self, arguments: dict[str, Any]) -> int:
        self._database = Database(self._url)
        self._database.prepare()
        run_id = runs.begin_run(self._database, self.site, arguments)
        self.memory = Memory.from_json(runs.last_memory(self._database, self.site))
        self.newest = self.memory.newest
        self.dictionary = dictionaries.newest_dictionary(self._database, self.site)
        self._pages_to_learn_from = dictionaries.pages_to_learn_from(self._database, self.site)
        return run_id

    def _count(self, batch: Sequence[Article | Absence], written: Sequence[Written]) -> None:
        outcomes = Counter(self.figures.outcomes)
        outcomes.update(str(visit.outcome) for visit in written)
        self.figures.outcomes = dict(outcomes)
        if self.dictionary is None:
            pages = [item.fetch.page for item in batch if item.fetch and isinstance(item, Article)]
            self._pages_to_learn_from += len(pages) - pages.count(None)
        self.figures.bytes += sum(item.fetch.size for item in batch if item.fetch)
        self.figures.articles_new += sum(visit.change == writing.NEW for visit in written)
        self.figures.articles_changed += sum(
            visit.outcome is Outcome.STORED and visit.change not in {None, writing.NEW} for visit in written
        )

    async def _in_thread(self, function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        async with self._lock:
            return await asyncio.to_thread(function, *args, **kwargs)


_archives: WeakKeyDictionary[Crawler, Archive] = WeakKeyDictionary()
