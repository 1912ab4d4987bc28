"""Find what is wrong with an archive, for ``scrapy status --check``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asrcrawler.cli.reports.figures import duration, moment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from asrcrawler.storage.visits.runs import Run

COVERAGE_TOLERANCE = 0.01  # of all codes; a few of the newest ones always wait for their visit


def problems(
    *,
    last_good: Run | None,
    first_run: Run | None,
    run_ahead: Run | None = None,
    coverage_before: float | None,
    coverage_now: float | None,
    longest: timedelta,
    now: datetime,
    fallen: Sequence[str] = (),
) -> list[str]:
    """Find what is wrong: no run was good, the last good one is older than ``longest``, a clock was ahead, less of the
    archive is visited than before, or a field has left its place on the pages.

    ``run_ahead`` is a run of the future. ``coverage_…`` are the shares of the known codes visited at least once, None
    where it cannot be said; ``fallen`` says of each field that has left its place how often it is found there.
    """
    found = []
    if first_run is None:
        found.append("there was no run yet")
    elif last_good is None:
        found.append(f"no run has ended well since the first one, {moment(first_run.started_at)}")
    elif last_good.ended_at and now - last_good.ended_at > longest:
        ago = duration((now - last_good.ended_at).total_seconds())
        found.append(f"the last good run ended {ago} ago, {moment(last_good.ended_at)}")
    if run_ahead is not None:
        latest = max(at for at in (run_ahead.started_at, run_ahead.heartbeat_at, run_ahead.ended_at) if at)
        found.append(
            f"a run was at work {moment(latest)}, which is still to come: its clock was wrong, or this one is"
            f" ({moment(now)}; host {run_ahead.host})"
        )
    if coverage_before is not None and coverage_now is not None and coverage_now < coverage_before - COVERAGE_TOLERANCE:
        found.append(f"coverage fell from {coverage_before:.1%} to {coverage_now:.1%} of the known codes")
    return [*found, *fallen]
