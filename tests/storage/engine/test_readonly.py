"""A database that is open for reading only."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from asrcrawler.exceptions import SchemaError, StorageError
from asrcrawler.storage import Database
from asrcrawler.storage.articles.reading import Position, published
from asrcrawler.storage.engine import readonly
from asrcrawler.storage.models import article
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
    assert [item["code"] for item in published(reader, SITE, None, NOON, Position()).items] == [7]


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


def test_an_empty_database_is_told_apart(url: str) -> None:
    with closing(Database(url)) as made, made.read():
        pass
    with closing(Database(url, read_only=True)) as reader, pytest.raises(SchemaError, match="holds no archive"):
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
