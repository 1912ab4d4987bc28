"""Packing pages on their way to the database."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from asrcrawler.crawl.archive import Archive
from asrcrawler.exceptions import StorageError
from asrcrawler.items import Absence, Article, Capture, Fetch, Outcome, PackedCapture
from asrcrawler.pipelines.keep import KeepPipeline
from asrcrawler.pipelines.store import StorePipeline
from asrcrawler.storage import Database, models
from asrcrawler.text.packing import unpack
from tests.crawler import crawler_for_tests
from tests.storage.samples import an_article, rows
from tests.storage.visits.test_captures import body_for

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def fetched(code: int, body: bytes) -> Article:
    article = an_article(code)
    assert article.fetch is not None
    article.fetch.capture = Capture(url="http://asrpress.ir/fa/news/7", headers={}, body=body)
    return article


def crawl(folder: Path, items: list[Any], **settings: object) -> Archive:
    """Hand items to the keep and store pipelines of one crawl, as Scrapy does."""
    crawler = crawler_for_tests(ASR_DATABASE_URL=f"sqlite:///{folder / 'asr.db'}", **settings)
    keep, store = KeepPipeline.from_crawler(crawler), StorePipeline.from_crawler(crawler)
    archive = Archive.of(crawler)

    async def whole() -> None:
        await store.open_spider()
        for item in items:
            await store.process_item(await keep.process_item(item))
        await store.close_spider()
        await keep.close_spider()
        await archive.close(reason="finished", exit_status=0)

    asyncio.run(whole())
    return archive


def test_a_page_waits_in_its_packed_form(tmp_path: Path) -> None:
    item = fetched(7, body_for(7))
    crawl(tmp_path, [item])
    assert item.fetch is not None
    packed = item.fetch.capture
    assert isinstance(packed, PackedCapture)
    assert unpack(packed.content, size=packed.size, digest=packed.digest) == body_for(7)


def test_no_page_is_kept_where_that_is_not_wanted(tmp_path: Path) -> None:
    crawl(tmp_path, [fetched(7, body_for(7))], ASR_KEEP_PAGES="0")
    database = Database(f"sqlite:///{tmp_path / 'asr.db'}")
    assert rows(database, models.page) == []
    assert [visit["size"] for visit in rows(database, models.visit)] == [80_000]


def test_an_absence_without_an_answer_passes(tmp_path: Path) -> None:
    fetch = Fetch(at=NOW)
    crawl(tmp_path, [Absence(site="asrpress.ir", code=1, outcome=Outcome.FAILED, reason="timeout", fetch=fetch)])


def test_a_crawl_learns_a_dictionary_and_packs_with_it_from_then_on(tmp_path: Path) -> None:
    items = [fetched(code, body_for(code)) for code in range(1, 131)]
    first = crawl(tmp_path, items, ASR_BATCH_SIZE=25)
    assert first.dictionary is not None
    second = crawl(tmp_path, [fetched(500, body_for(500))])
    assert second.dictionary == first.dictionary
    packed = rows(Database(f"sqlite:///{tmp_path / 'asr.db'}"), models.page)
    assert packed[-1]["dictionary_id"] == 1
    assert len(packed[-1]["content"]) < 500
    assert len(rows(Database(f"sqlite:///{tmp_path / 'asr.db'}"), models.dictionary)) == 1


def test_a_crawl_of_one_batch_learns_at_its_end(tmp_path: Path) -> None:
    items = [fetched(code, body_for(code)) for code in range(1, 101)]
    learnt = crawl(tmp_path, items, ASR_BATCH_SIZE=500, ASR_BATCH_SECONDS=60)
    [stored] = rows(Database(f"sqlite:///{tmp_path / 'asr.db'}"), models.dictionary)
    assert learnt.dictionary is not None
    assert learnt.dictionary.data == stored["data"]


def test_a_dictionary_that_cannot_be_learnt_costs_no_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(archive: Archive) -> None:
        raise StorageError("database is locked")

    monkeypatch.setattr(Archive, "learn_dictionary", fail)
    crawl(tmp_path, [fetched(code, body_for(code)) for code in range(1, 131)], ASR_BATCH_SIZE=25)
    assert len(rows(Database(f"sqlite:///{tmp_path / 'asr.db'}"), models.page)) == 130


def test_the_page_of_a_reading_that_is_not_taken_yet_waits_packed_too(tmp_path: Path) -> None:
    reading = fetched(7, body_for(7))
    absence = Absence(site="asrpress.ir", code=7, outcome=Outcome.FAILED, reason="why", fetch=Fetch(at=NOW))
    absence.reading = reading
    crawl(tmp_path, [absence])
    assert reading.fetch is not None
    assert isinstance(reading.fetch.capture, PackedCapture)
