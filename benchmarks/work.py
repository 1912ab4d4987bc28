"""Measure runs with nothing new: in one worker that stays, against a process for each run, as from cron; and how many
workers share a first run of every outlet.

``python -m benchmarks.work [--outlets 100] [--rounds 11] [--kinds sqlite postgresql] [--workers 1 2 3] [--write]``
serves replicas of so many outlets. A worker makes all their runs once, which fills the archive, and then again and
again, as its clock moves on by their interval each time; prints CPU and memory of its process, the connections it holds
to PostgreSQL, and the CPU of fresh processes on the same archive. Then one, two and three workers fill an archive on
PostgreSQL from outlets that want half a second between two requests.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, text

from asrcrawler.clock import pretend_it_is, utcnow
from asrcrawler.outlets import new_outlet
from asrcrawler.replica import Replicas
from asrcrawler.storage import sharing
from asrcrawler.storage.models import run
from asrcrawler.storage.outlets import add
from asrcrawler.storage.queue import schema
from asrcrawler.work.alone import Alone
from asrcrawler.work.jobs import Ended
from asrcrawler.work.queued import Queued
from benchmarks.databases import KINDS, empty_database
from benchmarks.readme import put

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asrcrawler.storage import Database
    from asrcrawler.work.jobs import Job, Jobs

CODES = 20  # of each outlet
EVERY = 10  # minutes; a dozen rounds end before a missing code is looked at again, by the clock that moves on
NEXT = timedelta(minutes=1.5 * EVERY)
DELAY = 0.5  # seconds between two requests, where several workers share the runs: one makes 20 at a time
FRESH = 10  # processes
MOST_CPU = 0.06  # seconds a run
MOST_GROWTH = 10  # MB, from the first idle round to the last
PAGE = os.sysconf("SC_PAGE_SIZE")
PROJECT = Path(__file__).parents[1]
SETTINGS = ("HTTPPROXY_ENABLED=False", "LOG_LEVEL=ERROR", "DOWNLOAD_DELAY=0")


class Rounds:
    """Let ``jobs`` give every outlet a run in each of some rounds, one after the other, and measure between them."""

    def __init__(self, jobs: Jobs, database: Database, rounds: int) -> None:
        self._jobs = jobs
        self._database = database
        self._rounds = rounds
        self._at_work = 0
        self.measured: list[dict[str, float]] = []

    async def __aenter__(self) -> Rounds:
        await self._jobs.__aenter__()
        return self

    async def __aexit__(self, *error: Any) -> None:
        await self._jobs.__aexit__(*error)

    async def claim(self) -> Job | None:
        if not self.measured:
            self._measure()
        job = await self._jobs.claim()
        if job is None and not self._at_work:
            self._measure()
            if len(self.measured) > self._rounds:
                return None
            pretend_it_is(utcnow() + NEXT)  # all are due again
            job = await self._jobs.claim()
        self._at_work += job is not None
        return job

    def beat(self, database: Database) -> None:
        self._jobs.beat(database)

    async def release(self, job: Job, ended: Ended) -> None:
        assert ended == Ended("finished", 0), (job, ended)
        await self._jobs.release(job, ended)
        self._at_work -= 1

    async def give_up(self, job: Job) -> None:
        raise AssertionError(job)

    def _measure(self) -> None:
        use = resource.getrusage(resource.RUSAGE_SELF)
        memory = int(Path("/proc/self/statm").read_text().split()[1]) * PAGE / 1e6
        connections = 0
        with self._database.read() as connection:
            runs = connection.execute(select(func.count()).select_from(run)).scalar_one()
            if not self._database.is_sqlite:
                connections = connection.execute(
                    text("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'asrcrawler %'")
                ).scalar_one()
        cpu = use.ru_utime + use.ru_stime
        self.measured.append({"cpu": cpu, "memory": memory, "connections": connections, "runs": runs})


def work(url: str, rounds: int) -> None:
    """Be the worker, and write what was measured before each round and at the end."""
    from scrapy.utils.project import get_project_settings
    from scrapy.utils.reactor import install_reactor

    settings = get_project_settings()
    own = dict(setting.split("=", 1) for setting in SETTINGS) | {
        "ASR_DATABASE_URL": url,
        "ASR_STALL": 60,
        "ASR_HEARTBEAT": 10,
        "EXTENSIONS": settings.getdict("EXTENSIONS") | {"asrcrawler.extensions.progress.Progress": None},
    }
    for name, value in own.items():
        settings.set(name, value, priority="cmdline")
    install_reactor(settings["TWISTED_REACTOR"])
    from twisted.internet import reactor as installed

    from asrcrawler.work.worker import CONCURRENCY, CONNECTIONS, Worker

    reactor: Any = installed
    tasks = []
    with sharing(url, CONNECTIONS, idle=60) as database:
        jobs = Rounds(Alone(database) if database.is_sqlite else Queued(url, stall=60), database, rounds)

        async def make_runs() -> None:
            try:
                await Worker(settings, jobs, database, concurrency=CONCURRENCY, once=True).work()
            finally:
                reactor.callLater(0, reactor.stop)

        loop = asyncio.get_event_loop()
        reactor.callWhenRunning(lambda: tasks.append(loop.create_task(make_runs())))
        reactor.run(installSignalHandlers=False)
    print(json.dumps(jobs.measured))


def first_runs(workers: int, outlets: int) -> tuple[float, float]:
    """Let so many workers make the first run of each outlet, and give the seconds that took and their CPU seconds."""
    with empty_database("postgresql") as (database, url), serve(database, outlets, DELAY, EVERY):
        schema.init(database)
        command = [sys.executable, "-m", "scrapy", "work", "--once"]
        command += [part for setting in SETTINGS[:2] for part in ("-s", setting)]
        environment = os.environ | {"ASR_DATABASE_URL": url}
        began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
        at_work = [subprocess.Popen(command, cwd=PROJECT, env=environment) for _ in range(workers)]
        assert [each.wait() for each in at_work] == [0] * workers
        took, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
        with database.read() as connection:
            ended = connection.execute(select(func.count()).where(run.c.end_reason == "finished")).scalar_one()
        assert ended == outlets
    return took, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@contextmanager
def serve(database: Database, outlets: int, delay: float, every: int) -> Iterator[Replicas]:
    """Serve replicas, and let the archive follow them."""
    with Replicas.of(outlets, first=1, last=CODES) as replicas:
        for name, server in replicas.items():
            site, first = server.base_url.removeprefix("http://"), server.world.first
            add(database, new_outlet(name, server.base_url, site=site, first_code=first, delay=delay, every=every))
        yield replicas


def fresh(url: str, names: list[str]) -> float:
    """Give the CPU seconds of a run in a process of its own."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for name in names:
        command = [sys.executable, "-m", "scrapy", "crawl", name]
        command += [part for setting in SETTINGS for part in ("-s", setting)]
        subprocess.run(command, cwd=PROJECT, env=os.environ | {"ASR_DATABASE_URL": url}, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / len(names)


def measure(kind: str, outlets: int, rounds: int) -> Iterator[str]:
    """Give the row of a kind of database, and then what was missed."""
    with empty_database(kind) as (database, url), serve(database, outlets, 0, EVERY) as replicas:
        if not database.is_sqlite:
            schema.init(database)
        command = [sys.executable, "-m", "benchmarks.work", "--measured", url, "--rounds", str(rounds)]
        done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
        measured = json.loads(done.stdout.splitlines()[-1])
        alone = fresh(url, list(replicas)[:FRESH])
    idle = measured[1:]
    runs = int(idle[-1]["runs"] - idle[0]["runs"])
    cpu = (idle[-1]["cpu"] - idle[0]["cpu"]) / runs
    growth = idle[-1]["memory"] - idle[1]["memory"]
    most = max(each["connections"] for each in measured)
    yield (
        f"| {KINDS[kind]} | {runs:,} | {cpu:.3f} | {alone:.2f} | {alone / cpu:.0f} | {idle[1]['memory']:.0f} |"
        f" {idle[-1]['memory']:.0f} | {most or '-'} |"
    )
    if cpu > MOST_CPU:
        yield f"Missed on {KINDS[kind]}: {cpu:.3f} CPU s a run, not {MOST_CPU}."
    if growth > MOST_GROWTH:
        yield f"Missed on {KINDS[kind]}: {growth:.0f} MB more than after a round, not {MOST_GROWTH}."


def shared_by(numbers: list[int], outlets: int) -> Iterator[str]:
    """Give a table of how several numbers of workers share the first runs."""
    yield from ("", "| workers | first runs | s | as fast as one | CPU s a run |", "|---:|---:|---:|---:|---:|")
    one = None
    for workers in numbers:
        took, cpu = first_runs(workers, outlets)
        one = one or took
        yield f"| {workers} | {outlets} | {took:.1f} | {one / took:.2f} | {cpu / outlets:.2f} |"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.work", description=__doc__)
    parser.add_argument("--outlets", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=11, help="the first fills the archive")
    parser.add_argument("--kinds", nargs="+", default=list(KINDS), choices=list(KINDS))
    parser.add_argument("--workers", nargs="*", type=int, default=[1, 2, 3], help="numbers of workers, the first one 1")
    parser.add_argument("--write", action="store_true", help="put the table into README.md")
    parser.add_argument("--measured", metavar="URL", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measured:
        work(options.measured, options.rounds)
        return
    lines = [
        "| database | idle runs | CPU s, worker | CPU s, own process | ratio | MB, first | MB, last | connections |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    found = [line for kind in options.kinds for line in measure(kind, options.outlets, options.rounds)]
    lines += [line for line in found if line.startswith("|")]
    if missed := [line for line in found if not line.startswith("|")]:
        lines += ["", *missed]
    lines += shared_by(options.workers, options.outlets) if options.workers else []
    print("\n".join(lines))
    if options.write:
        put("work", "\n".join(lines))


if __name__ == "__main__":
    main()
