"""Ten simulated days of cron: late publications, edits, deletions, a pause, faults. At the end nothing is missing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from asrcrawler.items import Outcome
from asrcrawler.replica import World
from asrcrawler.storage.models import revision
from tests.end_to_end.crawling import Crawl, simulated

if TYPE_CHECKING:
    from pathlib import Path

    from asrcrawler.storage import Database

WORLD: dict[str, Any] = {"first": 1, "last": 947, "density": 0.4, "articles_per_day": 30}
FIRST_DAY = 48  # hours after the first draft: the crawler comes to a site that has a past
TEN_DAYS = [hour for hour in range(0, 240, 4) if not 72 <= hour < 168]  # … and stands still for four, a feed and more
AFTERWARDS = [240 + 24 * day for day in (1, 3, 8, 20, 40)]
TEXT = ("kicker", "title", "lead", "body")


def simulate(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return simulated(plan)[0]


def revisions(database: Database) -> dict[int, list[tuple[Any, ...]]]:
    found: dict[int, list[tuple[Any, ...]]] = {}
    with database.read() as connection:
        for row in connection.execute(select(revision).order_by(revision.c.code, revision.c.number)).mappings():
            found.setdefault(row["code"], []).append(tuple(row[name] for name in TEXT))
    return found


def test_ten_days_of_cron(tmp_path: Path) -> None:
    database_url = f"sqlite:///{tmp_path / 'asr.db'}"
    rows = simulate(
        {
            "world": WORLD,
            "from_hour": FIRST_DAY,
            "hours": [*TEN_DAYS, *AFTERWARDS],
            "database_url": database_url,
            "settings": {"ASR_BACKFILL_PER_RUN": 40},
            "faults": [0.02, 0.005, 0.02, 0.02, 0.02],
        }
    )
    runs, last = rows[:-1], rows[-1]
    crawl = Crawl(last["base_url"], database_url)
    end = datetime.fromisoformat(last["end"])
    world = World(**WORLD)
    articles, earlier = crawl.articles(), revisions(crawl.database)
    codes = range(WORLD["first"], WORLD["last"] + 1)
    ledger = crawl.ledger(codes)

    assert {row["status"] for row in runs} == {0}
    assert not [path for row in runs for path in row["forbidden"]]
    assert [code for code in codes if code not in ledger] == []

    visible = {code for code in codes if world.is_visible(code, end)}
    assert visible - set(articles) == set()
    for code, article in articles.items():
        if code not in visible:
            assert ledger[code].outcome is Outcome.MISSING, code  # deleted from the site, kept by us
            continue
        truth = world.truth(code, end)
        assert ledger[code].outcome is Outcome.STORED, code
        assert tuple(article[name] for name in TEXT) == tuple(getattr(truth, name) for name in TEXT), code
        texts = [tuple(getattr(text.content, name) for name in TEXT) for text in world.revisions(code, end)]
        kept = earlier.get(code, [])
        assert article["revision"] == len(kept) + 1
        assert [text for text in kept if text not in texts] == []
    assert sum(map(len, earlier.values())) > 20


def test_a_new_article_costs_one_request_and_a_quiet_run_three(tmp_path: Path) -> None:
    """With the sweep off; conditional requests are looks for edits and counted apart."""
    database_url = f"sqlite:///{tmp_path / 'asr.db'}"
    rows = simulate(
        {
            "world": {"first": 1, "last": 2_000, "density": 0.25, "articles_per_day": 120, "edit_share": 0.0},
            "from_hour": 24,
            "hours": [*range(0, 24, 4), *(24 + half / 2 for half in range(24)), 36, 36.0005],
            "database_url": database_url,
            "settings": {"ASR_BACKFILL_PER_RUN": 0},
        }
    )
    stored = set(Crawl("", database_url).articles())
    seen: set[int] = {code for row in rows[:-1] if row["hour"] < 24 for code in row["codes"]}
    later = [row for row in rows[:-1] if row["hour"] >= 24]
    new_articles = 0
    for row in later:
        new = stored & set(row["codes"]) - seen
        seen |= new
        new_articles += len(new)
        assert row["requests"] - row["conditional"] <= 1.1 * len(new) + 3, row
    assert new_articles > 30
    assert later[-1]["requests"] - later[-1]["conditional"] <= 3
    assert len(later[-1]["codes"]) == later[-1]["conditional"] <= 5  # what came due while the run before was at work


def test_the_crawler_is_a_day_behind_after_a_pause_and_catches_up_in_one_run(tmp_path: Path) -> None:
    database_url = f"sqlite:///{tmp_path / 'asr.db'}"
    world: dict[str, Any] = {"first": 1, "last": 1_200, "density": 0.5, "articles_per_day": 150, "deletion_share": 0.0}
    rows = simulate(
        {
            "world": world,
            "from_hour": 24,
            "hours": [0, 1, 49],
            "database_url": database_url,
            "settings": {"ASR_BACKFILL_PER_RUN": 0},
            "habits": {"sitemaps": False},
        }
    )
    end = datetime.fromisoformat(rows[-1]["end"])
    replica = World(**world)
    started = end - timedelta(hours=48)
    published = {
        code
        for code in range(1, 1_201)
        if replica.is_article(code) and started < replica.published_at(code) <= end and replica.is_visible(code, end)
    }
    assert len(published) > 100 + 50  # more than a window of the feed holds
    assert published - set(Crawl("", database_url).articles()) == set()
