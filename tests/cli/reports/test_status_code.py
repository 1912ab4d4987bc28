"""Why a code is or is not due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from asrcrawler.cli.reports.status_code import why

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ahead", "begins"),
    [
        (timedelta(hours=-2), "due for 2 h: "),
        (timedelta(hours=2), "not due before 1404-12-10 17:30, in 2 h: "),
        (
            timedelta(days=3650),
            "due: 1414-12-08 15:30 is further ahead than any visit is put off, so a ",
        ),
    ],
)
def test_a_failed_code(ahead: timedelta, begins: str) -> None:
    row = {"code": 5, "outcome": "failed", "streak": 1, "next_visit_at": NOW + ahead}
    assert why(row, newest=9, now=NOW).startswith(begins)
