"""Keep the visited codes as merged intervals.

A complete archive is one interval, however many codes it has. Planning reads intervals only, and no more of them than
it needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, select

from asrcrawler.spans import merge
from asrcrawler.storage.models import coverage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Connection

    from asrcrawler.spans import Span

NEARBY = 1_000  # codes; visited spans closer together than this are looked up at once
PAGE = 500  # intervals read at a time


def cover(connection: Connection, site: str, codes: Iterable[int]) -> None:
    """Add visited codes to the coverage of ``site``."""
    visited = merge((code, code) for code in codes)
    before = {
        span
        for first, last in merge(visited, apart=NEARBY)
        for span in _touching(connection, site, first - 1, last + 1)
    }
    after = set(merge([*before, *visited]))
    if gone := [first for first, _ in before - after]:
        connection.execute(delete(coverage).where(coverage.c.site == site, coverage.c.first.in_(gone)))
    if fresh := [{"site": site, "first": first, "last": last} for first, last in sorted(after - before)]:
        connection.execute(insert(coverage), fresh)


def gaps(connection: Connection, site: str, first: int, last: int) -> Iterator[Span]:
    """Find the spans of never visited codes within ``first`` … ``last`` (inclusive), the newest first."""
    while first <= last:
        page = _touching(connection, site, first, last, limit=PAGE)
        for covered_first, covered_last in page:
            if covered_last < last:
                yield covered_last + 1, last
            last = covered_first - 1
        if len(page) < PAGE:
            break
    if first <= last:
        yield first, last


def covered(connection: Connection, site: str, first: int, last: int) -> Iterator[Span]:
    """Find the spans of visited codes within ``first`` … ``last``, the newest first."""
    top = last
    while first <= top:
        page = _touching(connection, site, first, top, limit=PAGE)
        for covered_first, covered_last in page:
            yield max(covered_first, first), min(covered_last, last)
            top = covered_first - 1
        if len(page) < PAGE:
            return


def _touching(connection: Connection, site: str, first: int, last: int, *, limit: int | None = None) -> list[Span]:
    """Read the intervals that share a code with ``first`` … ``last``, the newest first.

    Intervals are disjoint: of those that begin before ``first`` only the last one can reach into it. So both ends of
    the search are bounds on the primary key.
    """
    own = coverage.c.site == site
    before = select(func.max(coverage.c.first)).where(own, coverage.c.first <= first).scalar_subquery()
    rows = connection.execute(
        select(coverage.c.first, coverage.c.last)
        .where(own, coverage.c.first >= func.coalesce(before, first), coverage.c.first <= last)
        .where(coverage.c.last >= first)
        .order_by(coverage.c.first.desc())
        .limit(limit)
    )
    return [(row.first, row.last) for row in rows]
