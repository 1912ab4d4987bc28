"""Visits to write, and whole tables to look at."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import select

from asrcrawler.items import Absence, Article, Capture, Fetch, Outcome
from asrcrawler.outlets import new_outlet
from asrcrawler.storage import outlets
from asrcrawler.storage.models import metadata
from asrcrawler.storage.search import indexes
from asrcrawler.storage.visits import runs
from asrcrawler.storage.visits.writing import write_visits
from asrcrawler.text.packing import Dictionary, pack

if TYPE_CHECKING:
    from sqlalchemy import Table

    from asrcrawler.storage import Database

SITE = "asrpress.ir"
OTHER_SITE = "sibling.ir"
NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def an_article(code: int = 7, *, at: datetime = NOON, site: str = SITE, **fields: Any) -> Article:
    """An article as the pipelines hand it over, seen at ``at``; its text is its code's own unless ``body`` is given."""
    given: dict[str, Any] = {
        "title": f"عنوان خبر {code}",
        "lead": "خلاصه‌ای کوتاه",
        "body": f"بند نخست خبر {code}\n\nبند دوم",
        "category": ["سیاسی", "مجلس"],
        "tags": ["نفت", "بودجه"],
        "published_at": NOON - HOUR,
        "published_jalali": "1403-02-12 14:30",
    } | fields
    article = Article(
        site=site,
        code=code,
        url=f"http://{site}/fa/news/{code}",
        short_url=f"http://{site}/{code:06}",
        fetch=Fetch(at=at, status=200, size=80_000, etag='"e1"', last_modified="Wed, 01 May 2024 11:00:00 GMT"),
        **given,
    )
    if article.text_digest is None and article.body:
        article.text_digest = digest(article.body)
    return article


Item = TypeVar("Item", Article, Absence)


def with_page(item: Item, body: bytes | None = None, *, dictionary: Dictionary | None = None, **headers: str) -> Item:
    """``item`` with the page it was read in, as the keep pipeline hands it over; ``body`` is its code's own."""
    assert item.fetch is not None
    body = f"<html><body>صفحهٔ {item.code}</html>".encode() if body is None else body
    given = {"content-type": "text/html; charset=utf-8"} | headers
    item.fetch.capture = pack(
        Capture(url=f"http://{item.site}/fa/news/{item.code}", headers=given, body=body), dictionary
    )
    item.fetch.size = len(body)
    return item


def digest(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=16).digest()


def an_absence(
    code: int = 7,
    outcome: Outcome = Outcome.MISSING,
    *,
    at: datetime = NOON,
    reason: str = "404",
    status: int | None = 404,
    site: str = SITE,
    retry_after: datetime | None = None,
) -> Absence:
    fetch = Fetch(at=at, status=status, size=500)
    return Absence(site=site, code=code, outcome=outcome, reason=reason, retry_after=retry_after, fetch=fetch)


def a_story(length: int) -> list[Article | Absence]:
    """Visits as years may bring them: new, edited, unchanged, gone, failed, the same text elsewhere."""
    chance = random.Random(20_240_501)
    story: list[Article | Absence] = []
    for number in range(length):
        code, at = chance.randint(1, 60), NOON + number * HOUR
        if chance.random() < 0.3:
            outcome = chance.choice([outcome for outcome in Outcome if outcome is not Outcome.STORED])
            story.append(with_page(an_absence(code, outcome, at=at), b"<html>challenge"))
        else:
            body = chance.choice([None, *(f"متن {chance.randint(1, 8)}" for _ in range(5))])
            tags = chance.sample(["نفت", "بودجه", "یارانه", "برجام"], chance.randint(0, 4))
            published = None if chance.random() < 0.1 else NOON - chance.randint(0, 90) * DAY
            article = an_article(code, at=at, body=body, tags=tags, published_at=published)
            story.append(with_page(article, f"<html>{body}{tags}</html>".encode()))
    return story


def follow(database: Database, *sites: str, first_code: int = 1) -> None:
    """Follow the outlets of the sites of these samples, or of those that are given."""
    names = {SITE: "asr", OTHER_SITE: "other"}
    for site in sites or names:
        outlets.add(database, new_outlet(names[site], f"http://{site}", first_code=first_code))


def live(database: Database, visits: int = 100) -> None:
    """What two finished runs on each of two sites leave: edits, duplicates, absences, a plan for the next run."""
    follow(database)
    for site in (SITE, OTHER_SITE):
        for half in (0, 1):
            run_id = runs.begin_run(database, site, {"codes": "1-60"})
            story = [replace(item, site=site) for item in a_story(visits)[half::2]]
            figures = runs.RunFigures()
            for start in range(0, len(story), 37):
                for written in write_visits(database, story[start : start + 37], run_id=run_id, newest=60):
                    figures.outcomes[written.outcome] = figures.outcomes.get(written.outcome, 0) + 1
            runs.remember_plan(database, run_id, {"newest": 60})
            runs.end_run(database, run_id, figures, reason="finished", exit_status=0)


def all_rows(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, those of the indexes of words among them."""
    with database.read() as connection:
        tables = [table for index in indexes.every(connection) for table in index.tables[:2]]
    return {table.name: rows(database, table) for table in (*metadata.sorted_tables, *tables)}


def rows(database: Database, table: Table) -> list[dict[str, Any]]:
    """Every row of a table, by its primary key."""
    with database.read() as connection:
        found = connection.execute(select(table).order_by(*table.primary_key.columns)).mappings()
        return [dict(row) for row in found]


def row(database: Database, table: Table, code: int, site: str = SITE) -> dict[str, Any]:
    """The one row of a code."""
    [found] = [row for row in rows(database, table) if (row["site"], row["code"]) == (site, code)]
    return found


def column(database: Database, table: Table, name: str) -> dict[int, Any]:
    """One column by code."""
    return {row["code"]: row[name] for row in rows(database, table)}
