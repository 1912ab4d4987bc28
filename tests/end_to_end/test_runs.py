"""Runs that are stopped, hung up on, taken for dead and continued, and a clock that was far ahead."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import update

from asrcrawler.clock import utcnow
from asrcrawler.replica import World
from asrcrawler.replica.faults import Fault
from asrcrawler.replica.server import ReplicaServer
from asrcrawler.storage import models
from asrcrawler.storage.visits import runs
from tests.commands import invoke
from tests.end_to_end.crawling import FAST, SITE, Crawl, end_of, wait_until
from tests.storage.samples import all_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ONE_AT_A_TIME = FAST | {"CONCURRENT_REQUESTS_PER_DOMAIN": 1, "ASR_BATCH_SECONDS": 0.1}
FEED = "/fa/rss/allnews"
HELD = 5  # the code whose page does not come


@pytest.fixture
def site() -> Iterator[ReplicaServer]:
    with ReplicaServer(World(first=1, last=40, density=1.0, deletion_share=0)) as server:
        yield server


@pytest.fixture
def crawl(crawl_of: Callable[[ReplicaServer], Crawl], site: ReplicaServer) -> Crawl:
    return crawl_of(site)


def content(crawl: Crawl) -> dict[str, list[dict[str, Any]]]:
    return all_rows(crawl.database)


def test_a_run_that_was_taken_for_dead_and_wakes_writes_nothing_more(crawl: Crawl, site: ReplicaServer) -> None:
    site.faults.put(HELD, Fault.SLOW, seconds=3600)
    first = crawl.start("codes=1-30", settings=ONE_AT_A_TIME | {"DOWNLOAD_TIMEOUT": 1, "RETRY_TIMES": 0})
    wait_until(lambda: HELD in site.requests.codes)
    wait_until(lambda: len(crawl.ledger(range(1, HELD))) == HELD - 1)  # all that came before is written
    first.send_signal(signal.SIGSTOP)
    wait_until(lambda: Path(f"/proc/{first.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T")
    with crawl.database.write() as connection:
        connection.execute(update(models.run).values(heartbeat_at=utcnow() - 2 * runs.DEAD_AFTER))
    site.faults.clear()
    status, log = crawl.run("codes=1-30")
    assert status == 0, log
    before = content(crawl)
    first.send_signal(signal.SIGCONT)
    woken, log = end_of(first)
    assert woken == 75, log
    assert content(crawl) == before
    assert [run.end_reason for run in runs.last_runs(crawl.database, SITE, 2)] == ["finished", "killed"]
    assert "run 1 was taken for dead and closed by another one, and writes no more" in log
    assert "; token_lost, exit status 75" in log
    assert "Traceback" not in log


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_stop_with_a_code_in_hand_is_no_success(crawl: Crawl, site: ReplicaServer, number: signal.Signals) -> None:
    site.faults.put(HELD, Fault.SLOW, seconds=3600)
    process = crawl.start("codes=1-30", settings=ONE_AT_A_TIME | {"DOWNLOAD_TIMEOUT": 1})
    wait_until(lambda: HELD in site.requests.codes)
    process.send_signal(number)
    if number is signal.SIGHUP:
        process.send_signal(number)  # as a terminal does that is closed
    status, log = end_of(process)
    assert status == 75, log
    assert "Received SIGINT" in log if number is signal.SIGINT else "Received SIGTERM" in log
    assert set(crawl.ledger(range(1, 31))) == set(range(1, HELD))
    [row] = runs.last_runs(crawl.database, SITE, 5)
    assert (row.end_reason, row.exit_status) == ("shutdown", 75)


def test_a_hangup_that_is_ignored_is_none(crawl: Crawl, site: ReplicaServer) -> None:
    before = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)"  # as nohup does
    process = crawl.start("codes=1-30", settings=ONE_AT_A_TIME | {"DOWNLOAD_DELAY": 0.02}, before=before)
    wait_until(lambda: HELD in site.requests.codes)
    process.send_signal(signal.SIGHUP)
    status, log = end_of(process)
    assert status == 0, log
    assert len(crawl.ledger(range(1, 31))) == 30


def test_a_run_with_its_clock_far_ahead_stops_nothing(crawl: Crawl, site: ReplicaServer) -> None:
    late = FAST | {"ASR_NOW": "2036-01-01T00:00:00+00:00"}
    site.faults.put(FEED, Fault.FORBIDDEN)
    site.faults.put(HELD, Fault.ERROR_500)
    assert crawl.run("codes=1-6", settings=late | {"RETRY_TIMES": 0})[0] == 0
    site.faults.put(FEED, Fault.TOO_MANY, seconds=7200)
    assert crawl.run(settings=late)[0] == 75  # refused: it rests until 2036
    check = invoke("status", "--check", settings={"ASR_DATABASE_URL": crawl.database_url})
    assert (check.returncode, check.stdout.count("which is still to come")) == (1, 1)
    site.faults.clear()
    status, log = crawl.run()
    assert status == 0, log
    assert set(crawl.articles()) == set(range(1, 41))
    check = invoke("status", "--check", settings={"ASR_DATABASE_URL": crawl.database_url})
    assert (check.returncode, check.stdout) == (0, "asrpress.ir: all is well\n")
