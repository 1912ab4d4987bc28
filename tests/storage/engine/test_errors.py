from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, insert, make_url

from asrcrawler.exceptions import LockedError, StorageError, UnstorableError
from asrcrawler.storage import Database, models
from asrcrawler.storage.engine import postgresql
from asrcrawler.storage.visits.runs import begin_run
from asrcrawler.storage.visits.writing import write_visits
from tests.storage.samples import SITE, an_article, rows

if TYPE_CHECKING:
    from pathlib import Path


def complaint(url: str) -> str:
    with pytest.raises(StorageError) as caught:
        Database(url).prepare()
    return one_line(caught.value)


def one_line(error: StorageError) -> str:
    said = str(error)
    assert said.startswith("database ")
    assert "\n" not in said
    assert "SELECT" not in said
    assert "sqlalche.me" not in said
    return said


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nonsense", "Could not parse SQLAlchemy URL"),
        ("mysql://localhost/asr", "mysql is not supported; use sqlite:/// or postgresql+psycopg://"),
        ("postgresql+nosuch://localhost/asr", "Can't load plugin: sqlalchemy.dialects:postgresql.nosuch"),
        ("postgresql+psycopg://localhost:port/asr", "invalid literal for int() with base 10: 'port'"),
        ("postgresql+psycopg://127.0.0.1:1/asr", "refused"),
        ("postgresql+psycopg://no-such-host.invalid/asr", "no-such-host.invalid"),
        ("sqlite:////proc/nowhere/asr.db", "No such file or directory: /proc/nowhere"),
    ],
)
def test_an_address_that_cannot_be_used(url: str, said: str) -> None:
    assert said in complaint(url)


def test_a_driver_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    assert "pip install -e '.[postgresql]'" in complaint("postgresql+psycopg://localhost/asr")


def test_a_role_and_a_database_that_are_not_there(postgresql_url: str) -> None:
    url = make_url(postgresql_url)
    assert 'role "nobody" does not exist' in complaint(url.set(username="nobody").render_as_string())
    assert 'database "nowhere" does not exist' in complaint(url.set(database="nowhere").render_as_string())


def test_a_locked_file_is_waited_for_and_then_named(sqlite_url: str) -> None:
    database = Database(f"{sqlite_url}?timeout=0.05")
    database.prepare()
    other = sqlite3.connect(str(database.path), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(LockedError) as caught:
        write_visits(database, [an_article(7)])
    assert one_line(caught.value).endswith("database is locked (another program has held it for too long)")
    other.execute("ROLLBACK")
    other.close()
    write_visits(database, [an_article(7)])
    assert len(rows(database, models.article)) == 1
    database.close()


@pytest.mark.parametrize("what", ["alembic_version", "run"])
def test_a_locked_table_is_waited_for_and_then_named(
    postgresql_url: str, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "BUSY_TIMEOUT", 0.05)
    with closing(Database(postgresql_url)) as database, closing(Database(postgresql_url)) as other:
        database.prepare()
        with other.write() as connection:
            connection.exec_driver_sql(f"LOCK TABLE {what} IN ACCESS EXCLUSIVE MODE")
            with pytest.raises(LockedError) as caught:
                prepare_and_begin(database)
        assert "lock timeout (another program has held it for too long)" in one_line(caught.value)
        assert prepare_and_begin(database) == 1


def prepare_and_begin(database: Database) -> int:
    database.prepare()
    return begin_run(database, SITE, {})


def test_a_full_disk_loses_the_batch_whole_and_no_more(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    database.prepare()
    write_visits(database, [an_article(7)])

    def fill(connection: Any, _: Any) -> None:
        connection.execute("PRAGMA max_page_count = 1")  # SQLite takes the present size for the least

    event.listen(database.engine, "connect", fill)
    database.engine.dispose()
    with pytest.raises(StorageError) as caught:
        write_visits(database, [an_article(code, body="متن " * 5_000) for code in range(100, 120)])
    assert one_line(caught.value).endswith("database or disk is full")
    assert not isinstance(caught.value, UnstorableError)
    assert [len(rows(database, table)) for table in (models.article, models.ledger, models.visit)] == [1, 1, 1]
    event.remove(database.engine, "connect", fill)
    database.engine.dispose()
    write_visits(database, [an_article(100)])
    assert len(rows(database, models.article)) == 2
    database.close()


def test_a_file_closed_to_writing(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    database.prepare()
    event.listen(database.engine, "connect", lambda connection, _: connection.execute("PRAGMA query_only = ON"))
    database.engine.dispose()
    with pytest.raises(StorageError) as caught:
        write_visits(database, [an_article(7)])
    assert "the file or its directory is closed to this user" in one_line(caught.value)
    database.close()


def test_a_directory_in_the_place_of_the_file(tmp_path: Path) -> None:
    assert "its directory is missing or closed to this user" in complaint(f"sqlite:///{tmp_path}")


def test_tables_that_vanished(database: Database) -> None:
    with database.write() as connection:
        connection.exec_driver_sql("DROP TABLE visit")
    with pytest.raises(StorageError) as caught:
        write_visits(database, [an_article(7)])
    assert "visit" in one_line(caught.value)
    assert rows(database, models.article) == []


def test_a_value_the_database_refuses_is_told_from_a_database_that_fails(database: Database) -> None:
    article = an_article(7)
    article.url = "\0"
    with pytest.raises(UnstorableError):
        write_visits(database, [article])


def test_a_value_beyond_what_postgresql_can_index_is_one_it_refuses(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    database.prepare()
    name = Random(1).randbytes(4_000).hex()
    with pytest.raises(UnstorableError, match="index row"), database.write() as connection:
        connection.execute(insert(models.label).values(site="s", kind="tag", name=name, code=1))
    database.close()
