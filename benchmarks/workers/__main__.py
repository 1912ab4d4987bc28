"""Let several workers share an archive while they are killed, stopped and cut off, and count what that does to it.

``python -m benchmarks.workers [--outlets 100] [--workers 3] [--cycles 20] [--every 8] [--write]`` serves replicas whose
clock moves on by a day in each cycle, with publications, edits and faults, and lets workers on one PostgreSQL make the
runs. Every so many seconds a worker is killed (the first one is on another host, as by ``unshare -u``), stopped past
its stall and continued, or the server crashes and starts again. Some quiet cycles follow, the last of them until no
visit that failed waits for another one. Prints what was lost, doubled and asked for again, with what the ledger says of
each code that is not as it should be, and how long the runs of a worker waited for another one. The tests have a short
form.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from asrcrawler.replica import Fault, Replicas
from asrcrawler.storage import Database
from asrcrawler.storage.models import run
from asrcrawler.storage.outlets import all_outlets
from asrcrawler.storage.queue import schema
from asrcrawler.storage.queue.standing import RUNNING, WAITING, QueueStanding, standing
from benchmarks.databases import database_url
from benchmarks.readme import put
from benchmarks.workers.judging import Comparison, compare, failed
from benchmarks.workers.machines import STALL, WORKER, Machines
from tests.end_to_end.working import ELSEWHERE, Work

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asrcrawler.replica.server import ReplicaServer

CODES = 60  # of each outlet
DENSITY = 0.5
MOST_REPEATED = 21  # codes of an outlet that a killed run has asked for and not written
FAULTS = {Fault.ERROR_500: 0.02, Fault.RESET: 0.02, Fault.TRUNCATED: 0.02}  # each with its share of the codes
EVERY = 720  # minutes between two runs of an outlet, and so each is due once in a cycle
DAY = timedelta(days=1)
QUIET = (2, 8, 40)  # days of the cycles in which nothing is broken: what was edited or failed is looked at again
LONGEST_CYCLE = 900.0  # seconds
LOOK = 0.5  # seconds between two looks at queue and workers
MOST_LATE = 6  # days after those in which a visit that failed is made again, until none waits for that
MOST_SHOWN = 40  # codes of a kind


class Proof:
    """Sites, an archive and its workers, through simulated days."""

    def __init__(self, work: Work, database: Database, replicas: Replicas, machines: Machines, offset: Path) -> None:
        self._work = work
        self._database = database
        self._replicas = replicas
        self._offset = offset
        self._began = time.monotonic()
        self.machines = machines
        self.repeated = 0
        """Codes that were asked for again within a cycle."""
        self.most_at_once = 0
        """Requests to a group."""

    def let_pass(self, days: float, every: float | None = None) -> None:
        """Let so many days pass and then every outlet have its run; break something every so many seconds meanwhile."""
        since = move(self._replicas, self._offset, days * DAY)
        servers = list(self._replicas.values())
        for server in servers:
            server.requests.clear()
        self._wait_for_runs(since, every)
        self.repeated += sum(map(asked_again, servers))
        self.most_at_once = max(self.most_at_once, *(server.requests.most_at_once for server in servers))
        took = time.monotonic() - self._began
        sys.stderr.write(f"{took:.0f} s: {self.machines.done}, {self.repeated} asked for again\n")

    def _wait_for_runs(self, since: datetime, every: float | None) -> None:
        began = broken = time.monotonic()
        ended = select(func.count(run.c.site.distinct())).where(run.c.started_at >= since, run.c.ended_at.is_not(None))
        while True:
            time.sleep(LOOK)
            assert time.monotonic() - began < LONGEST_CYCLE, "the cycle does not end"
            with self._database.read() as connection:
                count = connection.scalar(ended)
            found = self.queue()
            self.machines.look_after(found.jobs)
            if count == len(self._replicas) and not found.of(WAITING) and not found.of(RUNNING):
                return
            if every is not None and time.monotonic() - broken > every:
                self.machines.break_something()
                broken = time.monotonic()

    def queue(self) -> QueueStanding:
        found = standing(self._database, {outlet.name: outlet.site for outlet in all_outlets(self._database)})
        assert found is not None
        return found

    def ends(self) -> dict[str, int]:
        """Count the runs by how they ended."""
        ended = select(run.c.end_reason, func.count()).group_by(run.c.end_reason)
        with self._database.read() as connection:
            return {str(reason): count for reason, count in connection.execute(ended)}


def asked_again(server: ReplicaServer) -> int:
    """Count how often codes were asked for again; not by HTTP itself, as where a connection that was kept is reset."""
    rules = {code: server.faults.rule(code) for code in server.requests.codes}
    reset = {code for code, rule in rules.items() if rule is not None and rule.fault is Fault.RESET}
    return sum(times - 1 for code, times in server.requests.codes.items() if code not in reset)


def serve(outlets: int, cycles: int) -> Replicas:
    pace = CODES * DENSITY / (cycles + 10)
    replicas = Replicas.of(outlets, first=1, last=CODES, density=DENSITY, articles_per_day=pace)
    for server in replicas.values():
        for fault, share in FAULTS.items():
            server.faults.put_on_share(share, fault, heals_after=2, seconds=1)
    replicas.clock = min(world.timeline.starts for world in replicas.worlds) + 10 * DAY
    return replicas


def measure(options: argparse.Namespace) -> tuple[list[str], bool]:
    """Give the lines of the report, and whether all is as it should be."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, database_url("postgresql", folder) as url:
        work, offset = Work(url), Path(folder) / "offset"
        with closing(Database(url)) as database, serve(options.outlets, options.cycles) as replicas:
            schema.init(database)
            work.follow(replicas, every=EVERY)
            move(replicas, offset, timedelta(0))
            machines = Machines(work, WORKER.format(offset=str(offset)), options.workers)
            proof = Proof(work, database, replicas, machines, offset)
            try:
                for _ in range(options.cycles):
                    proof.let_pass(1, options.every)
                for days in QUIET:
                    proof.let_pass(days)
                late = 0
                while failed(database) and late < MOST_LATE:
                    proof.let_pass(1)
                    late += 1
                statuses = machines.end()
            finally:
                work.kill_all()
            left, reasons, found = proof.queue().of(RUNNING), proof.ends(), compare(database, replicas)
    broken = reasons.get("killed", 0) + reasons.get("token_lost", 0) + reasons.get("None", 0)
    slowest, how = max(machines.waits, default=(0.0, "none was lost"))
    figures = (
        ("runs", f"{sum(reasons.values()):,}, of them taken over {broken:,}"),
        *((f"times {what}", f"{times}") for what, times in machines.done.items()),
        ("days after the quiet ones, until no visit that failed waited for another", f"{late}"),
        ("articles of the truths", f"{found.there:,}"),
        ("… not stored, or not as they are", f"{len(found.missing)}"),
        ("… stored as the parser reads their pages now, which is not the truth", f"{len(found.misread)}"),
        ("stored and not in the truths", f"{len(found.too_many)}"),
        (
            "codes asked for again within a cycle",
            f"{proof.repeated}, at most {broken * MOST_REPEATED:,} by the unwritten batches",
        ),
        ("requests at once to a group, at most", f"{proof.most_at_once}"),
        ("jobs left *doing*", f"{len(left)}"),
        ("a lost worker's last job taken after, at most", f"{slowest:.1f} s ({how}), with a stall of {STALL} s"),
        ("exit statuses: continued after a stop; at the end", f"{machines.left}; {statuses}"),
        ("workers that ended by themselves, and were started again", f"{machines.begun_anew}"),
        ("took", f"{time.monotonic() - began:.0f} s"),
    )
    is_well = not found.missing and not found.too_many and proof.most_at_once == 1 and not left and not any(statuses)
    is_well = is_well and slowest <= STALL + 10 and proof.repeated <= broken * MOST_REPEATED
    return ["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in figures), *codes(found)], is_well


def codes(found: Comparison) -> Iterator[str]:
    """Tell of each code that is not as it is on its site what the ledger says."""
    for what, told in (
        ("Not stored, or not as they are", found.missing),
        ("Read otherwise than the truth", found.misread),
        ("Not in the truths", found.too_many),
    ):
        if told:
            yield from ("", f"{what}:", "", *(f"- {line}" for line in told[:MOST_SHOWN]))


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
    subprocess.run([sys.executable, "-c", ELSEWHERE], check=True)  # which says so where it cannot be elsewhere
    lines, is_well = measure(options)
    print("\n".join(lines))
    if options.write:
        put("workers", "\n".join(lines))
    return int(not is_well)


if __name__ == "__main__":
    raise SystemExit(main())
