"""Turn figures into the shapes of a plot, in the plot's own units.

Pure: templates draw the shapes and the style sheet colours them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from asrcrawler.reader.words import number, short_day
from asrcrawler.text.calendar import TEHRAN

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from asrcrawler.reader.health import Day, Standing
    from asrcrawler.storage.figures.census import Cell

HEIGHT = 100
STEP = 10  # from one bar to the next
SHORTEST = 1.5  # least height of what is not 0, so that it can be seen

ORDER = ("stored", "missing", "unreadable", "refused", "failed", "unvisited")
"""Outcomes in a bar, from the bottom up."""

_ROUND = (1, 2, 3, 4, 5, 6, 8, 10)
_ROUND_SECONDS = (10, 30, 60, 120, 300, 600, 900, 1800, *(hours * 3600 for hours in (1, 2, 3, 6, 12, 18, 24, 36, 48)))


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a stacked bar."""

    outcome: str
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Stack:
    """One bar in the plot of all codes."""

    x: int
    cell: Cell
    segments: list[Segment]


@dataclass(frozen=True, slots=True)
class Bar:
    """The bar of one day; ``height`` is 0 where there is nothing to show."""

    x: int
    day: Day
    height: float
    whisker: float
    """Height that a second, thinner mark reaches."""


@dataclass(frozen=True, slots=True)
class Bars:
    """A plot of days."""

    width: int
    top: float
    """The value at the plot's upper edge."""
    bars: list[Bar]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a small chart; ``height`` is a share of it in hundredths."""

    words: str
    """What it stands for."""
    height: float
    tick: str
    """What stands below it; empty for nothing."""


def stacks(cells: Sequence[Cell]) -> list[Stack]:
    """Draw each cell as a bar of full height, where an outcome takes the share of the codes that ended with it."""
    return [Stack(place * STEP, cell, _segments(cell)) for place, cell in enumerate(cells)]


def counts(days: Sequence[Day]) -> Bars:
    """Draw how many articles each day had."""
    top = _round_number(max((day.articles for day in days), default=0))
    found = [Bar(place * STEP, day, _scaled(day.articles, top), 0) for place, day in enumerate(days)]
    return Bars(len(days) * STEP, top, found)


def lags(days: Sequence[Day]) -> Bars:
    """Draw the median lag of each day, and the 95th percentile as the thinner mark."""
    highest = max((day.lag_p95 or 0 for day in days), default=0)
    top = next((seconds for seconds in _ROUND_SECONDS if seconds >= highest), highest)
    found = [
        Bar(place * STEP, day, _scaled(day.lag or 0, top), _scaled(day.lag_p95 or 0, top))
        for place, day in enumerate(days)
    ]
    return Bars(len(days) * STEP, top, found)


def hours(counts: Sequence[int], now: datetime) -> list[Column]:
    """Draw how many articles each hour of a day had, up to ``now``."""
    top = max(counts, default=0)
    last = now.astimezone(TEHRAN).hour
    return [
        Column(
            words=f"ساعت {number(hour)}: {number(count)} خبر",
            height=_scaled(count, top),
            tick=f"ساعت {number(hour)}" if hour in {0, 6, 12, 18} else "",
        )
        for hour, count in enumerate(counts[: last + 1])
    ]


def days(counts: Sequence[tuple[date, int]], word: str) -> list[Column]:
    """Draw how many of something each day had; the first and the last day are named."""
    top = max((count for _, count in counts), default=0)
    named = {0, len(counts) - 1}
    return [
        Column(
            words=f"{short_day(day)}: {number(count)} {word}",
            height=_scaled(count, top),
            tick=short_day(day) if place in named else "",
        )
        for place, (day, count) in enumerate(counts)
    ]


def share(standing: Standing) -> list[Segment]:
    """Draw the codes of an archive as one bar that lies; ``y`` runs along it."""
    return _segments(standing)


def _segments(cell: Cell | Standing) -> list[Segment]:
    """Divide the height by shares; rare outcomes get :data:`SHORTEST`, which is taken from the largest."""
    heights = {
        outcome: max(cell.outcomes[outcome] / cell.total * HEIGHT, SHORTEST)
        for outcome in ORDER
        if cell.outcomes.get(outcome)
    }
    if heights:
        largest = max(heights, key=lambda outcome: heights[outcome])
        heights[largest] -= sum(heights.values()) - HEIGHT
    segments, y = [], float(HEIGHT)
    for outcome, height in heights.items():
        y -= height
        segments.append(Segment(outcome, round(y, 2), round(height, 2)))
    return segments


def _scaled(value: float, top: float) -> float:
    return round(max(value / top * HEIGHT, SHORTEST), 2) if value else 0


def _round_number(value: int) -> int:
    """Round up to a number whose first digit is followed by zeros, such as 30 or 400."""
    weight = 1
    while weight * 10 <= value:
        weight *= 10
    return next(step * weight for step in _ROUND if step * weight >= value)
