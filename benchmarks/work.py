"""Measure runs with nothing new: in one worker that stays, against a process for each run, as from cron.

``python -m benchmarks.work [--outlets 100] [--rounds 11] [--write]`` serves replicas of so many outlets, lets a worker
make all their runs once, which fills the archive, and then again and again; prints CPU and memory of the worker's
process, the connections it holds to PostgreSQL, and the CPU of fresh processes on the same archive.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import subprocess
import sys
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from asrcrawler.outlets import new_outlet
from asrcrawler.replica import Replicas
from asrcrawler.storage import sharing
from asrcrawler.storage.outlets import add, all_outlets
from asrcrawler.work.jobs import Ended, Job
from benchmarks.databases import KINDS, empty_database
from benchmarks.readme import put

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asrcrawler.storage import Database

CODES = 20  # of each outlet
FRESH = 10  # processes
MOST_CPU = 0.06  # seconds a run
MOST_GROWTH = 10  # MB, from the first idle round to the last
PAGE = os.sysconf("SC_PAGE_SIZE")
PROJECT = Path(__file__).parents[1]
SETTINGS = ("HTTPPROXY_ENABLED=False", "LOG_LEVEL=ERROR", "DOWNLOAD_DELAY=0")


class Rounds:
    """Gives every outlet a run in each of some rounds, one round after the other, and measures between them."""

    def __init__(self, database: Database, rounds: int) -> None:
        self._database = database
        self._left = rounds
        self._waiting: deque[Job] = deque()
        self._at_work = 0
        self.measured: list[dict[str, float]] = []

    async def __aenter__(self) -> Rounds:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._measure()

    async def claim(self) -> Job | None:
        if not self._waiting:
            if self._at_work or not self._left:
                return None
            self._measure()
            self._left -= 1
            self._waiting.extend(Job(outlet=outlet) for outlet in all_outlets(self._database))
        self._at_work += 1
        return self._waiting.popleft()

    def beat(self, database: Database) -> None:
        pass

    async def release(self, job: Job, ended: Ended) -> None:
        self._at_work -= 1
        assert ended == Ended("finished", 0), (job, ended)

    async def give_up(self, job: Job) -> None:
        raise AssertionError(job)

    def _measure(self) -> None:
        use = resource.getrusage(resource.RUSAGE_SELF)
        memory = int(Path("/proc/self/statm").read_text().split()[1]) * PAGE / 1e6
        connections = 0
        if not self._database.is_sqlite:
            with self._database.read() as connection:
                connections = connection.execute(
                    text("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'asrcrawler %'")
                ).scalar_one()
        self.measured.append({"cpu": use.ru_utime + use.ru_stime, "memory": memory, "connections": connections})


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
        jobs = Rounds(database, rounds)

        async def make_runs() -> None:
            try:
                await Worker(settings, jobs, database, concurrency=CONCURRENCY, once=True).work()
            finally:
                reactor.callLater(0, reactor.stop)

        loop = asyncio.get_event_loop()
        reactor.callWhenRunning(lambda: tasks.append(loop.create_task(make_runs())))
        reactor.run(installSignalHandlers=False)
    print(json.dumps(jobs.measured))


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
    with empty_database(kind) as (database, url), Replicas.of(outlets, first=1, last=CODES) as replicas:
        for name, server in replicas.items():
            site, first = server.base_url.removeprefix("http://"), server.world.first
            add(database, new_outlet(name, server.base_url, site=site, first_code=first, delay=0.0))
        command = [sys.executable, "-m", "benchmarks.work", "--worker", url, "--rounds", str(rounds)]
        done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
        measured = json.loads(done.stdout.splitlines()[-1])
        alone = fresh(url, list(replicas)[:FRESH])
    idle = measured[1:]
    runs = outlets * (len(idle) - 1)
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--outlets", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=11, help="the first fills the archive")
    parser.add_argument("--kinds", nargs="+", default=list(KINDS), choices=list(KINDS))
    parser.add_argument("--write", action="store_true", help="put the table into README.md")
    parser.add_argument("--worker", metavar="URL", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        work(options.worker, options.rounds)
        return
    lines = [
        "| database | idle runs | CPU s, worker | CPU s, own process | ratio | MB, first | MB, last | connections |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    found = [line for kind in options.kinds for line in measure(kind, options.outlets, options.rounds)]
    lines += [line for line in found if line.startswith("|")]
    if missed := [line for line in found if not line.startswith("|")]:
        lines += ["", *missed]
    print("\n".join(lines))
    if options.write:
        put("work", "\n".join(lines))


if __name__ == "__main__":
    main()
