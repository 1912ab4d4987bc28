"""Rows on their way into a table, many at once, at the price of the driver.

SQLAlchemy works out the statement once, and how the values of each column are written; it is not asked again for every
row, which would cost more than SQLite takes to store it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import ARRAY, bindparam, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, StatementError

from asrcrawler.storage.engine.types import UtcDateTime

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Column, Connection, Dialect, Insert, Table

    Rows: TypeAlias = Sequence[Mapping[str, Any]]

MOMENTS_KEPT = 1_024  # of a column, as written: the moment of a visit stands in several rows
_WRONG_VALUES = (ValueError, TypeError, OverflowError)


def insert_rows(connection: Connection, table: Table, rows: Rows) -> None:
    """Insert rows, all of the same columns. Into PostgreSQL they are copied, as one statement."""
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        _execute_many(connection, table, rows, replace=False)
    else:
        _copy(connection, table, rows)


def upsert_rows(connection: Connection, table: Table, rows: Rows) -> None:
    """Insert rows, all of the same columns and none of them JSON, or put them in the place of those that are there."""
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        _execute_many(connection, table, rows, replace=True)
    else:
        _upsert_arrays(connection, table, rows)


def upsert(table: Table, dialect: Dialect) -> Insert:
    """A statement that inserts a row or, where its primary key is there already, puts it in that row's place."""
    own = sqlite if dialect.name == "sqlite" else postgresql
    statement: Any = own.insert(table)  # the two share these methods and no class
    key = [column.name for column in table.primary_key.columns]
    values = {column.name: statement.excluded[column.name] for column in table.columns if not column.primary_key}
    if not values:
        found: Insert = statement.on_conflict_do_nothing(index_elements=key)
    else:
        found = statement.on_conflict_do_update(index_elements=key, set_=values)
    return found


@lru_cache
def _text(table: Table, names: tuple[str, ...], dialect: Dialect, *, replace: bool) -> str:
    statement = upsert(table, dialect) if replace else insert(table)
    return str(statement.compile(dialect=dialect, column_keys=names))


@lru_cache
def _writer(column: Column[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    """What makes a value of a column one of the driver's; None where it is that already."""
    write = column.type.dialect_impl(dialect).bind_processor(dialect)
    return lru_cache(MOMENTS_KEPT)(write) if write is not None and isinstance(column.type, UtcDateTime) else write


def _names(table: Table, rows: Rows) -> tuple[str, ...]:
    """The columns of the rows, in the order in which a statement names them: that of the table."""
    return tuple(column.name for column in table.columns if column.name in rows[0])


def _execute_many(connection: Connection, table: Table, rows: Rows, *, replace: bool) -> None:
    names, dialect = _names(table, rows), connection.dialect
    statement = _text(table, names, dialect, replace=replace)
    connection.exec_driver_sql(statement, _written(table, names, rows, dialect, statement))


def _upsert_arrays(connection: Connection, table: Table, rows: Rows) -> None:
    names = _names(table, rows)
    columns = [func.unnest(bindparam(name, type_=ARRAY(table.c[name].type))) for name in names]
    statement = upsert(table, connection.dialect).from_select(names, select(*columns))
    connection.execute(statement, {name: [row[name] for row in rows] for name in names})


def _copy(connection: Connection, table: Table, rows: Rows) -> None:
    names = _names(table, rows)
    quoted = connection.dialect.identifier_preparer.quote
    statement = f"COPY {quoted(table.name)} ({', '.join(map(quoted, names))}) FROM STDIN"
    written = _written(table, names, rows, connection.dialect, statement)
    cursor: Any = connection.connection.cursor()
    failure = connection.dialect.dbapi.Error  # type: ignore[union-attr]
    try:
        with cursor, cursor.copy(statement) as copy:
            for row in written:
                copy.write_row(row)
    except _WRONG_VALUES as error:
        raise StatementError(str(error), statement, None, error) from error
    except failure as error:
        raise DBAPIError.instance(statement, None, error, failure, dialect=connection.dialect) from error


def _written(
    table: Table, names: tuple[str, ...], rows: Rows, dialect: Dialect, statement: str
) -> list[tuple[Any, ...]]:
    """The rows as the driver takes them. Raises :exc:`StatementError` for a value that its column does not take."""
    columns = []
    try:
        for name in names:
            values: list[Any] = [row[name] for row in rows]
            write = _writer(table.c[name], dialect)
            columns.append(values if write is None else list(map(write, values)))
    except _WRONG_VALUES as error:
        raise StatementError(str(error), statement, None, error) from error
    return list(zip(*columns, strict=True))
