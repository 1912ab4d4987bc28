"""Read one article of an outlet as a crawl would, and store nothing."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from scrapy import signals
from scrapy.crawler import CrawlerProcess
from scrapy.settings import Settings

from asrcrawler.clock import utcnow
from asrcrawler.exceptions import NothingRead, OtherPage, PageVerdict
from asrcrawler.items import Article
from asrcrawler.pipelines.clean import clean_article
from asrcrawler.samaneh.page import read_page
from asrcrawler.samaneh.urls import article_path
from asrcrawler.samaneh.visit import Answer, Asked, Elsewhere, judge

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scrapy import Spider
    from scrapy.settings import BaseSettings

    from asrcrawler.items import Absence
    from asrcrawler.outlets import Outlet

ALONE = {"ASR_BACKFILL_PER_RUN": 0, "ASR_PING_URL": "", "LOG_INSTALL_ROOT_HANDLER": False}
"""Settings of a crawl that does nothing but fetch one article."""


def fetched(spider: type[Spider], code: int | None, settings: BaseSettings) -> Article | Absence:
    """Fetch and read an article, politely, into a database that is thrown away; without ``code``, the newest one.

    Raises :exc:`~asrcrawler.exceptions.NothingRead` where no article was asked for: the site cannot be reached, does
    not want us, or names none.
    """
    items: list[Article | Absence] = []

    def collect(item: Article | Absence) -> None:
        items.append(item)

    with TemporaryDirectory() as folder:
        own = settings.copy()
        database = f"sqlite:///{Path(folder) / 'check.db'}"
        own.setdict({"ASR_DATABASE_URL": database, **ALONE}, priority="cmdline")
        with _told_by("scrapy"):
            process = CrawlerProcess(Settings(own))  # which takes all handlers from Scrapy's own log
        with _told_by("scrapy"), _told_by(spider.name) as told:
            crawler = process.create_crawler(spider)
            crawler.signals.connect(collect, signal=signals.item_scraped)
            process.crawl(crawler, **({"limit": 1} if code is None else {"codes": str(code)}))
            process.start()
    if not items:
        raise NothingRead(spider.name, told[-1] if told else "it did not begin")
    return items[0]


@contextmanager
def _told_by(name: str) -> Iterator[list[str]]:
    """Keep the log of ``name`` from the terminal, and give its warnings and errors."""
    told: list[str] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            told.append(record.getMessage())

    log, collector = logging.getLogger(name), Collector(logging.WARNING)
    propagated, log.propagate = log.propagate, False
    log.addHandler(collector)
    try:
        yield told
    finally:
        log.removeHandler(collector)
        log.propagate = propagated


def saved(outlet: Outlet, code: int | None, body: bytes) -> Article | Absence:
    """Read a saved page; without ``code``, as that of the code that it names."""
    code = code or _code_in(outlet, body)
    asked = Asked(site=outlet.site, code=code, base_url=outlet.base_url)
    url = outlet.base_url + article_path(code)
    item = judge(Answer(url=url, status=200, at=utcnow(), body=body), asked)
    assert not isinstance(item, Elsewhere)  # status 200 leads nowhere
    if isinstance(item, Article):
        clean_article(item)
    return item


def _code_in(outlet: Outlet, body: bytes) -> int:
    """Find the code that a page names as its own; 1 where it names none, which is then told of code 1."""
    try:
        read_page(body, site=outlet.site, code=1, url=outlet.base_url + article_path(1), base_url=outlet.base_url)
    except OtherPage as other:
        return other.code
    except PageVerdict:
        pass
    return 1
