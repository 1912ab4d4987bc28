"""Keep a database small and fast, and back it up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select, text

from asrcrawler.storage.models import metadata

if TYPE_CHECKING:
    from pathlib import Path

    from asrcrawler.storage.engine.database import Database


def size(database: Database) -> int:
    """Measure the database on disk, in bytes: a SQLite file with its log, or PostgreSQL's tables and indexes."""
    if database.path is not None:
        path = database.path
        return sum(_bytes(path.with_name(path.name + suffix)) for suffix in ("", "-wal"))
    with database.read() as connection:
        return sum(
            connection.scalar(select(func.pg_total_relation_size(table.name))) or 0
            for table in metadata.tables.values()
        )


def tidy(database: Database) -> None:
    """Return free space to the disk and renew the query planner's statistics.

    SQLite writes the whole file anew, which needs its size once more on the disk meanwhile, and a crawl waits until it
    is done. PostgreSQL frees space for its own use and makes nobody wait. Raises :exc:`StorageError`.
    """
    with database.maintain() as connection:
        if database.is_sqlite:
            for statement in ("VACUUM", "ANALYZE", "PRAGMA wal_checkpoint(TRUNCATE)"):
                connection.exec_driver_sql(statement)
        else:
            for table in metadata.sorted_tables:
                connection.exec_driver_sql(f'VACUUM (ANALYZE) "{table.name}"')


def back_up(database: Database, path: Path) -> None:
    """Write a consistent copy of a SQLite database to the new file ``path`` while others write to the database.

    The file needs no other file beside it and is as small as after :func:`tidy`. Raises :exc:`StorageError`.
    """
    with database.maintain() as connection:
        connection.execute(text("VACUUM INTO :path"), {"path": str(path)})


def _bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
