"""Make conditions on many whole numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asrcrawler.storage.engine.backend import backend_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import ColumnElement, Connection


def among(connection: Connection, column: ColumnElement[int], values: Iterable[int]) -> ColumnElement[bool]:
    """Ask whether ``column`` is one of ``values``, which are handed over as one value.

    So the statement is the same for ten and for ten thousand of them: SQLAlchemy works it out once, and no database
    refuses it as too long.
    """
    return backend_of(connection.dialect.name).among(column, sorted(values))
