from __future__ import annotations

import asyncio
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from asrcrawler.endings import ANOTHER_RUN
from asrcrawler.exceptions import VanishedError
from asrcrawler.outlets import new_outlet
from asrcrawler.storage import Database, outlets
from asrcrawler.storage.visits import runs
from asrcrawler.work.alone import AGAIN, LOOK, Alone
from asrcrawler.work.jobs import Ended

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from asrcrawler.work.jobs import Job

FINISHED = Ended("finished", 0)
MINUTE = timedelta(minutes=1)


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the jobs and of the rows of runs."""
    clock = Clock()
    monkeypatch.setattr(runs, "utcnow", clock)
    return clock


def follow(database: Database, name: str, port: int, **facts: Any) -> None:
    outlets.add(database, new_outlet(name, f"http://127.0.0.1:{port}", **facts))


def claimed(jobs: Alone) -> Job | None:
    return asyncio.run(jobs.claim())


def names(jobs: Alone) -> list[str]:
    """Claim what there is."""
    found = []
    while (job := claimed(jobs)) is not None:
        found.append(job.outlet.name)
    return sorted(found)


@contextmanager
def run_of(database: Database, job: Job) -> Iterator[None]:
    run_id = runs.begin_run(database, job.outlet.site, {"codes": None})
    yield
    runs.end_run(database, run_id, runs.RunFigures(), reason="finished", exit_status=0)


def made(database: Database, jobs: Alone, job: Job) -> None:
    with run_of(database, job):
        pass
    asyncio.run(jobs.release(job, FINISHED))


def test_every_followed_enabled_outlet_gets_its_run(database: Database, clock: Clock) -> None:
    follow(database, "one", 8001)
    follow(database, "two", 8002)
    follow(database, "off", 8003, enabled=False)
    follow(database, "left", 8004)
    outlets.remove(database, "left")
    assert names(Alone(database, clock=clock)) == ["one", "two"]


def test_outlets_of_a_group_get_one_run_at_a_time(database: Database, clock: Clock) -> None:
    follow(database, "one", 8001, group="shared")
    follow(database, "two", 8002, group="shared")
    jobs = Alone(database, clock=clock)
    first = claimed(jobs)
    assert first is not None
    assert claimed(jobs) is None
    made(database, jobs, first)
    second = claimed(jobs)
    assert second is not None
    assert {first.outlet.name, second.outlet.name} == {"one", "two"}


def test_a_run_comes_once_in_its_interval(database: Database, clock: Clock) -> None:
    follow(database, "one", 8001, every=10)
    jobs, starts = Alone(database, clock=clock), []
    for _ in range(600):
        if job := claimed(jobs):
            starts.append(clock.now)
            made(database, jobs, job)
        clock.now += timedelta(seconds=6)
    waits = [later - earlier for earlier, later in pairwise(starts)]
    assert len(starts) in {6, 7}
    assert all(abs(wait - 10 * MINUTE) <= timedelta(seconds=6) for wait in waits[1:])


def test_a_run_that_another_process_made_counts(database: Database, clock: Clock) -> None:
    follow(database, "one", 8001)
    jobs = Alone(database, clock=clock)
    job = claimed(jobs)
    assert job is not None
    made(database, jobs, job)
    clock.now += 30 * MINUTE
    with run_of(database, job):
        pass
    assert claimed(jobs) is None


def test_a_run_that_was_not_made_is_tried_again_soon(database: Database, clock: Clock) -> None:
    follow(database, "one", 8001)
    jobs = Alone(database, clock=clock)
    job = claimed(jobs)
    assert job is not None
    asyncio.run(jobs.release(job, Ended(ANOTHER_RUN, 0)))
    assert claimed(jobs) is None
    clock.now += AGAIN
    assert claimed(jobs) is not None


def test_a_job_that_was_not_begun_is_as_due_as_before(database: Database, clock: Clock) -> None:
    follow(database, "one", 8001)
    jobs = Alone(database, clock=clock)
    job = claimed(jobs)
    assert job is not None
    asyncio.run(jobs.give_up(job))
    clock.now += AGAIN
    assert names(jobs) == ["one"]


def test_an_outlet_that_is_added_or_changed_is_noticed(database: Database, clock: Clock) -> None:
    follow(database, "one", 8001)
    jobs = Alone(database, clock=clock)
    assert names(jobs) == ["one"]
    follow(database, "two", 8002)
    outlets.change(database, "one", enabled=False)
    clock.now += LOOK
    assert names(jobs) == ["two"]


def test_an_outlet_whose_server_changes_during_its_run_does_not_get_a_second_one(
    database: Database, clock: Clock
) -> None:
    follow(database, "one", 8001)
    jobs = Alone(database, clock=clock)
    job = claimed(jobs)
    assert job is not None
    outlets.change(database, "one", group="shared")
    clock.now += 2 * AGAIN
    assert claimed(jobs) is None
    made(database, jobs, job)
    clock.now += 30 * MINUTE
    assert names(jobs) == ["one"]


def test_once_gives_every_outlet_one_run_at_most(database: Database, clock: Clock) -> None:
    follow(database, "one", 8001, every=1)
    follow(database, "two", 8002, every=60)
    jobs = Alone(database, once=True, clock=clock)
    job = claimed(jobs)
    assert job is not None
    asyncio.run(jobs.release(job, Ended(ANOTHER_RUN, 0)))
    clock.now += 2 * MINUTE
    assert len({job.outlet.name, *names(jobs)}) == 2
    clock.now += 120 * MINUTE
    assert claimed(jobs) is None


def test_cron_that_begins_a_little_early_misses_no_run(database: Database, clock: Clock) -> None:
    follow(database, "one", 8001, every=10)
    begun = clock.now
    for tick in range(20):
        clock.now = begun + tick * 10 * MINUTE + timedelta(seconds=tick % 3)
        jobs = Alone(database, once=True, clock=clock)
        job = claimed(jobs)
        assert job is not None, tick
        made(database, jobs, job)


def test_a_file_that_was_deleted_has_nothing_due(sqlite_url: str, tmp_path: Path) -> None:
    with closing(Database(sqlite_url)) as database:
        database.prepare()
        follow(database, "asr", 80)
        jobs = Alone(database)
        (tmp_path / "asr.db").unlink()
        with pytest.raises(VanishedError, match="its file was deleted or replaced while it was in use"):
            claimed(jobs)
