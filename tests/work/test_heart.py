from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING

import pytest

from asrcrawler.exceptions import JobLostError, StorageError
from asrcrawler.storage.visits import runs
from asrcrawler.work import heart
from asrcrawler.work.heart import Heart
from tests.storage.samples import SITE

if TYPE_CHECKING:
    from asrcrawler.storage import Database

PATIENCE = 10  # seconds


class Beats:
    """Jobs of which only the beat matters: it raises what it is given, one after the other."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.went_well = False
        self.at_peace = Event()

    def beat(self, database: Database) -> None:
        if self.errors:
            raise self.errors.pop(0)
        if self.went_well:  # and so did what is written after it
            self.at_peace.set()
        self.went_well = True


def test_it_keeps_runs_alive_and_beats_for_the_jobs(database: Database, url: str) -> None:
    run_id = runs.begin_run(database, SITE, {})
    [before] = runs.last_runs(database, SITE, 1)
    jobs = Beats()
    with Heart(url, jobs, 0.05, pytest.fail):  # type: ignore[arg-type]
        assert jobs.at_peace.wait(PATIENCE)
    [after] = runs.last_runs(database, SITE, 1)
    assert after.heartbeat_at > before.heartbeat_at
    runs.end_run(database, run_id, runs.RunFigures(), reason="finished", exit_status=0)


def test_a_database_that_does_not_answer_is_tried_again(url: str, database: Database) -> None:
    jobs = Beats(StorageError("away"), StorageError("away"))
    with Heart(url, jobs, 0.05, pytest.fail):  # type: ignore[arg-type]
        assert jobs.at_peace.wait(PATIENCE)


def test_a_lost_job_is_told_once(url: str, database: Database) -> None:
    lost, told = Event(), []

    def tell(error: JobLostError) -> None:
        told.append(str(error))
        lost.set()

    jobs = Beats(JobLostError("gone"), JobLostError("gone again"))
    with Heart(url, jobs, 0.05, tell):  # type: ignore[arg-type]
        assert lost.wait(PATIENCE)
    assert told == ["gone"]
    assert heart.SOON <= 1
