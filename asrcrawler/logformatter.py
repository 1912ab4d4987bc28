"""Scrapy's log lines without the text of pages and items: a log is read by eye and kept for years."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Self

from scrapy.logformatter import LogFormatter, LogFormatterResult

from asrcrawler.items import Absence, Article

if TYPE_CHECKING:
    from scrapy import Request, Spider
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure


BEGINNINGS = ("Versions:", "Overridden settings:", "Enabled ")
"""Of what Scrapy lists at every start: ninety lines, the same each time."""
_LISTS = ("scrapy.utils.log", "scrapy.crawler", "scrapy.addons", "scrapy.middleware")


_DETAILED = frozenset({"DEBUG", "NOTSET", "10", "0"})


def tells_all(level: str | int) -> bool:
    """Whether everything is told at this ``LOG_LEVEL``."""
    return str(level).upper() in _DETAILED


def hush() -> None:
    """Leave those lists out of the log of this process; a crawl from cron then adds a few lines to it."""
    for name in _LISTS:
        logging.getLogger(name).addFilter(_is_news)


def _is_news(record: logging.LogRecord) -> bool:
    return record.levelno != logging.INFO or not str(record.msg).startswith(BEGINNINGS)


def describe(item: Any) -> str:
    """A few words that identify ``item`` and hold none of its text."""
    if isinstance(item, Article):
        return f"{item.kind} {item.code}"
    if isinstance(item, Absence):
        return f"{item.outcome} {item.code} ({item.reason})"
    return type(item).__name__


class QuietLogFormatter(LogFormatter):
    """Names items by kind and code wherever Scrapy would print them whole."""

    def __init__(self, *, tells_all: bool = True) -> None:
        """``tells_all``: else the two lines of every page, which nobody would see, are not made."""
        super().__init__()
        self._tells_all = tells_all

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(tells_all=tells_all(crawler.settings["LOG_LEVEL"]))

    def crawled(self, request: Request, response: Response, spider: Spider) -> LogFormatterResult | None:  # type: ignore[override]
        return super().crawled(request, response, spider) if self._tells_all else None

    def scraped(self, item: Any, response: Response | Failure | None, spider: Spider) -> LogFormatterResult | None:  # type: ignore[override]
        if not self._tells_all:
            return None
        return {"level": logging.DEBUG, "msg": "Visited: %(item)s", "args": {"item": describe(item)}}

    def dropped(
        self, item: Any, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        result = super().dropped(item, exception, response, spider)
        return {**result, "args": {"exception": exception, "item": describe(item)}}

    def item_error(
        self, item: Any, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        return {"level": logging.ERROR, "msg": "Error processing %(item)s", "args": {"item": describe(item)}}
