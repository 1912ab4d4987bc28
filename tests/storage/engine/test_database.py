from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from asrcrawler.exceptions import SchemaError, StorageError
from asrcrawler.storage import Database, models
from asrcrawler.storage.migrations.revisions import HEAD
from asrcrawler.storage.visits.writing import write_visits
from tests.storage.samples import an_article, rows

if TYPE_CHECKING:
    from collections.abc import Callable

PREPARE = """
import sys
from asrcrawler.storage import Database
database = Database(sys.argv[1])
database.prepare()
print(database.schema_version())
"""


def run(*code_and_arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", *code_and_arguments], capture_output=True, text=True, check=False)


def test_an_empty_database_gets_the_schema(empty_url: str) -> None:
    database = Database(empty_url)
    assert database.schema_version() is None
    database.prepare()
    assert database.schema_version() == HEAD
    database.close()


def test_preparing_again_changes_nothing(database: Database) -> None:
    write_visits(database, [an_article(7)])
    before = rows(database, models.article)
    database.prepare()
    assert rows(database, models.article) == before


def test_a_database_at_head_is_opened_without_alembic(database: Database, url: str) -> None:
    result = run(PREPARE + "print('alembic' in sys.modules)", url)
    assert result.stdout.split() == [HEAD, "False"]


def test_processes_that_start_at_once_make_one_schema(empty_url: str) -> None:
    starting = [
        subprocess.Popen(
            [sys.executable, "-c", PREPARE, empty_url], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    said = [process.communicate() for process in starting]
    assert said == [(f"{HEAD}\n", "")] * 4


def test_the_directory_of_a_new_file_is_made(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/data/deep/asr.db")
    database.prepare()
    assert (tmp_path / "data" / "deep" / "asr.db").exists()
    database.close()


def test_a_database_of_a_newer_version_is_refused(database: Database, connect: Callable[[], Database]) -> None:
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaError, match=r"written by a newer version \(schema 9999\); update asrcrawler"):
        connect()


def test_a_database_of_another_program_is_refused_and_left_alone(empty_url: str) -> None:
    database = Database(empty_url)
    with database.write() as connection:
        connection.execute(text("CREATE TABLE bookmarks (id INTEGER)"))
    with pytest.raises(SchemaError, match=r"holds tables of another program \(bookmarks\)"):
        database.prepare()
    assert database.schema_version() is None
    database.close()


def test_a_command_that_only_reads_makes_no_database(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/asr.db")
    with pytest.raises(StorageError, match=r"there is no database .*asr\.db yet; scrapy crawl asr makes it"):
        database.open_existing()
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "asr.db").write_text("سلام " * 1000)
    with pytest.raises(StorageError, match="file is not a database"):
        Database(f"sqlite:///{tmp_path}/asr.db").prepare()


def test_a_file_deleted_while_it_is_in_use_is_noticed_before_anything_is_lost(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    database.prepare()
    assert database.path is not None
    database.path.unlink()
    with pytest.raises(StorageError, match="its file was deleted or replaced while it was in use"):
        write_visits(database, [an_article(7)])
    database.path.touch()
    with pytest.raises(StorageError, match="deleted or replaced"):
        write_visits(database, [an_article(7)])
    database.close()


def test_sqlite_is_set_up_to_survive_a_power_cut_and_to_keep_its_rate(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    database.prepare()
    with database.read() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "wal_autocheckpoint", "busy_timeout")
        }
    assert settings == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "wal_autocheckpoint": 16_000,
        "busy_timeout": 10_000,
    }
    database.close()


def test_persian_is_kept_readable_in_lists(database: Database) -> None:
    write_visits(database, [an_article(7, tags=["نفت"])])
    with database.read() as connection:
        assert connection.scalar(text("SELECT CAST(tags AS TEXT) FROM article")) == '["نفت"]'


def test_a_password_is_never_shown(database: Database) -> None:
    closed = Database("postgresql+psycopg://asr:geheim@127.0.0.1:1/asr")
    assert "geheim" not in closed.name
    with pytest.raises(StorageError) as caught:
        closed.prepare()
    assert "geheim" not in str(caught.value)
    assert "***" in str(caught.value)


def test_a_reader_sees_one_state_while_others_write(database: Database, connect: Callable[[], Database]) -> None:
    other = connect()
    count = text("SELECT count(*) FROM article")
    with database.read() as connection:
        before = connection.scalar(count)
        write_visits(other, [an_article(7)])
        assert (before, connection.scalar(count)) == (0, 0)
    with database.read() as connection:
        assert connection.scalar(count) == 1


def test_storage_imports_nothing_of_scrapy() -> None:
    folder = Path(models.__file__).parent
    for module in folder.rglob("*.py"):
        assert not re.search(r"^\s*(from|import) (scrapy|twisted)", module.read_text(), re.MULTILINE), module
    modules = ", ".join(
        f"asrcrawler.storage.{module.stem}" for module in folder.glob("*.py") if module.stem != "__init__"
    )
    result = run(f"import sys, {modules}\nprint('scrapy' in sys.modules)")
    assert (result.stdout, result.stderr) == ("False\n", "")
