"""Items of other classes than ours on their way to the database."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from attrs import define
from scrapy import Field, Item

from asrcrawler.items import Absence, Article, Capture, Fetch, Outcome, PackedCapture
from asrcrawler.pipelines.adapter import Fields, as_visit
from asrcrawler.pipelines.clean import CleanPipeline
from asrcrawler.pipelines.dedupe import DedupePipeline
from asrcrawler.pipelines.fields import article_in
from asrcrawler.pipelines.keep import KeepPipeline
from asrcrawler.pipelines.store import StorePipeline
from asrcrawler.storage import Database, models
from tests.crawler import crawler_for_tests
from tests.storage.samples import SITE, rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CODE = 7
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
BODY = " ".join(f"كتاب {number}" for number in range(60))
GIVEN = {"site": SITE, "code": CODE, "url": "http://asrpress.ir/fa/news/7", "short_url": "http://asrpress.ir/000001"}


@dataclass(slots=True, kw_only=True)
class Weighed(Article):
    """An article with a field that ours do not have."""

    weight: int | None = None


@define(kw_only=True)
class OfAttrs:
    site: str
    code: int
    url: str
    short_url: str
    title: str | None = None
    body: str | None = None
    text_digest: bytes | None = None
    signature: bytes | None = None
    fetch: Fetch | None = None


OfScrapy = type("OfScrapy", (Item,), {stated.name: Field() for stated in fields(Article)})


@pytest.mark.parametrize("class_", [Article, Weighed, dict, OfAttrs, OfScrapy])
def test_an_article_of_any_class_is_kept_cleaned_fingerprinted_and_stored(
    tmp_path: Path, class_: Callable[..., Any]
) -> None:
    capture = Capture(url=GIVEN["url"], headers={}, body=b"<html>" + b"x" * 500)  # type: ignore[arg-type]
    item = class_(**GIVEN, title=" پل\u00a0تازه ", body=BODY, fetch=Fetch(at=NOW, status=200, capture=capture))
    url = f"sqlite:///{tmp_path / 'asr.db'}"
    through(url, item)
    given = Fields(item)
    assert (given["title"], given["body"].split()[0], len(given["text_digest"])) == ("پل تازه", "کتاب", 16)
    assert given["signature"] is not None
    assert isinstance(given["fetch"].capture, PackedCapture)
    database = Database(url)
    [article] = rows(database, models.article)
    assert (article["code"], article["title"], article["text_digest"]) == (CODE, "پل تازه", given["text_digest"])
    [run] = rows(database, models.run)
    assert run["sources"][0]["title"] == {"page": 1}


def test_an_absence_of_any_class_is_stored(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'asr.db'}"
    through(url, {"site": SITE, "code": CODE, "outcome": Outcome.MISSING, "reason": "404", "fetch": Fetch(at=NOW)})
    [visit] = rows(Database(url), models.visit)
    assert (visit["code"], visit["outcome"]) == (CODE, "missing")


def test_an_item_that_cannot_be_processed_is_booked_whatever_its_class(tmp_path: Path) -> None:
    crawler = crawler_for_tests(ASR_DATABASE_URL=f"sqlite:///{tmp_path / 'asr.db'}")
    store = StorePipeline.from_crawler(crawler)

    class Failure:
        value = ValueError("x")

    async def whole() -> None:
        await store.open_spider()
        store.item_error(dict(GIVEN), Failure())  # type: ignore[arg-type]
        await store.close_spider()

    asyncio.run(whole())
    [visit] = rows(Database(f"sqlite:///{tmp_path / 'asr.db'}"), models.visit)
    assert (visit["code"], visit["outcome"], visit["reason"]) == (CODE, "unreadable", "processing failed: ValueError")


def test_what_was_read_in_a_page_that_is_not_taken_yet() -> None:
    reading = Article(**GIVEN)  # type: ignore[arg-type]
    absence = Absence(site=SITE, code=CODE, outcome=Outcome.FAILED, reason="answer breaks off", reading=reading)
    assert article_in(absence) is reading
    as_dict = {"site": SITE, "code": CODE, "outcome": Outcome.FAILED, "reason": "answer breaks off"}
    assert article_in(as_dict) is None
    assert article_in(reading) is reading


def test_our_own_items_are_stored_as_they_are() -> None:
    item = Article(**GIVEN)  # type: ignore[arg-type]
    assert as_visit(item) is item
    assert as_visit(asdict(item) | {"weight": 5}) == item


def through(url: str, item: Any) -> None:
    """Hand an item through all pipelines, as Scrapy does."""
    crawler = crawler_for_tests(ASR_DATABASE_URL=url)
    keep, clean = KeepPipeline.from_crawler(crawler), CleanPipeline.from_crawler(crawler)
    store = StorePipeline.from_crawler(crawler)

    async def whole() -> None:
        await store.open_spider()
        passed = DedupePipeline().process_item(clean.process_item(await keep.process_item(item)))
        assert passed is item
        await store.process_item(passed)
        await store.close_spider()

    asyncio.run(whole())
