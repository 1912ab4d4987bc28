"""Write items to the database in batches, in a thread, and lose none of them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Self

from scrapy import signals
from scrapy.exceptions import CloseSpider

from asrcrawler.clock import utcnow
from asrcrawler.crawl.archive import Archive
from asrcrawler.endings import ANOTHER_RUN, DATABASE_FAILED, DATABASE_HELD, NOT_FOLLOWED, reason_of
from asrcrawler.exceptions import AnotherRunError, LockedError, OutletError, StorageError, UnstorableError
from asrcrawler.items import Absence, Fetch, Outcome, PackedCapture, reading_of
from asrcrawler.pipelines.adapter import Fields, as_visit
from asrcrawler.pipelines.reading import read_capture

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scrapy.crawler import Crawler
    from twisted.python.failure import Failure

    from asrcrawler.items import Article

HEAVIEST_BATCH = 16 * 1024 * 1024
"""Bytes of packed captures that wait; a hundred usual ones have half a megabyte, hostile ones could have eight each."""


class StorePipeline:
    """Collects items until a batch is full or has waited long enough, then writes it in one transaction."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._archive = Archive.of(crawler)
        config = self._archive.config
        self._batch_size = config.batch_size
        self._batch_seconds = config.batch_seconds
        self._waiting: list[Article | Absence] = []
        self._weight = 0
        self._lock = asyncio.Lock()
        self._timer: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._failed = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        pipeline = cls(crawler)
        crawler.signals.connect(pipeline.item_error, signal=signals.item_error)
        return pipeline

    async def open_spider(self) -> None:
        """Open the run. Where that cannot be, the crawl ends before its first request."""
        assert self._crawler.spider is not None
        try:
            arguments = self._crawler.spider.arguments.as_json()  # type: ignore[attr-defined]
            await self._archive.open(arguments, read_capture)
        except OutletError as error:
            self._archive.log.error("%s", error)
            raise CloseSpider(NOT_FOLLOWED) from None
        except AnotherRunError as error:
            self._archive.log.info("%s", error)
            raise CloseSpider(ANOTHER_RUN) from None
        except LockedError as error:
            self._archive.log.warning("%s; nothing was begun, and the next run does it", error)
            raise CloseSpider(DATABASE_HELD) from None
        except StorageError as error:
            self._archive.log.error("%s", error)
            raise CloseSpider(DATABASE_FAILED) from None

    async def process_item(self, item: Any) -> Any:
        self._take(as_visit(item))
        if len(self._waiting) >= self._batch_size or self._weight >= HEAVIEST_BATCH:
            await self._flush()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._batch_seconds, self._spawn_flush)
        return item

    def item_error(self, item: Any, failure: Failure) -> None:
        """Book a code whose item another pipeline failed on; it too ends in the ledger."""
        given = Fields(item)
        self._archive.log.error("Code %d could not be processed: %s", given["code"], failure.value)
        self._take(_unreadable(given, f"processing failed: {type(failure.value).__name__}"))

    async def close_spider(self) -> None:
        await self._flush()

    def _take(self, item: Article | Absence) -> None:
        self._waiting.append(item)
        self._weight += _weight(item)
        self._archive.take_up()

    def _spawn_flush(self) -> None:
        task = asyncio.ensure_future(self._flush())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _flush(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        async with self._lock:
            batch, self._waiting, self._weight = self._waiting, [], 0
            if batch and not self._failed and self._archive.run_id is not None:
                await self._write_or_give_up(batch)

    async def _write_or_give_up(self, batch: Sequence[Article | Absence]) -> None:
        try:
            await self._write(batch)
        except StorageError as error:
            self._give_up(error)

    async def _write(self, batch: Sequence[Article | Absence]) -> None:
        try:
            await self._archive.write(batch)
        except UnstorableError as error:
            if len(batch) > 1:
                await self._write_singly(batch)
            elif reading_of(batch[0]) is not None:
                self._archive.log.error("Code %d cannot be stored: %s", batch[0].code, error)
                await self._archive.write([_unreadable(Fields(batch[0]), "cannot be stored")])
            else:
                raise

    async def _write_singly(self, batch: Sequence[Article | Absence]) -> None:
        """Write each item of a batch by itself, so that none of them is written twice."""
        for item in batch:
            if not self._failed:
                await self._write_or_give_up([item])

    def _give_up(self, error: StorageError) -> None:
        self._failed = True
        self._archive.log.error("%s; %d visits could not be written and stay due", error, self._archive.in_hand)
        self._tasks.add(asyncio.ensure_future(self._crawler.engine.close_spider_async(reason=reason_of(error))))


def _weight(item: Article | Absence) -> int:
    """Give the bytes of an item's packed capture."""
    found = reading_of(item) or item
    capture = found.fetch.capture if found.fetch else None
    return len(capture.content) if isinstance(capture, PackedCapture) else 0


def _unreadable(given: Fields, reason: str) -> Absence:
    return Absence(
        site=given["site"],
        code=given["code"],
        outcome=Outcome.UNREADABLE,
        reason=reason,
        fetch=given.get("fetch") or Fetch(at=utcnow()),
    )
