"""Take jobs from the queue and hand them back, by Procrastinate's own functions in the archive's own transactions.

What Procrastinate leaves to its caller is done here: a job is reported on only by who has it, a job of a silent worker
goes to another one also where its successor waits already, and nothing is ever scheduled for later, as a job that waits
for its time keeps all others of its lock waiting.
"""

from __future__ import annotations

import socket
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import psycopg
from procrastinate import SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from sqlalchemy import delete, insert, text
from sqlalchemy.exc import DBAPIError

from asrcrawler.clock import utcnow
from asrcrawler.exceptions import JobLostError
from asrcrawler.storage.engine.postgresql import own_session_name, session_name
from asrcrawler.storage.models import worker
from asrcrawler.storage.queue.schema import look_into
from asrcrawler.system.processes import this_process

if TYPE_CHECKING:
    from collections.abc import Collection, Coroutine, Iterable, Iterator

    from sqlalchemy import Connection

    from asrcrawler.storage.engine.database import Database

T = TypeVar("T")

RUN, CODES = "run", "codes"
"""Tasks: a scheduled run of an outlet, a piece of a lease."""

AT_ONCE = datetime(2000, 1, 1, tzinfo=UTC)
"""A time that has come by any clock."""
FORGOTTEN_AFTER = 86_400  # seconds of silence after which a worker is shown no more

_QUEUE = "outlets"
_PRIORITY = {RUN: 1, CODES: 0}
_RESCUE = "rescue"  # what is locked while jobs of silent workers are taken; no site is called so

_OWN = text(
    "SELECT id FROM procrastinate_jobs"
    " WHERE id = :id AND status = 'doing' AND worker_id = :worker AND attempts = :attempts FOR UPDATE"
)
_FORGET_FAILURES = text(
    "DELETE FROM procrastinate_jobs WHERE queueing_lock = :lock AND id <> :id"
    " AND status IN ('failed', 'cancelled', 'aborted')"
)
_COUNT_SUCCESSOR_AS_BEGUN = text(
    "UPDATE procrastinate_jobs SET attempts = greatest(attempts, :attempts)"
    " WHERE queueing_lock = :lock AND status = 'todo'"
)
_SILENT = text(
    "SELECT host, process FROM worker JOIN procrastinate_workers ON id = number"
    " WHERE last_heartbeat < now() - :stall * interval '1 second'"
)
_END_SESSIONS = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE application_name = ANY(:names) AND datname = current_database() AND usename = current_user"
)
_FORGET_WORKERS = text("DELETE FROM worker WHERE number NOT IN (SELECT id FROM procrastinate_workers)")


class Wish(NamedTuple):
    """A job that is to wait in the queue, unless one like it is there already."""

    task: str
    outlet: str
    group: str
    """Of the jobs of a group, one is done at a time."""
    lease: int | None = None

    @property
    def name(self) -> str:
        """Name what there is one of at a time: ``tabnak:run``."""
        return f"{self.outlet}:{self.task}"


class Queue:
    """The queue as one worker sees it. Every method is one transaction, and blocks."""

    def __init__(self, database: Database, *, stall: float) -> None:
        """``stall``: seconds of silence after which a worker is taken for dead."""
        self._database = database
        self._stall = stall
        self._worker = 0

    def enter(self) -> None:
        """Become one of the workers."""
        with self._open() as (manager, connection):
            self._worker = _done(manager.register_worker())
            who = {"host": socket.gethostname(), "process": this_process(), "started_at": utcnow()}
            connection.execute(delete(worker).where(worker.c.number == self._worker))  # of a queue that was made anew
            connection.execute(insert(worker), {"number": self._worker, **who})

    def leave(self) -> None:
        """Be none of the workers any more; the jobs that this one still has are taken by others."""
        with self._open() as (manager, connection):
            _done(manager.unregister_worker(self._worker))
            connection.execute(delete(worker).where(worker.c.number == self._worker))

    def beat(self, held: list[Job], database: Database | None = None) -> None:
        """Say that this worker lives. Raises :exc:`JobLostError` where a job that it holds is no longer its own.

        ``held`` may change meanwhile: what was claimed or let go while the queue was asked is left for the next time.
        ``database``: over whose connection, unless over the queue's.
        """
        before = set(map(_turn, tuple(held)))
        with self._open(database=database) as (manager, _):
            _done(manager.update_heartbeat(self._worker))
            own = map(_turn, self._own(manager))
            if lost := before.intersection(map(_turn, tuple(held))).difference(own):
                raise _lost(min(lost)[0])

    def put(self, wishes: Iterable[Wish]) -> None:
        """Let jobs wait, except those that wait already or are being done."""
        with self._open() as (manager, connection):
            there = {
                job.queueing_lock
                for status in (Status.TODO, Status.DOING)
                for job in _done(manager.list_jobs_async(status=status.value))
            }
            for wish in wishes:
                if wish.name not in there:
                    _put(manager, connection, wish)

    def fetch(self) -> Job | None:
        """Take the first job whose group is free; None where there is none."""
        try:
            with self._open() as (manager, _):
                return _done(manager.fetch_job(queues=None, worker_id=self._worker))
        except UniqueViolation:  # another worker took one of the same group in this very moment
            return None

    def finish(self, job: Job, *, failed: bool = False) -> None:
        """Report that a job is done. It is deleted; a failed one stays until the next of its name has ended.

        Raises :exc:`JobLostError`.
        """
        assert job.id is not None
        with self._open() as (manager, connection):
            self._refuse_lost(connection, job)
            _finish(manager, connection, job, failed=failed)

    def hand_back(self, job: Job) -> None:
        """Let a job wait again, which was not begun. Raises :exc:`JobLostError`."""
        with self._open() as (manager, connection):
            self._refuse_lost(connection, job)
            _let_wait(manager, connection, job, failed=False)

    def rescue(self, held: Collection[Job]) -> list[Job]:
        """Let the jobs of silent workers wait again, and give them; what such a worker has locked is freed first.

        One's own that are ``held`` are left out, though one was silent; others were fetched while the connection broke,
        and nobody knows of them.
        """
        self._end_sessions_of_silent()
        known = set(map(_turn, held))
        with self._open(_RESCUE) as (manager, connection):
            silent = _done(manager.get_stalled_jobs(seconds_since_heartbeat=self._stall))
            stalled = [job for job in silent if job.worker_id != self._worker]
            stalled += [job for job in self._own(manager) if _turn(job) not in known]
            for job in stalled:
                _let_wait(manager, connection, job, failed=True)
            if _done(manager.prune_stalled_workers(max(FORGOTTEN_AFTER, self._stall))):
                connection.execute(_FORGET_WORKERS)
        return stalled

    def _own(self, manager: JobManager) -> Iterable[Job]:
        return _done(manager.list_jobs_async(status=Status.DOING.value, worker_id=self._worker))

    def _end_sessions_of_silent(self) -> None:
        """End what silent workers have open on the server.

        A process that was stopped while it sent rows is waited for without end, and keeps its locks so long: of the
        server's own limits, the one of a statement does not count then, nor that of an idle transaction.
        """
        with self._open() as (_, connection):
            silent = connection.execute(_SILENT, {"stall": self._stall}).all()
            if names := {session_name(host, process) for host, process in silent} - {own_session_name()}:
                connection.execute(_END_SESSIONS, {"names": sorted(names)})

    def _refuse_lost(self, connection: Connection, job: Job) -> None:
        """Check that a job is this worker's own, to the end of the transaction."""
        id_, attempts = _turn(job)
        if connection.scalar(_OWN, {"id": id_, "attempts": attempts, "worker": self._worker}) is None:
            raise _lost(id_)

    @contextmanager
    def _open(self, *locks: str, database: Database | None = None) -> Iterator[tuple[JobManager, Connection]]:
        """Open a transaction that Procrastinate works in. Raises :exc:`~asrcrawler.exceptions.StorageError`."""
        with (database or self._database).write(*locks) as connection:
            look_into(connection)
            try:
                yield JobManager(_Within(connection)), connection
            except UniqueViolation:
                raise
            except ConnectorException as error:
                cause = error.__cause__ or error
                raise DBAPIError.instance(None, None, cause, psycopg.Error, dialect=connection.dialect) from error


class _Within(SyncPsycopgConnector):
    """Procrastinate's own connector, within a transaction that is open already."""

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self.open(_Pool(connection.connection.driver_connection))  # type: ignore[arg-type]

    async def execute_query_async(self, query: Any, **arguments: Any) -> None:
        self.execute_query(query, **arguments)

    async def execute_query_one_async(self, query: Any, **arguments: Any) -> dict[str, Any]:
        return self.execute_query_one(query, **arguments)

    async def execute_query_all_async(self, query: Any, **arguments: Any) -> list[dict[str, Any]]:
        return self.execute_query_all(query, **arguments)


class _Pool(NamedTuple):
    """What the connector takes its connections from: always the same one."""

    only: Any

    def connection(self) -> nullcontext[Any]:
        return nullcontext(self.only)


def _done(coroutine: Coroutine[Any, Any, T]) -> T:
    """Give the result of a coroutine that waits for nothing: all that Procrastinate has no other form of."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    raise AssertionError("it waits")


def _put(manager: JobManager, connection: Connection, wish: Wish) -> None:
    job = Job(
        queue=_QUEUE,
        task_name=wish.task,
        lock=wish.group,
        queueing_lock=wish.name,
        priority=_PRIORITY[wish.task],
        task_kwargs={"outlet": wish.outlet, "lease": wish.lease},
    )
    try:
        with connection.begin_nested():
            manager.defer_job(job)
    except AlreadyEnqueued:  # by another worker, in this very moment
        pass


def _let_wait(manager: JobManager, connection: Connection, job: Job, *, failed: bool) -> None:
    """Let a job wait again. Where one of its name waits already, that one does the work, and this one is finished.

    Two workers that plan in the same moment put one each. The second is then done though its outlet is not due: what
    was begun by the first is not finished, and who made that run is not there any more.
    """
    try:
        with connection.begin_nested():
            _done(manager.retry_job(job, retry_at=AT_ONCE))
    except UniqueViolation:
        counted = {"attempts": job.attempts + 1, "lock": job.queueing_lock}
        connection.execute(_COUNT_SUCCESSOR_AS_BEGUN, counted)
        _finish(manager, connection, job, failed=failed)
    except ConnectorException:  # its worker has finished it in this very moment
        if _is_gone(connection, job):
            return
        raise


def _is_gone(connection: Connection, job: Job) -> bool:
    doing = text("SELECT id FROM procrastinate_jobs WHERE id = :id AND status = 'doing'")
    return connection.scalar(doing, {"id": job.id}) is None


def _finish(manager: JobManager, connection: Connection, job: Job, *, failed: bool) -> None:
    status = Status.FAILED if failed else Status.SUCCEEDED
    _done(manager.finish_job(job, status, delete_job=not failed))
    connection.execute(_FORGET_FAILURES, {"lock": job.queueing_lock, "id": job.id})


def _turn(job: Job) -> tuple[int, int]:
    """Give by what one turn of a job is known: each time it was let wait again, it has one attempt more."""
    assert job.id is not None
    return job.id, job.attempts


def _lost(job: int) -> JobLostError:
    return JobLostError(f"job {job} of the queue was taken by another worker, which took this one for dead")
