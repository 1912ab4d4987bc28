"""Make conditions on many whole numbers, on sites, and on the place in a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import func, literal, tuple_

from asrcrawler.storage.engine.backend import backend_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from sqlalchemy import ColumnElement, Connection

Sites: TypeAlias = "str | Collection[str]"
"""One site, or several."""


def among(connection: Connection, column: ColumnElement[int], values: Iterable[int]) -> ColumnElement[bool]:
    """Ask whether ``column`` is one of ``values``, which are handed over as one value.

    So the statement is the same for ten and for ten thousand of them: SQLAlchemy works it out once, and no database
    refuses it as too long.
    """
    return backend_of(connection.dialect.name).among(column, sorted(values))


def of_sites(column: ColumnElement[str], sites: Sites) -> ColumnElement[bool]:
    """Ask whether ``column`` is one site, or one of several.

    Rows of several sites are read by an index that does not begin with the site, in the order that the sites share: of
    the others, a database would read every row of each site and sort them.
    """
    if isinstance(sites, str):
        return column == sites
    if len(sites) == 1:
        return column == next(iter(sites))
    return func.coalesce(column, column).in_(sorted(sites))


def beyond(order: Sequence[ColumnElement[Any]], place: Sequence[Any]) -> ColumnElement[bool]:
    """Ask for the rows behind a ``place`` in a list that is in the descending ``order`` of some columns."""
    values = [literal(value, column.type) for column, value in zip(order, place, strict=True)]
    return tuple_(*order) < tuple_(*values)
