"""Keep Python's garbage collection from stopping the event loop.

A full collection looks at every object there is, and holds the interpreter's lock meanwhile: with Scrapy, SQLAlchemy
and the parser loaded, some 120,000 of them, for 40 ms and more, again and again while articles are written. What was
loaded stays for as long as the process does and need not be looked at, not even once: a thousand of these are garbage.
"""

from __future__ import annotations

import gc
from functools import cache
from typing import TYPE_CHECKING, Self

from scrapy import signals

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


@cache
def set_aside() -> None:
    """Leave every object that is there now out of later collections, the first time.

    A second crawl of the process would set aside what is left of the first one, which is garbage. That it was done is
    remembered here: Python would count what was set aside, one by one, for 12 ms and more.
    """
    gc.freeze()


class ShortCollections:
    """Leaves out of collections what is loaded when the spider opens; by then pipelines and database are open too."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        extension = cls()
        crawler.signals.connect(extension.spider_opened, signal=signals.spider_opened)
        return extension

    def spider_opened(self) -> None:
        set_aside()
