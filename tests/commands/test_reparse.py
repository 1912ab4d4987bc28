"""`scrapy reparse`, as a user gives it, over the archive of a real crawl of the replica."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from asrcrawler.replica import World
from asrcrawler.replica.server import ReplicaServer
from asrcrawler.storage import Database
from asrcrawler.storage.visits.runs import begin_run, last_good_run, last_runs
from tests.commands import ROOT, Done, invoke
from tests.end_to_end.crawling import SITE, Crawl

LAST = 120


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("crawled") / "asr.db"
    with ReplicaServer(World(first=1, last=LAST, density=0.9)) as server:
        status, log = Crawl(server.base_url, f"sqlite:///{file}").run(f"codes=1-{LAST}")
    assert status == 0, log
    return file


@pytest.fixture
def archive(crawled: Path, tmp_path: Path) -> Path:
    """A copy of the crawled archive, the test's own."""
    return Path(shutil.copy(crawled, tmp_path / "asr.db"))


def reparse(file: Path, *options: str) -> Done:
    done = invoke("reparse", *options, settings={"ASR_DATABASE_URL": f"sqlite:///{file}"})
    assert (done.returncode, done.stderr) == (0, "")
    return done


def change(file: Path, *statements: str) -> None:
    with closing(sqlite3.connect(file)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def content(file: Path) -> dict[str, list[Any]]:
    tables = ("article", "revision", "label", "signature", "band", "ledger", "visit", "page", "coverage")
    with closing(sqlite3.connect(file)) as connection:
        return {table: sorted(connection.execute(f"SELECT * FROM {table}"), key=repr) for table in tables}


def test_damaged_articles_are_restored_to_the_letter(archive: Path) -> None:
    before = content(archive)
    change(
        archive,
        "UPDATE article SET lead = NULL, tags = '[]' WHERE code % 2 = 0",
        "UPDATE article SET body = 'دیگر', text_digest = NULL WHERE code % 5 = 0 AND body > ''",
        "UPDATE article SET similar_to = NULL, duplicate_of = NULL WHERE text_digest IS NULL",
        "DELETE FROM label WHERE code % 2 = 0 AND kind = 'tag'",
    )
    assert content(archive) != before
    done = reparse(archive)
    assert content(archive) == before
    assert "read otherwise than before" in done.stdout
    assert [line.split()[0] for line in done.stdout.splitlines() if line.startswith("  lead")] == ["lead"]
    again = reparse(archive)
    assert "otherwise" not in again.stdout
    assert content(archive) == before


def test_pages_that_could_not_be_read_become_articles(archive: Path) -> None:
    before = content(archive)
    change(
        archive,
        "UPDATE visit SET outcome = 'unreadable', reason = 'no body', change = NULL WHERE outcome = 'stored'",
        "UPDATE page SET outcome = 'unreadable'",
        "UPDATE ledger SET outcome = 'unreadable', reason = 'no body', etag = NULL, last_modified = NULL, "
        "next_visit_at = visited_at WHERE outcome = 'stored'",
        *(f"DELETE FROM {table}" for table in ("article", "label", "signature", "band")),
    )
    done = reparse(archive, "--unreadable", "--list")
    after = content(archive)
    without_id = [sorted((row[1:] for row in end["article"]), key=repr) for end in (before, after)]
    assert without_id[0] == without_id[1]
    assert {name: rows for name, rows in after.items() if name != "article"} == {
        name: rows for name, rows in before.items() if name != "article"
    }
    assert "outcome           unreadable → stored" in done.stdout


def test_a_dry_run_lists_and_writes_nothing(archive: Path) -> None:
    change(archive, "UPDATE article SET lead = 'نادرست' WHERE code = (SELECT min(code) FROM article)")
    before = content(archive)
    done = reparse(archive, "--dry-run", "--list", "--codes", "1-50")
    assert "lead              نادرست → " in done.stdout
    assert done.stdout.endswith("Nothing was written (--dry-run).\n")
    assert content(archive) == before


def test_since_means_the_day_of_the_visit(archive: Path) -> None:
    assert "0 captures of 0 codes" in reparse(archive, "--since", "2099-01-01").stdout
    assert "0 captures" not in reparse(archive, "--since", "1404/01/01", "--codes", "1-50").stdout


def test_damaged_pages_are_counted_and_replace_nothing(archive: Path) -> None:
    before = content(archive)["article"]
    change(archive, "UPDATE page SET content = x'00' WHERE id <= 3", "UPDATE page SET content = NULL WHERE id = 4")
    done = reparse(archive)
    assert "4  damaged or gone; scrapy db check names them" in done.stdout
    assert content(archive)["article"] == before


def test_it_steps_aside_while_a_crawl_is_at_work_and_is_no_crawl_to_a_watchdog(archive: Path) -> None:
    url = f"sqlite:///{archive}"
    with closing(Database(url)) as database:
        good = last_good_run(database, SITE)
        reparse(archive, "--codes", "1-5")
        assert last_good_run(database, SITE) == good
        latest = last_runs(database, SITE, 1)[0]
        assert (latest.end_reason, latest.exit_status) == ("reparse finished", None)
        begin_run(database, SITE, {})
    done = invoke("reparse", settings={"ASR_DATABASE_URL": url})
    assert done.returncode == 1
    assert done.stderr.startswith("scrapy reparse: another run on asrpress.ir is at work since")
    assert done.stderr.endswith("try again when it has ended\n")
    assert invoke("reparse", "--dry-run", settings={"ASR_DATABASE_URL": url}).returncode == 0


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--codes", "20-10"], "--codes '20-10' has a range that runs backwards"),
        (["--since", "yesterday"], "--since 'yesterday': neither a Jalali day"),
        (["asr", "x"], "'x' is one argument too many"),
    ],
)
def test_bad_input_is_one_line_and_status_2(archive: Path, options: list[str], complaint: str) -> None:
    done = invoke("reparse", *options, settings={"ASR_DATABASE_URL": f"sqlite:///{archive}"})
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"scrapy reparse: {complaint}")
    assert done.stderr.count("\n") == 1


def test_ctrl_c_ends_in_good_order(archive: Path) -> None:
    change(archive, "UPDATE article SET lead = 'نادرست'")
    program = (
        "import os, signal, time; from asrcrawler.work import reparse; read = reparse.Reader.read\n"
        "def slow(self, sheets):\n    print('reading', flush=True); time.sleep(30); return read(self, sheets)\n"
        "reparse.Reader.read = slow; reparse.FEW = 10**6\n"
        "from scrapy.cmdline import execute; execute(['scrapy', 'reparse'])"
    )
    environment = {"ASR_DATABASE_URL": f"sqlite:///{archive}", "PATH": "/usr/bin:/bin"}
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "reading\n"
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert "0 captures of 0 codes of asrpress.ir read again" in out
    with closing(Database(f"sqlite:///{archive}")) as database:
        assert last_runs(database, SITE, 1)[0].end_reason == "reparse interrupted"
    assert "nothing" not in reparse(archive).stdout
