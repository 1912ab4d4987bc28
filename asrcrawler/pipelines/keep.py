"""Pack the captures of visits, and train a dictionary when enough of them are kept."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Self

from asrcrawler.crawl.archive import Archive
from asrcrawler.exceptions import AsrCrawlerError
from asrcrawler.items import Capture
from asrcrawler.pipelines.fields import article_in, value_of
from asrcrawler.text.packing import pack

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from asrcrawler.items import Fetch


class KeepPipeline:
    """Replaces the capture of an item by its packed form, or drops it where captures are not kept.

    Takes a tenth of a millisecond for each; a dictionary is trained in a thread.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._archive = Archive.of(crawler)
        self._keeps = self._archive.config.keep_pages
        self._learning: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_item(self, item: Any) -> Any:
        for found in (item, article_in(item)):
            if found is not None:
                self._pack(value_of(found, "fetch"))
        return item

    def _pack(self, fetch: Fetch | None) -> None:
        if fetch is None or not isinstance(fetch.capture, Capture):
            return
        fetch.capture = pack(fetch.capture, self._archive.dictionary) if self._keeps else None
        if self._learning is None and self._archive.wants_dictionary:
            self._learning = asyncio.create_task(self._learn())

    async def close_spider(self) -> None:
        """Train a dictionary now, when all is written, if the crawl was too short to have begun it."""
        if self._keeps and self._learning is None and self._archive.wants_dictionary:
            await self._learn()
        elif self._learning is not None:
            await self._learning

    async def _learn(self) -> None:
        try:
            await self._archive.learn_dictionary()
        except AsrCrawlerError as error:
            self._archive.log.warning(
                "No dictionary for packing captures: %s; they take more room until the next run", error
            )
