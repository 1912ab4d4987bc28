"""Handing items to the database: in batches, in time, and none lost."""

from __future__ import annotations

import asyncio
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from scrapy.exceptions import CloseSpider
from sqlalchemy import select, update

from asrcrawler.crawl import archive
from asrcrawler.crawl.archive import Archive
from asrcrawler.endings import DATABASE_FAILED, DATABASE_HELD
from asrcrawler.exceptions import StorageError, TokenLostError, UnstorableError, UnusableError
from asrcrawler.items import Absence, Article, Capture, Fetch, Outcome, PackedCapture
from asrcrawler.pipelines import store
from asrcrawler.pipelines.clean import clean_article
from asrcrawler.pipelines.store import StorePipeline
from asrcrawler.replica import World
from asrcrawler.replica.rendering import Pages
from asrcrawler.samaneh.visit import Answer, Asked, judge
from asrcrawler.storage import Database, models
from asrcrawler.storage.visits import runs, writing
from asrcrawler.storage.visits.ledger import known
from asrcrawler.text.packing import pack
from tests.crawler import crawler_for_tests

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from scrapy.crawler import Crawler

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def missing(code: int) -> Absence:
    fetch = Fetch(at=NOW, status=404)
    return Absence(site="asrpress.ir", code=code, outcome=Outcome.MISSING, reason="404", fetch=fetch)


class Engine:
    paused = False

    def __init__(self) -> None:
        self.closed_for: list[str] = []

    def pause(self) -> None:
        self.paused = True

    def unpause(self) -> None:
        self.paused = False

    async def close_spider_async(self, *, reason: str) -> None:
        self.closed_for.append(reason)


class Scene:
    def __init__(self, folder: Path, **settings: object) -> None:
        self.url = f"sqlite:///{folder / 'asr.db'}"
        self.crawler: Crawler = crawler_for_tests(ASR_DATABASE_URL=self.url, **settings)
        self.crawler.engine, self.crawler.crawling = Engine(), True  # type: ignore[assignment]
        self.pipeline = StorePipeline.from_crawler(self.crawler)
        self.archive = Archive.of(self.crawler)

    def play(self, story: Callable[[StorePipeline], Awaitable[Any]]) -> None:
        async def whole() -> None:
            await self.pipeline.open_spider()
            await story(self.pipeline)
            await self.pipeline.close_spider()

        asyncio.run(whole())

    def outcomes(self) -> dict[int, Outcome | None]:
        return {code: visit.outcome for code, visit in known(Database(self.url), "asrpress.ir", range(1, 999)).items()}


def test_a_full_batch_is_written_at_once(tmp_path: Path) -> None:
    scene = Scene(tmp_path, ASR_BATCH_SIZE=3, ASR_BATCH_SECONDS=60)

    async def story(pipeline: StorePipeline) -> None:
        for code in (1, 2):
            await pipeline.process_item(missing(code))
        assert scene.outcomes() == {}
        await pipeline.process_item(missing(3))
        assert sorted(scene.outcomes()) == [1, 2, 3]

    scene.play(story)
    assert (scene.archive.figures.outcomes, scene.archive.in_hand) == ({"missing": 3}, 0)


def test_a_batch_of_heavy_pages_is_written_before_it_is_full(tmp_path: Path) -> None:
    scene = Scene(tmp_path, ASR_BATCH_SIZE=100, ASR_BATCH_SECONDS=60)

    async def story(pipeline: StorePipeline) -> None:
        for code in (1, 2):
            item = missing(code)
            assert item.fetch is not None
            content = bytes(store.HEAVIEST_BATCH // 2)
            item.fetch.capture = PackedCapture(url="u", headers={}, digest=bytes([code]) * 32, size=9, content=content)
            await pipeline.process_item(item)
        assert sorted(scene.outcomes()) == [1, 2]
        await pipeline.process_item(missing(3))
        assert sorted(scene.outcomes()) == [1, 2]  # the weight of a batch is that of what waits

    scene.play(story)
    assert sorted(scene.outcomes()) == [1, 2, 3]


def test_the_pages_of_what_is_not_taken_yet_weigh_as_well(tmp_path: Path) -> None:
    scene = Scene(tmp_path, ASR_BATCH_SIZE=100)

    async def story(pipeline: StorePipeline) -> None:
        for code in (1, 2):
            item = missing(code)
            content = bytes(store.HEAVIEST_BATCH // 2)
            capture = PackedCapture(url="u", headers={}, digest=bytes([code]) * 32, size=9, content=content)
            fetch = Fetch(at=NOW, capture=capture)
            item.reading = Article(site="asrpress.ir", code=code, url="u", short_url="s", fetch=fetch)
            await pipeline.process_item(item)
        assert sorted(scene.outcomes()) == [1, 2]

    scene.play(story)


def test_no_item_waits_longer_than_the_limit(tmp_path: Path) -> None:
    scene = Scene(tmp_path, ASR_BATCH_SIZE=100, ASR_BATCH_SECONDS=0.05)

    async def story(pipeline: StorePipeline) -> None:
        await pipeline.process_item(missing(1))
        for _ in range(100):
            await asyncio.sleep(0.02)
            if scene.outcomes():
                return
        pytest.fail("not written in two seconds")

    scene.play(story)


def test_the_end_writes_what_is_left(tmp_path: Path) -> None:
    scene = Scene(tmp_path, ASR_BATCH_SIZE=100, ASR_BATCH_SECONDS=60)
    scene.play(lambda pipeline: pipeline.process_item(missing(7)))
    assert scene.outcomes() == {7: Outcome.MISSING}


def test_a_code_whose_item_an_earlier_pipeline_failed_on_is_unreadable(tmp_path: Path) -> None:
    scene = Scene(tmp_path)

    async def story(pipeline: StorePipeline) -> None:
        pipeline.item_error(Article(site="asrpress.ir", code=9, url="u", short_url="s"), _Failure(ValueError("x")))  # type: ignore[arg-type]

    scene.play(story)
    assert scene.outcomes() == {9: Outcome.UNREADABLE}


def test_a_database_that_is_busy_for_a_moment_costs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "WAITS", (0.0, 0.0, 0.0))
    scene = Scene(tmp_path)
    write, tries = writing.write_visits, []

    def busy_twice(database: Database, batch: Any, **more: Any) -> Any:
        tries.append(len(batch))
        if len(tries) < 3:
            raise StorageError("database is locked")
        return write(database, batch, **more)

    monkeypatch.setattr(writing, "write_visits", busy_twice)
    scene.play(lambda pipeline: pipeline.process_item(missing(1)))
    assert scene.outcomes() == {1: Outcome.MISSING}
    assert tries == [1, 1, 1]


def test_a_database_that_is_gone_ends_the_crawl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "WAITS", (0.0,))
    scene = Scene(tmp_path, ASR_BATCH_SIZE=1)

    def gone(*_: Any, **__: Any) -> Any:
        raise StorageError("disk full")

    async def story(pipeline: StorePipeline) -> None:
        monkeypatch.setattr(writing, "write_visits", gone)
        await pipeline.process_item(missing(1))
        await asyncio.sleep(0)

    scene.play(story)
    assert scene.crawler.engine.closed_for == ["database failed"]  # type: ignore[attr-defined]
    assert scene.outcomes() == {}
    assert scene.archive.in_hand == 1


def test_a_run_that_another_has_closed_ends_without_a_second_try(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    scene = Scene(tmp_path, ASR_BATCH_SIZE=1)
    tried: list[Any] = []

    async def lost(batch: Any) -> Any:
        tried.append(batch)
        raise TokenLostError("run 1 was closed by another one")

    async def story(pipeline: StorePipeline) -> None:
        monkeypatch.setattr(scene.archive, "write", lost)
        await pipeline.process_item(missing(1))
        await pipeline.process_item(missing(2))

    scene.play(story)
    assert len(tried) == 1
    engine: Any = scene.crawler.engine
    assert engine.closed_for == ["token_lost"]
    assert "run 1 was closed by another one; 1 visits could not be written and stay due" in caplog.text


def test_a_stop_is_not_kept_waiting_by_a_database_that_is_busy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "WAITS", (60.0, 60.0))
    scene = Scene(tmp_path, ASR_BATCH_SIZE=1)
    tries = []

    def busy(_: Database, batch: Any, **__: Any) -> Any:
        tries.append(len(batch))
        raise StorageError("database is locked")

    async def story(pipeline: StorePipeline) -> None:
        monkeypatch.setattr(writing, "write_visits", busy)
        asyncio.get_running_loop().call_later(0.02, setattr, scene.crawler, "crawling", False)
        await asyncio.wait_for(pipeline.process_item(missing(1)), timeout=5)

    scene.play(story)
    assert tries == [1, 1]


def test_one_item_that_no_database_takes_does_not_keep_out_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = Scene(tmp_path, ASR_BATCH_SIZE=3)
    write = scene.archive.write

    async def picky(batch: Any) -> Any:
        if any(isinstance(item, Article) for item in batch):
            raise UnstorableError("value out of range")
        return await write(batch)

    async def story(pipeline: StorePipeline) -> None:
        monkeypatch.setattr(scene.archive, "write", picky)
        await pipeline.process_item(missing(1))
        await pipeline.process_item(Article(site="asrpress.ir", code=2, url="u", short_url="s"))
        await pipeline.process_item(missing(3))

    scene.play(story)
    assert scene.outcomes() == {1: Outcome.MISSING, 2: Outcome.UNREADABLE, 3: Outcome.MISSING}


def test_a_reading_that_no_database_takes_does_not_end_the_crawl(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = Scene(tmp_path, ASR_BATCH_SIZE=1)
    write = scene.archive.write

    async def picky(batch: Any) -> Any:
        if any(getattr(item, "reading", None) for item in batch):
            raise UnstorableError("value out of range")
        return await write(batch)

    async def story(pipeline: StorePipeline) -> None:
        monkeypatch.setattr(scene.archive, "write", picky)
        item = missing(1)
        item.reading = Article(site="asrpress.ir", code=1, url="u", short_url="s")
        await pipeline.process_item(item)
        await pipeline.process_item(missing(2))

    scene.play(story)
    assert scene.outcomes() == {1: Outcome.UNREADABLE, 2: Outcome.MISSING}


@pytest.mark.parametrize(("busy_for", "booked"), [(1, [1, 2, 3]), (9, [1])])
def test_a_batch_that_is_taken_apart_is_written_once_also_where_the_database_is_busy_in_between(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, busy_for: int, booked: list[int]
) -> None:
    monkeypatch.setattr(archive, "WAITS", (0.0, 0.0))
    scene = Scene(tmp_path, ASR_BATCH_SIZE=3)
    write, written = writing.write_visits, []
    busy = iter(range(busy_for))

    def picky_and_busy(database: Database, batch: Any, **more: Any) -> Any:
        if len(batch) > 1:
            raise UnstorableError("value out of range")
        if batch[0].code == 2 and next(busy, None) is not None:
            raise StorageError("database is locked")
        written.append(batch[0].code)
        return write(database, batch, **more)

    async def story(pipeline: StorePipeline) -> None:
        monkeypatch.setattr(writing, "write_visits", picky_and_busy)
        for code in (1, 2, 3):
            await pipeline.process_item(missing(code))
        await asyncio.sleep(0)

    scene.play(story)
    assert (written, sorted(scene.outcomes()), scene.archive.in_hand) == (booked, booked, 3 - len(booked))


def test_another_run_at_work_closes_the_crawl_before_its_first_request(tmp_path: Path) -> None:
    first = Scene(tmp_path)

    async def story(pipeline: StorePipeline) -> None:
        second = StorePipeline.from_crawler(crawler_for_tests(ASR_DATABASE_URL=first.url))
        with pytest.raises(CloseSpider) as caught:
            await second.open_spider()
        assert caught.value.reason == "another run at work"

    first.play(story)


class _Failure:
    def __init__(self, value: Exception) -> None:
        self.value = value


def test_what_an_earlier_version_read_otherwise_is_no_edit(tmp_path: Path) -> None:
    world = World(first=6, last=6, density=1.0, deletion_share=0)
    body = Pages(world, "http://asrpress.ir").article(6, world.now)
    scene = Scene(tmp_path)

    def visited() -> Article:
        answer = Answer(url="http://asrpress.ir/fa/news/6", status=200, at=NOW, body=body)
        item = judge(answer, Asked(site="asrpress.ir", code=6, base_url="http://asrpress.ir"))
        assert isinstance(item, Article)
        assert item.fetch is not None
        assert isinstance(item.fetch.capture, Capture)
        item.fetch.capture = pack(item.fetch.capture)
        clean_article(item)
        return item

    async def story(pipeline: StorePipeline) -> None:
        await pipeline.process_item(visited())
        await pipeline.close_spider()
        with Database(scene.url).write("asrpress.ir") as connection:
            connection.execute(update(models.article).values(body="خوانشی کهنه", lead=None))
        await pipeline.process_item(visited())

    scene.play(story)
    with Database(scene.url).read() as connection:
        [found] = connection.execute(select(models.article.c.body, models.article.c.lead, models.article.c.revision))
    assert tuple(found) == (world.truth(6).body, world.truth(6).lead, 1)


def test_a_database_that_another_program_holds_is_left_to_it_before_anything_is_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(archive, "WAITS", (0.0, 0.0))
    url = f"sqlite:///{tmp_path / 'asr.db'}?timeout=0.05"
    with closing(Database(url)) as database:
        database.prepare()
        with database.write():  # as VACUUM does
            assert end_at_the_start(url) == DATABASE_HELD
        assert caplog.messages[-1].endswith("for too long); nothing was begun, and the next run does it")
        assert sum("trying again" in line for line in caplog.messages) == 2
        with database.read() as connection:
            assert connection.execute(select(models.run)).all() == []


@pytest.mark.parametrize("error", [StorageError("disk full"), UnusableError("no such role")])
def test_any_other_trouble_at_the_start_is_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: StorageError
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(archive, "WAITS", ())
    monkeypatch.setattr(runs, "begin_run", fail)
    assert end_at_the_start(f"sqlite:///{tmp_path / 'asr.db'}") == DATABASE_FAILED


def test_a_stop_while_the_database_is_held_is_no_good_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Archive, "_is_stopping", True)
    url = f"sqlite:///{tmp_path / 'asr.db'}?timeout=0.05"
    with closing(Database(url)) as database:
        database.prepare()
        with database.write():
            assert end_at_the_start(url) == DATABASE_FAILED


def end_at_the_start(url: str) -> str:
    """Why a crawl ends that cannot open its run."""
    pipeline = StorePipeline.from_crawler(crawler_for_tests(ASR_DATABASE_URL=url))
    with pytest.raises(CloseSpider) as found:
        asyncio.run(pipeline.open_spider())
    return found.value.reason
