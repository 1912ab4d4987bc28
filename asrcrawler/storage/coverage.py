"""The visited codes as merged intervals: what is not covered was never looked at.

An archive that is complete is one interval, however many codes it has; planning the sweep reads intervals only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from asrcrawler.storage.models import coverage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Connection

Span = tuple[int, int]
"""First and last code, both inclusive."""


def merge(spans: Iterable[Span]) -> list[Span]:
    """The same codes as ascending spans that neither overlap nor touch."""
    merged: list[Span] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def cover(connection: Connection, site: str, codes: Iterable[int]) -> None:
    """Add visited codes to the coverage of ``site``."""
    visited = merge((code, code) for code in codes)
    if not visited:
        return
    near = (
        select(coverage.c.first, coverage.c.last)
        .where(coverage.c.site == site, coverage.c.last >= visited[0][0] - 1, coverage.c.first <= visited[-1][1] + 1)
    )  # fmt: skip
    before = {(first, last) for first, last in connection.execute(near)}
    after = set(merge([*before, *visited]))
    if gone := [first for first, _ in before - after]:
        connection.execute(delete(coverage).where(coverage.c.site == site, coverage.c.first.in_(gone)))
    if fresh := [{"site": site, "first": first, "last": last} for first, last in after - before]:
        connection.execute(insert(coverage), fresh)


def gaps(connection: Connection, site: str, first: int, last: int) -> Iterator[Span]:
    """The spans of never visited codes within ``first`` … ``last`` (inclusive), the newest first."""
    rows = connection.execute(
        select(coverage.c.first, coverage.c.last)
        .where(coverage.c.site == site, coverage.c.first <= last, coverage.c.last >= first)
        .order_by(coverage.c.first.desc())
    )
    for covered_first, covered_last in rows:
        if covered_last < last:
            yield covered_last + 1, last
        last = covered_first - 1
    if first <= last:
        yield first, last
