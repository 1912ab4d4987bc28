from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from asrcrawler.clock import utcnow
from asrcrawler.exceptions import AnotherRunError
from asrcrawler.storage import models
from asrcrawler.storage.visits import runs
from asrcrawler.storage.visits.runs import DEAD_AFTER, KILLED, RunFigures, begin_run, end_run, keep_alive
from tests.storage.samples import OTHER_SITE, SITE, rows

if TYPE_CHECKING:
    from asrcrawler.storage import Database

SECOND = timedelta(seconds=1)


def pretend(database: Database, run_id: int, **values: object) -> None:
    with database.write() as connection:
        connection.execute(update(models.run).where(models.run.c.id == run_id).values(**values))


def owner(
    *, pid: int | None = None, start: str | None = None, boot: str | None = None, namespace: str | None = None
) -> str:
    parts = runs.this_process().split(" ")
    given = [str(pid) if pid else None, start, boot, namespace]
    return " ".join(other or own for own, other in zip(parts, given, strict=True))


def dead_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_run_leaves_its_row(database: Database) -> None:
    run_id = begin_run(database, SITE, {"codes": None, "limit": 5})
    figures = RunFigures(
        outcomes={"stored": 3, "missing": 1}, requests=7, bytes=5_000_000_000, articles_new=2, articles_changed=1
    )
    end_run(database, run_id, figures, reason="finished", exit_status=0)
    [row] = rows(database, models.run)
    assert (row["site"], row["arguments"], row["end_reason"], row["exit_status"]) == (
        SITE, {"codes": None, "limit": 5}, "finished", 0,
    )  # fmt: skip
    assert (row["outcomes"], row["requests"], row["bytes"]) == ({"stored": 3, "missing": 1}, 7, 5_000_000_000)
    assert (row["articles_new"], row["articles_changed"]) == (2, 1)
    assert row["started_at"] <= row["heartbeat_at"] == row["ended_at"] <= utcnow()


def test_a_second_run_of_the_same_site_steps_aside_and_says_who_is_at_work(database: Database) -> None:
    run_id = begin_run(database, SITE, {})
    since = runs.last_runs(database, SITE, 1)[0]["started_at"]
    with pytest.raises(AnotherRunError) as caught:
        begin_run(database, SITE, {})
    assert f"at work since {since:%Y-%m-%d %H:%M:%S} UTC" in str(caught.value)
    assert f"process {os.getpid()})" in str(caught.value)
    assert caught.value.exit_status == 0
    end_run(database, run_id, RunFigures(), reason="finished", exit_status=0)
    assert begin_run(database, SITE, {}) > run_id


def test_runs_of_different_sites_do_not_meet(database: Database) -> None:
    begin_run(database, SITE, {})
    begin_run(database, OTHER_SITE, {})
    assert [row["site"] for row in rows(database, models.run)] == [SITE, OTHER_SITE]


@pytest.mark.parametrize(
    "dead",
    [
        pytest.param(lambda: {"process": owner(pid=dead_pid())}, id="killed"),
        pytest.param(lambda: {"process": owner(start="1")}, id="its process id belongs to another process now"),
        pytest.param(lambda: {"process": owner(boot="an-earlier-boot")}, id="the machine was restarted"),
        pytest.param(
            lambda: {"host": "elsewhere", "heartbeat_at": utcnow() - DEAD_AFTER - SECOND}, id="silent on another host"
        ),
        pytest.param(
            lambda: {"process": owner(namespace="pid:[1]"), "heartbeat_at": utcnow() - DEAD_AFTER - SECOND},
            id="silent in another container",
        ),
    ],
)
def test_a_dead_owner_never_blocks(database: Database, dead: object) -> None:
    first = begin_run(database, SITE, {})
    pretend(database, first, **dead())  # type: ignore[operator]
    assert runs.state(runs.last_runs(database, SITE, 1)[0], utcnow()) == KILLED
    begin_run(database, SITE, {})
    killed = rows(database, models.run)[0]
    assert (killed["end_reason"], killed["ended_at"], killed["exit_status"]) == (KILLED, killed["heartbeat_at"], None)


@pytest.mark.parametrize(
    "alive",
    [
        pytest.param(lambda: {"process": owner(pid=1, start=start_of_init())}, id="another user's process"),
        pytest.param(lambda: {"host": "elsewhere"}, id="lately heard of on another host"),
        pytest.param(lambda: {"process": owner(pid=dead_pid(), namespace="pid:[1]")}, id="in another container"),
    ],
)
def test_an_owner_that_may_live_blocks(database: Database, alive: object) -> None:
    pretend(database, begin_run(database, SITE, {}), **alive())  # type: ignore[operator]
    assert runs.state(runs.last_runs(database, SITE, 1)[0], utcnow()) == "working"
    with pytest.raises(AnotherRunError):
        begin_run(database, SITE, {})


def start_of_init() -> str:
    return runs._start_of(1)


def test_a_heartbeat_carries_the_figures_so_far(database: Database) -> None:
    run_id = begin_run(database, SITE, {})
    pretend(database, run_id, heartbeat_at=utcnow() - DEAD_AFTER)
    keep_alive(database, run_id, RunFigures(outcomes={"stored": 9}, requests=12))
    [row] = rows(database, models.run)
    assert (row["outcomes"], row["requests"], row["ended_at"]) == ({"stored": 9}, 12, None)
    assert row["heartbeat_at"] > utcnow() - timedelta(minutes=1)


def test_the_memory_of_the_last_run_that_planned_is_found_and_only_that_is_kept(database: Database) -> None:
    assert runs.last_memory(database, SITE) is None
    for newest in (5, 6):
        run_id = begin_run(database, SITE, {})
        runs.remember_plan(database, run_id, {"newest": newest, "window": [3, newest]})
        end_run(database, run_id, RunFigures(), reason="finished", exit_status=0)
    begin_run(database, SITE, {})  # has planned nothing yet
    begin_run(database, OTHER_SITE, {})
    assert runs.last_memory(database, SITE) == {"newest": 6, "window": [3, 6]}
    assert runs.last_memory(database, OTHER_SITE) is None
    assert [row["memory"] for row in rows(database, models.run)] == [None, {"newest": 6, "window": [3, 6]}, None, None]


def test_the_last_runs_come_newest_first_and_the_last_good_one_is_known(database: Database) -> None:
    assert runs.last_good_run(database, SITE) is None
    ids = []
    for status in (0, 75):
        ids.append(begin_run(database, SITE, {}))
        end_run(database, ids[-1], RunFigures(), reason="x" * 300, exit_status=status)
    good = runs.last_good_run(database, SITE)
    assert [row["id"] for row in runs.last_runs(database, SITE, 9)] == ids[::-1]
    assert runs.last_runs(database, SITE, 1)[0]["exit_status"] == 75
    assert good is not None
    assert (good["id"], good["end_reason"]) == (ids[0], "x" * 100)
    assert runs.state(good, utcnow()) == "ended"
