"""Convert rows to what the driver of a database takes.

SQLAlchemy works out once how the values of each column are written; it is not asked again for every row, which would
cost more than SQLite takes to store it.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy.exc import StatementError

from asrcrawler.storage.engine.types import UtcDateTime

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Column, Dialect, Insert, Table

    Rows: TypeAlias = Sequence[Mapping[str, Any]]

as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""How JSON is stored: not escaped, which would make Persian three times as long."""

MOMENTS_KEPT = 4_096  # as written; a batch of 500 visits has half as many
WRONG_VALUES = (ValueError, TypeError, OverflowError)
"""What is raised for a value that its column does not take."""


def replacing(insert: Any, added: str = "") -> Insert:
    """Make a backend's ``INSERT`` put a row in the place of the one that has its primary key already.

    The number in the column ``added`` is added to the one that is there.
    """
    table = insert.table
    key = [column.name for column in table.primary_key.columns]
    values = {column.name: insert.excluded[column.name] for column in table.columns if not column.primary_key}
    if added:
        values[added] += table.c[added]
    if not values:
        found: Insert = insert.on_conflict_do_nothing(index_elements=key)
    else:
        found = insert.on_conflict_do_update(index_elements=key, set_=values)
    return found


def names_of(table: Table, rows: Rows) -> tuple[str, ...]:
    """Name the columns of the rows in the order in which a statement names them: that of the table."""
    return tuple(column.name for column in table.columns if column.name in rows[0])


def written(
    table: Table, names: tuple[str, ...], rows: Rows, dialect: Dialect, statement: str
) -> list[tuple[Any, ...]]:
    """Give the rows as the driver takes them. Raises :exc:`StatementError` for a value that does not fit its column."""
    columns = []
    try:
        for name in names:
            values: list[Any] = [row[name] for row in rows]
            write = _writer(table.c[name], dialect)
            columns.append(values if write is None else list(map(write, values)))
    except WRONG_VALUES as error:
        raise StatementError(str(error), statement, None, error) from error
    return list(zip(*columns, strict=True))


@lru_cache
def _writer(column: Column[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    """Give what makes a value of a column one of the driver's; None where it is that already."""
    if isinstance(column.type, UtcDateTime):
        return _moment_writer(dialect)
    return column.type.dialect_impl(dialect).bind_processor(dialect)


@lru_cache
def _moment_writer(dialect: Dialect) -> Callable[[Any], Any] | None:
    """Give what writes a moment. Of one visit it stands in several rows and columns, and is written once."""
    write = UtcDateTime().dialect_impl(dialect).bind_processor(dialect)
    return lru_cache(MOMENTS_KEPT)(write) if write is not None else None
