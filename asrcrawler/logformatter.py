"""Format Scrapy's log lines without the text of pages and items: people read a log, and it is kept for years."""

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


_SET_UP_LINES = ("Versions:", "Overridden settings:", "Enabled ")
"""Beginnings of the lines in which Scrapy lists its set-up at every start: ninety lines, the same each time."""
_SET_UP_LOGGERS = ("scrapy.utils.log", "scrapy.crawler", "scrapy.addons", "scrapy.middleware")

_VERBOSE_LEVELS = frozenset({"DEBUG", "NOTSET", "10", "0"})


def is_verbose(level: str | int) -> bool:
    """Tell whether nothing is left out of the log at this ``LOG_LEVEL``."""
    return str(level).upper() in _VERBOSE_LEVELS


def hide_set_up() -> None:
    """Leave Scrapy's lists of its set-up out of this process's log; a crawl from cron then adds few lines to it."""
    for name in _SET_UP_LOGGERS:
        logging.getLogger(name).addFilter(_is_news)


def _is_news(record: logging.LogRecord) -> bool:
    return record.levelno != logging.INFO or not str(record.msg).startswith(_SET_UP_LINES)


def describe(item: Any) -> str:
    """Describe ``item`` in a few words that identify it and hold none of its text."""
    if isinstance(item, Article):
        return f"{item.kind} {item.code}"
    if isinstance(item, Absence):
        return f"{item.outcome} {item.code} ({item.reason})"
    return type(item).__name__


class QuietLogFormatter(LogFormatter):
    """A log formatter that names items by kind and code wherever Scrapy would print them whole."""

    def __init__(self, *, is_verbose: bool = True) -> None:
        """Set whether the two DEBUG lines of every page are made; without ``is_verbose`` nobody would see them."""
        super().__init__()
        self._is_verbose = is_verbose

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(is_verbose=is_verbose(crawler.settings["LOG_LEVEL"]))

    def crawled(self, request: Request, response: Response, spider: Spider) -> LogFormatterResult | None:  # type: ignore[override]
        return super().crawled(request, response, spider) if self._is_verbose else None

    def scraped(self, item: Any, response: Response | Failure | None, spider: Spider) -> LogFormatterResult | None:  # type: ignore[override]
        if not self._is_verbose:
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
