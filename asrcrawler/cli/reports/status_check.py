"""Say what is wrong with an archive, for ``scrapy status --check``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asrcrawler.cli.reports.figures import duration, moment
from asrcrawler.storage.figures.sources import warning
from asrcrawler.storage.figures.verdicts import Kind

if TYPE_CHECKING:
    from datetime import datetime

    from asrcrawler.storage.figures.verdicts import Problem


def told(problem: Problem, now: datetime) -> str:
    """Say in one line what is wrong."""
    at = "" if problem.at is None else moment(problem.at)
    ago = "" if problem.at is None else duration((now - problem.at).total_seconds())
    return {
        Kind.NO_RUN: "there was no run yet",
        Kind.NO_GOOD_RUN: f"no run has ended well since the first one, {at}",
        Kind.OLD: f"the last good run ended {ago} ago, {at}",
        Kind.AHEAD: (
            f"a run was at work {at}, which is still to come: its clock was wrong, or this one is"
            f" ({moment(now)}; host {problem.host})"
        ),
        Kind.COVERAGE: f"coverage fell from {problem.before:.1%} to {problem.now:.1%} of the known codes",
        Kind.FIELD: "" if problem.fall is None else warning(problem.fall, problem.articles),
    }[problem.kind]
