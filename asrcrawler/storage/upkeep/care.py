"""What keeps a database small and quick, and a copy of it at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select, text

from asrcrawler.storage.models import metadata

if TYPE_CHECKING:
    from pathlib import Path

    from asrcrawler.storage.engine.database import Database


def size(database: Database) -> int:
    """Bytes on the disk: a SQLite file with its log, or the tables and indexes in PostgreSQL."""
    if database.path is not None:
        path = database.path
        return sum(_bytes(path.with_name(path.name + suffix)) for suffix in ("", "-wal"))
    with database.read() as connection:
        return sum(
            connection.scalar(select(func.pg_total_relation_size(table.name))) or 0
            for table in metadata.tables.values()
        )


def tidy(database: Database) -> None:
    """Give free room back and renew what the planner of queries knows.

    SQLite writes the whole file anew, which takes its size once more on the disk for a while; a crawl waits meanwhile.
    PostgreSQL frees room for its own use and disturbs nobody. Raises :exc:`StorageError`.
    """
    with database.maintain() as connection:
        if database.is_sqlite:
            for statement in ("VACUUM", "ANALYZE", "PRAGMA wal_checkpoint(TRUNCATE)"):
                connection.exec_driver_sql(statement)
        else:
            for table in metadata.sorted_tables:
                connection.exec_driver_sql(f'VACUUM (ANALYZE) "{table.name}"')


def back_up(database: Database, path: Path) -> None:
    """Write one state of a SQLite database to the file ``path``, which is not there yet, while others write to it.

    The file is whole by itself and packed like one after :func:`tidy`. Raises :exc:`StorageError`.
    """
    with database.maintain() as connection:
        connection.execute(text("VACUUM INTO :path"), {"path": str(path)})


def _bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
