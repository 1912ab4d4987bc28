"""What commands do with a database that is empty, closed to them, damaged, or not UTF-8."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from asrcrawler.storage import Database
from asrcrawler.storage.visits.writing import write_visits
from tests.commands import ROOT, invoke
from tests.database_fixture import postgresql_database
from tests.storage.damage import break_leaf
from tests.storage.samples import an_article, with_page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

NOBODY = "65534"
READING = (
    ["status"],
    ["status", "--code", "7"],
    ["search", "متن"],
    ["export"],
    ["page", "7"],
    ["db", "check"],
    ["db", "backup", "{out}/backup.db"],
    ["db", "copy", "{database}", "{out}/copy.db"],
)


def make(path: Path) -> dict[str, str]:
    """The setting of an archive with 60 articles."""
    url = f"sqlite:///{path}"
    with closing(Database(url)) as database:
        database.prepare()
        write_visits(database, [with_page(an_article(code, body=f"متن {code} " * 300)) for code in range(1, 61)])
    return {"ASR_DATABASE_URL": url}


# --- no bytes


@pytest.mark.parametrize("words", [*READING, ["db", "tidy"], ["reparse"], ["serve", "--port", "0"]])
def test_a_file_of_no_bytes_is_no_archive(tmp_path: Path, words: list[str]) -> None:
    path, out = tmp_path / "asr.db", tmp_path / "out"
    path.touch()
    out.mkdir()
    filled = [word.format(database=path, out=out) for word in words]
    done = invoke(*filled, settings={"ASR_DATABASE_URL": f"sqlite:///{path}"})
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert f"there is no archive in {path}: the file is empty" in done.stderr
    assert path.stat().st_size == 0
    assert list(out.iterdir()) == []


def test_yesterday_s_export_stays_where_the_archive_is_lost(tmp_path: Path) -> None:
    yesterday = tmp_path / "articles.jsonl"
    yesterday.write_text("yesterday's\n")
    (tmp_path / "asr.db").touch()
    done = invoke("export", "-o", str(yesterday), settings={"ASR_DATABASE_URL": f"sqlite:///{tmp_path / 'asr.db'}"})
    assert done.returncode == 1
    assert yesterday.read_text() == "yesterday's\n"


# --- closed to writing


@pytest.fixture
def closed() -> Iterator[Path]:
    """An archive in a folder that nobody but its owner may write to, and a folder beside it where all may."""
    folder = Path(tempfile.mkdtemp(prefix="asr-closed-"))  # the folders of pytest are closed to reading, too
    make(folder / "asr.db")
    (folder / "out").mkdir()
    (folder / "out").chmod(0o777)
    (folder / "asr.db").chmod(0o444)
    folder.chmod(0o555)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


def by_another_user(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A command of somebody to whom ``folder`` is closed."""
    other = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"] if os.getuid() == 0 else []
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ASR_")}
    own = {"ASR_DATABASE_URL": f"sqlite:///{folder}/asr.db", "PYTHONDONTWRITEBYTECODE": "1", "HOME": f"{folder}/out"}
    return subprocess.run(
        [*other, sys.executable, "-m", "scrapy", *words],
        cwd=ROOT,
        env=environment | own,
        capture_output=True,
        text=True,
        check=False,
    )


def test_whoever_only_reads_needs_no_right_to_write(closed: Path) -> None:
    for words in READING:
        done = by_another_user(closed, *(word.format(database=closed / "asr.db", out=closed / "out") for word in words))
        told = "scrapy export: 60 articles written\n" if words[0] == "export" else ""
        assert (done.returncode, done.stderr) == (0, told), words
    assert sorted(path.name for path in closed.iterdir()) == ["asr.db", "out"]
    for copy in ("backup.db", "copy.db"):
        lines = invoke("export", settings={"ASR_DATABASE_URL": f"sqlite:///{closed}/out/{copy}"}).stdout.splitlines()
        assert len(lines) == 60


def test_whoever_would_write_is_told_in_one_line(closed: Path) -> None:
    done = by_another_user(closed, "db", "tidy")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "the file or its directory is closed to this user" in done.stderr


def test_an_older_schema_that_cannot_be_brought_up_to_date_is_named(closed: Path) -> None:
    with closing(Database(f"sqlite:///{closed}/asr.db")) as database:
        closed.chmod(0o755)
        (closed / "asr.db").chmod(0o644)
        with database.write() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    closed.chmod(0o555)
    (closed / "asr.db").chmod(0o444)
    done = by_another_user(closed, "status")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "scrapy db upgrade brings it up to date" in done.stderr


# --- damage


def test_an_export_leaves_out_what_is_damaged_and_ends_with_1(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    archive = make(tmp_path / "asr.db")
    break_leaf(tmp_path / "asr.db", "متن 17 متن 17".encode())
    done = invoke("export", "-o", str(tmp_path / "articles.jsonl"), settings=archive)
    found = [json.loads(line)["code"] for line in (tmp_path / "articles.jsonl").read_text().splitlines()]
    assert done.returncode == 1
    assert 17 not in found
    assert len(found) > 50
    assert "code 17 of asrpress.ir is damaged in the database and left out" in caplog.text


def test_a_damaged_archive_is_one_line_where_nothing_can_be_left_out(tmp_path: Path) -> None:
    archive = make(tmp_path / "asr.db")
    break_leaf(tmp_path / "asr.db", "متن 17 متن 17".encode())
    done = invoke("status", settings=archive)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "malformed (restore a backup; without one, SQLite's own .recover" in done.stderr


def test_an_index_out_of_step_is_told_and_made_anew(tmp_path: Path) -> None:
    archive = make(tmp_path / "asr.db")
    with closing(Database(archive["ASR_DATABASE_URL"])) as database:
        for condition in ("WHERE 0", ""):
            with database.maintain() as connection:
                connection.exec_driver_sql("PRAGMA writable_schema = ON")
                connection.exec_driver_sql(
                    "UPDATE sqlite_master SET sql = 'CREATE INDEX ix_article_site_changed_at ON article"
                    f" (site, changed_at) {condition}' WHERE name = 'ix_article_site_changed_at'"
                )
                connection.exec_driver_sql("PRAGMA writable_schema = RESET")
            database.engine.dispose()
            if condition:  # what happens now passes the index by
                with database.write() as connection:
                    moment = "2020-01-01 00:00:00.000000"
                    connection.execute(text(f"UPDATE article SET changed_at = '{moment}' WHERE code = 7"))
    found = invoke("db", "check", settings=archive)
    assert (found.returncode, "ix_article_site_changed_at is out of step" in found.stdout) == (1, True)
    repaired = invoke("db", "check", "--repair", settings=archive)
    assert (repaired.returncode, repaired.stdout.splitlines()[-1]) == (0, "repaired: 1 of 1")
    assert invoke("db", "check", settings=archive).returncode == 0


# --- another encoding


@pytest.fixture
def latin(postgresql_server: Engine) -> Iterator[str]:
    encoding = "ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
    with postgresql_database(postgresql_server, encoding) as url:
        yield url


@pytest.mark.parametrize(
    "words",
    [
        ["status"],
        ["search", "متن"],
        ["export"],
        ["page", "7"],
        ["serve", "--port", "0"],
        ["reparse"],
        ["db", "upgrade"],
        ["db", "check"],
        ["db", "check", "--repair"],
        ["db", "tidy"],
        ["db", "copy", "{sqlite}", "{latin}"],
    ],
)
def test_a_database_that_is_not_utf_8_is_refused_in_one_line(latin: str, tmp_path: Path, words: list[str]) -> None:
    make(tmp_path / "asr.db")
    filled = [word.format(latin=latin, sqlite=tmp_path / "asr.db") for word in words]
    done = invoke(*filled, settings={"ASR_DATABASE_URL": latin})
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert "its encoding is LATIN1 and has to be UTF8" in done.stderr
