"""List the codes whose last visit had an outcome, with its reason and its capture; the highest code first."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, select

from asrcrawler.samaneh.urls import HIGHEST_CODE
from asrcrawler.storage.models import ledger, page, visit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from asrcrawler.storage.engine.database import Database


MOST_COUNTED = 50_000  # codes whose reasons are counted


class Visited(NamedTuple):
    """A code, and what became of its last visit."""

    code: int
    reason: str | None
    http_status: int | None
    visits: int
    visited_at: datetime | None
    next_visit_at: datetime | None
    """None where it is settled."""
    capture: bytes | None
    """SHA-256 of the last capture of the code; None where none is kept."""


_COLUMNS = [ledger.c[name] for name in Visited._fields if name != "capture"]


def codes(
    database: Database,
    site: str,
    outcome: str,
    *,
    reason: str | None = None,
    below: int = HIGHEST_CODE + 1,
    limit: int,
) -> list[Visited]:
    """Read a slice of the codes whose last visit had ``outcome``, below a code; ``reason``: only those with this one.

    Answered by an index; the rows that have another reason are passed over.
    """
    wanted = select(*_COLUMNS).where(ledger.c.site == site, ledger.c.outcome == outcome, ledger.c.code < below)
    if reason is not None:
        wanted = wanted.where(ledger.c.reason == reason)
    with database.read() as connection:
        rows = connection.execute(wanted.order_by(ledger.c.code.desc()).limit(limit)).mappings().all()
        digests = _captures(connection, site, [row["code"] for row in rows])
    return [Visited(**row, capture=digests.get(row["code"])) for row in rows]


def count_reasons(database: Database, site: str, outcome: str) -> Counter[str]:
    """Count the reasons of the highest codes with ``outcome``, at most :data:`MOST_COUNTED`: each row is read."""
    own = select(ledger.c.reason).where(ledger.c.site == site, ledger.c.outcome == outcome)
    latest = own.order_by(ledger.c.code.desc()).limit(MOST_COUNTED).subquery()
    reason = latest.c.reason
    counts = select(reason, func.count().label("codes")).where(reason.is_not(None)).group_by(reason)
    with database.read() as connection:
        return Counter({row.reason: row.codes for row in connection.execute(counts)})


def _captures(connection: Connection, site: str, wanted: Sequence[int]) -> dict[int, bytes]:
    """Find the last capture of each code whose bytes are still there."""
    if not wanted:
        return {}
    kept = (
        select(func.max(visit.c.id))
        .select_from(visit.join(page, page.c.id == visit.c.page_id))
        .where(visit.c.site == site, visit.c.code.in_(wanted), page.c.content.is_not(None))
        .group_by(visit.c.code)
    )
    rows = connection.execute(
        select(visit.c.code, page.c.digest).join(page, page.c.id == visit.c.page_id).where(visit.c.id.in_(kept))
    )
    return {row.code: row.digest for row in rows}
