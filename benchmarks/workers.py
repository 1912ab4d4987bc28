"""Let several workers share an archive while they are killed, stopped and cut off, and count what that does to it.

``python -m benchmarks.workers [--outlets 100] [--workers 3] [--cycles 20] [--every 8] [--write]`` serves replicas whose
clock moves on by a day in each cycle, with publications, edits and faults, and lets workers on one PostgreSQL make the
runs. Every so many seconds a worker is killed (the first one is on another machine, as the others see it), stopped past
its stall and continued, or the server crashes and starts again. Some quiet cycles follow. Prints what was lost, doubled
and asked for again, and how long the runs of a worker waited for another one. Takes a quarter of an hour; the tests
have a short form.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from subprocess import TimeoutExpired
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, select

from asrcrawler.items import Outcome
from asrcrawler.replica import Fault, Replicas
from asrcrawler.storage import Database
from asrcrawler.storage.articles.export import export_articles
from asrcrawler.storage.articles.selection import Selection
from asrcrawler.storage.models import run
from asrcrawler.storage.outlets import all_outlets
from asrcrawler.storage.queue import schema
from asrcrawler.storage.queue.standing import RUNNING, WAITING, JobStanding, standing
from asrcrawler.storage.visits.ledger import known
from benchmarks.databases import database_url
from benchmarks.readme import put
from tests.end_to_end.freezing import restart
from tests.end_to_end.working import Work

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.processes import Process

SEED = 1401
CODES = 60  # of each outlet
DENSITY = 0.5
STALL = 6
SETTINGS: dict[str, object] = {
    "ASR_HEARTBEAT": 1,
    "ASR_STALL": STALL,
    "ASR_BATCH_SECONDS": 0.5,
    "ASR_BATCH_SIZE": 10,
    "RETRY_TIMES": 0,
    "LOG_LEVEL": "ERROR",
}
MOST_REPEATED = 21  # codes of an outlet that a killed run has asked for and not written
FAULTS = {Fault.ERROR_500: 0.02, Fault.RESET: 0.02, Fault.TRUNCATED: 0.02}  # each with its share of the codes
EVERY = 720  # minutes between two runs of an outlet, and so each is due once in a cycle
DAY = timedelta(days=1)
QUIET = (2, 8, 40)  # days of the cycles in which nothing is broken: what was edited or failed is looked at again
LONGEST_CYCLE = 900.0  # seconds
TEXT = ("kicker", "title", "lead", "body")

WORKER = """
import threading, time
from datetime import timedelta
from pathlib import Path
from asrcrawler import clock
from asrcrawler.extensions import backoff
offset = Path({offset!r})
def follow():
    while True:
        clock._offset = timedelta(seconds=float(offset.read_text()))
        time.sleep(0.05)
threading.Thread(target=follow, daemon=True).start()
time.sleep(0.1)
backoff.FIRST_SLOW_DELAY /= 50
"""
ELSEWHERE = "import socket; socket.gethostname = lambda: 'elsewhere'"


class Lost(NamedTuple):
    """A worker that does its work no more, and since when."""

    process: str
    """Its process id, as the queue shows it."""
    at: float


class Machines:
    """The workers, and what is done to them."""

    def __init__(self, work: Work, before: str, count: int) -> None:
        self._work = work
        self._before = before
        self._rnd = Random(SEED)
        self._stopped: tuple[Process, float] | None = None
        self.left: list[int | None] = []
        """The exit statuses of those that were stopped and continued."""
        self.done = {"killed": 0, "stopped": 0, "server crashed": 0}
        self.lost: list[Lost] = []
        self.waits: list[float] = []
        """Seconds until the last job of a lost worker was taken."""
        self.begun_anew = 0
        """How many ended by themselves, and were started again as by systemd."""
        self.at_work = [self._start(number) for number in range(count)]

    def break_something(self) -> None:
        """Kill a worker, or now and then stop one or crash the server."""
        turn = sum(self.done.values()) % 6
        if turn == 5:
            restart(self._work.database_url)
            self.done["server crashed"] += 1
            return
        place = self._rnd.randrange(len(self.at_work))
        worker = self.at_work[place]
        if turn == 2 and self._stopped is None:
            worker.send_signal(signal.SIGSTOP)
            self._stopped = worker, time.monotonic() + STALL + 4
            self.done["stopped"] += 1
        else:
            worker.kill()
            worker.communicate()
            self.done["killed"] += 1
        self.lost.append(Lost(str(worker.pid), time.monotonic()))
        self.at_work[place] = self._start(place)

    def look_after(self, jobs: Iterable[JobStanding]) -> None:
        """Continue who was stopped for long enough, and note which lost workers have no job any more."""
        if self._stopped is not None and time.monotonic() > self._stopped[1]:
            worker, _ = self._stopped
            self._stopped = None
            worker.send_signal(signal.SIGCONT)
            had_jobs = any(lost.process == str(worker.pid) and lost in self.lost for lost in self.lost)
            try:
                worker.communicate(timeout=10)
                self.left.append(worker.returncode)
            except TimeoutExpired:  # it had no job that could be taken, and works on
                worker.kill()
                worker.communicate()
                assert not had_jobs
        for place, worker in enumerate(self.at_work):
            if worker.poll() is not None:  # it began while the server was away
                sys.stderr.write(worker.communicate()[0])
                self.begun_anew += 1
                self.at_work[place] = self._start(place)
        held = {str(job.process).partition(" ")[0] for job in jobs if job.state == RUNNING}
        for lost in [lost for lost in self.lost if lost.process not in held]:
            self.waits.append(time.monotonic() - lost.at)
            self.lost.remove(lost)

    def end(self) -> list[int | None]:
        for worker in self.at_work:
            worker.send_signal(signal.SIGTERM)
        for worker in self.at_work:
            log, _ = worker.communicate(timeout=60)
            sys.stderr.write(log if worker.returncode else "")
        return [worker.returncode for worker in self.at_work]

    def _start(self, place: int) -> Process:
        before = self._before + (ELSEWHERE if place == 0 else "")
        return self._work.start(settings=SETTINGS, before=before)


def serve(outlets: int, cycles: int) -> Replicas:
    pace = CODES * DENSITY / (cycles + 10)
    return Replicas.of(outlets, first=1, last=CODES, density=DENSITY, articles_per_day=pace)


def cycle(database: Database, machines: Machines, outlets: int, since: datetime, every: float | None) -> None:
    """Let every outlet have its run, and break something every so many seconds meanwhile."""
    began = broken = time.monotonic()
    ended = select(func.count(run.c.site.distinct())).where(run.c.started_at >= since, run.c.ended_at.is_not(None))
    while True:
        time.sleep(0.5)
        assert time.monotonic() - began < LONGEST_CYCLE, "the cycle does not end"
        with database.read() as connection:
            count = connection.scalar(ended)
        found = standing(database, {})
        assert found is not None
        machines.look_after(found.jobs)
        if count == outlets and not found.of(WAITING) and not found.of(RUNNING):
            return
        if every is not None and time.monotonic() - broken > every:
            machines.break_something()
            broken = time.monotonic()


def compare(database: Database, replicas: Replicas) -> Iterator[tuple[int, int, int]]:
    """Give for each outlet how many articles there are to be had, are not stored as they are, and are none."""
    sites = {server.base_url.removeprefix("http://"): name for name, server in replicas.items()}
    stored: dict[str, dict[int, tuple[object, ...]]] = {name: {} for name in sites.values()}
    for article in export_articles(database, Selection()):
        texts = stored[sites[article["site"]]]
        assert article["code"] not in texts
        texts[article["code"]] = tuple(article[name] for name in TEXT)
    for site, name in sites.items():
        world = replicas[name].world
        codes = range(world.first, world.last + 1)
        ledger = known(database, site, codes)
        truth = {code: world.truth(code) for code in codes}
        visible = {code for code in codes if truth[code].outcome is Outcome.STORED}
        exact = {
            code
            for code in visible & set(stored[name])
            if stored[name][code] == tuple(getattr(truth[code], field) for field in TEXT)
        }
        kept = {code for code, visit in ledger.items() if visit.outcome is Outcome.STORED}
        yield len(visible), len(visible - exact), len(kept - visible)


def measure(options: argparse.Namespace) -> tuple[list[str], bool]:
    """Give the lines of the report, and whether all is as it should be."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, database_url("postgresql", folder) as url:
        work, offset = Work(url), Path(folder) / "offset"
        with closing(Database(url)) as database, serve(options.outlets, options.cycles) as replicas:
            schema.init(database)
            work.follow(replicas, every=EVERY)
            for server in replicas.values():
                for fault, share in FAULTS.items():
                    server.faults.put_on_share(share, fault, heals_after=2, seconds=1)
            replicas.clock = min(world.timeline.starts for world in replicas.worlds) + 10 * DAY
            move(replicas, offset, timedelta(0))
            machines = Machines(work, WORKER.format(offset=str(offset)), options.workers)
            repeated = most_at_once = 0
            try:
                for days in (*[1] * options.cycles, *QUIET):
                    since = move(replicas, offset, days * DAY)
                    for server in replicas.values():
                        server.requests.clear()
                    cycle(database, machines, options.outlets, since, options.every if days == 1 else None)
                    repeated += sum(n - 1 for server in replicas.values() for n in server.requests.codes.values())
                    most_at_once = max(most_at_once, *(server.requests.most_at_once for server in replicas.values()))
                    sys.stderr.write(f"{time.monotonic() - began:.0f} s: {machines.done}, {repeated} asked for again\n")
                statuses = machines.end()
            finally:
                work.kill_all()
            found = standing(database, {outlet.name: outlet.site for outlet in all_outlets(database)})
            with database.read() as connection:
                ended = select(run.c.end_reason, func.count()).group_by(run.c.end_reason)
                reasons = {str(reason): count for reason, count in connection.execute(ended)}
            there, missing, too_many = (sum(each) for each in zip(*compare(database, replicas), strict=True))
    assert found is not None
    broken = reasons.get("killed", 0) + reasons.get("token_lost", 0) + reasons.get("None", 0)
    slowest = max(machines.waits, default=0.0)
    figures = (
        ("runs", f"{sum(reasons.values()):,}, of them taken over {broken:,}"),
        *((f"times {what}", f"{times}") for what, times in machines.done.items()),
        ("articles of the truths", f"{there:,}"),
        ("… not stored, or not as they are", f"{missing}"),
        ("stored and not in the truths", f"{too_many}"),
        (
            "codes asked for again within a cycle",
            f"{repeated}, at most {broken * MOST_REPEATED:,} by the unwritten batches",
        ),
        ("requests at once to a group, at most", f"{most_at_once}"),
        ("jobs left *doing*", f"{len(found.of(RUNNING))}"),
        ("a lost worker's last job taken after, at most", f"{slowest:.1f} s, with a stall of {STALL} s"),
        ("exit statuses: continued after a stop; at the end", f"{machines.left}; {statuses}"),
        ("workers that ended by themselves, and were started again", f"{machines.begun_anew}"),
        ("took", f"{time.monotonic() - began:.0f} s"),
    )
    is_well = not missing and not too_many and most_at_once == 1 and not found.of(RUNNING) and not any(statuses)
    is_well = is_well and slowest <= STALL + 10 and repeated <= broken * MOST_REPEATED
    return ["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in figures)], is_well


def move(replicas: Replicas, offset: Path, span: timedelta) -> datetime:
    """Move the clock of the sites and of the workers on; give the moment that it is now."""
    moment = replicas.advance(span).astimezone(UTC)
    new = offset.with_suffix(".new")
    new.write_text(str((moment - datetime.now(UTC)).total_seconds()))
    new.replace(offset)
    return moment


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.workers", description=__doc__)
    parser.add_argument("--outlets", type=int, default=100)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--cycles", type=int, default=20)
    parser.add_argument("--every", type=float, default=8.0, help="seconds from one break to the next")
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/README.md")
    options = parser.parse_args()
    lines, is_well = measure(options)
    print("\n".join(lines))
    if options.write:
        put("workers", "\n".join(lines))
    return int(not is_well)


if __name__ == "__main__":
    raise SystemExit(main())
