"""Handle sets of news codes as spans of first and last code, and read those that people give."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asrcrawler.samaneh.urls import HIGHEST_CODE
from asrcrawler.text.numbers import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Span = tuple[int, int]
"""First and last code, both inclusive."""
_SPAN = re.compile(r"\s*(\d{1,10})\s*(?:-\s*(\d{1,10})\s*)?", re.ASCII)


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


@dataclass(frozen=True, slots=True)
class Codes:
    """A set of news codes as disjoint ascending spans ``(first, last)``, both inclusive."""

    spans: tuple[Span, ...]

    @classmethod
    def parse(cls, text: str) -> Codes:
        """Read ``32911``, ``32000-33000`` or a comma-separated list of both. Raises :exc:`ValueError`, saying why.

        >>> Codes.parse("۳۲۹۱۱، ۳۲۹۵۰–۳۲۹۶۰").spans
        ((32911, 32911), (32950, 32960))
        """
        return cls(tuple(merge(_span(part) for part in plain(text).split(","))))

    def __iter__(self) -> Iterator[int]:
        for first, last in self.spans:
            yield from range(first, last + 1)

    def __len__(self) -> int:
        return sum(last - first + 1 for first, last in self.spans)


def _span(part: str) -> Span:
    match = _SPAN.fullmatch(part)
    if match is None:
        raise ValueError("is not a list of codes such as 32911 or 32000-33000 or 32911,32950-32960")
    first, last = int(match[1]), int(match[2] or match[1])
    if first < 1 or last > HIGHEST_CODE:
        raise ValueError(f"has a code outside 1-{HIGHEST_CODE}")
    if first > last:
        raise ValueError(f"has a range that runs backwards: {first}-{last}")
    return first, last
