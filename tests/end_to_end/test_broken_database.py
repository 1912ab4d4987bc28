"""A database that is locked, full or gone under a crawl at work: one clear line, status 1, nothing lost afterwards."""

from __future__ import annotations

import resource
import signal
import sqlite3
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from asrcrawler.items import Outcome
from asrcrawler.replica import World
from asrcrawler.replica.server import ReplicaServer
from tests.end_to_end.crawling import FAST, Crawl, end_of, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.processes import Process

CODES = range(1, 121)
WORLD = {"first": CODES[0], "last": CODES[-1], "density": 1.0, "deletion_share": 0}
EVERY_20 = FAST | {"ASR_BATCH_SIZE": 20, "CONCURRENT_REQUESTS_PER_DOMAIN": 4}
ROOM = 1_500_000  # bytes of a disk that is soon full


@pytest.fixture
def site() -> Iterator[ReplicaServer]:
    with ReplicaServer(World(**WORLD), latency=0.02) as server:  # type: ignore[arg-type]
        yield server


@pytest.fixture
def crawl(site: ReplicaServer, tmp_path: Path) -> Crawl:
    return Crawl(site.base_url, f"sqlite:///{tmp_path / 'asr.db'}?timeout=0.2")


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """As by another program that writes and does not end."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        other.rollback()
        other.close()


def log_of(process: Process, words: str) -> str:
    """The log up to the line with ``words``."""
    lines = []
    for line in process.stdout:
        lines.append(line)
        if words in line:
            break
    return "".join(lines)


def stopped(process: Process) -> tuple[int, str]:
    """Ask the crawl to end, and see that it does so within seconds."""
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    status, log = end_of(process)
    assert time.monotonic() - began < 8
    assert "Traceback" not in log
    return status, log


def all_is_there(crawl: Crawl) -> bool:
    """Whether the next run has everything, and nothing twice."""
    status, log = crawl.run(f"codes={CODES[0]}-{CODES[-1]}", settings=EVERY_20)
    assert status == 0, log
    assert set(crawl.articles()) == set(CODES)
    return {visit.outcome for visit in crawl.ledger(CODES).values()} == {Outcome.STORED}


def test_a_database_locked_at_the_start_is_waited_for(crawl: Crawl) -> None:
    crawl.database.prepare()
    assert crawl.database.path is not None
    with locked(crawl.database.path):
        process = crawl.start("codes=1-5")
        log_of(process, "database is locked (another program has held it for too long); trying again in 1 seconds")
    log, _ = process.communicate(timeout=60)
    assert process.returncode == 0, log
    assert "Traceback" not in log
    assert set(crawl.articles()) == set(range(1, 6))


def test_a_stop_while_the_database_is_locked_at_the_start_is_heeded(crawl: Crawl) -> None:
    crawl.database.prepare()
    with locked(crawl.database.path):  # type: ignore[arg-type]
        process = crawl.start("codes=1-5")
        log_of(process, "trying again in")
        status, log = stopped(process)
    assert status != 0, log


def test_a_stop_while_the_database_is_locked_ends_within_seconds_and_says_what_was_lost(
    crawl: Crawl, site: ReplicaServer
) -> None:
    process = crawl.start(f"codes={CODES[0]}-{CODES[-1]}", settings=EVERY_20)
    wait_until(lambda: len(site.requests.codes) > 50)  # and so some batches are written
    with locked(crawl.database.path):  # type: ignore[arg-type]
        before = log_of(process, "trying again in")
        status, log = stopped(process)
    assert "database is locked" in before
    assert status == 1
    assert "visits could not be written and stay due" in log
    assert all_is_there(crawl)


def test_a_vanished_database_ends_the_crawl_at_once(crawl: Crawl, site: ReplicaServer, tmp_path: Path) -> None:
    process = crawl.start(f"codes={CODES[0]}-{CODES[-1]}", settings=EVERY_20)
    wait_until(lambda: len(site.requests.codes) > 50)  # and so some batches are written
    for file in tmp_path.iterdir():
        file.unlink()
    log, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "its file was deleted or replaced while it was in use; " in log
    assert "Traceback" not in log
    assert all_is_there(crawl)


def test_a_full_disk_is_named_and_the_next_run_has_everything(crawl: Crawl, site: ReplicaServer) -> None:
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    process = crawl.start(f"codes={CODES[0]}-{CODES[-1]}", settings=EVERY_20)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (ROOM, limit[1]))
    before = log_of(process, "trying again in 5 seconds")  # the second time: it had a second to fetch more
    fetched = len(site.requests.codes)
    status, log = stopped(process)
    assert fetched - len(crawl.ledger(CODES)) <= 2 * 20 + 4  # the batch in hand, one more, and what was on its way
    assert "database or disk is full" in before or "disk I/O error" in before
    assert status == 1, log
    assert 0 < len(crawl.ledger(CODES)) < len(CODES)
    assert all_is_there(crawl)
