"""What is told of one code."""

from __future__ import annotations

from typing import Any

import pytest

from asrcrawler.cli.reports.status_code import history
from tests.storage.samples import NOON


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
