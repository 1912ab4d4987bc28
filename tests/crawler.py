"""A real crawler for tests of components, with the project's settings and an archive in a folder of the test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.crawler import CrawlerRunner
from scrapy.utils.project import get_project_settings
from scrapy.utils.reactor import install_reactor, is_reactor_installed

from asrcrawler.spiders.asr import AsrSpider

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"


def crawler_for_tests(**settings: object) -> Crawler:
    """A crawler whose settings are applied and whose spider exists; it has not begun to crawl."""
    project = get_project_settings().copy_to_dict()
    if not is_reactor_installed():
        install_reactor(REACTOR, project["ASYNCIO_EVENT_LOOP"])
    crawler = CrawlerRunner(project | {"LOG_ENABLED": False} | settings).create_crawler(AsrSpider)
    crawler.spider = AsrSpider.from_crawler(crawler)
    crawler._apply_settings()
    return crawler
