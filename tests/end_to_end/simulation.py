"""Many scheduled runs against a replica whose clock moves, in one process.

The crawler believes the replica's clock (``ASR_NOW``), so ten days of cron take a minute.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any

from scrapy.crawler import AsyncCrawlerRunner
from scrapy.utils.project import get_project_settings
from scrapy.utils.reactor import install_reactor

from asrcrawler.extensions import backoff
from asrcrawler.replica import Fault, World
from asrcrawler.replica.server import ReplicaServer
from tests.crawler import REACTOR

if TYPE_CHECKING:
    from collections.abc import Mapping

FAST = {"DOWNLOAD_DELAY": 0, "CONCURRENT_REQUESTS_PER_DOMAIN": 8, "RETRY_TIMES": 0, "ASR_BATCH_SECONDS": 1}
HASTE = 50  # a wait that a stumbling site asks for takes so much less; tests of the waiting itself are elsewhere
FAULTS = (Fault.ERROR_500, Fault.RETRY_SECONDS, Fault.RESET, Fault.TRUNCATED, Fault.EMPTY)


async def simulate(plan: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One row a run: requests, what is new, the exit status."""
    world = World(**plan["world"])
    start = world.timeline.starts.astimezone(UTC) + timedelta(hours=plan["from_hour"])
    if "date_moves_at_hour" in plan:
        world = World(**plan["world"], date_moves_at=start + timedelta(hours=plan["date_moves_at_hour"]))
    rows = []
    with ReplicaServer(world, **plan.get("habits", {})) as server:
        for share, fault in zip(plan.get("faults", []), FAULTS, strict=False):
            server.faults.put_on_share(share, fault, heals_after=2, seconds=1)
        for code, (fault, heals_after) in plan.get("fault_codes", {}).items():
            server.faults.put(int(code), Fault(fault), heals_after=heals_after, seconds=1)
        for hour in plan["hours"]:
            server.clock = start + timedelta(hours=hour)
            server.requests.clear()
            _hide(server, plan, hour)
            rows.append(await _run(server, plan) | {"hour": hour})
        rows.append({"end": server.clock.isoformat(), "base_url": server.base_url})
    return rows


def _hide(server: ReplicaServer, plan: Mapping[str, Any], hour: float) -> None:
    """Take articles from the site for the hours that ``hidden`` gives for their codes, and all of it in ``outages``."""
    for code, (since, until) in plan.get("hidden", {}).items():
        if since <= hour < until:
            server.faults.put(int(code), Fault.NOT_FOUND)
        else:
            server.faults.lift(int(code))
    if hour in plan.get("outages", []):
        server.faults.put_everywhere(Fault.NOT_FOUND)
    elif "outages" in plan:
        server.faults.put_everywhere(None)


async def _run(server: ReplicaServer, plan: Mapping[str, Any]) -> dict[str, Any]:
    settings = get_project_settings()
    settings.setdict(FAST | plan.get("settings", {}), priority="cmdline")
    settings.set("ASR_BASE_URL", server.base_url, priority="cmdline")
    settings.set("ASR_DATABASE_URL", plan["database_url"], priority="cmdline")
    settings.set("ASR_NOW", server.clock.isoformat(), priority="cmdline")
    runner = AsyncCrawlerRunner(settings)
    crawler = runner.create_crawler("asr")
    await runner.crawl(crawler)
    asked = server.requests.entries
    return {
        "status": crawler.stats.get_value("asr/exit_status"),
        "reason": crawler.stats.get_value("finish_reason"),
        "requests": len(asked),
        "codes": sorted(entry.code for entry in asked if entry.code),
        "forbidden": [entry.path for entry in asked if entry.path.startswith("/fa/archive")],
        "conditional": sum(entry.conditional for entry in asked),
    }


def make_haste() -> None:
    until = backoff.seconds_until
    backoff.seconds_until = lambda moment: until(moment) / HASTE
    backoff.FIRST_SLOW_DELAY /= HASTE


def main(plan: Mapping[str, Any]) -> None:
    """Print the rows of ``plan`` as JSON."""
    install_reactor(REACTOR, get_project_settings()["ASYNCIO_EVENT_LOOP"])
    from twisted.internet import reactor

    logging.basicConfig(level=logging.WARNING)
    make_haste()
    rows: list[dict[str, Any]] = []

    async def work() -> None:
        try:
            rows.extend(await simulate(plan))
        finally:
            reactor.stop()  # type: ignore[misc]

    reactor.callWhenRunning(lambda: asyncio.ensure_future(work()))
    reactor.run()  # type: ignore[misc]
    json.dump(rows, sys.stdout)
