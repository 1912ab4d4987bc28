"""Write the report of ``scrapy status`` on several outlets: a line each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from asrcrawler.cli.output import Style, columns, styled
from asrcrawler.cli.reports.figures import duration, moment, number, percentage
from asrcrawler.cli.reports.status import as_json, iso, visited

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from asrcrawler.outlets import Outlet
    from asrcrawler.storage.figures.sources import Sources
    from asrcrawler.storage.figures.status import Figures
    from asrcrawler.storage.visits.runs import Run

NONE = "—"
HEADS = ("outlet", "articles", "visited", "lag", "last good run", "due", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the archive of one outlet stands."""

    outlet: Outlet
    first_code: int
    figures: Figures
    sources: Sources
    runs: Sequence[Run]
    last_good: Run | None
    problems: Sequence[str]
    """What is wrong with it; of a disabled one nothing is."""

    def as_json(self, now: datetime) -> dict[str, Any]:
        """Give it for machines: as one outlet by itself is told, and what the table adds."""
        told = as_json(self.outlet.site, self.figures, self.sources, self.runs, first_code=self.first_code, now=now)
        return (
            {"outlet": self.outlet.name}
            | told
            | {
                "enabled": self.outlet.enabled,
                "last_good_run_at": iso(self.last_good.ended_at) if self.last_good else None,
                "problems": list(self.problems),
            }
        )


def report(standings: Sequence[Standing], *, database: str, now: datetime) -> list[str]:
    """Write a table of outlets; ``database`` is the address, without a password."""
    head, *lines = columns([HEADS, *map(_row, standings)])
    told = [
        styled(line, Style.BAD) if standing.problems else line for line, standing in zip(lines, standings, strict=True)
    ]
    return [styled(f"{number(len(standings))} outlets, {moment(now)} in Tehran", Style.BOLD), database, "", head, *told]


def _row(standing: Standing) -> tuple[str, ...]:
    figures, last_good = standing.figures, standing.last_good
    return (
        standing.outlet.name,
        number(figures.articles),
        percentage(*visited(figures, standing.first_code)[1:]) if figures.newest else NONE,
        NONE if figures.lag_median is None else duration(figures.lag_median),
        moment(last_good.ended_at) if last_good and last_good.ended_at else NONE,
        number(figures.due),
        "; ".join(standing.problems) if standing.outlet.enabled else "disabled",
    )
