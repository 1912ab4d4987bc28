"""Do what SQLite does in its own way: see :class:`~asrcrawler.storage.engine.backend.Backend`."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer, String, cast, create_engine, event, func, type_coerce
from sqlalchemy.dialects import sqlite

from asrcrawler.storage.engine import readonly
from asrcrawler.storage.engine.limits import BUSY_TIMEOUT
from asrcrawler.storage.engine.values import as_json, names_of, replacing, written

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import URL, Column, ColumnElement, Connection, Dialect, Engine, Table

    from asrcrawler.storage.engine.limits import Limits
    from asrcrawler.storage.engine.values import Rows

CHECKPOINT_PAGES = 16_000  # of the write-ahead log; the default of 1,000 halves the rate of large batches
LOG_FILE_LIMIT = 64 * 1024 * 1024  # bytes the write-ahead log shrinks to after a checkpoint; 16,000 pages
CACHE_KIB = 16 * 1024  # of pages in memory; the default of 2 MiB thrashes on the digests of a million texts
MOST_COMPLAINTS = 1_000  # of one check; a broken file has thousands

READING: dict[str, Any] = {}
WRITING: dict[str, Any] = {"asr_writes": True}
OUTSIDE: dict[str, Any] = {readonly.OUTSIDE: True}

_ABOUT_INDEX = re.compile(r"(?:missing from|entries in|entry in|differ from|of) index (\S+)$")


def open_engine(url: URL, limits: Limits, _name: str, pool: dict[str, int], *, read_only: bool, **_: bool) -> Engine:
    """Open the file of ``url``."""
    if read_only:
        return readonly.reading_engine(url, limits)
    arguments = {} if "timeout" in url.query else {"timeout": BUSY_TIMEOUT}  # the URL's own goes first
    engine = create_engine(url, connect_args=arguments, json_serializer=as_json, **pool)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def insert(table: Table) -> Any:
    """Begin a statement that can say what becomes of a row whose key is there already."""
    return sqlite.insert(table)


def insert_rows(connection: Connection, table: Table, rows: Rows) -> None:
    """Insert rows by one statement that is carried out for each."""
    _execute_many(connection, table, rows, replace=False)


def insert_tuples(
    connection: Connection, table: Table, names: tuple[str, ...], rows: Iterable[tuple[Any, ...]]
) -> None:
    """Insert rows that are as the driver takes them."""
    connection.exec_driver_sql(_text(table, names, connection.dialect, replace=False), list(rows))


def upsert_rows(connection: Connection, table: Table, rows: Rows, added: str = "") -> None:
    """Insert or replace rows by one statement that is carried out for each."""
    _execute_many(connection, table, rows, replace=True, added=added)


def hour_of(column: Column[Any]) -> ColumnElement[int]:
    """Take the moment as it is written, without the part of a second, which SQLite would round; 0 for none."""
    seconds = func.strftime("%s", func.substr(type_coerce(column, String), 1, 19))
    return func.coalesce(cast(seconds, Integer), 0) // 3_600


def in_order_of_python(column: Column[Any]) -> ColumnElement[Any]:
    """Leave the column as it is: SQLite compares code points."""
    return column


def lock_site(_connection: Connection, _site: str) -> None:
    """Do nothing: there is one writer at a time."""


def lock_schema(_connection: Connection) -> None:
    """Do nothing: there is one writer at a time."""


def number_on(_connection: Connection, _column: Column[Any]) -> None:
    """Do nothing: SQLite numbers a new row from the highest number on."""


def tidy(connection: Connection, _tables: Iterable[str]) -> None:
    """Write the whole file anew."""
    for statement in ("VACUUM", "ANALYZE", "PRAGMA wal_checkpoint(TRUNCATE)"):
        connection.exec_driver_sql(statement)


def faults(connection: Connection, _texts: Iterable[Column[Any]]) -> Iterator[tuple[str, bool]]:
    """Check every page of the file; all damage together is one fault, however many complaints there are."""
    indexes, others = _sorted_out(_complaints(connection))
    for name in indexes:
        yield f"the index {name} is out of step with its table; --repair makes it anew", False
    if others:
        more = f" and {len(others) - 1} complaints more" if len(others) > 1 else ""
        yield f"{others[0]}{more}", True
    for table, row, parent, _ in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        yield f"row {row} of {table} points to a row of {parent} that is not there", False


def broken_indexes(connection: Connection) -> list[str]:
    """Name the indexes that are out of step with their tables."""
    return _sorted_out(_complaints(connection))[0]


def renew_index(connection: Connection, quoted: str) -> None:
    """Make an index anew from its table."""
    connection.exec_driver_sql(f"REINDEX {quoted}")


def _prepare(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # the driver's own idea of transactions is off; see _begin
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")  # readers and the one writer do not wait for each other
    cursor.execute("PRAGMA synchronous = FULL")  # one fsync a batch: what was committed outlives a power cut
    cursor.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
    cursor.execute(f"PRAGMA journal_size_limit = {LOG_FILE_LIMIT}")
    cursor.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin(connection: Connection) -> None:
    """Begin a transaction; one that writes takes its lock at once, not at the first change."""
    options = connection.get_execution_options()
    if not options.get(readonly.OUTSIDE):
        connection.exec_driver_sql("BEGIN IMMEDIATE" if WRITING.keys() & options else "BEGIN")


def _execute_many(connection: Connection, table: Table, rows: Rows, *, replace: bool, added: str = "") -> None:
    names, dialect = names_of(table, rows), connection.dialect
    statement = _text(table, names, dialect, replace=replace, added=added)
    connection.exec_driver_sql(statement, written(table, names, rows, dialect, statement))


@lru_cache
def _text(table: Table, names: tuple[str, ...], dialect: Dialect, *, replace: bool, added: str = "") -> str:
    statement = insert(table)
    return str((replacing(statement, added) if replace else statement).compile(dialect=dialect, column_keys=names))


def _complaints(connection: Connection) -> list[str]:
    rows = connection.exec_driver_sql(f"PRAGMA integrity_check({MOST_COMPLAINTS})").scalars()
    return [line for complaint in rows for line in str(complaint).splitlines() if line != "ok"]


def _sorted_out(complaints: list[str]) -> tuple[list[str], list[str]]:
    """Give the names of the indexes that are out of step, and the other complaints."""
    indexes, others = set(), []
    for complaint in complaints:
        if about := _ABOUT_INDEX.search(complaint):
            indexes.add(about[1])
        else:
            others.append(complaint)
    return sorted(indexes), others
