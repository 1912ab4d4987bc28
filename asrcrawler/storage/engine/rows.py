"""Write many rows into a table at once, as fast as the driver of the database can."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asrcrawler.storage.engine.backend import backend_of
from asrcrawler.storage.engine.values import replacing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection, Dialect, Insert, Table

    from asrcrawler.storage.engine.values import Rows


def insert_rows(connection: Connection, table: Table, rows: Rows) -> None:
    """Insert rows, all of the same columns. Into PostgreSQL they are copied, as one statement."""
    if rows:
        backend_of(connection.dialect.name).insert_rows(connection, table, rows)


def insert_tuples(
    connection: Connection, table: Table, names: tuple[str, ...], rows: Iterable[tuple[Any, ...]]
) -> None:
    """Insert rows of the columns ``names`` that are as the driver takes them: numbers, texts and bytes.

    PostgreSQL takes those of an iterator while the next ones are made.
    """
    if rows:
        backend_of(connection.dialect.name).insert_tuples(connection, table, names, rows)


def upsert_rows(connection: Connection, table: Table, rows: Rows) -> None:
    """Insert rows, all of the same columns and none of them JSON, or put them in the place of those that are there."""
    if rows:
        backend_of(connection.dialect.name).upsert_rows(connection, table, rows)


def add_rows(connection: Connection, table: Table, rows: Rows, column: str) -> None:
    """Insert rows as :func:`upsert_rows` does, but add the number in ``column`` to that of the row that is there."""
    if rows:
        backend_of(connection.dialect.name).upsert_rows(connection, table, rows, column)


def upsert(table: Table, dialect: Dialect) -> Insert:
    """Make a statement that inserts a row or puts it in the place of the one that has its primary key already."""
    return replacing(backend_of(dialect.name).insert(table))
