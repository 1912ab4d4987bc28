"""A database that is open for reading only."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, select, text

from asrcrawler.exceptions import MovedError, SchemaError, StorageError
from asrcrawler.storage import Database, open_for_reading
from asrcrawler.storage.articles.reading import Position, published
from asrcrawler.storage.engine import database as database_module
from asrcrawler.storage.engine import readonly
from asrcrawler.storage.migrations.revisions import HEAD
from asrcrawler.storage.migrations.upgrade import upgrade
from asrcrawler.storage.models import article
from asrcrawler.storage.upkeep.care import back_up
from asrcrawler.storage.visits.writing import write_visits
from tests.storage.samples import NOON, SITE, an_article, rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT sum(i) FROM n"


@pytest.fixture
def reader(url: str, database: Database) -> Iterator[Database]:
    with closing(Database(url, read_only=True)) as reader:
        reader.open_existing()
        yield reader


def test_it_reads_what_another_writes_meanwhile(reader: Database, database: Database) -> None:
    assert published(reader, SITE, None, NOON, Position()).items == []
    write_visits(database, [an_article(7)])
    assert [item.code for item in published(reader, SITE, None, NOON, Position()).items] == [7]


def test_it_reads_while_another_is_in_the_middle_of_writing(reader: Database, database: Database) -> None:
    with database.write(SITE) as connection:
        connection.execute(text("DELETE FROM article"))
        assert rows(reader, article) == []


def test_it_cannot_write(reader: Database) -> None:
    with pytest.raises(StorageError, match=r"read-?only"), reader.write() as connection:
        connection.execute(text("DELETE FROM article"))
    with pytest.raises(StorageError, match=r"read-?only|already exists"), reader.write() as connection:
        connection.execute(text("CREATE TABLE mine (id INTEGER)"))


def test_a_question_that_takes_too_long_is_ended(url: str, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readonly, "LONGEST_STATEMENT", 0.2)
    with closing(Database(url, read_only=True)) as reader:
        with pytest.raises(StorageError, match="the question took too long"), reader.read() as connection:
            connection.execute(text(ENDLESS))
        assert rows(reader, article) == []


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    with (
        closing(Database(f"sqlite:///{path}", read_only=True)) as reader,
        pytest.raises(StorageError, match="no database"),
    ):
        reader.open_existing()
    assert not path.exists()


def test_an_older_schema_is_named_and_left_alone(url: str, database: Database) -> None:
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    with closing(Database(url, read_only=True)) as reader, pytest.raises(SchemaError, match="its schema 0001 is older"):
        reader.open_existing()
    assert database.schema_version() == "0001"


def test_an_empty_database_is_told_apart(empty_url: str) -> None:
    with closing(Database(empty_url)) as made, made.read():
        pass
    with closing(Database(empty_url, read_only=True)) as reader, pytest.raises(SchemaError, match="holds no archive"):
        reader.open_existing()


def test_a_file_that_was_replaced_is_opened_anew(tmp_path: Path) -> None:
    path = tmp_path / "asr.db"
    url = f"sqlite:///{path}"
    with closing(Database(url)) as first:
        first.prepare()
    with closing(Database(url, read_only=True)) as reader:
        assert rows(reader, article) == []
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        with pytest.raises(StorageError, match="there is no database"):
            rows(reader, article)
        with closing(Database(url)) as second:
            second.prepare()
            write_visits(second, [an_article(7)])
        assert [row["code"] for row in rows(reader, article)] == [7]


# --- a file that cannot be locked


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite can open nothing that it would have to lock, as in a folder that is closed to writing."""
    connect = readonly._connect

    def refuse(path: Path, mode: str, *more: Any) -> Any:
        if "immutable" not in mode:
            error = sqlite3.OperationalError("unable to open database file")
            error.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN
            raise error
        return connect(path, mode, *more)

    monkeypatch.setattr(readonly, "_connect", refuse)


@pytest.fixture
def archive(sqlite_url: str) -> Path:
    """A file with one article, that nobody has open."""
    with closing(Database(sqlite_url)) as database:
        database.prepare()
        write_visits(database, [an_article(7)])
        assert database.path is not None
        return database.path


def codes(database: Database) -> list[int]:
    return [row["code"] for row in rows(database, article)]


def write_by_another(path: Path, code: int) -> None:
    with closing(Database(f"sqlite:///{path}")) as database:
        write_visits(database, [an_article(code)])


@pytest.mark.usefixtures("closed")
def test_a_file_that_cannot_be_locked_is_read_and_each_time_anew(archive: Path, sqlite_url: str) -> None:
    with closing(Database(sqlite_url, read_only=True)) as reader:
        reader.open_existing()
        assert codes(reader) == [7]
        write_by_another(archive, 8)
        assert codes(reader) == [7, 8]


@pytest.mark.usefixtures("closed")
def test_what_was_read_of_a_file_while_another_wrote_to_it_is_worth_nothing(archive: Path, sqlite_url: str) -> None:
    others = iter([8, 9])

    def question() -> list[int]:
        with own.read() as connection:
            found = list(connection.scalars(select(article.c.code)))
            if (code := next(others, None)) is not None:
                write_by_another(archive, code)
            return found

    with closing(Database(sqlite_url, read_only=True)) as own:
        with pytest.raises(MovedError, match="another program wrote to the file while it was read"):
            question()
        assert own.again(question) == [7, 8, 9]


@pytest.mark.usefixtures("closed")
def test_an_error_met_in_a_moving_file_is_one_of_the_moment(archive: Path, sqlite_url: str) -> None:
    def read(*, moving: bool) -> None:
        with own.read():
            if moving:
                write_by_another(archive, 8)
            raise ValueError("nonsense")

    with closing(Database(sqlite_url, read_only=True)) as own:
        with pytest.raises(MovedError):
            read(moving=True)
        with pytest.raises(ValueError, match="nonsense"):
            read(moving=False)


@pytest.mark.usefixtures("closed")
def test_a_file_that_never_rests_is_given_up(archive: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_module, "BETWEEN_LOOKS", 0)
    looks = count(100)

    def question() -> None:
        with own.read():
            write_by_another(archive, next(looks))

    with closing(Database(sqlite_url, read_only=True)) as own, pytest.raises(MovedError):
        own.again(question)
    assert next(looks) == 100 + database_module.LOOKS


@pytest.mark.usefixtures("closed")
@pytest.mark.parametrize("journal", ["-wal", "-journal"])
def test_changes_that_lie_beside_a_file_are_not_passed_over(archive: Path, sqlite_url: str, journal: str) -> None:
    beside = archive.with_name(archive.name + journal)
    with closing(Database(sqlite_url, read_only=True)) as reader:
        beside.touch()
        assert codes(reader) == [7]
        beside.write_bytes(b"changes")
        with pytest.raises(StorageError, match=rf"its last changes lie in asr\.db{journal}, which cannot be read"):
            codes(reader)


@pytest.mark.usefixtures("closed")
def test_a_backup_of_a_moving_file_is_none(archive: Path, sqlite_url: str, tmp_path: Path) -> None:
    with closing(Database(sqlite_url, read_only=True)) as own:
        back_up(own, tmp_path / "whole.db")
        event.listen(own.engine, "after_cursor_execute", lambda *_: write_by_another(archive, 8))
        with pytest.raises(MovedError):
            back_up(own, tmp_path / "torn.db")
    with closing(Database(f"sqlite:///{tmp_path / 'whole.db'}")) as copy:
        assert codes(copy) == [7]


def test_a_file_that_is_not_there_is_none_that_cannot_be_locked(archive: Path, sqlite_url: str) -> None:
    archive.unlink()
    with closing(Database(sqlite_url, read_only=True)) as reader, pytest.raises(StorageError, match="no database"):
        codes(reader)


# --- for commands


def test_a_command_brings_an_older_schema_up_to_date_and_then_only_reads(url: str) -> None:
    with closing(Database(url)) as old, old.write() as connection:
        upgrade(connection, "0003")
    with open_for_reading(url) as reader:
        assert reader.schema_version() == HEAD
        with pytest.raises(StorageError, match=r"read-?only"), reader.write() as connection:
            connection.execute(text("DELETE FROM article"))


@pytest.mark.parametrize("content", [b"", None])
def test_a_file_without_an_archive_is_told_apart_from_an_empty_archive(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "asr.db"
    if content is None:
        sqlite3.connect(path, isolation_level=None).execute("CREATE TABLE mine (id INTEGER)")
    else:
        path.write_bytes(content)
    before = path.read_bytes()
    with pytest.raises(StorageError, match="no archive"), open_for_reading(f"sqlite:///{path}"):
        pass
    assert path.read_bytes() == before
    with closing(Database(f"sqlite:///{path}")) as writer, pytest.raises(StorageError, match="no archive"):
        writer.open_existing()
