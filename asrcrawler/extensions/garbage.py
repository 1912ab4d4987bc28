"""Keeps Python's search for garbage from stopping the event loop.

A full collection looks at every object there is, and holds the interpreter's lock meanwhile: with Scrapy, SQLAlchemy
and the parser loaded, some 120,000 of them, for 40 ms and more, again and again while articles are written. What was
loaded stays for as long as the crawl does and need not be looked at, not even once: a thousand of these are garbage.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Self

from scrapy import signals

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


def set_aside() -> None:
    """Leave every object that is there now out of later collections."""
    gc.freeze()


class ShortCollections:
    """Sets aside what is loaded when the spider is open: the pipelines are then open too, and so is the database."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        extension = cls()
        crawler.signals.connect(extension.spider_opened, signal=signals.spider_opened)
        crawler.signals.connect(extension.spider_closed, signal=signals.spider_closed)
        return extension

    def spider_opened(self) -> None:
        set_aside()

    def spider_closed(self) -> None:
        """Another crawl of this process begins with a heap of its own."""
        gc.unfreeze()
