"""Keep the leases: spans of codes that workers visit piece by piece, each code once since the lease was made."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from asrcrawler.clock import utcnow
from asrcrawler.storage.models import lease, ledger

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from asrcrawler.spans import Span
    from asrcrawler.storage.engine.database import Database

PORTION = 10_000  # rows of the ledger that are read at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A span of codes, both ends included, and how far it has been visited."""

    id: int
    site: str
    first: int
    last: int
    next_code: int
    """All codes before it have been visited since the lease was made."""
    made_at: datetime
    not_before: datetime | None
    """When it goes on after a run that failed."""
    problem: str | None
    """Why its last run failed."""

    @property
    def left(self) -> int:
        """Count the codes from the next one on; some of them may have been visited already."""
        return self.last - self.next_code + 1


_COLUMNS = [lease.c[field.name] for field in fields(Lease)]


def make(database: Database, site: str, spans: Iterable[Span]) -> None:
    """Lease out the codes of a site, span by span, from now on."""
    now = utcnow()
    rows = [{"site": site, "first": first, "last": last, "next_code": first, "made_at": now} for first, last in spans]
    with database.write(site) as connection:
        connection.execute(insert(lease), rows)


def unfinished(database: Database) -> list[Lease]:
    """Read the leases with codes left, in the order in which they were made."""
    with database.read() as connection:
        return _leases(connection, lease.c.ended_at.is_(None))


def go_on(database: Database, id_: int) -> Lease | None:
    """Find out how far a lease has been visited, write that down, and give it; None where nothing of it is left."""
    with database.write() as connection:
        found = next(iter(_leases(connection, lease.c.id == id_, lease.c.ended_at.is_(None))), None)
        if found is None:
            return None
        next_code = _next_code(connection, found)
        done = {"ended_at": utcnow(), "problem": None} if next_code > found.last else {}
        connection.execute(update(lease).where(lease.c.id == id_).values(next_code=next_code, **done))
        return next(iter(_leases(connection, lease.c.id == id_, lease.c.ended_at.is_(None))), None)


def note(database: Database, id_: int, *, problem: str | None = None, not_before: datetime | None = None) -> None:
    """Write down how the last run of a lease went, and when the next one may come."""
    with database.write() as connection:
        connection.execute(update(lease).where(lease.c.id == id_).values(problem=problem, not_before=not_before))


def _next_code(connection: Connection, found: Lease) -> int:
    """Find the first code that was not visited since the lease was made; the one after the last where all were."""
    code = found.next_code
    since = ledger.c.site == found.site, ledger.c.visited_at >= found.made_at
    while code <= found.last:
        portion = min(code + PORTION - 1, found.last)
        visited = select(ledger.c.code).where(*since, ledger.c.code.between(code, portion)).order_by(ledger.c.code)
        for known in connection.scalars(visited):
            if known != code:
                return code
            code += 1
        if code <= portion:
            return code
    return code


def _leases(connection: Connection, *conditions: ColumnElement[bool]) -> list[Lease]:
    rows = connection.execute(select(*_COLUMNS).where(*conditions).order_by(lease.c.id)).mappings()
    return [Lease(**row) for row in rows]
