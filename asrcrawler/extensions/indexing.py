"""Bring the index of words to this version, in the time that a crawl does not need for itself."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING, Self

from scrapy import signals

from asrcrawler.crawl.archive import Archive
from asrcrawler.exceptions import StorageError
from asrcrawler.storage.search import refilling

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class Indexing:
    """Takes one step after another, and rests for as long after each, so that batches are written in between."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._closed = asyncio.Event()
        self._work: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        extension = cls(crawler)
        crawler.signals.connect(extension.spider_opened, signal=signals.spider_opened)
        crawler.signals.connect(extension.spider_closed, signal=signals.spider_closed)
        return extension

    def spider_opened(self) -> None:
        if Archive.of(self._crawler).run_id is not None:
            self._work = asyncio.get_running_loop().create_task(self._go_on())

    def spider_closed(self) -> None:
        """Stop after the step that is being taken; what is left is for the next run."""
        self._closed.set()

    async def _go_on(self) -> None:
        archive = Archive.of(self._crawler)
        done = 0
        try:
            while not self._closed.is_set():
                begun = monotonic()
                more = await archive.ask_once(refilling.advance)
                if more is None:
                    break
                done += more
                await self._rest(max(monotonic() - begun, refilling.BREATH))
        except StorageError as error:
            archive.log.warning("The index of words stays as it is for now: %s", error)
        if done:
            archive.log.info("Index of words: %d articles indexed anew", done)

    async def _rest(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._closed.wait()
        except TimeoutError:
            pass
