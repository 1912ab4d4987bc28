"""Read how the queue stands, for people. Procrastinate itself is not needed for that, nor the right to write."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import text

from asrcrawler.endings import SILENT
from asrcrawler.exceptions import UnusableError
from asrcrawler.storage.queue.leases import Lease, unfinished
from asrcrawler.storage.queue.schema import look_into, version_of
from asrcrawler.storage.visits.runs import last_runs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from asrcrawler.storage.engine.database import Database

WAITING, RUNNING, FAILED = "waiting", "running", "failed"
"""States of a job."""
SILENT_AFTER = 60.0  # seconds; a worker that has been silent for so long stands out
RECENT = 20  # runs of an outlet among which the last scheduled one is looked for

_STATES = {"todo": WAITING, "doing": RUNNING, "failed": FAILED}
_TASKS = {"run": "scheduled run", "codes": "lease"}

_JOBS = text(
    "SELECT job.status::text, job.task_name, job.args->>'outlet' AS outlet, worker.host, worker.process,"
    " (SELECT max(at) FROM procrastinate_events AS event WHERE event.job_id = job.id AND event.at <= now()) AS since"
    " FROM procrastinate_jobs AS job LEFT JOIN worker ON worker.number = job.worker_id"
    " WHERE job.status IN ('todo', 'doing', 'failed')"
    " ORDER BY job.status DESC, since, job.id"
)
_WORKERS = text(
    "SELECT worker.host, worker.process, worker.started_at, alive.last_heartbeat,"
    " extract(epoch FROM now() - alive.last_heartbeat)::float AS silence,"
    " (SELECT count(*) FROM procrastinate_jobs AS job WHERE job.worker_id = alive.id AND job.status = 'doing') AS jobs"
    " FROM worker JOIN procrastinate_workers AS alive ON alive.id = worker.number"
    " ORDER BY worker.host, worker.started_at"
)


class JobStanding(NamedTuple):
    """A job in the queue."""

    state: str
    """``waiting``, ``running`` or ``failed``."""
    task: str
    """``scheduled run`` or ``lease``."""
    outlet: str
    host: str | None
    """Of the worker that has it, or had it last."""
    process: str | None
    since: datetime
    """When it came into this state."""
    why: str | None = None
    """Of a failed one: how its last run ended."""


class WorkerStanding(NamedTuple):
    """A worker of the queue."""

    host: str
    process: str
    started_at: datetime
    heard_at: datetime
    silence: float
    """Seconds since it was heard of, by the database's clock."""
    jobs: int
    """What it has in hand."""

    @property
    def number(self) -> str:
        """Give the number of its process on its host."""
        return self.process.partition(" ")[0]

    @property
    def is_silent(self) -> bool:
        """Tell whether it has been silent for so long that it stands out."""
        return self.silence > SILENT_AFTER


@dataclass(frozen=True, slots=True)
class QueueStanding:
    """All that is known of the queue at a moment."""

    workers: Sequence[WorkerStanding]
    jobs: Sequence[JobStanding]
    """Those that wait, then those that run, then those that failed; each the oldest first."""
    leases: Sequence[Lease]
    """Those with codes left."""

    def of(self, state: str) -> list[JobStanding]:
        """Give the jobs in a state."""
        return [job for job in self.jobs if job.state == state]

    def about(self, sites: Mapping[str, str]) -> QueueStanding:
        """Leave out the jobs and leases of other outlets; ``sites`` are those of the outlets, by name."""
        jobs = [job for job in self.jobs if job.outlet in sites]
        return replace(self, jobs=jobs, leases=[lease for lease in self.leases if lease.site in sites.values()])


def standing(database: Database, sites: Mapping[str, str]) -> QueueStanding | None:
    """Read the queue; None where there is none, or none that this user may read. ``sites`` are those of the outlets,
    by name, whose failures are told with their reasons. Raises :exc:`~asrcrawler.exceptions.StorageError`.
    """
    if database.path is not None:  # a file, which one worker alone works on
        return None
    try:
        with database.read() as connection:
            if version_of(connection) is None:
                return None
            look_into(connection)
            workers, jobs = _workers(connection), _jobs(connection)
    except UnusableError:
        return None
    leases = unfinished(database)
    told = [
        job._replace(why=_why(database, job, sites[job.outlet], leases))
        if job.state == FAILED and job.outlet in sites
        else job
        for job in jobs
    ]
    return QueueStanding(workers, told, leases)


def _workers(connection: Connection) -> list[WorkerStanding]:
    return [WorkerStanding(*row) for row in connection.execute(_WORKERS)]


def _jobs(connection: Connection) -> list[JobStanding]:
    return [
        JobStanding(_STATES[row.status], _TASKS.get(row.task_name, row.task_name), row.outlet, *row[3:])
        for row in connection.execute(_JOBS)
    ]


def _why(database: Database, job: JobStanding, site: str, leases: Sequence[Lease]) -> str:
    """Say why a job failed: what the row of its run says, or that its worker fell silent."""
    if job.task == _TASKS["codes"]:
        return next((lease.problem for lease in leases if lease.site == site and lease.problem), None) or SILENT
    scheduled = (run for run in last_runs(database, site, RECENT) if not run.arguments.get("codes"))
    last = next((run for run in scheduled if run.ended_at is not None and run.exit_status), None)
    return f"{last.end_reason}, exit status {last.exit_status}" if last else SILENT
