"""Give its runs to a worker that is one of several, on one machine or many: from the queue beside the archive.

What is due is decided as by a worker that is alone, from the archive's rows; every worker puts it into the queue, where
it waits once. The queue then decides who makes a run. A job of the queue that is no longer due is dropped, as another
worker has made its run meanwhile.
"""

from __future__ import annotations

import asyncio
from contextlib import nullcontext, suppress
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Self

from asrcrawler.clock import utcnow
from asrcrawler.endings import CLOSED_BY_ANOTHER, SHUTDOWN
from asrcrawler.exceptions import JobLostError, SchemaError, StorageError
from asrcrawler.storage import Database
from asrcrawler.storage.migrations.revisions import HEAD
from asrcrawler.storage.outlets import all_outlets
from asrcrawler.storage.queue import leases, schema
from asrcrawler.storage.queue.jobs import CODES, RUN, Queue, Wish
from asrcrawler.storage.visits.starts import last_start
from asrcrawler.work.alone import AGAIN, Alone
from asrcrawler.work.jobs import Ended, Job
from asrcrawler.work.schedule import due_at

if TYPE_CHECKING:
    from collections.abc import Callable

    from procrastinate.jobs import Job as Waiting

    from asrcrawler.outlets import Outlet

CONNECTIONS = 2  # of the queue's own: one for what the worker asks, one for what it reports
LONGEST_LEASE = 600.0  # seconds of a run of a lease; a scheduled run of its group waits as long
PLAN = timedelta(seconds=2)  # between two looks at what is due, and at silent workers
RETRY = 2.0  # seconds between two tries to take over a run
MOST_TRIES = 60  # … that may be at work after all, under another process, or that the database has cut off
STEADY = 2  # signs of life in a row, before others are taken for dead: after an outage all have been silent


class Queued:
    """Give the jobs of a queue; for ``once``, each of them one time at most."""

    def __init__(self, url: str, *, stall: float, once: bool = False, clock: Callable[[], datetime] = utcnow) -> None:
        """``stall``: seconds of silence after which another worker's jobs are taken."""
        self._database = Database(url, connections=CONNECTIONS, idle=stall)
        self._queue = Queue(self._database, stall=stall)
        self._due = Alone(self._database, once=once, clock=clock)
        self._once = once
        self._clock = clock
        self._planned_at: datetime | None = None
        self._held: list[Waiting] = []
        """Jobs that are being done; a list, as it is copied in one step while another thread changes it."""
        self._reported: list[Waiting] = []
        """Jobs that are being handed back: their loss is told to who does that."""
        self._changing = Lock()
        """Held while a job leaves one of these: jobs are compared in Python, and another thread could come between."""
        self._done: set[str | None] = set()
        """Names of the jobs that were claimed, for ``once``."""
        self._beats = 0

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self._enter)
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self._leave)

    async def claim(self) -> Job | None:
        now = self._clock()
        if self._is_time_to_plan(now):
            await self._plan(now)
            self._planned_at = now
        return await asyncio.to_thread(self._claim, now)

    def beat(self, database: Database) -> None:
        try:
            self._queue.beat(self._held, database)
        except StorageError:
            self._beats = 0
            raise
        self._beats += 1

    async def release(self, job: Job, ended: Ended) -> None:
        if job.key.task_name == RUN:
            await self._due.release(job, ended)
            # What a silent worker began is tried until its run, too, is taken for dead: a run may be heard of later.
            # By its start, an outlet is not due again where its run was cut off.
            again = ended.was_cut_off or (not ended.was_made and job.key.attempts > 0)
            if again and job.key.attempts < MOST_TRIES:
                await asyncio.sleep(RETRY)
                await self.give_up(job)
                return
        await asyncio.to_thread(self._release, job, ended)

    async def give_up(self, job: Job) -> None:
        await asyncio.to_thread(self._report, job.key, self._queue.hand_back)

    def _enter(self) -> None:
        schema.check(self._database)
        self._queue.enter()

    def _leave(self) -> None:
        """Leave the queue. What is still held, of runs that did not end in time, others take."""
        with suppress(StorageError):
            self._queue.leave()
        self._database.close()

    def _is_time_to_plan(self, now: datetime) -> bool:
        if self._planned_at is None:
            return True
        return not self._once and not timedelta(0) <= now - self._planned_at < PLAN

    async def _plan(self, now: datetime) -> None:
        """Let wait what is due, and what silent workers had in hand."""
        await asyncio.to_thread(self._refuse_other_version)
        wishes = []
        while (job := await self._due.claim()) is not None:
            await self._due.give_up(job)
            wishes.append(Wish(RUN, job.outlet.name, job.outlet.server))
        await asyncio.to_thread(self._put, wishes, now)

    def _refuse_other_version(self) -> None:
        if (version := self._database.schema_version()) != HEAD:
            raise SchemaError(
                f"database {self._database.name}: its schema is {version} now, and this machine's {HEAD}; bring all"
                " machines to one version"
            )

    def _put(self, wishes: list[Wish], now: datetime) -> None:
        if self._beats >= STEADY:
            self._queue.rescue([*self._held, *self._reported])
        wishes += self._leases(now)
        if wishes:
            self._queue.put(wishes)

    def _leases(self, now: datetime) -> list[Wish]:
        """Wish for the first lease of each outlet that may go on."""
        unfinished = leases.unfinished(self._database)
        if not unfinished:
            return []
        outlets = {one.site: one for one in all_outlets(self._database) if one.followed and one.enabled}
        firsts: dict[str, leases.Lease] = {}
        for lease in unfinished:
            firsts.setdefault(lease.site, lease)
        return [
            Wish(CODES, outlets[site].name, outlets[site].server, lease.id)
            for site, lease in firsts.items()
            if site in outlets and (lease.not_before is None or lease.not_before <= now)
        ]

    def _claim(self, now: datetime) -> Job | None:
        while (fetched := self._queue.fetch()) is not None:
            if self._once and fetched.queueing_lock in self._done:
                self._queue.hand_back(fetched)
                return None
            self._done.update({fetched.queueing_lock} if self._once else ())
            if (job := self._job_of(fetched, now)) is not None:
                self._held.append(fetched)
                return job
            self._queue.finish(fetched)
        return None

    def _job_of(self, fetched: Waiting, now: datetime) -> Job | None:
        """Give what a job of the queue asks for; None where it is not to be done any more."""
        name = fetched.task_kwargs["outlet"]
        outlets = {one.name: one for one in all_outlets(self._database) if one.followed and one.enabled}
        outlet = outlets.get(str(name))
        if outlet is None:
            return None
        if fetched.task_name == CODES:
            return self._lease_job(fetched, outlet)
        # A job that another worker had in hand is done at once: what it began is not finished.
        return Job(outlet=outlet, key=fetched) if fetched.attempts or self._is_due(outlet, now) else None

    def _is_due(self, outlet: Outlet, now: datetime) -> bool:
        start = last_start(self._database, outlet.site)
        return due_at(outlet, start.at, start.rest_until, now, by_cron=self._once) <= now

    def _lease_job(self, fetched: Waiting, outlet: Outlet) -> Job | None:
        lease = leases.go_on(self._database, int(str(fetched.task_kwargs["lease"])))
        rest = last_start(self._database, outlet.site).rest_until
        if lease is None:
            return None
        if rest is not None and rest > self._clock():
            leases.note(self._database, lease.id, problem=lease.problem, not_before=rest)
            return None
        arguments = {"codes": f"{lease.next_code}-{lease.last}", "since": lease.made_at.isoformat()}
        return Job(outlet=outlet, arguments=arguments, longest=LONGEST_LEASE, key=fetched)

    def _release(self, job: Job, ended: Ended) -> None:
        failed = ended.was_made and ended.exit_status != 0 and ended.reason not in {SHUTDOWN, CLOSED_BY_ANOTHER}
        if job.key.task_name == CODES:
            id_ = int(str(job.key.task_kwargs["lease"]))
            leases.go_on(self._database, id_)
            problem = f"{ended.reason}, exit status {ended.exit_status}" if failed else None
            wait = timedelta(minutes=job.outlet.every) if failed else AGAIN
            well = ended.was_made and not failed
            leases.note(self._database, id_, problem=problem, not_before=None if well else self._clock() + wait)
        self._report(job.key, lambda held: self._queue.finish(held, failed=failed))

    def _report(self, job: Waiting, report: Callable[[Waiting], None]) -> None:
        """Report on a job, and hold it no longer.

        At a further try, one that is no longer this worker's own counts as reported: the try before may have arrived,
        though no answer came back.
        """
        with self._changing:
            if is_first := job in self._held:
                self._reported.append(job)
                self._held.remove(job)
        with nullcontext() if is_first else suppress(JobLostError):
            report(job)
        with self._changing:
            self._reported.remove(job)
