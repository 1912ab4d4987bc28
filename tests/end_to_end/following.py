"""Crawl several followed outlets in one process, many at a time."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

from scrapy.crawler import AsyncCrawlerRunner
from scrapy.utils.log import configure_logging
from scrapy.utils.project import get_project_settings
from scrapy.utils.reactor import install_reactor

from asrcrawler.logformatter import hide_set_up
from tests.crawler import REACTOR
from tests.end_to_end.crawling import LONG_PATIENCE
from tests.processes import Process

if TYPE_CHECKING:
    from collections.abc import Mapping

AT_A_TIME = 8


def crawl_all(
    database_url: str, arguments: Mapping[str, str], settings: Mapping[str, object]
) -> tuple[dict[str, int], str]:
    """Crawl each outlet with the codes that ``arguments`` give for its name; give the statuses and the log."""
    plan = {"database_url": database_url, "arguments": dict(arguments), "settings": dict(settings)}
    process = Process(partial(main, plan), environment=os.environ, merged=False)
    said, log = process.communicate(timeout=LONG_PATIENCE)
    assert process.returncode == 0, log[-3000:]
    return json.loads(said), log


async def _crawl_all(plan: Mapping[str, Any]) -> dict[str, int]:
    settings = get_project_settings()
    settings.setdict(plan["settings"], priority="cmdline")
    settings.set("ASR_DATABASE_URL", plan["database_url"], priority="cmdline")
    runner = AsyncCrawlerRunner(settings)
    statuses: dict[str, int] = {}
    turn = asyncio.Semaphore(AT_A_TIME)

    async def crawl(name: str, codes: str) -> None:
        async with turn:
            crawler = runner.create_crawler(name)
            await runner.crawl(crawler, **({"codes": codes} if codes else {}))
            assert crawler.stats is not None
            statuses[name] = crawler.stats.get_value("asr/exit_status")

    await asyncio.gather(*(crawl(*pair) for pair in plan["arguments"].items()))
    return statuses


def main(plan: Mapping[str, Any]) -> None:
    """Crawl in this process; print the exit statuses by name as JSON, and write the log on stderr as a crawl does."""
    settings = get_project_settings()
    configure_logging(settings)
    hide_set_up()
    install_reactor(REACTOR, settings["ASYNCIO_EVENT_LOOP"])
    from twisted.internet import reactor

    statuses: dict[str, int] = {}

    async def work() -> None:
        try:
            statuses.update(await _crawl_all(plan))
        finally:
            reactor.stop()  # type: ignore[misc]

    reactor.callWhenRunning(lambda: asyncio.ensure_future(work()))
    reactor.run()  # type: ignore[misc]
    json.dump(statuses, sys.stdout)
