"""What a crawl reads and writes in its database."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest

from asrcrawler.crawl import archive as module
from asrcrawler.crawl.archive import Archive
from asrcrawler.crawl.memory import Memory
from asrcrawler.exceptions import AnotherRunError, StorageError, UnusableError
from asrcrawler.items import Absence, Article, Fetch, Outcome
from asrcrawler.storage.outlets import all_outlets
from asrcrawler.storage.visits import dictionaries, runs
from asrcrawler.text.packing import Dictionary
from tests.crawler import crawler_for_tests

if TYPE_CHECKING:
    from collections.abc import Callable
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


def test_the_archive_begins_where_the_crawl_that_made_it_said(crawler: Crawler) -> None:
    url = crawler.settings["ASR_DATABASE_URL"]

    async def first_code(given: str) -> int:
        archive = Archive.of(crawler_for_tests(ASR_DATABASE_URL=url, ASR_FIRST_CODE=given))
        await archive.open({})
        [stored] = await archive.ask(all_outlets)
        await archive.close(reason="finished", exit_status=0)
        assert stored.first_code is not None
        return stored.first_code

    assert [asyncio.run(first_code(given)) for given in ("300", "1", "400")] == [300, 300, 300]


def test_a_run_whose_beginning_fails_is_closed_and_blocks_nobody(
    crawler: Crawler, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise StorageError("disk I/O error")

    async def story() -> None:
        with monkeypatch.context() as failing:
            failing.setattr(module, "WAITS", ())
            failing.setattr(runs, "last_memory", fail)
            failing.setattr(module, "WAITS", ())
            with pytest.raises(StorageError, match="disk I/O error"):
                await Archive.of(crawler).open({})
        second = Archive.of(crawler_for_tests(ASR_DATABASE_URL=crawler.settings["ASR_DATABASE_URL"]))
        await second.open({})
        await second.close(reason="finished", exit_status=0)
        ended = [(run.end_reason, run.exit_status) for run in runs.last_runs(second._opened, SITE, 5)]
        assert ended == [("finished", 0), ("database failed", 1)]

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
        assert [run.end_reason for run in runs.last_runs(database, SITE, 5)] == ["finished"]

    asyncio.run(story())


class Engine:
    paused = False

    def pause(self) -> None:
        self.paused = True

    def unpause(self) -> None:
        self.paused = False


def failing(error: StorageError, times: int, seen: list[bool], engine: Engine) -> Callable[[object], str]:
    """What the storage may do: it fails so many times, and takes down whether the crawl was paused."""

    def work(_: object) -> str:
        seen.append(engine.paused)
        if len(seen) <= times:
            raise error
        return "done"

    return work


@pytest.mark.parametrize(
    ("error", "times", "end", "paused"),
    [
        (StorageError("database is locked"), 2, "done", [False, True, True]),
        (StorageError("database is locked"), 9, "StorageError", [False, True, True]),
        (UnusableError("no such role"), 1, "UnusableError", [False]),
    ],
)
def test_whatever_is_asked_waits_for_a_database_that_waiting_may_mend_and_nothing_is_fetched_meanwhile(
    crawler: Crawler, monkeypatch: pytest.MonkeyPatch, error: StorageError, times: int, end: str, paused: list[bool]
) -> None:
    monkeypatch.setattr(module, "WAITS", (0.0, 0.0))
    crawler.engine, crawler.crawling = (engine := Engine()), True  # type: ignore[assignment]
    archive, seen = Archive.of(crawler), list[bool]()

    async def story() -> str:
        await archive.open({})
        try:
            return await archive.ask(failing(error, times, seen, engine))
        except StorageError as raised:
            return type(raised).__name__

    assert (asyncio.run(story()), seen, engine.paused) == (end, paused, False)


def test_a_dictionary_is_learnt_beside_the_crawl_which_goes_on_fetching_and_writing(
    crawler: Crawler, monkeypatch: pytest.MonkeyPatch
) -> None:
    learns, is_written = Event(), Event()
    learnt = Dictionary(1, b"learnt")

    def learn(*_: object, **__: object) -> Dictionary:
        learns.set()
        assert is_written.wait(timeout=10)
        return learnt

    monkeypatch.setattr(module, "SLOW", 0.0)
    monkeypatch.setattr(module, "NOTICE", 0.001)
    monkeypatch.setattr(dictionaries, "learn", learn)
    crawler.engine, crawler.crawling = (engine := Engine()), True  # type: ignore[assignment]
    archive = Archive.of(crawler)

    async def story() -> None:
        await archive.open({})
        learning = asyncio.create_task(archive.learn_dictionary())
        await asyncio.to_thread(learns.wait)
        await asyncio.sleep(0.01)  # longer than NOTICE
        assert not engine.paused
        await archive.write([article(5)])
        assert archive.dictionary is None
        is_written.set()
        await learning

    asyncio.run(story())
    assert archive.dictionary is learnt


def test_once_waiting_was_of_no_use_nothing_waits_again_until_the_database_is_well(
    crawler: Crawler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WAITS", (0.0, 0.0))
    crawler.engine, crawler.crawling = (engine := Engine()), True  # type: ignore[assignment]
    archive, seen = Archive.of(crawler), list[bool]()
    work = failing(StorageError("disk full"), 4, seen, engine)
    tries = []

    async def story() -> None:
        await archive.open({})
        for _ in range(3):
            with suppress(StorageError):
                await archive.ask(work)
            tries.append(len(seen))

    asyncio.run(story())
    assert tries == [3, 4, 5]


@pytest.mark.parametrize("question", ["begin_run", "last_memory"])
def test_a_database_that_fails_at_the_start_is_waited_for(
    question: str, crawler: Crawler, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, tries = getattr(runs, question), list[str]()

    def failing_at_first(*given: Any, **named: Any) -> Any:
        tries.append("try")
        if len(tries) < 3:
            raise StorageError("the connection is lost")
        return asked(*given, **named)

    monkeypatch.setattr(module, "WAITS", (0.0, 0.0))
    monkeypatch.setattr(runs, question, failing_at_first)
    crawler.engine, crawler.crawling = Engine(), True  # type: ignore[assignment]

    async def story() -> None:
        await Archive.of(crawler).open({})
        await Archive.of(crawler).close(reason="finished", exit_status=0)

    asyncio.run(story())
    assert len(tries) == 3
