"""Write single figures for people: moments, durations, sizes, a bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asrcrawler.text.calendar import jalali

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

MINUTE, HOUR, DAY = 60, 3600, 86400  # seconds
SHORTEST_IN_DAYS = 2 * DAY  # seconds; shorter durations are told in hours

EMPTY, FULL = "·", "█"
PARTS = "▁▂▃▄▅▆▇"
"""Cells that are filled in part, the emptiest first."""


def moment(at: datetime) -> str:
    """Write a moment as ``1403-09-04 12:30``, in Tehran."""
    return jalali(at)


def number(value: int) -> str:
    return f"{value:,}"


def duration(seconds: float) -> str:
    """Write ``34 s``, ``12 min``, ``3 h 20 min`` or ``5 days``: no more exact than is of use.

    >>> duration(750)
    '12 min'
    """
    whole = round(abs(seconds))
    if whole < MINUTE:
        return f"{whole} s"
    if whole < HOUR:
        return f"{whole // MINUTE} min"
    if whole < SHORTEST_IN_DAYS:
        hours, rest = divmod(whole, HOUR)
        minutes = rest // MINUTE
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{whole // DAY} days"


def size(count: int) -> str:
    """Write a number of bytes as ``78 KB`` or ``1.2 MB``; a kilobyte has 1,000.

    >>> size(78_400)
    '78 KB'
    """
    if count < 1000:
        return f"{count} B"
    if count < 1_000_000:
        return f"{count / 1000:.0f} KB"
    if count < 1_000_000_000:
        return f"{count / 1e6:.1f} MB"
    return f"{count / 1e9:.1f} GB"


def percentage(part: int, whole: int) -> str:
    """Write a share as ``4.5%``, rounded down, so that 100% means all.

    >>> percentage(1999, 2000)
    '99.9%'
    """
    return f"{part * 1000 // whole / 10:g}%" if whole else "0%"


def bar(spans: Iterable[tuple[int, int]], first: int, last: int, width: int) -> str:
    """Draw the codes ``first`` … ``last`` in ``width`` cells, filled by the share of them that ``spans`` have.

    >>> bar([(1, 10), (16, 20)], 1, 30, width=6)
    '██·█··'
    """
    return "".join(_cell(share) for share in filling(spans, first, last, width))


def filling(spans: Iterable[tuple[int, int]], first: int, last: int, width: int) -> list[float]:
    """Give, for each of at most ``width`` cells, the share of its codes that ``spans`` (disjoint, inclusive) have.

    >>> filling([(1, 10)], 1, 20, width=4)
    [1.0, 1.0, 0.0, 0.0]
    """
    total = last - first + 1
    if total <= 0:
        return []
    cells = min(width, total)
    edges = [first + total * cell // cells for cell in range(cells + 1)]
    found = [0] * cells
    for span_first, span_last in spans:
        _fill(found, edges, max(span_first, first), min(span_last, last))
    return [count / (edges[cell + 1] - edges[cell]) for cell, count in enumerate(found)]


def _fill(found: list[int], edges: Sequence[int], first: int, last: int) -> None:
    cells = len(found)
    total = edges[-1] - edges[0]
    if first > last:
        return
    cell = min((first - edges[0]) * cells // total, cells - 1)
    while cell < cells and edges[cell] <= last:
        found[cell] += max(min(last, edges[cell + 1] - 1) - max(first, edges[cell]) + 1, 0)
        cell += 1


def _cell(share: float) -> str:
    if share <= 0:
        return EMPTY
    if share >= 1:
        return FULL
    return PARTS[int(share * len(PARTS))]
