"""Collect the figures of the health page, for people and machines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import median, quantiles
from typing import TYPE_CHECKING, Literal

from asrcrawler.gone import Presence
from asrcrawler.storage.figures.census import Cell, census, lags, newest_publication
from asrcrawler.storage.figures.changes import count_gone
from asrcrawler.storage.figures.counted import counts
from asrcrawler.storage.figures.periods import count_published
from asrcrawler.storage.figures.space import Space, space
from asrcrawler.storage.figures.status import Figures, figures
from asrcrawler.storage.figures.verdicts import Problem, evidence, problems
from asrcrawler.storage.visits.runs import WORKING, last_runs
from asrcrawler.text.calendar import day_of, midnight

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from asrcrawler.storage import Database
    from asrcrawler.storage.figures.counted import Counts
    from asrcrawler.storage.figures.sources import Sources
    from asrcrawler.storage.visits.runs import Run

CELLS = 120  # of the picture of all codes
DAYS = 45  # of the plots
RUNS_SHOWN = 8
FEWEST_RUNS = 4  # whose beginnings tell when the next one comes
LONGEST = timedelta(hours=24)
"""How old the last good run may be; as ``scrapy status --check`` has it unless told."""

Judgement = Literal["good", "warn", "bad"]


@dataclass(frozen=True, slots=True)
class Day:
    """What was published on a day, and how soon it was found."""

    day: date
    articles: int
    lag: float | None
    """Median in seconds; None where no article of that day was found while young."""
    lag_p95: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The figures of an archive at a moment."""

    at: datetime
    first: int
    """The code at which the archive begins."""
    figures: Figures
    cells: Sequence[Cell]
    days: Sequence[Day]
    """Oldest first."""
    runs: Sequence[Run]
    """Newest first."""
    last_good: Run | None
    sources: Sources
    """Where the values of the last articles came from."""
    problems: Sequence[Problem]
    """What is wrong, as ``scrapy status --check`` finds it."""
    space: Space
    gone: int
    """Articles that the site no longer has."""

    @property
    def due(self) -> Mapping[str, int]:
        """Codes that wait for a visit, by the outcome of their last one; an empty name for those never visited."""
        return self.figures.due_by_outcome

    @property
    def is_working(self) -> bool:
        """Tell whether a crawl is at work."""
        return any(run.state == WORKING for run in self.runs)

    @property
    def judgement(self) -> Judgement:
        """Sum up the problems: ``bad`` where nothing is fetched any more, ``warn`` where something else is wrong."""
        if any(problem.kind.is_standstill for problem in self.problems):
            return "bad"
        return "warn" if self.problems else "good"

    @property
    def next_run_at(self) -> datetime | None:
        """Estimate when the next run begins, by the time between the last ones; None where they do not tell."""
        starts = [run.started_at for run in self.runs]
        if len(starts) < FEWEST_RUNS:
            return None
        apart = median((later - earlier).total_seconds() for later, earlier in pairwise(starts))
        expected = starts[0] + timedelta(seconds=apart)
        return expected if expected > self.at else None

    @property
    def total(self) -> int:
        """Count the codes of the archive: from its first to the newest."""
        return sum(cell.total for cell in self.cells)

    @property
    def visited(self) -> int:
        return self.total - self.outcomes["unvisited"]

    @property
    def outcomes(self) -> Mapping[str, int]:
        """Count all codes of the archive by outcome."""
        names = (*self.figures.outcomes, "unvisited")
        return {name: sum(cell.outcomes.get(name, 0) for cell in self.cells) for name in names}


@dataclass(frozen=True, slots=True)
class Common:
    """What is asked of the database once, however many archives are looked at."""

    counts: Mapping[str, Counts]
    space: Space


def common(database: Database, sites: Sequence[str], now: datetime) -> Common:
    """Ask what the standings of ``sites`` have in common. Raises :exc:`~asrcrawler.exceptions.StorageError`."""
    return Common(counts(database, sites, now), space(database))


def standing(
    database: Database, site: str, first: int, now: datetime, *, sweeps: bool = True, given: Common | None = None
) -> Standing:
    """Count everything from ``first``, the code at which the archive begins.

    ``sweeps``: whether crawls visit the older archive; ``given``: what was asked for several archives. Raises
    :exc:`~asrcrawler.exceptions.StorageError`.
    """
    given = given or common(database, [site], now)
    counted = figures(database, site, now, counted=given.counts[site])
    found = evidence(database, site, first_code=first, sweeps=sweeps, now=now)
    return Standing(
        at=now,
        first=first,
        figures=counted,
        cells=census(database, site, first, counted.newest, CELLS),
        days=_days(database, site, now),
        runs=last_runs(database, site, RUNS_SHOWN),
        last_good=found.last_good,
        sources=found.sources,
        problems=list(problems(found, longest=LONGEST, now=now)),
        space=given.space,
        gone=count_gone(database, sites=site)[Presence.GONE],
    )


def _days(database: Database, site: str, now: datetime) -> list[Day]:
    """Count the articles of the last :data:`DAYS` days, up to today or, in an older archive, to its newest article."""
    newest = newest_publication(database, site, now)
    if newest is None:
        return []
    last = day_of(newest) if now - newest > timedelta(days=DAYS) else day_of(now)
    days = [last - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    edges = [midnight(day) for day in [*days, last + timedelta(days=1)]]
    counts = count_published(database, site, edges)
    found: dict[date, list[float]] = {}
    for published, lag in lags(database, site, edges[0], edges[-1]):
        found.setdefault(day_of(published), []).append(lag)
    return [
        Day(day, count, median(found[day]) if day in found else None, _p95(found.get(day)))
        for day, count in zip(days, counts, strict=True)
    ]


def _p95(values: list[float] | None) -> float | None:
    if not values:
        return None
    return quantiles(values, n=20, method="inclusive")[-1] if len(values) > 1 else values[0]
