"""What is told of one code, and why it is or is not due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from asrcrawler.cli.reports.status_code import history, why
from asrcrawler.gone import Disappearance, Presence
from tests.storage.samples import DAY, NOON

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


@pytest.mark.parametrize(
    ("time", "told"),
    [
        (
            Disappearance(Presence.DOUBTFUL, NOON),
            "missing since 1403-02-12 15:30; that does not count until its run has",
        ),
        (Disappearance(Presence.WAITING, NOON), "missing since 1403-02-12 15:30; another look a day later tells"),
        (Disappearance(Presence.GONE, NOON, NOON + DAY), "gone since 1403-02-12 15:30, proved on 1403-02-13 15:30"),
        (
            Disappearance(Presence.BACK, NOON, NOON + DAY, NOON + 2 * DAY),
            "was gone from 1403-02-12 15:30 and was back on 1403-02-14 15:30",
        ),
    ],
)
def test_when_an_article_was_gone_is_told(time: Disappearance, told: str) -> None:
    lines = history("asrpress.ir", 7, None, [], [time], newest=7, now=NOON)
    assert [line.strip() for line in lines if line.strip().startswith(told)]


@pytest.mark.parametrize(("due", "told"), [(NOON, "later looks tell"), (None, "looked at with the old ones")])
def test_a_missing_code_with_a_stored_article(due: datetime | None, told: str) -> None:
    row = {"code": 5, "outcome": "missing", "streak": 2, "next_visit_at": due}
    assert told in why(row, newest=9_999, now=NOW, is_held=True)
