"""Show how far the crawl is: a bar on a terminal, a line now and then in a log."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections import Counter
from contextlib import ExitStack
from time import monotonic
from typing import TYPE_CHECKING, Any, Self

from scrapy import signals
from scrapy.exceptions import NotConfigured
from scrapy.utils.log import get_scrapy_root_handler

from asrcrawler.crawl.archive import Archive
from asrcrawler.items import Outcome
from asrcrawler.pipelines.fields import value_of

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.crawler import Crawler
    from tqdm import tqdm

LINE_EVERY = 60.0  # seconds between two log lines


class Progress:
    """Counts outcomes as items leave the pipelines and shows them."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._outcomes: Counter[Outcome] = Counter()
        self._started = monotonic()
        self._bar: tqdm[Any] | None = None
        self._terminal = ExitStack()
        self._ticker: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        if not crawler.settings.getbool("LOG_ENABLED"):
            raise NotConfigured
        progress = cls(crawler)
        crawler.signals.connect(progress.spider_opened, signal=signals.spider_opened)
        crawler.signals.connect(progress.item_scraped, signal=signals.item_scraped)
        crawler.signals.connect(progress.spider_closed, signal=signals.spider_closed)
        return progress

    def spider_opened(self, spider: Spider) -> None:
        self._started = monotonic()
        if sys.stderr.isatty() and not self._crawler.settings["LOG_FILE"]:
            self._bar = self._open_bar(_total(spider))
        else:
            self._ticker = asyncio.get_running_loop().create_task(self._log_now_and_then(spider))

    def item_scraped(self, item: Any) -> None:
        self._outcomes[value_of(item, "outcome") or Outcome.STORED] += 1
        if self._bar is not None:
            self._bar.set_postfix_str(self._summary(), refresh=False)
            self._bar.update()

    def spider_closed(self) -> None:
        """Stop showing it; the line of the report tells how far the crawl came."""
        if self._ticker is not None:
            self._ticker.cancel()
        self._terminal.close()

    def line(self, total: int | None) -> str:
        """Write ``120 of 500 codes, 61.0 a minute, 6 min left: 50 stored, 70 missing``."""
        done = self._outcomes.total()
        per_minute = done / max(monotonic() - self._started, 0.001) * 60
        of = f" of {total}" if total else ""
        left = f", {(total - done) / per_minute:.0f} min left" if total and done and total > done else ""
        return f"{done}{of} codes, {per_minute:.1f} a minute{left}: {self._summary() or 'nothing yet'}"

    async def _log_now_and_then(self, spider: Spider) -> None:
        while True:
            await asyncio.sleep(LINE_EVERY)
            Archive.of(self._crawler).log.info(self.line(_total(spider)))

    def _open_bar(self, total: int | None) -> tqdm[Any]:
        from tqdm import tqdm
        from tqdm.contrib.logging import logging_redirect_tqdm

        before = get_scrapy_root_handler()
        self._terminal.enter_context(logging_redirect_tqdm())  # log lines go above the bar, not through it
        if before is not None:
            logging.root.handlers[-1].setLevel(before.level)  # the redirection forgets it
        return self._terminal.enter_context(tqdm(total=total, unit=" codes", dynamic_ncols=True))

    def _summary(self) -> str:
        return ", ".join(f"{self._outcomes[outcome]} {outcome}" for outcome in Outcome if self._outcomes[outcome])


def _total(spider: Spider) -> int | None:
    """Give the number of codes that the spider is to visit, where it knows."""
    return getattr(spider, "planned", None)
