"""A worker's side of the queue: what becomes of its jobs where the database fails it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, closing
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from asrcrawler.endings import CLOSED_BY_ANOTHER, DATABASE_FAILED
from asrcrawler.exceptions import JobLostError, SchemaError, StorageError
from asrcrawler.outlets import new_outlet
from asrcrawler.storage import Database, outlets
from asrcrawler.storage.migrations.revisions import HEAD, REVISIONS
from asrcrawler.storage.queue import schema
from asrcrawler.storage.queue.standing import standing
from asrcrawler.storage.visits.runs import begin_run
from asrcrawler.work import queued
from asrcrawler.work.jobs import Ended
from asrcrawler.work.queued import Queued

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

FINISHED = Ended("finished", 0)


@pytest.fixture
def archive(postgresql_url: str) -> Iterator[Database]:
    """An archive with a queue, which follows one outlet."""
    with closing(Database(postgresql_url)) as database:
        database.prepare()
        schema.init(database)
        outlets.add(database, new_outlet("asr", "http://127.0.0.1:80"))
        yield database


@asynccontextmanager
async def at_work(url: str) -> AsyncIterator[Queued]:
    async with Queued(url, stall=60) as jobs:
        yield jobs


def states(database: Database) -> list[str]:
    found = standing(database, {})
    assert found is not None
    return [job.state for job in found.jobs]


def unanswered(call: Callable[..., Any]) -> Callable[..., Any]:
    """Let a call do its work and then fail, the first time: the connection breaks before the answer has come."""
    calls: list[int] = []

    def first_without_answer(*args: object, **kwargs: object) -> Any:
        calls.append(1)
        answer = call(*args, **kwargs)
        if len(calls) == 1:
            raise StorageError("the connection broke")
        return answer

    return first_without_answer


def test_a_job_that_was_reported_though_no_answer_came_is_not_taken_for_lost(
    archive: Database, postgresql_url: str
) -> None:
    async def work() -> None:
        async with at_work(postgresql_url) as jobs:
            job = await jobs.claim()
            assert job
            jobs._queue.finish = unanswered(jobs._queue.finish)  # type: ignore[method-assign]
            with pytest.raises(StorageError):
                await jobs.release(job, FINISHED)
            jobs.beat(archive)
            await jobs.release(job, FINISHED)
            assert (jobs._held, jobs._reported) == ([], [])

    asyncio.run(work())
    assert states(archive) == []


def test_a_job_that_was_fetched_though_no_answer_came_is_done_all_the_same(
    archive: Database, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("asrcrawler.work.queued.STEADY", 1)

    async def work() -> None:
        async with at_work(postgresql_url) as jobs:
            jobs._queue.fetch = unanswered(jobs._queue.fetch)  # type: ignore[method-assign]
            with pytest.raises(StorageError):
                await jobs.claim()
            assert states(archive) == ["running"]
            jobs.beat(archive)
            jobs._planned_at = None
            assert await jobs.claim()

    asyncio.run(work())


def test_a_job_that_another_has_taken_is_lost(archive: Database, postgresql_url: str) -> None:
    async def work() -> None:
        async with at_work(postgresql_url) as jobs:
            job = await jobs.claim()
            assert job
            with archive.write() as connection:
                schema.look_into(connection)
                connection.execute(text("UPDATE procrastinate_jobs SET attempts = attempts + 1"))
            with pytest.raises(JobLostError):
                jobs.beat(archive)
            with pytest.raises(JobLostError):
                await jobs.release(job, FINISHED)

    asyncio.run(work())


def test_a_run_that_was_cut_off_is_made_again_though_its_outlet_is_not_due_and_not_for_ever(
    archive: Database, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queued, "RETRY", 0)
    monkeypatch.setattr(queued, "MOST_TRIES", 2)

    async def work() -> None:
        async with at_work(postgresql_url) as jobs:
            for reason in (DATABASE_FAILED, CLOSED_BY_ANOTHER, DATABASE_FAILED):
                job = await jobs.claim()
                assert job, reason
                if not job.key.attempts:
                    begin_run(archive, job.outlet.site, {})  # by its start, the outlet is not due
                await jobs.release(job, Ended(reason, 1))

    asyncio.run(work())
    assert states(archive) == ["failed"]


@pytest.mark.parametrize(
    ("version", "told"),
    [
        (REVISIONS[-2], f"its schema is {REVISIONS[-2]} now, and this machine's {HEAD}; bring all machines to"),
        ("9999", "written by a newer version (schema 9999); update asrcrawler"),
    ],
)
def test_a_machine_of_another_version_of_the_schema_claims_nothing(
    version: str, told: str, archive: Database, postgresql_url: str
) -> None:
    async def work() -> str:
        async with at_work(postgresql_url) as jobs:
            with archive.write() as connection:
                connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})
            with pytest.raises(SchemaError) as refused:
                await jobs.claim()
            return str(refused.value)

    said = asyncio.run(work())
    assert told in said
    assert "\n" not in said
