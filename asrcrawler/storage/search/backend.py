"""Choose the module that keeps the words of an index as the database does: ``sqlite`` or ``postgresql``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from asrcrawler.storage.search import postgresql, sqlite

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import ColumnElement, Connection, Select

    from asrcrawler.storage.search.documents import Document
    from asrcrawler.storage.search.indexes import Tables
    from asrcrawler.storage.search.query import Query


class Backend(Protocol):
    """What an index of words does on SQLite and on PostgreSQL in different ways."""

    WORDS_APART: bool
    """Whether the words stand in a table of their own, beside the documents, which then have a digest of them."""
    FORMAT: int
    """The form in which an index is made today; one of an earlier form answers until it is made anew."""

    def create(self, connection: Connection, tables: Tables, /) -> None:
        """Make what the tables of a new index need besides."""

    def drop_some(self, connection: Connection, tables: Tables, /) -> bool:
        """Drop a bounded part of an index; tell whether that was the last of it."""

    def put_in(self, connection: Connection, tables: Tables, documents: Mapping[int, Document], /) -> None:
        """Add documents by their keys."""

    def take_out(self, connection: Connection, tables: Tables, documents: Mapping[int, Document], /) -> int:
        """Remove the words that stand apart; count the documents whose words are not known any more."""

    def go_by_index(self, connection: Connection, /) -> None:
        """Have the questions of this transaction answered by means of the index."""

    def document_id(self, tables: Tables, /) -> ColumnElement[int]:
        """Name the key of a document."""

    def of_site(self, tables: Tables, base: int, codes: tuple[int, int], /) -> ColumnElement[bool]:
        """Ask for the documents with these codes, both ends inclusive; the keys of the site begin at ``base``."""

    def matches(self, tables: Tables, query: Query, /) -> ColumnElement[bool]:
        """Ask for the documents that a query finds; it has a clause."""

    def scored(self, tables: Tables, matched: Select[int], query: Query, most: int, /) -> Select[int, float]:
        """Select key and score of the newest ``most`` of ``matched``."""


def backend_of(connection: Connection) -> Backend:
    """Choose by the database that ``connection`` leads to."""
    return sqlite if connection.dialect.name == "sqlite" else postgresql
