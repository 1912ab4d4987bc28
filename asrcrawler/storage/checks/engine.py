"""The database itself: whether its pages and indexes are whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select, text

from asrcrawler.storage.checks.finding import Finding
from asrcrawler.storage.models import article, revision

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

NAME = "engine"
MOST = 20  # complaints of SQLite; a broken file has thousands

_INVALID_INDEXES = text(
    "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
    " WHERE c.relnamespace = current_schema()::regnamespace AND NOT (i.indisvalid AND i.indisready)"
    " ORDER BY c.relname"
)


def find(connection: Connection) -> Iterator[Finding]:
    if connection.dialect.name == "sqlite":
        yield from _sqlite(connection)
    else:
        yield from _postgresql(connection)


def _sqlite(connection: Connection) -> Iterator[Finding]:
    for complaint in connection.exec_driver_sql(f"PRAGMA integrity_check({MOST})").scalars():
        if complaint != "ok":
            for line in str(complaint).splitlines():
                yield Finding(NAME, line)
    for table, row, parent, _ in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        yield Finding(NAME, f"row {row} of {table} points to a row of {parent} that is not there")


def _postgresql(connection: Connection) -> Iterator[Finding]:
    """The server watches its pages itself (``data_checksums``) when they are read: so all long texts are."""
    for name in connection.scalars(_INVALID_INDEXES):
        yield Finding(NAME, f"the index {name} is not valid; REINDEX INDEX {name} makes it anew")
    for table in (article, revision):
        connection.execute(select(func.sum(func.length(table.c.body))))
