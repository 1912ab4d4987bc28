"""The parts of a worker that need no crawl; the whole: ``tests/end_to_end/test_work.py``."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from scrapy.settings import Settings

from asrcrawler.exceptions import StorageError, VanishedError
from asrcrawler.outlets import new_outlet
from asrcrawler.storage import outlets, sharing
from asrcrawler.work import worker
from asrcrawler.work.alone import Alone
from asrcrawler.work.naming import OutletNames, named_after
from asrcrawler.work.worker import Worker, summary, worst

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from asrcrawler.storage import Database
    from asrcrawler.work.jobs import Job


class Failing:
    """Jobs of which there are none: a claim raises what it is given, one after the other."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)

    async def __aenter__(self) -> Failing:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    async def claim(self) -> Job | None:
        if self.errors:
            raise self.errors.pop(0)
        return None

    def beat(self, database: Database) -> None:
        return None


@pytest.fixture
def make(database: Database, url: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[Failing], Worker]:
    """Make a worker that does not wait long after a failure."""
    monkeypatch.setattr(worker, "LATER", 0.01)

    def make(jobs: Failing) -> Worker:
        settings = Settings({"ASR_DATABASE_URL": url, "ASR_HEARTBEAT": 10})
        return Worker(settings, jobs, database, concurrency=1, once=False)  # type: ignore[arg-type]

    return make


def test_a_database_that_is_gone_for_good_ends_the_worker_and_one_that_may_come_again_does_not(
    make: Callable[[Failing], Worker], caplog: pytest.LogCaptureFixture
) -> None:
    jobs = Failing(StorageError("away"), VanishedError("deleted"))
    with pytest.raises(VanishedError):
        asyncio.run(make(jobs).work())
    assert [record.message for record in caplog.records] == ["away; trying again in 0.01 seconds"]


@pytest.mark.parametrize("is_replaced", [False, True])
def test_a_worker_whose_database_file_is_deleted_or_replaced_ends_with_one_line_and_status_1(
    is_replaced: bool, sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings({"ASR_DATABASE_URL": sqlite_url, "ASR_HEARTBEAT": 10})
    with sharing(sqlite_url, 2, idle=60) as database:
        outlets.add(database, new_outlet("asr", "http://127.0.0.1:9"))
        assert database.path
        database.path.unlink()
        if is_replaced:
            database.path.touch()
        with pytest.raises(VanishedError, match=r": its file was deleted or replaced while it was in use$") as ended:
            asyncio.run(Worker(settings, Alone(database), database, concurrency=1, once=False).work())
        assert database.path.exists() == is_replaced
    assert (ended.value.exit_status, caplog.records) == (1, [])  # the command tells what is raised, in one line


def test_a_job_is_handed_back_until_that_is_done_or_the_worker_is_told_to_stop(
    make: Callable[[Failing], Worker], caplog: pytest.LogCaptureFixture
) -> None:
    one = make(Failing())
    tried: list[int] = []

    async def hand_back() -> None:
        tried.append(len(tried))
        if len(tried) < 3:
            raise StorageError("away")
        if len(tried) > 3:
            one.stop()
            raise StorageError("gone")

    async def twice() -> None:
        await one._hand_back(hand_back)
        assert len(tried) == 3
        await one._hand_back(hand_back)

    asyncio.run(twice())
    assert len(tried) == 4
    assert [record.message for record in caplog.records if record.levelno >= logging.WARNING] == [
        "away; the job is handed back in 0.01 seconds",
        "away; the job is handed back in 0.01 seconds",
        "gone; the job could not be handed back",
    ]


@pytest.mark.parametrize(
    ("statuses", "status"),
    [([], 0), ([0, 0], 0), ([0, 75], 75), ([75, 1, 0], 1), ([2, 75], 1)],
)
def test_the_worst_is_1_before_75_before_0(statuses: Iterable[int], status: int) -> None:
    assert worst(Counter(statuses)) == status


def test_one_line_tells_of_all_runs() -> None:
    assert summary(3, Counter()) == "3 runs at work; 0 made"
    assert summary(0, Counter([0, 0, 75, 1])) == "0 runs at work; 4 made: 2 ended with 0, 1 with 1, 1 with 75"


def test_what_a_run_logs_bears_the_name_of_its_outlet_in_tasks_and_threads_too(
    caplog: pytest.LogCaptureFixture,
) -> None:
    logger = logging.getLogger("asrcrawler.somewhere")

    async def run(outlet: str) -> None:
        with named_after(outlet):
            await asyncio.gather(asyncio.to_thread(logger.warning, "thread"), asyncio.sleep(0))
            logger.warning("task")

    async def both() -> None:
        await asyncio.gather(run("one"), run("two"))
        logger.warning("outside")

    caplog.handler.addFilter(names := OutletNames())
    try:
        asyncio.run(both())
    finally:
        caplog.handler.removeFilter(names)
    assert sorted((record.name, record.message) for record in caplog.records) == [
        ("asrcrawler.somewhere", "outside"), ("one", "task"), ("one", "thread"), ("two", "task"), ("two", "thread"),
    ]  # fmt: skip
