"""A site whose template moves the date of publication out of its place, while it is crawled day by day."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

from asrcrawler.reader.library import Library
from asrcrawler.storage import Database
from tests.commands import invoke
from tests.end_to_end.crawling import SITE, simulated
from tests.reader.conftest import client_of

if TYPE_CHECKING:
    from pathlib import Path

FIFTH_DAY = 96  # hours after the first run
PLAN: dict[str, Any] = {
    "world": {"first": 1, "last": 1_000, "density": 0.5, "articles_per_day": 60},
    "from_hour": 48,
    "date_moves_at_hour": FIFTH_DAY,
    "settings": {"ASR_BACKFILL_PER_RUN": 0},
}
EVERY = 12  # hours


def warnings(text: str) -> list[str]:
    return [line for line in text.splitlines() if "has the template changed?" in line]


def shown(database_url: str) -> tuple[list[str], str, str]:
    """What ``status --check``, the health page and the metrics say."""
    check = invoke("status", "--check", settings={"ASR_DATABASE_URL": database_url})
    with closing(Database(database_url, read_only=True)) as database:
        client = client_of(Library(database=database, site=SITE))
        return warnings(check.stdout), client.get("/health").text, client.get("/metrics").text


def test_a_date_that_leaves_its_place_is_told_on_the_same_day(tmp_path: Path) -> None:
    database_url = f"sqlite:///{tmp_path / 'asr.db'}"
    falls = f'asrcrawler_field_falls{{outlet="asr",site="{SITE}"}}'

    hours = list(range(0, FIFTH_DAY, EVERY))
    rows, log = simulated(PLAN | {"hours": hours, "database_url": database_url})
    assert {row["status"] for row in rows[:-1]} == {0}
    checked, health, metrics = shown(database_url)
    assert (warnings(log), checked) == ([], [])
    assert "شاید قالب سایت تغییر کرده باشد" not in health
    assert f"{falls} 0.0" in metrics

    hours = list(range(FIFTH_DAY, FIFTH_DAY + 24, EVERY))
    rows, log = simulated(PLAN | {"hours": hours, "database_url": database_url})
    assert {row["status"] for row in rows[:-1]} == {0}
    checked, health, metrics = shown(database_url)
    [warning] = checked
    assert warning.startswith(f"{SITE}: published_at: found on the page in ")
    assert warnings(log)[-1].endswith(warning)
    assert "«تاریخ انتشار» تنها در " in health
    assert f"{falls} 1.0" in metrics
    assert f'asrcrawler_field_source_share{{field="published_at",outlet="asr",site="{SITE}",source="meta"}} ' in metrics
