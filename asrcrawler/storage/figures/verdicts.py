"""Judge an archive: what is wrong with it, for ``scrapy status --check`` and for the reading room alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum, auto
from typing import TYPE_CHECKING

from asrcrawler.storage.figures.sources import Sources, sources
from asrcrawler.storage.figures.status import coverage_at
from asrcrawler.storage.visits.runs import first_run, last_good_run, run_ahead

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from asrcrawler.policy import Fall
    from asrcrawler.storage.engine.database import Database
    from asrcrawler.storage.visits.runs import Run

COVERAGE_BEFORE = timedelta(days=1)
"""How far back in time coverage is compared."""
COVERAGE_TOLERANCE = 0.01  # of all codes; a few of the newest ones always wait for their visit


class Kind(StrEnum):
    """What can be wrong."""

    NO_RUN = auto()
    NO_GOOD_RUN = auto()
    OLD = auto()
    """The last good run is too old."""
    AHEAD = auto()
    """A run of the future: a clock is wrong."""
    COVERAGE = auto()
    """Less of the archive is visited than before."""
    FIELD = auto()
    """A field has left its place on the pages."""

    @property
    def is_standstill(self) -> bool:
        """Tell whether nothing is fetched any more."""
        return self in {Kind.NO_RUN, Kind.NO_GOOD_RUN, Kind.OLD}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that is wrong, with what there is to say of it."""

    kind: Kind
    at: datetime | None = None
    """When the first run began, the last good one ended, or the one of the future was at work."""
    host: str = ""
    """Where the run of the future was at work."""
    before: float = 0
    """Share of the codes that had been visited a day ago."""
    now: float = 0
    """Share of the codes that are visited."""
    fall: Fall | None = None
    articles: int = 0
    """The last articles, among which the field has left its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What an archive is judged by."""

    last_good: Run | None
    first_run: Run | None
    run_ahead: Run | None = None
    coverage_before: float | None
    """Share of the known codes visited at least once, a day ago; None where it cannot be said."""
    coverage_now: float | None
    sources: Sources


def evidence(database: Database, site: str, *, first_code: int, sweeps: bool, now: datetime) -> Evidence:
    """Collect what the archive of ``site`` is judged by.

    ``sweeps``: whether crawls visit the older archive; without, codes that nothing names stay unvisited.
    """
    return Evidence(
        last_good=last_good_run(database, site),
        first_run=first_run(database, site),
        run_ahead=run_ahead(database, site),
        coverage_before=coverage_at(database, site, first_code, now - COVERAGE_BEFORE) if sweeps else None,
        coverage_now=coverage_at(database, site, first_code, now) if sweeps else None,
        sources=sources(database, site),
    )


def problems(found: Evidence, *, longest: timedelta, now: datetime) -> Iterator[Problem]:
    """Tell what is wrong; ``longest`` is how old the last good run may be. Pure."""
    last_good, ahead = found.last_good, found.run_ahead
    if found.first_run is None:
        yield Problem(kind=Kind.NO_RUN)
    elif last_good is None:
        yield Problem(kind=Kind.NO_GOOD_RUN, at=found.first_run.started_at)
    elif last_good.ended_at and now - last_good.ended_at > longest:
        yield Problem(kind=Kind.OLD, at=last_good.ended_at)
    if ahead is not None:
        latest = max(at for at in (ahead.started_at, ahead.heartbeat_at, ahead.ended_at) if at)
        yield Problem(kind=Kind.AHEAD, at=latest, host=ahead.host)
    before, current = found.coverage_before, found.coverage_now
    if before is not None and current is not None and current < before - COVERAGE_TOLERANCE:
        yield Problem(kind=Kind.COVERAGE, before=before, now=current)
    for fall in found.sources.falls:
        yield Problem(kind=Kind.FIELD, fall=fall, articles=found.sources.articles)
