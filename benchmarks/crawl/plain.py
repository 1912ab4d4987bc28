"""A default Scrapy that fetches pages and throws them away: the price of fetching alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy import Request, Spider, signals

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from scrapy.http import Response


class PlainSpider(Spider):
    """Asks for ``count`` codes from ``first`` on, lazily, as a range that does not fit into memory has to be."""

    name = "plain"

    def __init__(self, *, base_url: str, first: int, count: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.base_url = base_url
        self.codes = range(first, first + count)

    async def start(self) -> AsyncIterator[Request]:
        for code in self.codes:
            if self.crawler.engine.needs_backout():
                await self.crawler.signals.wait_for(signals.scheduler_empty)
            yield Request(f"{self.base_url}/fa/news/{code}", self.parse)

    def parse(self, response: Response) -> None:
        """Empty on purpose."""
