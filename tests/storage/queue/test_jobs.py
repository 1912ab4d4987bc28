"""Workers share the jobs of a queue: each is done by one at a time, and that of a silent worker by another."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING

import psycopg
import pytest
from procrastinate.jobs import Job
from sqlalchemy import text

from asrcrawler.exceptions import JobLostError, StorageError
from asrcrawler.storage.engine.postgresql import session_name
from asrcrawler.storage.queue.jobs import CODES, RUN, Queue, Wish
from asrcrawler.storage.queue.schema import look_into

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asrcrawler.storage import Database
    from tests.storage.queue.conftest import Enter

ASR, ASR_CODES = Wish(RUN, "asr", "one:80"), Wish(CODES, "asr", "one:80", lease=7)
TABNAK = Wish(RUN, "tabnak", "two:80")
STALL = 60


def states(database: Database) -> list[tuple[str, str]]:
    with database.read() as connection:
        look_into(connection)
        rows = connection.execute(text("SELECT queueing_lock, status::text FROM procrastinate_jobs ORDER BY id"))
        return [(row[0], row[1]) for row in rows]


def fall_silent(database: Database, queue: Queue, seconds: float = STALL + 1) -> None:
    """Let the last sign of life of a worker be so long ago."""
    with database.write() as connection:
        look_into(connection)
        connection.execute(
            text("UPDATE procrastinate_workers SET last_heartbeat = now() - :ago * interval '1 second' WHERE id = :id"),
            {"ago": seconds, "id": queue._worker},
        )


def test_a_job_waits_once_is_done_once_and_is_gone(queued: Database, enter: Enter) -> None:
    first, second = enter(), enter()
    first.put([ASR, TABNAK])
    second.put([ASR, TABNAK])
    assert states(queued) == [("asr:run", "todo"), ("tabnak:run", "todo")]
    jobs = [first.fetch(), second.fetch(), first.fetch()]
    assert [job and job.task_kwargs["outlet"] for job in jobs] == ["asr", "tabnak", None]
    first.put([ASR])  # what is being done does not wait as well
    assert states(queued) == [("asr:run", "doing"), ("tabnak:run", "doing")]
    assert jobs[0]
    first.finish(jobs[0])
    assert states(queued) == [("tabnak:run", "doing")]


def test_of_a_group_one_job_is_done_at_a_time_and_scheduled_runs_come_first(enter: Enter) -> None:
    queue = enter()
    queue.put([ASR_CODES, ASR])
    run = queue.fetch()
    assert run
    assert run.task_name == RUN
    assert queue.fetch() is None
    queue.finish(run)
    codes = queue.fetch()
    assert codes
    assert codes.task_kwargs == {"outlet": "asr", "lease": 7}


def test_many_workers_never_have_two_jobs_of_a_group(queued: Database, enter: Enter) -> None:
    wishes = [Wish(RUN, f"outlet{number}", f"group{number % 3}") for number in range(30)]
    queues = [enter() for _ in range(3)]
    done: list[str] = []

    def work(queue: Queue) -> None:
        while len(done) < len(wishes):
            if (job := queue.fetch()) is not None:
                with queued.read() as connection:
                    look_into(connection)
                    doing = connection.execute(
                        text("SELECT count(*), count(DISTINCT lock) FROM procrastinate_jobs WHERE status = 'doing'")
                    ).one()
                assert doing[0] == doing[1]
                queue.finish(job)
                done.append(str(job.task_kwargs["outlet"]))

    queues[0].put(wishes)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, queues))
    assert sorted(done) == sorted(wish.outlet for wish in wishes)


def test_a_job_that_was_not_begun_waits_again(queued: Database, enter: Enter) -> None:
    first, second = enter(), enter()
    first.put([ASR])
    job = first.fetch()
    assert job
    first.hand_back(job)
    again = second.fetch()
    assert again
    assert (again.id, again.attempts) == (job.id, job.attempts + 1)


def test_the_job_of_a_silent_worker_goes_to_another_and_the_silent_one_notices(queued: Database, enter: Enter) -> None:
    first, second = enter(), enter()
    first.put([ASR])
    job = first.fetch()
    assert job
    first.beat([job])
    assert second.rescue([]) == []
    fall_silent(queued, first)
    assert [rescued.id for rescued in second.rescue([])] == [job.id]
    again = second.fetch()
    assert again
    taken = f"job {job.id} of the queue was taken by another worker"
    with pytest.raises(JobLostError, match=taken):
        first.beat([job])
    with pytest.raises(JobLostError, match=taken):
        first.finish(job)
    with pytest.raises(JobLostError, match=taken):
        first.hand_back(job)
    assert states(queued) == [("asr:run", "doing")]
    second.finish(again)
    assert states(queued) == []


def test_a_worker_that_takes_its_own_lost_job_again_does_not_report_on_the_earlier_turn(
    queued: Database, enter: Enter
) -> None:
    first, second = enter(), enter()
    first.put([ASR])
    job = first.fetch()
    fall_silent(queued, first)
    second.rescue([])
    again = first.fetch()
    assert job
    assert again
    assert again.id == job.id
    first.beat([again])
    with pytest.raises(JobLostError):
        first.finish(job)
    with pytest.raises(JobLostError):
        first.beat([job])


def test_where_a_successor_waits_the_job_of_a_silent_worker_has_failed_and_the_successor_is_done(
    queued: Database, enter: Enter
) -> None:
    first, second = enter(), enter()
    first.put([ASR])
    job = first.fetch()
    assert job
    with queued.write() as connection:  # as put by another worker, which planned in the same moment
        look_into(connection)
        connection.execute(
            text(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock, args)"
                " SELECT queue_name, task_name, lock, queueing_lock, args FROM procrastinate_jobs"
            )
        )
    fall_silent(queued, first)
    assert [rescued.id for rescued in second.rescue([])] == [job.id]
    assert states(queued) == [("asr:run", "failed"), ("asr:run", "todo")]
    successor = second.fetch()
    assert successor
    assert successor.attempts == 1  # by which it is done at once: its outlet is not due, as its run has begun
    second.finish(successor)
    assert states(queued) == []  # the failure is told until the next of its name has ended


def test_a_worker_does_not_take_its_own_jobs_for_those_of_a_silent_one(queued: Database, enter: Enter) -> None:
    queue = enter()
    queue.put([ASR])
    job = queue.fetch()
    assert job
    fall_silent(queued, queue)
    assert queue.rescue([job]) == []
    queue.beat([job])
    queue.finish(job)


def test_jobs_of_a_worker_that_left_or_was_forgotten_are_taken(queued: Database, enter: Enter) -> None:
    first, second, third = enter(), enter(), enter()
    first.put([ASR, TABNAK])
    assert first.fetch()
    assert second.fetch()
    first.leave()
    fall_silent(queued, second, 2 * 86_400)
    assert [job.queueing_lock for job in third.rescue([])] == ["asr:run", "tabnak:run"]
    with queued.read() as connection:
        assert connection.scalars(text("SELECT number FROM worker")).all() == [third._worker]


def test_what_a_silent_worker_has_locked_is_freed(queued: Database, enter: Enter) -> None:
    first, second = enter(), enter()
    first.put([ASR])
    job = first.fetch()
    assert job
    another = "4711 1 boot namespace"
    with queued.write() as connection:
        connection.execute(
            text("UPDATE worker SET process = :process WHERE number = :number"),
            {"process": another, "number": first._worker},
        )
    url = queued.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    session = psycopg.connect(url, application_name=session_name(socket.gethostname(), another))
    session.execute("SELECT set_config('search_path', current_schema() || '_queue,' || current_schema(), true)")
    session.execute("SELECT id FROM procrastinate_jobs FOR UPDATE")
    # Stopped while it sends rows: no limit of the server's ends that.
    session.pgconn.exec_(b"COPY procrastinate_periodic_defers (task_name) FROM STDIN")
    with closing(session):
        assert second.rescue([]) == []
        fall_silent(queued, first)
        assert [rescued.id for rescued in second.rescue([])] == [job.id]


def test_a_job_that_was_fetched_while_the_connection_broke_waits_again(queued: Database, enter: Enter) -> None:
    queue = enter()
    queue.put([ASR, TABNAK])
    known, unknown = queue.fetch(), queue.fetch()
    assert known
    assert unknown
    assert [job.id for job in queue.rescue([known])] == [unknown.id]
    assert states(queued) == [("asr:run", "doing"), ("tabnak:run", "todo")]


def test_a_sign_of_life_leaves_out_what_is_let_go_meanwhile(queued: Database, enter: Enter) -> None:
    class LettingGo(list[Job]):
        """A list whose jobs are reported on between two looks at it."""

        def __iter__(self) -> Iterator[Job]:
            yield from [self.pop()] if self else []

    queue = enter()
    queue.put([ASR])
    job = queue.fetch()
    assert job
    queue.finish(job)
    queue.beat(LettingGo([job]), queued)
    with pytest.raises(JobLostError):
        queue.beat([job], queued)


def test_two_rescues_at_once_take_a_job_once(queued: Database, enter: Enter) -> None:
    lost, *others = enter(), enter(), enter()
    lost.put([ASR])
    assert lost.fetch()
    fall_silent(queued, lost)
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda queue: len(queue.rescue([])), others))
    assert sorted(found) == [0, 1]


def test_a_failed_job_stays_until_the_next_of_its_name_has_ended(queued: Database, enter: Enter) -> None:
    queue = enter()
    for _ in range(3):
        queue.put([ASR])
        job = queue.fetch()
        assert job
        queue.finish(job, failed=True)
        assert states(queued) == [("asr:run", "failed")]
    queue.put([ASR])
    job = queue.fetch()
    assert job
    queue.finish(job)
    assert states(queued) == []


def test_what_the_server_refuses_is_told_in_one_line(queued: Database, enter: Enter) -> None:
    queue = enter()
    with queued.write() as connection:
        look_into(connection)
        connection.execute(text("DROP TABLE procrastinate_jobs CASCADE"))
    with pytest.raises(StorageError, match=r'^database .*relation "procrastinate_jobs" does not exist'):
        queue.put([ASR])
