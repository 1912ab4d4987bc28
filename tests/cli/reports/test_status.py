"""The report of an archive."""

from __future__ import annotations

from datetime import UTC, datetime

from asrcrawler.cli.reports.status import report
from asrcrawler.items import NAMES, Outcome
from asrcrawler.storage.figures.sources import Sources
from asrcrawler.storage.figures.status import Figures

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FIGURES = Figures(
    newest=9,
    articles=9,
    duplicates=0,
    outcomes=dict.fromkeys(map(str, Outcome), 0),
    listed=0,
    visited=9,
    settled=9,
    due=0,
    due_by_outcome={"": 0},
    revisions=0,
    next_due_at=None,
    lag_median=None,
    lag_p95=None,
    covered=[(1, 9)],
)


def lines(sources: Sources) -> list[str]:
    return report("asrpress.ir", FIGURES, sources, [], database="sqlite:///asr.db", first_code=1, now=NOW)


def test_the_widest_places_fit_a_terminal_of_80_columns() -> None:
    everywhere = {"page": 3_337, "meta": 3_331, "jsonld": 3_333, "missing": 1_111}
    found = lines(Sources(dict.fromkeys(NAMES, everywhere), {}))
    assert "  published_jalali      page 30%, meta 29.9%, jsonld 29.9%, missing 9.9%" in found
    assert max(map(len, found)) <= 80


def test_without_counts_nothing_is_said_of_them() -> None:
    assert not [line for line in lines(Sources({}, {})) if "came from" in line]
    assert "Where the values of the last article came from" in lines(Sources({"title": {"page": 1}}, {}))
