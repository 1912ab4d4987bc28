"""The crawl's door to its database: off the event loop, one thing at a time, the same one for every component."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

from asrcrawler.config import Config
from asrcrawler.items import Outcome
from asrcrawler.storage import Database, runs, writing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scrapy.crawler import Crawler

    from asrcrawler.items import Absence, Article
    from asrcrawler.storage.writing import Written

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

    async def write(self, batch: Sequence[Article | Absence]) -> list[Written]:
        """Write visits in one transaction. Raises :exc:`~asrcrawler.exceptions.StorageError`."""
        written = await self.ask(writing.write_visits, batch, run_id=self.run_id, newest=self.newest)
        self._count(batch, written)
        return written

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
        return runs.begin_run(self._database, self.site, arguments)

    def _count(self, batch: Sequence[Article | Absence], written: Sequence[Written]) -> None:
        outcomes = Counter(self.figures.outcomes)
        outcomes.update(str(visit.outcome) for visit in written)
        self.figures.outcomes = dict(outcomes)
        self.figures.bytes += sum(item.fetch.size for item in batch if item.fetch)
        self.figures.articles_new += sum(visit.change == writing.NEW for visit in written)
        self.figures.articles_changed += sum(
            visit.outcome is Outcome.STORED and visit.change not in {None, writing.NEW} for visit in written
        )

    async def _in_thread(self, function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        async with self._lock:
            return await asyncio.to_thread(function, *args, **kwargs)


_archives: WeakKeyDictionary[Crawler, Archive] = WeakKeyDictionary()
