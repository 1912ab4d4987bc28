"""Make conditions on many whole numbers, on sites, and on the place in a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import Boolean, bindparam, func, literal, tuple_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from asrcrawler.storage.engine.types import Numbers

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from sqlalchemy import ColumnElement, Table
    from sqlalchemy.sql.compiler import SQLCompiler
    from sqlalchemy.sql.operators import OperatorType

Sites: TypeAlias = "str | Collection[str]"
"""One site, or several."""


def among(column: ColumnElement[int], values: Iterable[int] | str) -> ColumnElement[bool]:
    """Ask whether ``column`` is one of ``values``, which are handed over as one value.

    So the statement is the same for ten and for ten thousand of them: SQLAlchemy works it out once, and no database
    refuses it as too long. A name in the place of the values stands for those that the statement is executed with.
    """
    numbers = Numbers(column.type)
    if isinstance(values, str):
        return _Among(column, bindparam(values, type_=numbers))
    return _Among(column, bindparam(None, list(values), type_=numbers))


def of_codes(table: Table, column: str = "code") -> tuple[ColumnElement[bool], ...]:
    """Ask for the rows of a site in which ``column`` is one of some codes: ``site`` and ``codes`` at the execution."""
    return table.c.site == bindparam("site"), among(table.c[column], "codes")


class _Among(FunctionElement[bool]):
    """A column, and the numbers that it may be."""

    inherit_cache = True
    type = Boolean()

    def self_group(self, against: OperatorType | None = None) -> _Among:
        """Stand as it is: SQLAlchemy would compare a function with 1 where a database has no booleans."""
        return self


@compiles(_Among, "sqlite")
def _in_json(asked: _Among, compiler: SQLCompiler, **how: Any) -> str:
    column, numbers = (compiler.process(part, **how) for part in asked.clauses)
    return f"{column} IN (SELECT value FROM json_each({numbers}))"  # noqa: S608


@compiles(_Among, "postgresql")
def _in_array(asked: _Among, compiler: SQLCompiler, **how: Any) -> str:
    column, numbers = (compiler.process(part, **how) for part in asked.clauses)
    return f"{column} = ANY ({numbers})"


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
