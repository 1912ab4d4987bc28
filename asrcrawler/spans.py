"""Handle sets of news codes as spans of first and last code."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

Span = tuple[int, int]
"""First and last code, both inclusive."""


def merge(spans: Iterable[Span], *, apart: int = 1) -> list[Span]:
    """Merge spans into ascending ones that neither overlap nor touch.

    Codes that differ by at most ``apart`` end up in one span, with all codes between them.

    >>> merge([(10, 12), (1, 3), (4, 5)])
    [(1, 5), (10, 12)]
    >>> merge([(1, 3), (5, 6)], apart=2)
    [(1, 6)]
    """
    merged: list[Span] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1] + apart:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged
