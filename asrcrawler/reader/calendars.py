"""Turn counts of days and months into the cells of a calendar: how much, none, not visited yet, still to come. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from asrcrawler.reader.words import number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asrcrawler.spans import Span
    from asrcrawler.storage.figures.periods import Period

SHADES = 5
LEAST_UNVISITED = 0.05  # share of a period's codes; with less it counts as visited
MOST_UNVISITED = 0.5  # share of the codes between two articles; with more, what lies between is not visited yet
FEWEST_CODES = 20  # between two articles; fewer are the gaps that any archive has
WIDEST = 40  # codes for each article; in a wider span one of the dates is wrong, and the span says nothing


@dataclass(frozen=True, slots=True)
class Cell:
    """A day or a month in a calendar."""

    label: str
    path: str | None
    """None where there is nothing to show."""
    articles: int
    shade: str
    """Classes of the style sheet."""
    words: str
    """What it shows, in words."""


def spans(found: Sequence[Period], before: int | None, after: int | None) -> list[Span | None]:
    """Give for each period the codes that tell whether it was visited; None where no codes tell.

    They are those of its articles, or for a period without any those between the articles around it. ``before`` and
    ``after`` are the codes of the articles around all of them.
    """
    earlier = _last_known([period.highest for period in found], before)
    later = _last_known([period.lowest for period in reversed(found)], after)[::-1]
    given: list[Span | None] = []
    for period, last, following in zip(found, earlier, later, strict=True):
        if period.lowest is not None and period.highest is not None:
            wide = period.highest - period.lowest + 1 > WIDEST * period.articles
            given.append(None if wide else (period.lowest, period.highest))
        elif last is not None and following is not None and following - last > FEWEST_CODES:
            given.append((last + 1, following - 1))
        else:
            given.append(None)
    return given


def shades(found: Sequence[Period], own: Sequence[Span | None], unvisited: Sequence[int]) -> list[str]:
    """Choose the classes of each period; ``unvisited`` are the counts of those of ``own`` that are not None."""
    most = max((period.articles for period in found), default=0)
    left = iter(unvisited)
    given = []
    for period, span in zip(found, own, strict=True):
        share = next(left) / (span[1] - span[0] + 1) if span else 0
        if period.articles:
            partly = " hp" if share > LEAST_UNVISITED else ""
            given.append(f"h{-(-period.articles * SHADES // most)}{partly}")
        else:
            given.append("hx" if share > MOST_UNVISITED else "h0")
    return given


def in_words(name: str, articles: int, shade: str) -> str:
    """Say what a cell shows."""
    if articles:
        return f"{name}: {number(articles)} خبر{'، دریافت ناتمام' if 'hp' in shade else ''}"
    return f"{name}: {'هنوز دریافت‌نشده' if 'hx' in shade else 'بدون خبر'}"


def _last_known(codes: Sequence[int | None], start: int | None) -> list[int | None]:
    """Give for each place the last code known before it."""
    known, found = start, []
    for code in codes:
        found.append(known)
        known = code or known
    return found
