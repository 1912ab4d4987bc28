"""One crawl in a process of its own: ``python -m benchmarks.crawl.worker`` with a JSON object on stdin.

Answers with a JSON object: pages, seconds between the opening and the closing of the spider, CPU seconds of them, and
the peak memory in MB. Start-up is measured elsewhere.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from typing import TYPE_CHECKING, Any

from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings
from scrapy.utils.project import get_project_settings

from asrcrawler.spiders.asr import AsrSpider
from benchmarks.crawl.plain import PlainSpider
from benchmarks.crawl.tutorial import TutorialSpider

if TYPE_CHECKING:
    from scrapy import Spider

NO_WAIT = {"DOWNLOAD_DELAY": 0, "LOG_LEVEL": "WARNING", "TELNETCONSOLE_ENABLED": False, "REMOTE_CONTROL_ENABLED": False}
"""For all three alike; what they log goes nowhere."""


def crawler_of(order: dict[str, Any]) -> tuple[type[Spider], Settings, dict[str, Any]]:
    """The spider of an order, its settings and its arguments."""
    first, count, concurrency = order["first"], order["pages"], order["concurrency"]
    parallel = {"CONCURRENT_REQUESTS": concurrency, "CONCURRENT_REQUESTS_PER_DOMAIN": concurrency}
    range_of_codes = {"base_url": order["base_url"], "first": first, "count": count}
    if order["crawler"] == "ours":
        settings = get_project_settings()
        own = {"ASR_BASE_URL": order["base_url"], "ASR_DATABASE_URL": order["database_url"]}
        settings.setdict(NO_WAIT | parallel | own | order["settings"], priority="cmdline")
        return AsrSpider, settings, {"codes": f"{first}-{first + count - 1}"}
    settings = Settings(NO_WAIT | parallel)
    if order["crawler"] == "plain":
        return PlainSpider, settings, range_of_codes
    settings.setdict(
        {"ITEM_PIPELINES": {"benchmarks.crawl.tutorial.OrmPipeline": 300}, "DATABASE_URL": order["database_url"]}
    )
    return TutorialSpider, settings, range_of_codes


def main() -> None:
    order = json.load(sys.stdin)
    spider, settings, arguments = crawler_of(order)
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(spider)
    moments: list[tuple[float, float]] = []

    def look_at_the_clock() -> None:
        moments.append((time.perf_counter(), time.process_time()))

    crawler.signals.connect(look_at_the_clock, signal=signals.spider_opened)
    crawler.signals.connect(look_at_the_clock, signal=signals.spider_closed)
    process.crawl(crawler, **arguments)
    process.start()
    (began, cpu_before), (ended, cpu_after) = moments
    answer = {
        "pages": crawler.stats.get_value("downloader/response_status_count/200", 0),
        "seconds": ended - began,
        "cpu": cpu_after - cpu_before,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
