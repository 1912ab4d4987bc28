"""Check the counters against the rows that they count."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import select

from asrcrawler.storage.checks.finding import Finding
from asrcrawler.storage.models import counter
from asrcrawler.storage.visits.counters import counted_anew, recount

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

NAME = "counters"


def find(connection: Connection) -> Iterator[Finding]:
    """Count everything anew, and name the sites where something else is written."""
    written = {tuple(row) for row in connection.execute(select(counter).where(counter.c.number != 0))}
    counted = {tuple(row) for counts in counted_anew(connection) for row in connection.execute(counts)}
    wrong: dict[str, set[str]] = defaultdict(set)
    for site, what, *_ in written ^ counted:
        wrong[site].add(what)
    for site, kinds in sorted(wrong.items()):
        yield Finding(NAME, f"there are not as many as are counted: {', '.join(sorted(kinds))}", site)


def repair(connection: Connection, findings: Sequence[Finding]) -> None:
    """Write down how many there are."""
    recount(connection, [found.site for found in findings if found.site is not None])
