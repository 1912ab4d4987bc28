"""Read one article of an outlet as a crawl would, and store nothing."""

from __future__ import annotations

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
    from scrapy import Spider
    from scrapy.settings import BaseSettings

    from asrcrawler.items import Absence
    from asrcrawler.outlets import Outlet


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
        for name, value in {"ASR_DATABASE_URL": database, "ASR_BACKFILL_PER_RUN": 0, "ASR_PING_URL": ""}.items():
            own.set(name, value, priority="cmdline")
        process = CrawlerProcess(Settings(own))
        crawler = process.create_crawler(spider)
        crawler.signals.connect(collect, signal=signals.item_scraped)
        process.crawl(crawler, **({"limit": 1} if code is None else {"codes": str(code)}))
        process.start()
    if not items:
        reason = crawler.stats.get_value("finish_reason") if crawler.stats else None
        raise NothingRead(crawler.spider.name if crawler.spider else spider.name, str(reason or "it did not begin"))
    return items[0]


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
