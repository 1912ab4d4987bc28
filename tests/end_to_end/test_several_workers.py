"""Several workers on one archive, by its queue: whatever becomes of one, the others go on, and all is there once."""

from __future__ import annotations

import signal
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

import pytest

from asrcrawler.storage import Database
from asrcrawler.storage.outlets import all_outlets
from asrcrawler.storage.queue import leases, schema
from asrcrawler.storage.queue.standing import RUNNING, QueueStanding, standing
from asrcrawler.system.processes import is_stopped
from tests.end_to_end.crawling import PATIENCE, wait_until
from tests.end_to_end.freezing import restart
from tests.end_to_end.working import ELSEWHERE, Work, is_whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from asrcrawler.replica.server import ReplicaServer
    from tests.processes import Process
    from tests.replica_fixture import ServeOutlets

pytestmark = pytest.mark.slow

QUICK: dict[str, object] = {"ASR_HEARTBEAT": 0.5, "ASR_STALL": 3, "ASR_BATCH_SECONDS": 0.2, "ASR_BATCH_SIZE": 10}
READY = "import os, signal, asrcrawler.work.queued, asrcrawler.work.worker; os.kill(os.getpid(), signal.SIGSTOP)"
"""Python of a worker that begins when it is continued, and then at once."""
UNWRITTEN = 21  # codes of an outlet that a killed run has asked for and not written: two batches, and one on its way


wait = partial(wait_until, seconds=PATIENCE, every=0.2)  # seconds: a look opens a connection


@pytest.fixture
def work(postgresql_url: str) -> Iterator[Work]:
    """An archive with a queue."""
    work = Work(postgresql_url)
    with closing(Database(postgresql_url)) as database:
        schema.init(database)
    yield work
    work.kill_all()


def queue_of(work: Work) -> QueueStanding:
    with closing(Database(work.database_url)) as database:
        found = standing(database, {outlet.name: outlet.site for outlet in all_outlets(database)})
    assert found is not None
    return found


def end(process: Process) -> str:
    process.send_signal(signal.SIGTERM)
    log, _ = process.communicate(timeout=30)
    assert process.returncode == 0, log
    assert "Traceback" not in log
    return log


def asked_again(server: ReplicaServer) -> int:
    return sum(times - 1 for times in server.requests.codes.values())


def has_begun(servers: Mapping[str, ReplicaServer]) -> bool:
    return all(len(server.requests.codes) > 8 for server in servers.values())


def test_without_a_queue_a_worker_says_what_makes_it(postgresql_url: str, serve_outlets: ServeOutlets) -> None:
    work, servers = Work(postgresql_url), serve_outlets(1, first=1, last=5)
    work.follow(servers)
    status, log = work.run("--once")
    assert (status, log.splitlines()[-1].endswith("has no queue yet; scrapy queue init makes it")) == (1, True)
    assert work.runs() == []


def test_once_makes_each_run_once_and_leaves_an_empty_queue(work: Work, serve_outlets: ServeOutlets) -> None:
    servers = serve_outlets(4, first=1, last=12)
    work.follow(servers)
    status, log = work.run("--once", settings=QUICK)
    assert status == 0, log
    assert all(is_whole(work, server) and asked_again(server) == 0 for server in servers.values())
    assert len(work.runs()) == 4
    assert (list(queue_of(work).jobs), list(queue_of(work).workers)) == ([], [])


def test_whatever_becomes_of_workers_and_server_all_is_there_once(work: Work, serve_outlets: ServeOutlets) -> None:
    servers = serve_outlets(4, first=1, last=60)
    work.follow(servers, delay=0.05, every=600)
    killed = work.start("--concurrency", "2", settings=QUICK, before=ELSEWHERE)
    stopped = work.start("--concurrency", "2", settings=QUICK)
    other = work.start("--concurrency", "4", settings=QUICK, before=READY)
    wait(lambda: has_begun(servers) and all(worker.jobs for worker in queue_of(work).workers))
    killed.kill()
    stopped.send_signal(signal.SIGSTOP)
    killed.communicate()
    wait(lambda: is_stopped(other.pid))
    other.send_signal(signal.SIGCONT)
    wait(lambda: [reason for _, reason, _ in work.runs()].count("killed") == 4)
    restart(work.database_url)
    stopped.send_signal(signal.SIGCONT)
    log, _ = stopped.communicate(timeout=30)
    assert (stopped.returncode, "was taken by another worker" in log) == (75, True), log
    wait(lambda: all(is_whole(work, server) for server in servers.values()))
    wait(lambda: not queue_of(work).of(RUNNING))
    end(other)
    assert [server.requests.most_at_once for server in servers.values()] == [1] * 4
    assert max(asked_again(server) for server in servers.values()) <= UNWRITTEN
    assert sorted(str(reason) for _, reason, _ in work.runs()) == ["finished"] * 4 + ["killed"] * 4


def test_a_lease_is_visited_once_whoever_is_killed(work: Work, serve_outlets: ServeOutlets) -> None:
    servers = serve_outlets(1, first=1, last=100)
    [server] = servers.values()
    work.follow(servers, delay=0.05, every=600, backfill=0)
    with closing(Database(work.database_url)) as database:
        leases.make(database, server.base_url.removeprefix("http://"), [(1, 100)])
    first = work.start(settings=QUICK)
    wait(lambda: len(server.requests.codes) > 30)
    first.kill()
    first.communicate()
    second = work.start(settings=QUICK)
    wait(lambda: not queue_of(work).leases)
    end(second)
    assert is_whole(work, server)
    assert set(server.requests.codes) == set(range(1, 101))
    assert asked_again(server) <= UNWRITTEN
