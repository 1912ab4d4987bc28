"""Keep a row for each run, and let only one at a time work on a site.

A run that has not ended blocks others while its process lives. Who lives is told by host, boot, process id and the
process's own start, so that neither a killed run nor a reused process id nor a reboot blocks for ever. Where the
process cannot be asked, on another host, in another container or while it is stopped, its heartbeat tells; of a run of
this process, whether it is still at work here.

Who was taken for dead may yet wake. So each run has a token, and proves by it in every transaction, before it writes,
that its row is still its own and open (:func:`writing`).
"""

from __future__ import annotations

import secrets
import socket
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, insert, null, select, update

from asrcrawler.clock import utcnow
from asrcrawler.exceptions import AnotherRunError, TokenLostError
from asrcrawler.policy import CLOCKS_APART
from asrcrawler.storage.models import run
from asrcrawler.storage.visits.counters import drop_empty, recount
from asrcrawler.storage.visits.gone import judge_looks
from asrcrawler.system import processes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, RowMapping

    from asrcrawler.storage.engine.database import Database

HEARTBEAT = timedelta(seconds=60)
DEAD_AFTER = timedelta(minutes=10)
"""A run whose process cannot be asked is taken for dead when it has been silent for so long, unless it says itself for
how long."""

KILLED = "killed"
WORKING = "working"
TOKEN_BYTES = 16

_tokens: dict[tuple[str, int], str] = {}
"""Database and id → token of every run that this process has at work."""


@dataclass(slots=True)
class RunFigures:
    """Count what a run has done so far."""

    outcomes: dict[str, int] = field(default_factory=dict)
    requests: int = 0
    bytes: int = 0
    articles_new: int = 0
    articles_changed: int = 0
    sources: list[dict[str, dict[str, int]]] = field(default_factory=list)
    """Articles by field and by the place that its value came from, in blocks of articles that followed each other. The
    last blocks are small, so that a field that leaves its place during a long run is noticed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Hold the row of a run as it was when it was read."""

    id: int
    site: str
    started_at: datetime
    heartbeat_at: datetime
    ended_at: datetime | None
    dead_after: int | None = None
    """Seconds of silence after which it may be taken for dead; None: :data:`DEAD_AFTER`."""
    host: str
    process: str
    """As :func:`asrcrawler.system.processes.this_process` writes it."""
    token: str | None = field(repr=False)
    arguments: dict[str, Any]
    end_reason: str | None
    exit_status: int | None
    outcomes: dict[str, int]
    requests: int
    bytes: int
    articles_new: int
    articles_changed: int
    state: str
    """``ended``, ``working``, or ``killed``, also of a run that no later one has closed yet."""


_COLUMNS = [run.c[each.name] for each in fields(Run) if each.name != "state"]
_own, _older = run.alias(), run.alias()
_REMEMBERED_BEFORE = (
    select(func.max(_older.c.id))
    .join(_own, _own.c.site == _older.c.site)
    .where(_own.c.id == bindparam("run_id"), _older.c.id < bindparam("run_id"), _older.c.memory.is_not(null()))
)
"""The last run before one that left anything; made once, as copies of the table are dear."""
_LAST_TOKEN = select(run.c.token).where(run.c.site == bindparam("own_site")).order_by(run.c.id.desc()).limit(1)


def begin_run(database: Database, site: str, arguments: dict[str, Any], *, dead_after: float | None = None) -> int:
    """Open a run and give its id; ``dead_after`` so many seconds of silence, others may take it for dead.

    Where the last run was of version 0.1, everything of the site is counted anew: that one did not count what it wrote.
    Raises :exc:`AnotherRunError` while another run works on the same site.
    """
    now = utcnow()
    with database.write(site) as connection:
        unended = _runs(connection, site, run.c.ended_at.is_(None))
        for other in unended:
            if other.state == WORKING:
                raise AnotherRunError(
                    f"another run on {site} is at work since {other.started_at:%Y-%m-%d %H:%M:%S} UTC"
                    f" (host {other.host}, process {other.process.partition(' ')[0]})"
                )
            ended_at = min(other.heartbeat_at, now)  # its clock may have been ahead
            _set(connection, other.id, ended_at=ended_at, end_reason=KILLED, exit_status=None)
        if unended:
            judge_looks(connection, site)
        last = connection.execute(_LAST_TOKEN, {"own_site": site}).first()
        if last is not None and last.token is None:  # of a version without, which may have written after the upgrade
            recount(connection, [site])
        token = secrets.token_hex(TOKEN_BYTES)
        values = {
            "site": site,
            "started_at": now,
            "heartbeat_at": now,
            "dead_after": None if dead_after is None else ceil(dead_after),
            "host": socket.gethostname(),
            "process": processes.this_process(),
            "token": token,
            "arguments": arguments,
            "outcomes": {},
        }
        run_id: int = connection.execute(insert(run).returning(run.c.id), values).scalar_one()
    _tokens[database.name, run_id] = token
    return run_id


@contextmanager
def writing(
    database: Database, run_id: int | None, *sites: str, figures: RunFigures | None = None, **values: Any
) -> Iterator[Connection]:
    """Open a transaction of a run of this process, which is a sign of life; ``figures`` and ``values`` go into its row.

    Raises :exc:`TokenLostError` before anything is written where another run has closed this one. Without ``run_id``:
    a transaction that no run makes.
    """
    with database.write(*sites) as connection:
        if run_id is not None:
            own = run.c.id == run_id, run.c.token == _tokens.get((database.name, run_id), ""), run.c.ended_at.is_(None)
            shown = _figures(figures) if figures else {}
            alive = update(run).where(*own).values({"heartbeat_at": utcnow()} | shown | values)
            if connection.execute(alive).rowcount != 1:
                raise TokenLostError(f"run {run_id} was taken for dead and closed by another one, and writes no more")
        yield connection


def keep_alive(database: Database, run_id: int, figures: RunFigures) -> None:
    """Write down that the run lives and what it has done."""
    with writing(database, run_id, figures=figures):
        pass


def keep_all_alive(database: Database) -> None:
    """Write down, in one statement, that every run lives which this process has at work on a database.

    Who has lost its token is left alone, and finds that out when it writes. A run that is writing in this very moment
    says itself that it lives, and is not waited for.
    """
    own = [token for (name, _), token in list(_tokens.items()) if name == database.name]
    if own:
        with database.write() as connection:
            alive = select(run.c.id).where(run.c.token.in_(own), run.c.ended_at.is_(None))
            idle = alive.with_for_update(skip_locked=True)
            connection.execute(update(run).where(run.c.id.in_(idle)).values(heartbeat_at=utcnow()))


def remember_plan(database: Database, run_id: int, memory: dict[str, Any]) -> None:
    """Write down what the frontier leaves for the next run; the memory of the run before is no longer needed."""
    with writing(database, run_id, memory=memory) as connection:
        if (forgotten := connection.scalar(_REMEMBERED_BEFORE, {"run_id": run_id})) is not None:
            _set(connection, forgotten, memory=null())


def end_run(database: Database, run_id: int, figures: RunFigures, *, reason: str, exit_status: int | None) -> None:
    """Close a run; without an exit status it is none that a watchdog takes for a crawl.

    Where that cannot be written, it is at work no more all the same.
    """
    now = utcnow()
    ended = {"ended_at": now, "heartbeat_at": now, "end_reason": reason[:100], "exit_status": exit_status}
    try:
        with database.read() as connection:
            site = connection.scalar(select(run.c.site).where(run.c.id == run_id)) or ""
        with writing(database, run_id, site, figures=figures, **ended) as connection:
            judge_looks(connection, site)
            drop_empty(connection, site)
    finally:
        _tokens.pop((database.name, run_id), None)


def last_memory(database: Database, site: str) -> dict[str, Any] | None:
    """Read what the last run that planned anything left behind."""
    with database.read() as connection:
        found: dict[str, Any] | None = connection.scalar(
            select(run.c.memory)
            .where(run.c.site == site, run.c.memory.is_not(null()))
            .order_by(run.c.id.desc())
            .limit(1)
        )
    return found


def last_runs(database: Database, site: str, limit: int) -> list[Run]:
    """Read the latest runs, newest first."""
    with database.read() as connection:
        return _runs(connection, site, limit=limit)


def first_run(database: Database, site: str) -> Run | None:
    """Read the earliest run."""
    with database.read() as connection:
        earliest = select(func.min(run.c.id)).where(run.c.site == site).scalar_subquery()
        return next(iter(_runs(connection, site, run.c.id == earliest)), None)


def last_good_run(database: Database, site: str) -> Run | None:
    """Read the latest run that ended with exit status 0; one that ended in the future is older than any."""
    return _latest(database, site, run.c.exit_status == 0, run.c.ended_at <= utcnow() + CLOCKS_APART)


def run_ahead(database: Database, site: str) -> Run | None:
    """Read the latest run that a wrong clock has put into the future, unless one has ended well since."""
    latest = utcnow() + CLOCKS_APART
    good = last_good_run(database, site)
    ahead = (run.c.started_at > latest) | (run.c.ended_at > latest) | (run.c.heartbeat_at > latest)
    return _latest(database, site, ahead, run.c.id > (good.id if good else 0))


def _latest(database: Database, site: str, *conditions: ColumnElement[bool]) -> Run | None:
    with database.read() as connection:
        return next(iter(_runs(connection, site, *conditions, limit=1)), None)


def _runs(connection: Connection, site: str, *conditions: ColumnElement[bool], limit: int | None = None) -> list[Run]:
    """Read runs, newest first."""
    wanted = select(*_COLUMNS).where(run.c.site == site, *conditions).order_by(run.c.id.desc()).limit(limit)
    now = utcnow()
    return [Run(**row, state=_state(row, now)) for row in connection.execute(wanted).mappings()]


def _state(row: RowMapping, now: datetime) -> str:
    if row["ended_at"] is not None:
        return KILLED if row["end_reason"] == KILLED else "ended"
    return WORKING if _is_alive(row, now) else KILLED


def _set(connection: Connection, run_id: int, **values: Any) -> None:
    connection.execute(update(run).where(run.c.id == run_id).values(**values))


def _figures(figures: RunFigures) -> dict[str, Any]:
    return {name: getattr(figures, name) for name in RunFigures.__slots__}


def _is_alive(row: RowMapping, now: datetime) -> bool:
    """Tell whether the process of a run that has not ended is still at work."""
    pid, start, boot, namespace = str(row["process"]).split(" ")
    here = row["host"] == socket.gethostname()
    if here and boot != processes.boot():
        return False
    if not here or namespace != processes.namespace():
        return _was_heard_of(row, now)
    if row["process"] == processes.this_process():
        return row["token"] in _tokens.values()
    if not processes.is_alive(int(pid), start):
        return False
    return not processes.is_stopped(int(pid)) or _was_heard_of(row, now)


def _was_heard_of(row: RowMapping, now: datetime) -> bool:
    """Tell whether a run gave a sign of life lately; it may lie a little ahead, as clocks may be apart."""
    dead_after = DEAD_AFTER if row["dead_after"] is None else timedelta(seconds=row["dead_after"])
    return bool(abs(row["heartbeat_at"] - now) < dead_after)
