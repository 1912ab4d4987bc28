"""A crawl whose PostgreSQL server is stopped: it ends by itself, and at once for whoever waits for it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from asrcrawler.replica import World
from asrcrawler.replica.server import ReplicaServer
from tests.end_to_end.crawling import PROJECT, Crawl, wait_until
from tests.end_to_end.freezing import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAM = """
import sys
from scrapy.cmdline import execute
from asrcrawler.crawl import archive
from asrcrawler.storage.engine import database, limits, postgresql
limits.GRACE, database.STATEMENT, archive.FAREWELL = map(float, sys.argv[1:4])
archive.WAITS, postgresql.CONNECT_TIMEOUT = (0.1,), 2
execute(["scrapy", "crawl", "asr", "-a", "codes=1-5000", "-s", "ASR_BATCH_SIZE=10", "-s", "DOWNLOAD_DELAY=0.01"])
"""
ENDLESS = 100_000  # seconds
LONGEST = 60  # seconds until a test says that the crawl does not end


@pytest.fixture
def site() -> Iterator[ReplicaServer]:
    with ReplicaServer(World(first=1, last=5_000, density=0.2)) as server:
        yield server


def start(crawl: Crawl, silence: float, farewell: float) -> subprocess.Popen[str]:
    """The crawl, with other limits."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ASR_")}
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(silence), "1", str(farewell)],
        cwd=PROJECT,
        env=inherited | {"ASR_BASE_URL": crawl.base_url, "ASR_DATABASE_URL": crawl.database_url},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


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
            assert process.stdout is not None
            for line in process.stdout:
                if "Received SIGTERM" in line:
                    break
            process.send_signal(signal.SIGTERM)
        log, _ = process.communicate(timeout=LONGEST)
    assert process.returncode != 0, log
    errors(log)
