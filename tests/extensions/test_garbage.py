"""What is loaded when the first crawl of a process begins is looked at by no collection any more."""

from __future__ import annotations

import gc
import weakref

from scrapy import signals
from scrapy.utils.project import get_project_settings

from asrcrawler.extensions import garbage
from tests.crawler import crawler_for_tests

NAME = "asrcrawler.extensions.garbage.ShortCollections"


def test_a_crawl_collects_its_own_objects_and_not_what_is_loaded() -> None:
    assert NAME in get_project_settings()["EXTENSIONS"]
    gc.unfreeze()
    garbage.set_aside.cache_clear()
    try:
        live_and_die()
        assert (set_aside := gc.get_freeze_count()) > 10 * len(gc.get_objects())
        mine = Cycle()
        left = weakref.ref(mine)
        del mine
        live_and_die()
        assert gc.get_freeze_count() <= set_aside
        gc.collect()
        assert left() is None  # what one crawl leaves behind is not set aside by the next
    finally:
        gc.unfreeze()


class Cycle:
    def __init__(self) -> None:
        self.own = self


def live_and_die() -> None:
    crawler = crawler_for_tests(EXTENSIONS={NAME: 0})
    crawler.signals.send_catch_log(signals.spider_opened, spider=crawler.spider)
    crawler.signals.send_catch_log(signals.spider_closed, spider=crawler.spider, reason="finished")
