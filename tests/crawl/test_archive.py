"""The crawl's door to its database."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from asrcrawler.crawl.archive import Archive
from asrcrawler.crawl.frontier import Memory
from asrcrawler.exceptions import AnotherRunError
from asrcrawler.items import Absence, Article, Fetch, Outcome
from asrcrawler.storage.visits import runs
from tests.crawler import crawler_for_tests

if TYPE_CHECKING:
    from pathlib import Path

    from scrapy.crawler import Crawler

SITE = "asrpress.ir"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def crawler(tmp_path: Path) -> Crawler:
    return crawler_for_tests(ASR_DATABASE_URL=f"sqlite:///{tmp_path / 'asr.db'}")


def article(code: int, title: str = "خبر") -> Article:
    fetch = Fetch(at=NOW, status=200, size=70_000)
    return Article(site=SITE, code=code, url="u", short_url="s", title=title, body="متن", fetch=fetch)


def missing(code: int) -> Absence:
    return Absence(site=SITE, code=code, outcome=Outcome.MISSING, reason="404", fetch=Fetch(at=NOW, size=300))


def test_a_crawl_has_one_archive(crawler: Crawler, tmp_path: Path) -> None:
    assert Archive.of(crawler) is Archive.of(crawler)
    assert Archive.of(crawler) is not Archive.of(crawler_for_tests())
    assert Archive.of(crawler).site == SITE


def test_what_is_written_is_counted(crawler: Crawler) -> None:
    archive = Archive.of(crawler)

    async def story() -> None:
        await archive.open({})
        archive.in_hand = 4
        await archive.write([article(5), missing(6)])
        await archive.write([article(5, "خبری دیگر"), article(5, "خبری دیگر")])
        await archive.close(reason="finished", exit_status=0)

    asyncio.run(story())
    figures = archive.figures
    assert figures.outcomes == {"stored": 3, "missing": 1}
    assert (figures.articles_new, figures.articles_changed, figures.bytes) == (1, 1, 210_300)
    assert (archive.in_hand, archive.run_id) == (0, None)


def test_the_next_run_finds_what_the_last_one_remembered(crawler: Crawler) -> None:
    async def story(archive: Archive, newest: int) -> Memory:
        await archive.open({})
        before = archive.memory
        await archive.remember(Memory(newest=newest, window=(newest,)))
        await archive.close(reason="finished", exit_status=0)
        return before

    url = crawler.settings["ASR_DATABASE_URL"]
    assert asyncio.run(story(Archive.of(crawler), 30)) == Memory()
    second = Archive.of(crawler_for_tests(ASR_DATABASE_URL=url))
    assert asyncio.run(story(second, 31)) == Memory(newest=30, window=(30,))
    assert second.newest == 31


def test_questions_are_answered_by_the_ledger(crawler: Crawler) -> None:
    archive = Archive.of(crawler)

    async def story() -> None:
        await archive.open({})
        await archive.write([article(5), missing(6)])
        await archive.list_codes([9, 5], NOW)
        assert (await archive.known([5, 6, 7]))[6].outcome is Outcome.MISSING
        assert await archive.listed_unvisited(10, exclude={9}) == []
        assert await archive.listed_unvisited(10, exclude=()) == [9]
        assert await archive.unvisited_spans(1, 9, 2) == [(7, 9)]
        await archive.keep_alive()
        await archive.close(reason="finished", exit_status=0)

    asyncio.run(story())


def test_a_second_archive_is_refused_while_the_first_is_open(crawler: Crawler) -> None:
    async def story() -> None:
        await Archive.of(crawler).open({})
        second = Archive.of(crawler_for_tests(ASR_DATABASE_URL=crawler.settings["ASR_DATABASE_URL"]))
        with pytest.raises(AnotherRunError):
            await second.open({})
        assert second.run_id is None
        await second.close(reason="another run at work", exit_status=0)  # harmless
        await Archive.of(crawler).close(reason="finished", exit_status=0)
        database = Archive.of(crawler)._opened
        assert [run["end_reason"] for run in runs.last_runs(database, SITE, 5)] == ["finished"]

    asyncio.run(story())
