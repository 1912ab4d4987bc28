"""Keep a database small and fast, and back it up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select, text

from asrcrawler.storage.models import metadata
from asrcrawler.storage.search import indexes, refilling

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from asrcrawler.storage.engine.database import Database


def size(database: Database) -> int:
    """Measure the database on disk, in bytes: a SQLite file with its log, or PostgreSQL's tables and indexes."""
    if database.path is not None:
        path = database.path
        return sum(_bytes(path.with_name(path.name + suffix)) for suffix in ("", "-wal"))
    with database.read() as connection:
        return sum(connection.scalar(select(func.pg_total_relation_size(name))) or 0 for name in _tables(connection))


def tidy(database: Database) -> None:
    """Free the space of deleted rows and of old indexes of words, and renew what the planner of queries knows.

    SQLite writes the whole file again: meanwhile the disk needs space for a second one, and a crawl waits. PostgreSQL
    frees space for its own use, and nobody waits. Raises :exc:`StorageError`.
    """
    refilling.clear(database)
    with database.maintain() as connection:
        database.backend.tidy(connection, list(_tables(connection)))


def back_up(database: Database, path: Path) -> None:
    """Write a consistent copy of a SQLite database to the new file ``path`` while others write to the database.

    The file needs no other file beside it and is as small as after :func:`tidy`. Raises :exc:`StorageError`.
    """
    with database.maintain() as connection:
        connection.execute(text("VACUUM INTO :path"), {"path": str(path)})


def _tables(connection: Connection) -> Iterator[str]:
    yield from (table.name for table in metadata.sorted_tables)
    yield from indexes.names(connection)


def _bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
