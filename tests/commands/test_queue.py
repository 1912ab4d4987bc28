"""``scrapy queue``: a queue is made, filled and shown; where there can be none, one line says so."""

from __future__ import annotations

import json
import socket
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from asrcrawler.outlets import Outlet
from asrcrawler.storage import Database
from asrcrawler.storage.outlets import add
from asrcrawler.storage.queue.jobs import RUN, Queue, Wish
from asrcrawler.storage.visits import runs
from tests.commands import Done, run

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Outlet(name="here", site="here.example", base_url="http://127.0.0.1:9")


@pytest.fixture
def archive(postgresql_url: str) -> Iterator[Database]:
    """One that follows an outlet, at an address where nothing answers."""
    with closing(Database(postgresql_url)) as database:
        database.prepare()
        add(database, HERE)
        yield database


def queue(url: str, *words: str) -> Done:
    return run("queue", *words, "-s", f"ASR_DATABASE_URL={url}")


def test_it_is_made_filled_and_shown(archive: Database, postgresql_url: str) -> None:
    for words in (["status"], ["add", "here", "--codes", "1-9"]):
        done = queue(postgresql_url, *words)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.endswith("has no queue yet; scrapy queue init makes it\n")
    for told in ("is made", "is up to date already"):
        done = queue(postgresql_url, "init")
        assert (done.returncode, done.stderr) == (0, "")
        assert f"{told}; scrapy work takes its work from there." in done.stdout
    done = queue(postgresql_url, "add", "here", "--codes", "۱–۹۰۰۰۰۰")
    assert (done.returncode, done.stdout) == (
        0,
        "900,000 codes of here wait for a worker; scrapy queue status shows how far they are.\n",
    )
    worker = Queue(archive, stall=60)
    worker.enter()
    worker.put([Wish(RUN, "here", "here:80"), Wish(RUN, "there", "there:80"), Wish(RUN, "gone", "gone:80")])
    failed = worker.fetch()
    assert failed
    figures = runs.RunFigures()
    runs.end_run(archive, runs.begin_run(archive, "here.example", {}), figures, reason="unreachable", exit_status=75)
    worker.finish(failed, failed=True)
    assert worker.fetch()
    done = queue(postgresql_url, "status", "--json")
    found = json.loads(done.stdout)
    assert [(row["host"], row["jobs"], row["silence"] < 60) for row in found["workers"]] == [
        (socket.gethostname(), 1, True)
    ]
    assert [(job["outlet"], job["task"], job["host"]) for job in found["running"]] == [
        ("there", "scheduled run", found["workers"][0]["host"])
    ]
    assert [job["outlet"] for job in found["waiting"]] == ["gone"]
    assert [(job["outlet"], job["why"]) for job in found["failed"]] == [("here", "unreachable, exit status 75")]
    assert [(lease["outlet"], lease["first"], lease["last"], lease["next"]) for lease in found["leases"]] == [
        ("here", 1, 900_000, 1)
    ]
    lines = queue(postgresql_url, "status").stdout.splitlines()
    assert [line for line in lines if line and not line.startswith(" ")] == [
        "Workers", "Running", "Waiting", "Failed the last time", "Leases",
    ]  # fmt: skip
    assert any(line.startswith("  here ") and line.endswith(": unreachable, exit status 75") for line in lines)
    assert lines[-1].split() == ["here", "1-900,000,", "900,000", "left"]


@pytest.mark.parametrize("words", [["init"], ["status"], ["add", "asr", "--codes", "1-9"]])
def test_on_sqlite_there_is_none(words: list[str], sqlite_url: str) -> None:
    done = queue(sqlite_url, *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"scrapy queue {words[0]}: a queue needs PostgreSQL, and this archive is SQLite; scrapy db copy takes it over,"
        " scrapy work does without a queue\n"
    )


def test_wrong_codes_and_unknown_outlets_are_one_line(archive: Database, postgresql_url: str) -> None:
    queue(postgresql_url, "init")
    for words, why in (
        (["nowhere", "--codes", "1-9"], "no outlet 'nowhere' is followed; there is: here"),
        (["here", "--codes", "9-1"], "'9-1' has a range that runs backwards: 9-1"),
        (["here"], "the following arguments are required: --codes"),
    ):
        done = queue(postgresql_url, "add", *words)
        assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
        assert done.stderr.endswith(f": {why}\n")
