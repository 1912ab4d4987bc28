"""Keep the visited codes as merged intervals.

A complete archive is one interval, however many codes it has. Planning reads intervals only, and no more of them than
it needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Integer, bindparam, delete, func, select

from asrcrawler.spans import merge
from asrcrawler.storage.engine.rows import insert_tuples
from asrcrawler.storage.models import coverage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Connection, Select

    from asrcrawler.spans import Span

NEARBY = 1_000  # codes; visited spans closer together than this are looked up at once
PAGE = 500  # intervals read at a time


def _sharing() -> Select[int, int]:
    """Select the intervals that share a code with ``low`` … ``high``.

    Intervals are disjoint: of those that begin before ``low`` only the last one can reach into it. So both ends of the
    search are bounds on the primary key.
    """
    own = coverage.c.site == bindparam("site")
    low, high = bindparam("low", type_=Integer), bindparam("high", type_=Integer)
    before = select(func.max(coverage.c.first)).where(own, coverage.c.first <= low).scalar_subquery()
    return (
        select(coverage.c.first, coverage.c.last)
        .where(own, coverage.c.first >= func.coalesce(before, low), coverage.c.first <= high)
        .where(coverage.c.last >= low)
        .order_by(coverage.c.first.desc())
    )


_TOUCHING = _sharing()
_PAGE = _TOUCHING.limit(PAGE)
_UNCOVER = delete(coverage).where(coverage.c.site == bindparam("own_site"), coverage.c.first == bindparam("own_first"))


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
        connection.execute(_UNCOVER, [{"own_site": site, "own_first": first} for first in gone])
    fresh = [(site, *span) for span in sorted(after - before)]
    insert_tuples(connection, coverage, ("site", "first", "last"), fresh)


def gaps(connection: Connection, site: str, first: int, last: int) -> Iterator[Span]:
    """Find the spans of never visited codes within ``first`` … ``last`` (inclusive), the newest first."""
    while first <= last:
        page = _touching(connection, site, first, last, _PAGE)
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
        page = _touching(connection, site, first, top, _PAGE)
        for covered_first, covered_last in page:
            yield max(covered_first, first), min(covered_last, last)
            top = covered_first - 1
        if len(page) < PAGE:
            return


def _touching(
    connection: Connection, site: str, first: int, last: int, wanted: Select[int, int] = _TOUCHING
) -> list[Span]:
    """Read the intervals that share a code with ``first`` … ``last``, the newest first."""
    return [(row.first, row.last) for row in connection.execute(wanted, {"site": site, "low": first, "high": last})]
