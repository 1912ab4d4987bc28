"""The index of words is brought to this version while a crawl waits for answers, and no longer than it runs."""

from __future__ import annotations

import asyncio
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from scrapy import signals
from scrapy.utils.project import get_project_settings

from asrcrawler.crawl.archive import Archive
from asrcrawler.exceptions import StorageError
from asrcrawler.storage import Database
from asrcrawler.storage.search import refilling, search
from asrcrawler.storage.visits.writing import write_visits
from tests.crawler import crawler_for_tests
from tests.storage.samples import an_article
from tests.storage.search.contents import fold_by_the_first, numbers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from scrapy.crawler import Crawler

NAME = "asrcrawler.extensions.indexing.Indexing"


@pytest.fixture
def database(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Thirty articles in an index of the first folding, of which a step takes up two."""
    monkeypatch.setattr(refilling, "PAGE", 2)
    monkeypatch.setattr(refilling, "LONGEST_STEP", 0.0)
    monkeypatch.setattr(refilling, "BREATH", 0.0)
    with closing(Database(sqlite_url)) as database:
        database.prepare()
        fold_by_the_first(database)
        write_visits(database, [an_article(code, title="مسئله آب") for code in range(1, 31)])
        yield database


async def opened(url: str) -> Crawler:
    """A crawl whose run and spider are open."""
    crawler = crawler_for_tests(EXTENSIONS={NAME: 0}, ASR_DATABASE_URL=url)
    await Archive.of(crawler).open({})
    crawler.signals.send_catch_log(signals.spider_opened, spider=crawler.spider)
    return crawler


async def close(crawler: Crawler) -> None:
    crawler.signals.send_catch_log(signals.spider_closed, spider=crawler.spider, reason="finished")
    await Archive.of(crawler).close(reason="finished", exit_status=0)


async def steps(condition: Callable[[], bool]) -> AsyncIterator[None]:
    """Turns of the event loop until ``condition`` holds."""
    for _ in range(5_000):
        if condition():
            return
        yield
        await asyncio.sleep(0.002)
    raise AssertionError("it did not come about")


def test_a_crawl_fills_the_index_and_writes_its_batches_meanwhile(database: Database, sqlite_url: str) -> None:
    assert NAME in get_project_settings()["EXTENSIONS"]

    async def crawl() -> None:
        crawler = await opened(sqlite_url)
        code = 31
        async for _ in steps(lambda: numbers(database) == [2]):
            if code <= 40:
                await Archive.of(crawler).write([an_article(code, title="هیئت آب")])
                code += 1
        await close(crawler)

    asyncio.run(crawl())
    assert search(database, "مساله آب").total == 30
    assert search(database, "هیات آب").total == 10


def test_a_crawl_that_ends_leaves_the_rest_for_the_next(database: Database, sqlite_url: str) -> None:
    async def crawl(indexes: list[int]) -> None:
        crawler = await opened(sqlite_url)
        async for _ in steps(lambda: numbers(database) == indexes and refilling.left_to_fill(database) < 25):
            pass
        await close(crawler)
        left = refilling.left_to_fill(database)
        await asyncio.sleep(0.05)
        assert refilling.left_to_fill(database) == left

    asyncio.run(crawl([1, 2]))
    asyncio.run(crawl([2]))
    assert refilling.advance(database) is None
    assert search(database, "مساله آب").total == 30


def test_a_crawl_goes_on_where_the_index_cannot_be_filled(
    database: Database, sqlite_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: Database) -> int:
        raise StorageError("the disk is full")

    async def crawl() -> None:
        monkeypatch.setattr(refilling, "advance", fail)
        crawler = await opened(sqlite_url)
        async for _ in steps(lambda: bool(caplog.messages)):
            pass
        await Archive.of(crawler).write([an_article(31)])
        await close(crawler)

    asyncio.run(crawl())
    assert caplog.messages == ["The index of words stays as it is for now: the disk is full"]
