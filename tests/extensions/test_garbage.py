"""What is loaded when a crawl begins is looked at by no collection until it ends."""

from __future__ import annotations

import gc

from scrapy import signals
from scrapy.utils.project import get_project_settings

from tests.crawler import crawler_for_tests

NAME = "asrcrawler.extensions.garbage.ShortCollections"


def test_a_crawl_collects_its_own_objects_and_not_what_is_loaded() -> None:
    assert NAME in get_project_settings()["EXTENSIONS"]
    crawler = crawler_for_tests(EXTENSIONS={NAME: 0})
    crawler.signals.send_catch_log(signals.spider_opened, spider=crawler.spider)
    try:
        assert gc.get_freeze_count() > 10 * len(gc.get_objects())
    finally:
        crawler.signals.send_catch_log(signals.spider_closed, spider=crawler.spider, reason="finished")
    assert gc.get_freeze_count() == 0
