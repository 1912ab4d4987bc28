"""Check the intervals of visited codes against the visits that the ledger knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, union

from asrcrawler.storage.checks.finding import Finding
from asrcrawler.storage.models import coverage as coverage_table
from asrcrawler.storage.models import ledger

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

    from asrcrawler.spans import Span

NAME = "coverage"
BATCH = 10_000  # ledger rows read at a time


def find(connection: Connection) -> Iterator[Finding]:
    sites = union(select(coverage_table.c.site), select(ledger.c.site))
    for site in sorted(connection.scalars(sites)):
        said, right = set(_said(connection, site)), set(_right(connection, site))
        for first, last in sorted(said - right):
            yield Finding(NAME, f"codes {first}-{last} stand as visited, and the ledger has it otherwise", site, first)
        for first, last in sorted(right - said):
            yield Finding(NAME, f"codes {first}-{last} were visited, and do not stand as one interval", site, first)


def repair(connection: Connection, findings: Sequence[Finding]) -> None:
    """Make the intervals of these sites anew."""
    for site in sorted({found.site for found in findings if found.site is not None}):
        connection.execute(delete(coverage_table).where(coverage_table.c.site == site))
        rows = [{"site": site, "first": first, "last": last} for first, last in _right(connection, site)]
        if rows:
            connection.execute(insert(coverage_table), rows)


def _said(connection: Connection, site: str) -> list[Span]:
    own = select(coverage_table.c.first, coverage_table.c.last).where(coverage_table.c.site == site)
    return [(row.first, row.last) for row in connection.execute(own)]


def _right(connection: Connection, site: str) -> Iterator[Span]:
    """Work the intervals out from the ledger, code after code, without holding the codes in memory."""
    visited = (
        select(ledger.c.code).where(ledger.c.site == site, ledger.c.first_visit_at.is_not(None)).order_by(ledger.c.code)
    )
    first = last = None
    for code in connection.execute(visited, execution_options={"yield_per": BATCH}).scalars():
        if last is not None and code == last + 1:
            last = code
            continue
        if first is not None and last is not None:
            yield first, last
        first = last = code
    if first is not None and last is not None:
        yield first, last
