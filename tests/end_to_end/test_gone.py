"""Months of cron: deletions, restorations, an outage of 404s, late deletions. What is told is exactly what happened."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from asrcrawler.gone import Presence, is_outage
from asrcrawler.items import Change
from asrcrawler.replica import World
from asrcrawler.storage.articles.edits import edits
from asrcrawler.storage.articles.export import Selection, export_articles
from asrcrawler.storage.articles.gone import missed
from asrcrawler.storage.checks import findings
from asrcrawler.storage.models import revision, run
from tests.end_to_end.crawling import Crawl, simulated

if TYPE_CHECKING:
    from pathlib import Path

    from asrcrawler.storage import Database

WORLD: dict[str, Any] = {"first": 1, "last": 400, "density": 0.5, "articles_per_day": 30, "deletion_share": 0.06}
DAY = 24  # hours
FIRST_HOUR = 48
SETTLED = 95 * DAY  # all articles are past the age of edits, and the last look at them is a month ago
HOURS = [
    *range(0, 9 * DAY, 12),
    *(day * DAY for day in (9, 10, 11, 12, 14, 16, 18, 21, 24, 28, 32, 40, 48, 56, 64, 72)),
    *(SETTLED + day * DAY for day in range(8)),
]
OUTAGES = [5 * DAY, 6 * DAY]  # the second one when the looks are repeated that the first one spoiled
ALWAYS = 10**6


def whole(database: Database, state: Presence) -> list[int]:
    """Turn the pages of a list."""
    found, behind = [], None
    while portion := missed(database, state, behind=behind, limit=3):
        found += [one.code for one in portion]
        behind = portion[-1].place
    return found


def test_what_is_told_to_be_gone_is_what_the_site_took_down(tmp_path: Path) -> None:
    world = World(**WORLD)
    start = world.timeline.starts.astimezone(UTC) + timedelta(hours=FIRST_HOUR)

    def at(hour: float) -> datetime:
        return start + timedelta(hours=hour)

    lasting = [
        code
        for code in range(1, 401)
        if world.is_article(code) and world.published_at(code) < start and world.entry(code).deleted_at is None
    ]
    back, blinked, late = lasting[:4], lasting[4:7], lasting[7:10]
    hidden = dict.fromkeys(back, (2 * DAY, 20 * DAY))
    hidden |= dict.fromkeys(blinked, (3 * DAY, 3 * DAY + 6))  # one look at most
    hidden |= dict.fromkeys(late, (80 * DAY, ALWAYS))
    database_url = f"sqlite:///{tmp_path / 'asr.db'}"
    rows, log = simulated(
        {
            "world": WORLD,
            "from_hour": FIRST_HOUR,
            "hours": HOURS,
            "database_url": database_url,
            "settings": {"ASR_BACKFILL_PER_RUN": 120, "ASR_OLD_PER_RUN": 60},
            "hidden": hidden,
            "outages": OUTAGES,
        }
    )
    crawl = Crawl(rows[-1]["base_url"], database_url)
    database, articles = crawl.database, crawl.articles()
    assert log.count("taken for an outage of the site") == len(OUTAGES)
    with database.read() as connection:
        judged = {row.started_at: is_outage(row.looks, row.missing_looks) for row in connection.execute(select(run))}
    assert [moment for moment, outage in judged.items() if outage] == [
        moment for moment in judged if any(abs(moment - at(hour)) < timedelta(minutes=30) for hour in OUTAGES)
    ]

    deleted = {code: world.entry(code).deleted_at for code in articles if not world.is_visible(code, at(HOURS[-1]))}
    expected = {code: moment for code, moment in deleted.items() if moment} | {code: at(80 * DAY) for code in late}
    assert len(expected) > len(late) + 5
    gone = whole(database, Presence.GONE)
    assert sorted(gone) == sorted(expected)
    assert sorted(whole(database, Presence.BACK)) == sorted(back)
    assert whole(database, Presence.WAITING) == whole(database, Presence.DOUBTFUL) == []
    exported = {one["code"]: one for one in export_articles(database, Selection(gone=True))}
    assert sorted(exported) == sorted(gone)
    for code, one in exported.items():
        assert expected[code] <= one["gone_at"] <= one["last_visit_at"] - timedelta(days=1), code
        assert one["last_seen_at"] < one["gone_at"]
    for again in missed(database, Presence.BACK):
        assert at(2 * DAY) <= again.gone_at < again.confirmed_at < at(20 * DAY) <= again.back_at  # type: ignore[operator]

    listed: list[tuple[int, int]] = []
    behind = None
    while portion := edits(database, changes=tuple(Change), behind=behind, limit=7):
        listed += [(edit.code, edit.number) for edit in portion]
        behind = portion[-1].place
    with database.read() as connection:
        kept = [tuple(row) for row in connection.execute(select(revision.c.code, revision.c.number))]
    assert len(listed) > 10
    assert sorted(listed) == sorted(kept)
    assert [str(finding) for finding in findings(database)] == []
