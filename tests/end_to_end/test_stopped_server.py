"""A crawl whose PostgreSQL server is stopped: it ends by itself, and at once for whoever waits for it."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from asrcrawler.replica import World
from asrcrawler.replica.server import ReplicaServer
from tests.end_to_end.crawling import Crawl, wait_until
from tests.end_to_end.freezing import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.processes import Process

LIMITS = """
from asrcrawler.crawl import archive
from asrcrawler.storage.engine import database, limits, postgresql
limits.GRACE, database.STATEMENT, archive.FAREWELL = {}, 1, {}
archive.WAITS, postgresql.CONNECT_TIMEOUT = (0.1,), 2
"""
SETTINGS = {"ASR_BATCH_SIZE": 10, "DOWNLOAD_DELAY": 0.01}
ENDLESS = 100_000  # seconds
LONGEST = 60  # seconds until a test says that the crawl does not end


@pytest.fixture
def site() -> Iterator[ReplicaServer]:
    with ReplicaServer(World(first=1, last=5_000, density=0.2)) as server:
        yield server


def start(crawl: Crawl, silence: float, farewell: float) -> Process:
    """The crawl, with other limits."""
    return crawl.start("codes=1-5000", settings=SETTINGS, before=LIMITS.format(silence, farewell))


def errors(log: str) -> list[str]:
    assert "Traceback" not in log
    return [line for line in log.splitlines() if "ERROR" in line]


def test_it_ends_by_itself_with_status_1(site: ReplicaServer, postgresql_url: str) -> None:
    process = start(Crawl(site.base_url, postgresql_url), silence=1, farewell=ENDLESS)
    wait_until(lambda: len(site.requests.codes) > 30)
    with frozen(postgresql_url):
        log, _ = process.communicate(timeout=LONGEST)
    assert process.returncode == 1, log
    assert any("visits could not be written and stay due" in line for line in errors(log))


@pytest.mark.parametrize("signals", [1, 2])
def test_a_signal_ends_it_soon_and_a_second_one_at_once(site: ReplicaServer, postgresql_url: str, signals: int) -> None:
    farewell = 1 if signals == 1 else ENDLESS  # so that only the second one can end it
    process = start(Crawl(site.base_url, postgresql_url), silence=ENDLESS, farewell=farewell)
    wait_until(lambda: len(site.requests.codes) > 30)
    with frozen(postgresql_url):
        process.send_signal(signal.SIGTERM)
        if signals == 2:
            for line in process.stdout:
                if "Received SIGTERM" in line:
                    break
            process.send_signal(signal.SIGTERM)
        log, _ = process.communicate(timeout=LONGEST)
    assert process.returncode != 0, log
    errors(log)
