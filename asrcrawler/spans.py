"""Sets of news codes as spans: what is visited, what is asked for, what is to be looked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

Span = tuple[int, int]
"""First and last code, both inclusive."""


def merge(spans: Iterable[Span], *, apart: int = 1) -> list[Span]:
    """The same codes as ascending spans that neither overlap nor touch; gaps of less than ``apart`` are closed too."""
    merged: list[Span] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1] + apart:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged
