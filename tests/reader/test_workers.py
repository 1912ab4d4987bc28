"""What several workers do on one archive, as the health page, the metrics and ``scrapy status`` tell it."""

from __future__ import annotations

import re
import socket
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from selectolax.lexbor import LexborHTMLParser
from sqlalchemy import text

from asrcrawler.commands.status import _queue
from asrcrawler.outlets import Outlet
from asrcrawler.reader.library import Library
from asrcrawler.storage import Database
from asrcrawler.storage.outlets import add, all_outlets
from asrcrawler.storage.queue import schema
from asrcrawler.storage.queue.jobs import RUN, Queue, Wish
from asrcrawler.storage.visits import runs
from tests.reader.conftest import client_of

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = ("here", "there", "yonder")


@pytest.fixture
def archive(postgresql_url: str) -> Iterator[Database]:
    """One with a worker that has a run in hand, one that fell silent, a run that waits, and one that failed."""
    with closing(Database(postgresql_url)) as database:
        database.prepare()
        schema.init(database)
        for port, name in enumerate(NAMES, 1):
            add(database, Outlet(name=name, site=f"{name}.example", base_url=f"http://127.0.0.1:{port}"))
        worker, silent = Queue(database, stall=60), Queue(database, stall=60)
        worker.enter()
        silent.enter()
        worker.put([Wish(RUN, name, name) for name in NAMES])
        failed = worker.fetch()
        assert failed
        run_id = runs.begin_run(database, "here.example", {})
        runs.end_run(database, run_id, runs.RunFigures(), reason="unreachable", exit_status=75)
        worker.finish(failed, failed=True)
        assert worker.fetch()
        with database.write() as connection:
            schema.look_into(connection)
            late = {"id": silent._worker}
            connection.execute(text("UPDATE worker SET host = 'elsewhere' WHERE number = :id"), late)
            long_ago = "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '2 hours' WHERE id = :id"
            connection.execute(text(long_ago), late)
        yield database


def test_people_and_machines_see_what_runs_where_and_what_failed(archive: Database, postgresql_url: str) -> None:
    with closing(Database(postgresql_url, read_only=True)) as database:
        client = client_of(Library(database=database))
        page = LexborHTMLParser(client.get("/health").text)
        alone = LexborHTMLParser(client.get("/health/yonder").text)
        metrics = client.get("/metrics").text
    [section] = page.css("section[aria-labelledby=workers]")
    here = re.escape(socket.gethostname())
    words = [" ".join(row.text(separator=" ").split()) for row in section.css("tbody tr, li")]
    assert re.fullmatch(r"elsewhere \(\d+\) ۲ ساعت بی‌خبر .* –", words[0])
    assert re.fullmatch(rf"{here} \(\d+\) در حال کار .* there", words[1])
    assert re.fullmatch(r"here ، .*: سایت در دسترس نبود \(وضعیت ۷۵\)", words[2])
    assert section.css("h2 small")[0].text() == "۱ در حال اجرا، ۱ در صف"
    assert alone.css("section[aria-labelledby=workers] h2 small")[0].text() == "۰ در حال اجرا، ۱ در صف"
    assert re.findall(r"^asrcrawler_worker_runs\{.*host=\"(.*?)\".*\} (\S+)$", metrics, re.MULTILINE) == [
        (socket.gethostname(), "1.0")
    ]
    assert 'asrcrawler_queued_runs{outlet="here",site="here.example",state="failed"} 1.0' in metrics
    assert 'asrcrawler_queued_runs{outlet="yonder",site="yonder.example",state="running"} 0.0' in metrics


def test_status_tells_it_of_the_outlets_that_it_is_about(archive: Database) -> None:
    outlets = all_outlets(archive)
    lines, data = _queue(archive, outlets)
    heads = [line for line in lines if line and not line.startswith(" ")]
    assert heads == [
        "Workers", "Running", "Failed the last time", "1 waiting; scrapy queue status says more",
    ]  # fmt: skip
    assert [line.split()[0] for line in lines[lines.index("Running") :] if line.startswith(" ")] == ["there", "here"]
    assert lines[lines.index("Failed the last time") + 1].endswith(": unreachable, exit status 75")
    assert [(job["outlet"], job["why"]) for job in data["queue"]["failed"]] == [("here", "unreachable, exit status 75")]
    _, alone = _queue(archive, [outlet for outlet in outlets if outlet.name == "yonder"])
    assert {state: len(alone["queue"][state]) for state in ("workers", "running", "waiting", "failed")} == {
        "workers": 2, "running": 0, "waiting": 1, "failed": 0,
    }  # fmt: skip


def test_an_archive_without_a_queue_tells_nothing_of_workers(database: Database) -> None:
    client = client_of(Library(database=database))
    assert 'aria-labelledby="workers"' not in client.get("/health").text
    assert "asrcrawler_worker_runs" not in client.get("/metrics").text
    assert _queue(database, all_outlets(database)) == ([], {})
