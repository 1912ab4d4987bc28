"""What is told of one code, and why it is or is not due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from asrcrawler.cli.reports.status_code import history, why
from tests.storage.samples import NOON

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


@pytest.mark.parametrize(
    ("change", "reason", "told"),
    [
        ("new", None, "new"),
        ("new", "a note", "new, a note"),
        (None, "a note", "a note"),
        (None, None, "unchanged"),
    ],
)
def test_a_visit_is_told_with_its_change_and_its_note(change: str | None, reason: str | None, told: str) -> None:
    visit: dict[str, Any] = {"at": NOON, "outcome": "stored", "http_status": 200, "size": 80_000}
    lines = history("asrpress.ir", 7, None, [visit | {"change": change, "reason": reason}], newest=7, now=NOON)
    assert [line.rpartition("  ")[2] for line in lines if "stored" in line] == [told]
