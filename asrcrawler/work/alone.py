"""Give its runs to a worker that is alone on an archive: by the clock and the archive's rows, without a queue."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from asrcrawler.clock import utcnow
from asrcrawler.storage import outlets
from asrcrawler.storage.visits.starts import last_start
from asrcrawler.work.jobs import Ended, Job
from asrcrawler.work.schedule import due_at

if TYPE_CHECKING:
    from collections.abc import Callable

    from asrcrawler.outlets import Outlet
    from asrcrawler.storage import Database

LOOK = timedelta(seconds=10)
"""After so long, at the latest, an outlet that was added, changed or removed is noticed."""
AGAIN = timedelta(minutes=1)
"""After so long an outlet is tried again whose run was not made."""


class Alone:
    """Give the runs of all followed, enabled outlets when they are due; for ``once``, each outlet one at most."""

    def __init__(self, database: Database, *, once: bool = False, clock: Callable[[], datetime] = utcnow) -> None:
        self._database = database
        self._once = once
        self._clock = clock
        self._outlets: dict[str, Outlet] = {}
        self._looked_at: datetime | None = None
        self._not_before: dict[str, datetime] = {}
        """Outlet → moment before which it is not due, as far as is known; the database is asked when it has come."""
        self._claimed: dict[str, Job] = {}
        """Group → the job that holds it."""
        self._done: set[str] = set()
        """Outlets that have had their turn, for ``once``."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    async def claim(self) -> Job | None:
        return await asyncio.to_thread(self._claim)

    def beat(self, database: Database) -> None:
        """Do nothing: nobody else could take a job."""

    async def release(self, job: Job, ended: Ended) -> None:
        self._free(job)
        if not ended.was_made:
            self._not_before[job.outlet.name] = self._clock() + AGAIN

    async def give_up(self, job: Job) -> None:
        self._free(job)

    def _claim(self) -> Job | None:
        now = self._clock()
        self._look(now)
        at_work = {job.outlet.name for job in self._claimed.values()}
        idle = [one for one in self._outlets.values() if one.name not in at_work and one.server not in self._claimed]
        waiting = [outlet for outlet in idle if self._not_before[outlet.name] <= now]
        for outlet in sorted(waiting, key=lambda outlet: self._not_before[outlet.name]):
            due = self._due_at(outlet, now)
            if due <= now and outlet.name not in self._done:
                job = Job(outlet=outlet)
                self._claimed[outlet.server] = job
                # Where its run never gets a row, it is not begun again and again.
                self._not_before[outlet.name] = now + AGAIN
                if self._once:
                    self._done.add(outlet.name)
                return job
            self._not_before[outlet.name] = due
        return None

    def _due_at(self, outlet: Outlet, now: datetime) -> datetime:
        start = last_start(self._database, outlet.site)
        return due_at(outlet, start.at, start.rest_until, now, by_cron=self._once)

    def _look(self, now: datetime) -> None:
        """Read the outlets, if that was not done lately."""
        if self._looked_at is not None and timedelta(0) <= now - self._looked_at < LOOK:
            return
        there = [outlet for outlet in outlets.all_outlets(self._database) if outlet.followed and outlet.enabled]
        self._looked_at = now
        before, self._outlets = self._outlets, {outlet.name: outlet for outlet in there}
        for name, outlet in self._outlets.items():
            if before.get(name) != outlet:
                self._not_before[name] = now
        self._not_before = {name: self._not_before[name] for name in self._outlets}

    def _free(self, job: Job) -> None:
        self._claimed.pop(job.outlet.server, None)
