"""Choose the module that knows what a kind of database does in its own way: ``sqlite`` or ``postgresql``.

Both have the functions of :class:`Backend`. Besides, only column types, migrations and the index of words, which has
two such modules of its own, ask which of the two it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy.exc import ArgumentError

from asrcrawler.storage.engine import sqlite

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import URL, Column, ColumnElement, Connection, Engine, Table

    from asrcrawler.storage.engine.limits import Limits
    from asrcrawler.storage.engine.values import Rows


class Backend(Protocol):
    """What is said to SQLite and to PostgreSQL in different ways."""

    READING: dict[str, Any]
    """The options of a connection that sees one state of the database."""
    WRITING: dict[str, Any]
    """The options of a connection that is going to write."""
    OUTSIDE: dict[str, Any]
    """The options of a connection on which no transaction is begun."""

    def open_engine(
        self, url: URL, limits: Limits, name: str, pool: dict[str, int], /, *, read_only: bool, any_encoding: bool
    ) -> Engine:
        """Make the engine of a database; ``name`` is its address for people."""

    def insert(self, table: Table, /) -> Any:
        """Begin a statement that can say what becomes of a row whose key is there already."""

    def insert_rows(self, connection: Connection, table: Table, rows: Rows, /) -> None:
        """Insert rows, at least one, all of the same columns."""

    def insert_tuples(
        self, connection: Connection, table: Table, names: tuple[str, ...], rows: Iterable[tuple[Any, ...]], /
    ) -> None:
        """Insert rows of the columns ``names``, at least one, that are as the driver takes them."""

    def upsert_rows(self, connection: Connection, table: Table, rows: Rows, added: str = "", /) -> None:
        """Insert rows, or put them in the place of those with their keys; at least one, none of them JSON.

        The number in the column ``added`` is added to that of the row that is there.
        """

    def hour_of(self, column: Column[Any], /) -> ColumnElement[int]:
        """Count the full hours from 1970 to the moments of a column."""

    def in_order_of_python(self, column: Column[Any], /) -> ColumnElement[Any]:
        """Order the texts of a column as Python compares them."""

    def lock_site(self, connection: Connection, site: str, /) -> None:
        """Keep other writers from a site to the end of the transaction."""

    def lock_schema(self, connection: Connection, /) -> None:
        """Keep others from changing the schema to the end of the transaction, which may take as long as it needs."""

    def number_on(self, connection: Connection, column: Column[Any], /) -> None:
        """Number the rows to come from the highest number on, after rows that brought their number with them."""

    def tidy(self, connection: Connection, tables: Iterable[str], /) -> None:
        """Free the space of deleted rows and renew what the planner of queries knows; outside any transaction."""

    def faults(self, connection: Connection, texts: Iterable[Column[Any]], /) -> Iterator[tuple[str, bool]]:
        """Look for faults of the database's own files; for each, say whether it is damage that only a person can mend.

        ``texts`` are the columns that hold most of what is stored.
        """

    def broken_indexes(self, connection: Connection, /) -> list[str]:
        """Name the indexes that have to be made anew."""

    def renew_index(self, connection: Connection, quoted: str, /) -> None:
        """Make an index anew from its table."""


def backend_of(name: str) -> Backend:
    """Choose by SQLAlchemy's name of the dialect; raises its :exc:`ArgumentError` for any other database.

    PostgreSQL's driver is imported only where it is needed: it is an extra.
    """
    if name == "postgresql":
        from asrcrawler.storage.engine import postgresql

        return postgresql
    if name != "sqlite":
        raise ArgumentError(f"{name} is not supported; use sqlite:/// or postgresql+psycopg://")
    return sqlite
