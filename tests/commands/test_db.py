"""What `scrapy db` does and how it refuses."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import termios
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from asrcrawler.storage import Database, models
from asrcrawler.storage.migrations.revisions import HEAD
from asrcrawler.storage.search import refilling
from tests.commands import ROOT, invoke
from tests.storage.samples import all_rows, live, rows

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def archive(tmp_path: Path) -> dict[str, str]:
    """The setting of a database that was crawled into."""
    url = f"sqlite:///{tmp_path / 'asr.db'}"
    with closing(Database(url)) as database:
        database.prepare()
        live(database, 40)
    return {"ASR_DATABASE_URL": url}


def damage(archive: dict[str, str], statement: str) -> None:
    with closing(Database(archive["ASR_DATABASE_URL"])) as database, database.write() as connection:
        connection.execute(text(statement))


# --- upgrade


def test_upgrade_makes_a_database_and_finds_it_upgraded_the_next_time(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    first, second = (invoke("db", "upgrade", settings={"ASR_DATABASE_URL": url}) for _ in range(2))
    assert (first.stdout, first.stderr) == (f"{url}: made, with schema {HEAD}\n", "")
    assert second.stdout == f"{url}: has schema {HEAD} already\n"


def test_upgrade_makes_the_index_of_words_anew_and_tidy_has_nothing_left_to_do(archive: dict[str, str]) -> None:
    with closing(Database(archive["ASR_DATABASE_URL"])) as database, database.write() as connection:
        refilling.distrust(connection)
        stored = connection.execute(text("SELECT count(*) FROM article")).scalar_one()
    first, second = (invoke("db", "upgrade", settings=archive) for _ in range(2))
    name = archive["ASR_DATABASE_URL"]
    assert first.stdout == f"{name}: has schema {HEAD} already\n{name}: {stored} articles indexed anew\n"
    assert second.stdout == f"{name}: has schema {HEAD} already\n"
    assert invoke("db", "check", settings=archive).returncode == 0


def test_a_newer_database_is_refused_in_one_line(archive: dict[str, str]) -> None:
    damage(archive, "UPDATE alembic_version SET version_num = '9999'")
    done = invoke("db", "upgrade", settings=archive)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("scrapy db upgrade: database sqlite:")
    assert done.stderr.endswith("written by a newer version (schema 9999); update asrcrawler\n")


# --- copy


def test_copy_takes_urls_and_paths_and_says_what_was_copied(
    archive: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = invoke("db", "copy", archive["ASR_DATABASE_URL"], "moved/asr.db", settings={})
    assert (done.returncode, done.stderr) == (0, "")
    with closing(Database(archive["ASR_DATABASE_URL"])) as source:
        expected = all_rows(source)
    with closing(Database(f"sqlite:///{tmp_path}/moved/asr.db")) as target:
        assert all_rows(target) == expected
    lines = done.stdout.splitlines()
    assert lines[0].endswith(f"holds what {archive['ASR_DATABASE_URL']} holds")
    said = {line.split()[0]: line.split()[1:] for line in lines[2:]}
    assert said == {name: [f"{len(found)}", f"{len(found)}", "0"] for name, found in expected.items() if name in said}
    assert {"run", "article", "ledger", "page"} <= said.keys()


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["copy"], 2, "scrapy db: the following arguments are required: FROM, TO"),
        (["copy", "a.db"], 2, "scrapy db: the following arguments are required: TO"),
        (["copy", "a.db", "b.db", "c.db"], 2, "scrapy db copy: 'c.db' is one argument too many; see scrapy db copy -h"),
        (["copy", "a.db", "mysql://x/y"], 1, "scrapy db copy: database mysql: mysql is not supported"),
        (["copy", "a.db", "sqlite://"], 2, "scrapy db copy: 'sqlite://'"),
        (["copy", "a.db", ""], 2, "scrapy db copy: '' is neither a database URL nor the path of a SQLite file"),
        (["copy", "nowhere.db", "b.db"], 1, "scrapy db copy: there is no database "),
        ([], 2, "scrapy db: the following arguments are required: ACTION"),
        (["destroy"], 2, "scrapy db: argument ACTION: invalid choice: 'destroy'"),
        (["check", "--fix"], 2, "scrapy db check: '--fix' is not an option of this command; see scrapy db check -h"),
        (["backup"], 2, "scrapy db: the following arguments are required: FILE"),
    ],
)
def test_bad_input_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], status: int, words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = invoke("db", *arguments, settings={})
    assert (done.returncode, done.stdout) == (status, "")
    assert done.stderr.startswith(words)
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_database_is_not_copied_onto_itself(archive: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(tmp_path / "asr.db")
    for other in ("asr.db", "link.db"):
        done = invoke("db", "copy", archive["ASR_DATABASE_URL"], str(tmp_path / other))
        assert done.returncode == 2
        assert "FROM and TO are the same database" in done.stderr


def test_a_killed_copy_is_finished_by_the_next_one(archive: dict[str, str], tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    program = (
        "import os, sys\n"
        "from asrcrawler.storage.upkeep import copying\n"
        "from scrapy.cmdline import execute\n"
        "copying.BATCH = 20\n"
        "write, left = copying._Copying._write, iter(range(5))\n"
        "def write_some(*given, **options):\n"
        "    write(*given, **options)\n"
        "    next(left, None) is None and os.kill(os.getpid(), 9)\n"
        "copying._Copying._write = write_some\n"
        "execute(['scrapy', 'db', 'copy', *sys.argv[1:]])\n"
    )
    url = archive["ASR_DATABASE_URL"]
    killed = subprocess.run(
        [sys.executable, "-c", program, url, str(target)], cwd=ROOT, capture_output=True, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    done = invoke("db", "copy", url, str(target))
    assert (done.returncode, done.stderr) == (0, "")
    with closing(Database(url)) as source, closing(Database(f"sqlite:///{target}")) as copy:
        assert all_rows(copy) == all_rows(source)


def test_a_progress_bar_is_shown_on_a_terminal(archive: dict[str, str], tmp_path: Path) -> None:
    master, slave = os.openpty()
    termios.tcsetwinsize(slave, (24, 100))
    os.set_blocking(master, False)
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "db", "copy", archive["ASR_DATABASE_URL"], str(tmp_path / "copy.db")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=slave,
        check=False,
    )
    shown = os.read(master, 100_000).decode()
    os.close(slave)
    os.close(master)
    assert done.returncode == 0
    assert "%|" in shown
    assert "rows/s" in shown


# --- check


def test_check_says_that_all_is_well(archive: dict[str, str]) -> None:
    done = invoke("db", "check", settings=archive)
    assert (done.returncode, done.stdout) == (0, f"{archive['ASR_DATABASE_URL']}: all is well\n")


def test_check_names_faults_and_ends_with_1_until_they_are_repaired(archive: dict[str, str]) -> None:
    damage(archive, "DELETE FROM coverage")
    found = invoke("db", "check", settings=archive)
    repaired = invoke("db", "check", "--repair", settings=archive)
    assert found.returncode == 1
    assert found.stdout.startswith("coverage: asrpress.ir ")
    assert found.stdout.endswith("--repair puts right what can be\n")
    assert repaired.returncode == 0
    assert "repaired: " in repaired.stdout
    assert invoke("db", "check", settings=archive).returncode == 0


def test_what_cannot_be_repaired_is_said_again(archive: dict[str, str]) -> None:
    damage(archive, "UPDATE article SET revision = revision + 5")
    done = invoke("db", "check", "--repair", settings=archive)
    assert done.returncode == 1
    assert "left: revisions: asrpress.ir " in done.stdout


# --- backup, tidy


def test_backup_writes_one_file_and_replaces_an_older_one(archive: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    folder.mkdir()
    (folder / "asr.db").write_text("last week's")
    done = invoke("db", "backup", str(folder / "asr.db"), settings=archive)
    assert (done.returncode, done.stderr) == (0, "")
    assert [path.name for path in folder.iterdir()] == ["asr.db"]
    with closing(Database(f"sqlite:///{folder / 'asr.db'}")) as copy:
        assert rows(copy, models.article)


@pytest.mark.parametrize(
    ("file", "status", "words"),
    [
        ("asr.db", 2, "is the database itself"),
        ("nowhere/asr.db", 1, "unable to open database"),
        (".", 2, "it is a directory"),
    ],
)
def test_backup_refuses_in_one_line(
    archive: dict[str, str], tmp_path: Path, file: str, status: int, words: str
) -> None:
    done = invoke("db", "backup", str(tmp_path / file), settings=archive)
    assert (done.returncode, done.stdout) == (status, "")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1


def test_tidy_says_what_it_gained(archive: dict[str, str]) -> None:
    done = invoke("db", "tidy", settings=archive)
    assert (done.returncode, done.stderr) == (0, "")
    assert " MB before, " in done.stdout


@pytest.mark.parametrize("action", ["check", "backup copy.db", "tidy"])
def test_a_database_that_is_not_there_is_not_made(tmp_path: Path, action: str) -> None:
    url = f"sqlite:///{tmp_path / 'none.db'}"
    done = invoke("db", *action.split(), settings={"ASR_DATABASE_URL": url})
    assert done.returncode == 1
    assert "there is no database" in done.stderr
    assert list(tmp_path.iterdir()) == []
