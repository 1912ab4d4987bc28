"""One worker, many outlets, one archive."""

from __future__ import annotations

import signal
import time
from contextlib import closing
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from asrcrawler.replica.faults import Fault
from asrcrawler.storage import Database
from asrcrawler.work.worker import GRACE
from tests.end_to_end.crawling import wait_until
from tests.end_to_end.working import Work, is_whole

if TYPE_CHECKING:
    from asrcrawler.replica.server import ReplicaServer
    from tests.replica_fixture import ServeOutlets

SOON: dict[str, object] = {"ASR_BATCH_SECONDS": 0.2}


def assert_whole(work: Work, server: ReplicaServer) -> None:
    """Every article of the truth is stored, and no code was asked for twice."""
    assert is_whole(work, server)
    assert max(server.requests.codes.values()) == 1


def test_twenty_outlets_by_one_worker_are_whole(sqlite_url: str, serve_outlets: ServeOutlets) -> None:
    work, servers = Work(sqlite_url), serve_outlets(20, first=1, last=30)
    work.follow(servers)
    status, log = work.run("--once")
    assert status == 0, log
    assert sorted(work.runs()) == sorted(
        (server.base_url.removeprefix("http://"), "finished", 0) for server in servers.values()
    )
    for name, server in servers.items():
        assert_whole(work, server)
        assert server.requests.most_at_once == 1
        assert f"[{name}] INFO: Run on " in log
    assert "Spider opened" not in log
    assert log.count("INFO: Run on ") == 20


def test_outlets_of_a_group_are_asked_one_request_at_a_time(sqlite_url: str, serve_outlets: ServeOutlets) -> None:
    work, servers = Work(sqlite_url), serve_outlets(4, first=1, last=12)
    work.follow(servers, group="shared")
    status, log = work.run("--once")
    assert status == 0, log
    entries = [server.requests.entries for server in servers.values()]
    spans = sorted((asked[0].at, asked[-1].at) for asked in entries)
    assert all(end < begin for (_, end), (begin, _) in pairwise(spans))


def test_a_stop_ends_the_runs_in_good_order(sqlite_url: str, serve_outlets: ServeOutlets) -> None:
    work, servers = Work(sqlite_url), serve_outlets(5, first=1, last=300)
    work.follow(servers, delay=0.05)
    process = work.start(settings=SOON)
    wait_until(lambda: all(len(server.requests) > 8 for server in servers.values()))
    told = time.monotonic()
    process.send_signal(signal.SIGTERM)
    log, _ = process.communicate(timeout=30)
    assert process.returncode == 0, log
    assert time.monotonic() - told < 10
    assert "Told to stop: 5 runs end" in log
    assert [(reason, status) for _, reason, status in work.runs()] == [("shutdown", 0)] * 5
    assert "Traceback" not in log
    status, log = work.run("--once", "--concurrency", "3")  # due again in a while
    assert (status, len(work.runs())) == (0, 5), log


def test_a_silent_site_does_not_hold_up_a_stop(sqlite_url: str, serve_outlets: ServeOutlets) -> None:
    work, servers = Work(sqlite_url), serve_outlets(1, first=1, last=300, density=1.0)
    [server] = servers.values()
    for code in range(1, 301):
        server.faults.put(code, Fault.SLOW, seconds=100)
    work.follow(servers)
    less = "from asrcrawler.work import worker; worker.GRACE /= 10"
    process = work.start(settings=SOON | {"DOWNLOAD_TIMEOUT": 90}, before=less)
    wait_until(lambda: bool(server.requests.codes))
    told = time.monotonic()
    process.send_signal(signal.SIGTERM)
    log, _ = process.communicate(timeout=40)
    assert process.returncode == 0, log
    assert time.monotonic() - told < GRACE
    assert [(reason, status) for _, reason, status in work.runs()] == [("shutdown", 75)]


def test_a_second_worker_says_so(sqlite_url: str, serve_outlets: ServeOutlets) -> None:
    work, servers = Work(sqlite_url), serve_outlets(1, first=1, last=20)
    work.follow(servers)
    first = work.start()
    wait_until(lambda: bool(work.runs()))
    status, log = work.run("--once")
    assert status == 0
    assert [line for line in log.splitlines() if line] == [
        f"scrapy work: another worker is at work on {work.database_url}; nothing to do"
    ]
    first.kill()  # the lock ends with the process, however that ends
    first.communicate()
    status, log = work.run("--once")
    assert (status, "another worker" in log) == (0, False)


def test_an_outlet_is_noticed_that_is_followed_while_the_worker_works(
    sqlite_url: str, serve_outlets: ServeOutlets
) -> None:
    work, servers = Work(sqlite_url), serve_outlets(2, first=1, last=10)
    [(one, first), (other, second)] = servers.items()
    work.follow({one: first})
    process = work.start()
    wait_until(lambda: len(work.runs()) == 1)
    work.follow({other: second})
    wait_until(lambda: len(work.runs()) == 2 and all(reason for _, reason, _ in work.runs()))
    process.send_signal(signal.SIGINT)
    log, _ = process.communicate(timeout=30)
    assert process.returncode == 0, log
    assert "no outlet" not in log


@pytest.mark.parametrize(("faults", "worst"), [(["refused"], 75), (["refused", "nameless"], 1)])
def test_once_ends_with_the_worst_of_its_runs(
    faults: list[str], worst: int, sqlite_url: str, serve_outlets: ServeOutlets
) -> None:
    work, servers = Work(sqlite_url), serve_outlets(3, first=1, last=10)
    work.follow(servers)
    of = {"refused": Fault.CHALLENGE, "nameless": Fault.NOT_FOUND}
    for server, fault in zip(servers.values(), faults, strict=False):
        server.faults.put_everywhere(of[fault])
    status, log = work.run("--once")
    assert status == worst, log
    assert {status for _, _, status in work.runs()} == {0, 75, worst}


def test_a_run_that_lost_its_token_ends_alone(sqlite_url: str, serve_outlets: ServeOutlets) -> None:
    work, servers = Work(sqlite_url), serve_outlets(2, first=1, last=60)
    work.follow(servers, delay=0.05)
    process = work.start("--once", settings=SOON)
    wait_until(lambda: all(len(server.requests) > 8 for server in servers.values()))
    with closing(Database(work.database_url)) as database, database.write() as connection:
        connection.exec_driver_sql("UPDATE run SET ended_at = heartbeat_at, end_reason = 'killed' WHERE id = 1")
    log, _ = process.communicate(timeout=60)
    assert process.returncode == 75, log
    assert sorted(str(reason) for _, reason, _ in work.runs()) == ["finished", "killed"]
