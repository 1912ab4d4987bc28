"""What a watchdog is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from asrcrawler.cli.reports.status_check import told
from asrcrawler.storage.figures.sources import Sources
from asrcrawler.storage.figures.verdicts import Evidence, problems
from asrcrawler.storage.visits.runs import Run

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def a_run(**given: Any) -> Run:
    moments: dict[str, Any] = {"started_at": NOW, "heartbeat_at": NOW, "ended_at": NOW}
    whose = {"id": 1, "site": "asrpress.ir", "host": "reykjavik", "process": "1 - - -", "token": None, "arguments": {}}
    end = {"end_reason": "finished", "exit_status": 0, "state": "ended"}
    counts = {"outcomes": {}, "requests": 0, "bytes": 0, "articles_new": 0, "articles_changed": 0}
    return Run(**moments | whose | end | counts | given)


def found(**given: Any) -> list[str]:
    usual: dict[str, Any] = {
        "last_good": a_run(ended_at=NOW - timedelta(hours=1)),
        "first_run": a_run(started_at=NOW - timedelta(days=100)),
        "coverage_before": 0.9,
        "coverage_now": 0.9,
    }
    evidence = Evidence(**({"sources": Sources({}, {})} | usual | given))
    return [told(problem, NOW) for problem in problems(evidence, longest=timedelta(hours=24), now=NOW)]


def test_all_is_well() -> None:
    assert found() == []
    assert found(coverage_before=None, coverage_now=None) == []


def test_a_last_good_run_that_is_too_old() -> None:
    (problem,) = found(last_good=a_run(ended_at=NOW - timedelta(hours=30)))
    assert problem.startswith("the last good run ended 30 h ago, ")


def test_without_any_good_run_all_is_not_well() -> None:
    (problem,) = found(last_good=None, first_run=a_run(started_at=NOW - timedelta(hours=2)))
    assert problem == "no run has ended well since the first one, 1404-12-10 13:30"


def test_a_run_of_the_future() -> None:
    (problem,) = found(run_ahead=a_run(heartbeat_at=NOW + timedelta(days=3650), ended_at=None))
    assert problem.startswith("a run was at work 1414-12-08 15:30, which is still to come: its clock was wrong")
    assert problem.endswith("(1404-12-10 15:30; host reykjavik)")


def test_a_field_that_has_left_its_place() -> None:
    sources = Sources({"title": {"page": 10, "missing": 90}}, {"title": {"page": 100}})
    assert found(sources=sources) == [
        "title: found on the page in 10% of the last 100 articles, 100% before; has the template changed?"
    ]


def test_an_archive_that_never_ran() -> None:
    assert found(last_good=None, first_run=None) == ["there was no run yet"]


@pytest.mark.parametrize(("now", "count"), [(0.95, 0), (0.895, 0), (0.85, 1)])
def test_coverage_that_fell(now: float, count: int) -> None:
    assert len(found(coverage_now=now)) == count
