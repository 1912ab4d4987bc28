"""How a run ends: its row, its line, its exit status, and what it leaves for the next."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import update

from asrcrawler.clock import utcnow
from asrcrawler.crawl.archive import Archive
from asrcrawler.crawl.arguments import Arguments
from asrcrawler.crawl.memory import Memory
from asrcrawler.exceptions import DamagedError, StorageError
from asrcrawler.extensions import report
from asrcrawler.extensions.report import RunReport
from asrcrawler.storage import Database, models
from asrcrawler.storage.figures.sources import sources
from asrcrawler.storage.visits import runs
from tests.crawler import crawler_for_tests
from tests.storage.samples import rows

if TYPE_CHECKING:
    from pathlib import Path

SITE = "asrpress.ir"


class Scene:
    """A run that is about to end."""

    def __init__(self, folder: Path) -> None:
        self.database = Database(f"sqlite:///{folder / 'asr.db'}")
        self.crawler = crawler_for_tests(ASR_DATABASE_URL=f"sqlite:///{folder / 'asr.db'}")
        self.archive = Archive.of(self.crawler)
        self.report = RunReport.from_crawler(self.crawler)

    def end(
        self, reason: str, *, asked: int = 0, under_way: int = 0, in_hand: int = 0, lost: bool = False, **outcomes: int
    ) -> int:
        async def story() -> None:
            if self.archive.run_id is None:
                await self.archive.open({"codes": None, "limit": None})
            self.archive.figures.outcomes = dict(outcomes)
            self.archive.in_hand = in_hand
            spider: Any = self.crawler.spider
            spider.asked = asked or sum(outcomes.values())
            spider.under_way = set(range(under_way))
            if lost:
                with self.database.write() as connection:
                    connection.execute(update(models.run).values(ended_at=utcnow(), end_reason=runs.KILLED))
            self.report.spider_opened()
            await self.report.spider_closed(spider, reason)

        asyncio.run(story())
        status: int = self.crawler.stats.get_value("asr/exit_status")
        return status

    @property
    def row(self) -> Any:
        return rows(self.database, models.run)[-1]

    @property
    def memory(self) -> Memory:
        return Memory.from_json(runs.last_memory(self.database, SITE))


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def test_a_run_closes_its_row_and_says_in_one_line_what_it_did(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    scene.archive.figures.articles_new = 2
    scene.crawler.stats.set_value("downloader/request_count", 7)
    with caplog.at_level(logging.INFO, "asr"):
        assert scene.end("finished", stored=2, missing=1) == 0
    assert (scene.row["end_reason"], scene.row["exit_status"], scene.row["requests"]) == ("finished", 0, 7)
    [line] = caplog.messages
    assert line.startswith("Run on asrpress.ir: 3 codes visited (1 missing, 2 stored); articles: 2 new, 0 changed; 7 ")
    assert line.endswith("; finished, exit status 0")


@pytest.mark.parametrize("reason", ["finished", "shutdown", "closespider_timeout"])
def test_visits_that_could_not_be_written_are_never_a_success(scene: Scene, reason: str) -> None:
    assert scene.end(reason, in_hand=20, stored=5) == 1
    assert scene.row["exit_status"] == 1


def test_a_scheduled_run_that_met_only_failing_codes_is_good_and_one_of_given_codes_is_not(scene: Scene) -> None:
    assert scene.end("finished", failed=1) == 0
    scene.crawler.spider.arguments = Arguments.read(codes="5")  # type: ignore[union-attr]
    assert scene.end("finished", failed=1) == 75


def test_a_run_that_cannot_be_closed_is_no_success_either(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(**_: Any) -> None:
        raise StorageError("database sqlite:///x: disk full")

    monkeypatch.setattr(scene.archive, "close", fail)
    assert scene.end("finished", stored=1) == 1
    assert "disk full; the end of this run could not be written" in caplog.text


def test_codes_that_were_not_finished_are_told(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    assert scene.end("shutdown", asked=9, stored=5) == 0
    assert "4 codes were taken up and not finished" in caplog.text


@pytest.mark.parametrize(("reason", "status"), [("shutdown", 75), ("closespider_timeout", 0), ("finished", 0)])
def test_a_stop_by_a_signal_with_codes_in_hand_is_no_success(scene: Scene, reason: str, status: int) -> None:
    assert scene.end(reason, under_way=1, stored=5) == status
    assert scene.row["exit_status"] == status


@pytest.mark.parametrize("reason", ["finished", "shutdown", "token_lost", "refused"])
def test_a_run_that_another_has_closed_leaves_its_row_alone_and_says_so_once(
    scene: Scene, caplog: pytest.LogCaptureFixture, reason: str
) -> None:
    with caplog.at_level(logging.INFO, "asr"):
        assert scene.end(reason, in_hand=3, lost=True, stored=5) == 75
    assert (scene.row["end_reason"], scene.row["exit_status"], scene.row["memory"]) == ("killed", None, None)
    told = [line for line in caplog.messages if "was taken for dead and closed by another one" in line]
    assert len(told) == (reason != "token_lost")  # then it was said by who met it
    assert caplog.messages[-1].endswith("; token_lost, exit status 75")
    assert scene.archive.run_id is None


def test_a_heartbeat_that_finds_the_run_closed_ends_the_crawl(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "HEARTBEAT", timedelta(0))
    closed: list[str] = []

    class Engine:
        async def close_spider_async(self, *, reason: str) -> None:
            closed.append(reason)

    async def story() -> None:
        await scene.archive.open({})
        with scene.database.write() as connection:
            connection.execute(update(models.run).values(ended_at=utcnow()))
        scene.crawler.engine = Engine()  # type: ignore[assignment]
        await scene.report._beat()
        await scene.report._farewell

    asyncio.run(story())
    assert closed == ["token_lost"]


def test_the_requests_of_a_run_at_work_are_in_its_row(scene: Scene) -> None:
    async def story() -> None:
        await scene.archive.open({})
        scene.crawler.stats.set_value("downloader/request_count", 7)
        await scene.archive.keep_alive()

    asyncio.run(story())
    assert (scene.row["ended_at"], scene.row["requests"]) == (None, 7)


def test_pages_that_no_longer_read_are_told_loudly(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    assert scene.end("finished", unreadable=9) == 1
    assert "THE PAGES OF asrpress.ir NO LONGER READ: 9 are unreadable" in caplog.text


def test_a_refusal_is_remembered_with_what_the_site_asked_for_and_a_good_run_forgets_it(tmp_path: Path) -> None:
    refused = Scene(tmp_path)
    refused.archive.asked_to_wait_until = utcnow() + timedelta(hours=5)
    assert refused.end("refused", refused=5) == 75
    assert refused.memory.refusals == 1
    assert refused.memory.rest_until == refused.archive.asked_to_wait_until
    resting = Scene(tmp_path)
    assert resting.end("resting after a refusal") == 75
    assert resting.memory.refusals == 1
    good = Scene(tmp_path)
    assert good.end("finished", stored=3) == 0
    assert (good.memory.refusals, good.memory.rest_until) == (0, None)


@pytest.mark.parametrize("reason", ["another run at work", "database held by another program"])
def test_a_crawl_that_steps_aside_is_not_reported_twice(
    scene: Scene, caplog: pytest.LogCaptureFixture, reason: str
) -> None:
    with caplog.at_level(logging.INFO, "asr"):
        assert scene.end(reason) == 0
    assert caplog.messages == []


WARNING = "published_at: found on the page in 11% of the last 63 articles, 98% before; has the template changed?"


def an_earlier_run(scene: Scene, **places: int) -> None:
    run = runs.begin_run(scene.database, SITE, {})
    figures = runs.RunFigures(sources=[{"published_at": places}])
    runs.end_run(scene.database, run, figures, reason="finished", exit_status=0)


def test_a_field_that_has_left_its_place_is_told(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    async def count() -> None:
        await scene.archive.open({})
        scene.archive.figures.sources = [{"published_at": {"page": 7, "missing": 56}}]
        await scene.archive.keep_alive()

    scene.database.prepare()
    an_earlier_run(scene, page=98, missing=2)
    asyncio.run(count())
    assert scene.end("finished", stored=63) == 0
    [record] = [record for record in caplog.records if "published_at" in record.message]
    assert (record.levelname, record.message) == ("WARNING", f"asrpress.ir: {WARNING}")


def test_a_field_that_leaves_its_place_during_a_run_is_told_while_it_works_and_once(
    scene: Scene, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "HEARTBEAT", timedelta(0))
    asked = 0

    def compare(*given: Any) -> Any:
        nonlocal asked
        asked += 1
        return sources(*given)

    monkeypatch.setattr(report, "sources", compare)
    figures, beaten, keep_alive = scene.archive.figures, asyncio.Event(), scene.archive.keep_alive

    async def beat() -> None:
        await keep_alive()
        beaten.set()

    monkeypatch.setattr(scene.archive, "keep_alive", beat)

    async def beats() -> None:
        for _ in range(3):
            beaten.clear()
            await asyncio.wait_for(beaten.wait(), 5)

    async def story() -> None:
        await scene.archive.open({})
        figures.sources = [{"published_at": {"page": 900}}]
        task = asyncio.ensure_future(scene.report._beat())
        await beats()
        assert (asked, told()) == (1, [])  # nothing is asked for without a new article
        figures.sources = [{"published_at": {"page": 900}}, {"published_at": {"page": 10, "missing": 40}}]
        await beats()
        assert sources(scene.database, SITE).warnings == [warning]  # as ``status --check`` says it meanwhile
        figures.sources = [*figures.sources, {"published_at": {"missing": 1}}]
        await beats()
        task.cancel()

    def told() -> list[str]:
        return [line for line in caplog.messages if "published_at" in line]

    warning = "published_at: found on the page in 20% of the last 50 articles, 100% before; has the template changed?"
    asyncio.run(story())
    assert scene.end("finished", stored=951) == 0
    assert told() == [f"asrpress.ir: {warning}"]


def test_a_run_that_met_no_article_does_not_repeat_it(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    scene.database.prepare()
    an_earlier_run(scene, page=98, missing=2)
    an_earlier_run(scene, page=7, missing=56)
    assert sources(scene.database, SITE).warnings == [WARNING]
    assert scene.end("finished", missing=1) == 0
    assert "published_at" not in caplog.text


def test_a_comparison_that_fails_does_not_spoil_the_run(
    scene: Scene, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise DamagedError("no such table")

    monkeypatch.setattr(report, "sources", fail)
    scene.archive.figures.sources = [{"published_at": {"page": 98}}]
    assert scene.end("finished", stored=1) == 0
    assert scene.row["exit_status"] == 0
    assert "no such table; where values came from was not compared" in caplog.text
