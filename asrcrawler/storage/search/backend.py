"""Choose the module that keeps the words of an index as the database does: ``sqlite`` or ``postgresql``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from asrcrawler.storage.search import postgresql, sqlite

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from sqlalchemy import ColumnElement, Connection

    from asrcrawler.storage.search.documents import Document
    from asrcrawler.storage.search.indexes import Tables
    from asrcrawler.storage.search.numbering import Place
    from asrcrawler.storage.search.query import Query


class Backend(Protocol):
    """What an index of words does on SQLite and on PostgreSQL in different ways."""

    WORDS_APART: bool
    """Whether the words stand in a table of their own, beside the documents, which then have a digest of them."""
    FORMAT: int
    """The form in which an index is made today; one of an earlier form is not asked, and made anew."""
    SLOTS: int
    """Bits of a slot, see ``numbering``: each half an hour takes so many documents."""
    CLOCK: Callable[[], float]
    """Gives the seconds that count for how long a search takes."""
    FIRST_PARTS: int
    """Parts of a volume that are looked through at first."""

    def create(self, connection: Connection, tables: Tables, /) -> None:
        """Make what the tables of a new index need besides."""

    def drop_some(self, connection: Connection, tables: Tables, /) -> bool:
        """Drop a bounded part of an index; tell whether that was the last of it."""

    def put_in(self, connection: Connection, tables: Tables, documents: Iterable[tuple[Place, Document]], /) -> None:
        """Add documents, which are in the order of their numbers."""

    def take_out(self, connection: Connection, tables: Tables, documents: Mapping[Place, Document], /) -> int:
        """Remove the words that stand apart; count the documents whose words are not known any more."""

    def go_by_index(self, connection: Connection, /) -> None:
        """Have the questions of this transaction answered by means of the index."""

    def number(self, tables: Tables, /) -> ColumnElement[int]:
        """Name the number of a document, where its words are asked for."""

    def matches(
        self, tables: Tables, query: Query, volumes: Collection[int], parts: Collection[int], /
    ) -> ColumnElement[bool]:
        """Ask for the documents of some volumes that a query finds; it has a clause.

        ``parts``, where there are any, are those of one volume that the numbers asked for are in.
        """


def backend_of(connection: Connection) -> Backend:
    """Choose by the database that ``connection`` leads to."""
    return sqlite if connection.dialect.name == "sqlite" else postgresql
