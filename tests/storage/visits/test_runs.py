from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from asrcrawler.clock import utcnow
from asrcrawler.exceptions import AnotherRunError, StorageError, TokenLostError
from asrcrawler.storage import Database, models
from asrcrawler.storage.reparse.rereading import CodeHistory
from asrcrawler.storage.reparse.rewriting import write_readings
from asrcrawler.storage.visits import dictionaries, runs
from asrcrawler.storage.visits.ledger import record_listed
from asrcrawler.storage.visits.runs import DEAD_AFTER, KILLED, RunFigures, begin_run, end_run, keep_alive
from asrcrawler.storage.visits.writing import write_visits
from asrcrawler.system import processes
from asrcrawler.text.packing import Trained
from tests.storage.samples import NOON, OTHER_SITE, SITE, all_rows, an_article, rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

SECOND = timedelta(seconds=1)


def pretend(database: Database, run_id: int, **values: object) -> None:
    with database.write() as connection:
        connection.execute(update(models.run).where(models.run.c.id == run_id).values(**values))


def owner(
    *, pid: int | None = None, start: str | None = None, boot: str | None = None, namespace: str | None = None
) -> str:
    parts = processes.this_process().split(" ")
    given = [str(pid) if pid else None, start, boot, namespace]
    return " ".join(other or own for own, other in zip(parts, given, strict=True))


def dead_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_run_leaves_its_row(database: Database) -> None:
    run_id = begin_run(database, SITE, {"codes": None, "limit": 5})
    figures = RunFigures(
        outcomes={"stored": 3, "missing": 1}, requests=7, bytes=5_000_000_000, articles_new=2, articles_changed=1,
        sources=[{"title": {"page": 3}}],
    )  # fmt: skip
    end_run(database, run_id, figures, reason="finished", exit_status=0)
    [row] = rows(database, models.run)
    assert (row["site"], row["arguments"], row["end_reason"], row["exit_status"]) == (
        SITE, {"codes": None, "limit": 5}, "finished", 0,
    )  # fmt: skip
    assert (row["outcomes"], row["requests"], row["bytes"]) == ({"stored": 3, "missing": 1}, 7, 5_000_000_000)
    assert (row["articles_new"], row["articles_changed"]) == (2, 1)
    assert row["sources"] == [{"title": {"page": 3}}]
    assert row["started_at"] <= row["heartbeat_at"] == row["ended_at"] <= utcnow()


def test_a_second_run_of_the_same_site_steps_aside_and_says_who_is_at_work(database: Database) -> None:
    run_id = begin_run(database, SITE, {})
    since = runs.last_runs(database, SITE, 1)[0].started_at
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
    assert runs.last_runs(database, SITE, 1)[0].state == KILLED
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
    assert runs.last_runs(database, SITE, 1)[0].state == "working"
    with pytest.raises(AnotherRunError):
        begin_run(database, SITE, {})


def test_a_run_says_itself_after_how_much_silence_it_is_dead(database: Database) -> None:
    run_id = begin_run(database, SITE, {}, dead_after=60)
    pretend(database, run_id, host="elsewhere", heartbeat_at=utcnow() - timedelta(seconds=50))
    with pytest.raises(AnotherRunError):
        begin_run(database, SITE, {})
    pretend(database, run_id, heartbeat_at=utcnow() - timedelta(seconds=61))
    assert runs.last_runs(database, SITE, 1)[0].state == KILLED
    begin_run(database, SITE, {})


def test_one_statement_keeps_all_runs_of_this_process_alive_that_still_have_their_token(database: Database) -> None:
    own = [begin_run(database, site, {}) for site in (SITE, OTHER_SITE, "127.0.0.1:8001")]
    long_ago = utcnow() - timedelta(hours=1)
    for run_id in own:
        pretend(database, run_id, heartbeat_at=long_ago)
    pretend(database, own[1], token="another's")
    end_run(database, own[2], RunFigures(), reason="finished", exit_status=0)
    pretend(database, own[2], heartbeat_at=long_ago)
    runs.keep_all_alive(database)
    beats = {row["id"]: row["heartbeat_at"] for row in rows(database, models.run)}
    assert utcnow() - beats[own[0]] < timedelta(minutes=1)
    assert (beats[own[1]], beats[own[2]]) == (long_ago, long_ago)


def test_a_run_that_is_writing_does_not_keep_the_others_from_a_sign_of_life(postgresql_url: str) -> None:
    with closing(Database(postgresql_url)) as database:
        database.prepare()
        writing, idle = (begin_run(database, site, {}) for site in (SITE, OTHER_SITE))
        long_ago = utcnow() - timedelta(hours=1)
        for run_id in (writing, idle):
            pretend(database, run_id, heartbeat_at=long_ago)
        with runs.writing(database, writing):
            runs.keep_all_alive(database)
            beats = {row["id"]: row["heartbeat_at"] for row in rows(database, models.run)}
            assert (beats[writing], utcnow() - beats[idle] < timedelta(minutes=1)) == (long_ago, True)


def start_of_init() -> str:
    return processes.start_of(1)


def test_a_heartbeat_carries_the_figures_so_far(database: Database) -> None:
    run_id = begin_run(database, SITE, {})
    pretend(database, run_id, heartbeat_at=utcnow() - DEAD_AFTER)
    places = [{"title": {"page": 8, "missing": 1}}]
    keep_alive(database, run_id, RunFigures(outcomes={"stored": 9}, requests=12, sources=places))
    [row] = rows(database, models.run)
    assert (row["outcomes"], row["requests"], row["ended_at"]) == ({"stored": 9}, 12, None)
    assert row["sources"] == places
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
    assert [row.id for row in runs.last_runs(database, SITE, 9)] == ids[::-1]
    assert runs.last_runs(database, SITE, 1)[0].exit_status == 75
    assert good is not None
    assert (good.id, good.end_reason) == (ids[0], "x" * 100)
    assert good.state == "ended"


@contextmanager
def zombie() -> Iterator[int]:
    """A process that has ended and whose parent has not asked how."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    yield process.pid
    process.wait()


@contextmanager
def held() -> Iterator[int]:
    """A process that is stopped."""
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    process.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WNOWAIT)
    yield process.pid
    process.kill()
    process.communicate()


def test_a_zombie_is_dead(database: Database) -> None:
    with zombie() as pid:
        pretend(database, begin_run(database, SITE, {}), process=owner(pid=pid, start=processes.start_of(pid)))
        begin_run(database, SITE, {})
    assert rows(database, models.run)[0]["end_reason"] == KILLED


def test_a_stopped_process_blocks_as_long_as_it_was_lately_heard_of(database: Database) -> None:
    with held() as pid:
        first = begin_run(database, SITE, {})
        pretend(database, first, process=owner(pid=pid, start=processes.start_of(pid)))
        with pytest.raises(AnotherRunError):
            begin_run(database, SITE, {})
        pretend(database, first, heartbeat_at=utcnow() - DEAD_AFTER - SECOND)
        begin_run(database, SITE, {})


def test_a_run_of_this_process_that_could_not_be_closed_does_not_block(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = begin_run(database, SITE, {})
    with monkeypatch.context() as failing:
        failing.setattr(database, "write", full)
        with pytest.raises(StorageError):
            end_run(database, run_id, RunFigures(), reason="finished", exit_status=0)
    assert rows(database, models.run)[0]["ended_at"] is None
    begin_run(database, SITE, {})
    assert [row["end_reason"] for row in rows(database, models.run)] == [KILLED, None]


def full(*_: object) -> None:
    raise StorageError("disk full")


@pytest.mark.parametrize("ahead", [DEAD_AFTER + SECOND, timedelta(days=3650)])
def test_a_heartbeat_of_the_future_keeps_no_run_alive_on_another_host(database: Database, ahead: timedelta) -> None:
    began = utcnow()
    pretend(database, begin_run(database, SITE, {}), host="elsewhere", heartbeat_at=began + ahead)
    assert runs.last_runs(database, SITE, 1)[0].state == KILLED
    begin_run(database, SITE, {})
    assert began <= rows(database, models.run)[0]["ended_at"] <= utcnow()


def test_clocks_of_two_hosts_may_be_some_minutes_apart(database: Database) -> None:
    pretend(database, begin_run(database, SITE, {}), host="elsewhere", heartbeat_at=utcnow() + DEAD_AFTER / 2)
    with pytest.raises(AnotherRunError):
        begin_run(database, SITE, {})


WRITES: dict[str, Callable[[Database, int], object]] = {
    "a batch": lambda database, run_id: write_visits(database, [an_article(9)], run_id=run_id),
    "listed codes": lambda database, run_id: record_listed(database, SITE, [9], NOON, run_id=run_id),
    "a heartbeat": lambda database, run_id: keep_alive(database, run_id, RunFigures(requests=99)),
    "a plan": lambda database, run_id: runs.remember_plan(database, run_id, {"newest": 99}),
    "its end": lambda database, run_id: end_run(database, run_id, RunFigures(), reason="finished", exit_status=0),
    "a dictionary": lambda database, run_id: dictionaries._store(database, SITE, Trained(b"words", 9, 0.1), {}, run_id),
    "another reading": lambda database, run_id: write_readings(
        database, SITE, [(CodeHistory(9, [], [], lost=False), [an_article(9)])], run_id=run_id
    ),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_a_run_that_another_has_closed_writes_nothing_more(
    database: Database, write: Callable[[Database, int], object]
) -> None:
    lost = begin_run(database, SITE, {})
    write_visits(database, [an_article(7)], run_id=lost)
    pretend(database, lost, host="elsewhere", heartbeat_at=utcnow() - DEAD_AFTER - SECOND)
    begin_run(database, SITE, {})
    before = all_rows(database)
    for _ in range(2):
        with pytest.raises(TokenLostError) as caught:
            write(database, lost)
    assert caught.value.exit_status == 75
    assert all_rows(database) == before


def test_a_token_is_random_and_another_one_proves_nothing(database: Database) -> None:
    first, second = begin_run(database, SITE, {}), begin_run(database, OTHER_SITE, {})
    tokens = [row["token"] for row in rows(database, models.run)]
    assert len(set(tokens)) == 2
    assert {len(token) for token in tokens} == {2 * runs.TOKEN_BYTES}
    pretend(database, first, token=tokens[1])
    with pytest.raises(TokenLostError):
        keep_alive(database, first, RunFigures())
    keep_alive(database, second, RunFigures())


def test_a_run_of_another_process_is_not_ours_to_write_for(database: Database) -> None:
    run_id = begin_run(database, SITE, {})
    del runs._tokens[database.name, run_id]
    with pytest.raises(TokenLostError):
        keep_alive(database, run_id, RunFigures())


def test_every_write_is_a_sign_of_life_and_shows_the_figures_so_far(database: Database) -> None:
    run_id = begin_run(database, SITE, {})
    pretend(database, run_id, heartbeat_at=utcnow() - DEAD_AFTER)
    write_visits(database, [an_article(7)], run_id=run_id, figures=RunFigures(requests=12, bytes=345))
    [row] = rows(database, models.run)
    assert row["heartbeat_at"] > utcnow() - timedelta(minutes=1)
    assert (row["requests"], row["bytes"]) == (12, 345)
    write_visits(database, [an_article(8)], run_id=run_id)
    assert rows(database, models.run)[0]["requests"] == 12


def test_a_good_run_of_the_future_is_not_the_last_good_one_and_is_told_until_one_ends_well(database: Database) -> None:
    def good(**moments: datetime) -> int:
        run_id = begin_run(database, SITE, {})
        end_run(database, run_id, RunFigures(), reason="finished", exit_status=0)
        if moments:
            pretend(database, run_id, **moments)
        return run_id

    first = good()
    assert runs.run_ahead(database, SITE) is None
    ahead = utcnow() + timedelta(days=3650)
    wrong = good(started_at=ahead, heartbeat_at=ahead, ended_at=ahead)
    last, told = runs.last_good_run(database, SITE), runs.run_ahead(database, SITE)
    assert (last and last.id, told and told.id) == (first, wrong)
    right = good()
    last = runs.last_good_run(database, SITE)
    assert last is not None
    assert last.id == right
    assert runs.run_ahead(database, SITE) is None
