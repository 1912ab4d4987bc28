"""Make conditions on many whole numbers, and on the place in a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import literal, tuple_

from asrcrawler.storage.engine.backend import backend_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import ColumnElement, Connection


def among(connection: Connection, column: ColumnElement[int], values: Iterable[int]) -> ColumnElement[bool]:
    """Ask whether ``column`` is one of ``values``, which are handed over as one value.

    So the statement is the same for ten and for ten thousand of them: SQLAlchemy works it out once, and no database
    refuses it as too long.
    """
    return backend_of(connection.dialect.name).among(column, sorted(values))


def beyond(order: Sequence[ColumnElement[Any]], place: Sequence[Any]) -> ColumnElement[bool]:
    """Ask for the rows behind a ``place`` in a list that is in the descending ``order`` of some columns."""
    values = [literal(value, column.type) for column, value in zip(order, place, strict=True)]
    return tuple_(*order) < tuple_(*values)
