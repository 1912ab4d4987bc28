"""Keep an index of words in SQLite: an FTS5 table without content.

The words are folded before, so that the simplest tokenizer is enough: ``ascii`` takes every character that is not ASCII
for a letter. The table does not keep the words; it removes a document only when it is given the words it was put in
with.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Integer, String, column, func, inspect, literal_column, select, table

from asrcrawler.storage.engine.rows import insert_tuples
from asrcrawler.storage.search.documents import Document, Field, digest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection, Select

    from asrcrawler.storage.search.indexes import Tables
    from asrcrawler.storage.search.query import Query, Term

WORDS_APART = True
FORMAT = 1
WEIGHTS = {Field.TITLE: 20, Field.KICKER: 5, Field.LEAD: 4, Field.TAG: 5, Field.CATEGORY: 1, Field.BODY: 1}
"""What a word counts for where it stands."""

BETWEEN_RUNS = " \ue000 "  # no word that anybody can ask for: private use folds to a blank

_FIELDS = tuple(Field)
_COLUMNS = ", ".join(f'"{field}"' for field in _FIELDS)
_PLACES = ", ".join("?" * len(_FIELDS))

STRUCTURE = 10  # the highest id in an FTS5 table's data that is no block of words; without it FTS5 opens none
DROPPED = 2_000
"""Rows of a table that one step of :func:`drop_some` deletes; a block of words has 4 KB."""


@lru_cache(maxsize=64)
def document_id(tables: Tables) -> ColumnElement[int]:
    """Name the key of a document."""
    return table(tables.words, column("rowid", Integer)).c.rowid


def create(connection: Connection, tables: Tables) -> None:
    """Make the FTS5 table."""
    connection.exec_driver_sql(
        f"CREATE VIRTUAL TABLE {tables.words} USING fts5({_COLUMNS}, content='', tokenize='ascii')"
    )


def drop_some(connection: Connection, tables: Tables) -> bool:
    """Delete a bounded part of an index, with the last part the tables; tell whether that was the last one.

    What is large in the FTS5 table is kept under another name and deleted in parts: an FTS5 table with half of its rows
    would be a fault of the database.
    """
    gone = {part: f"{tables.words.replace('words', 'gone')}_{part}" for part in ("data", "docsize")}
    if inspect(connection).has_table(tables.words):
        for part, name in gone.items():
            connection.exec_driver_sql(f"ALTER TABLE {tables.words}_{part} RENAME TO {name}")
        connection.exec_driver_sql(f"CREATE TABLE {tables.words}_data(id INTEGER PRIMARY KEY, block BLOB)")
        structure = f"SELECT * FROM {gone['data']} WHERE id <= {STRUCTURE}"  # noqa: S608
        connection.exec_driver_sql(f"INSERT INTO {tables.words}_data {structure}")
        connection.exec_driver_sql(f"DROP TABLE {tables.words}")
        return False
    for name in (*gone.values(), tables.document.name):
        some = f"DELETE FROM {name} WHERE id IN (SELECT id FROM {name} LIMIT {DROPPED})"  # noqa: S608
        if connection.exec_driver_sql(some).rowcount == DROPPED:
            return False
    for name in (*gone.values(), tables.document.name, tables.compound.name):
        connection.exec_driver_sql(f"DROP TABLE {name}")
    return True


def put_in(connection: Connection, tables: Tables, documents: Mapping[int, Document]) -> None:
    """Add documents, with a digest of their words."""
    statement = f"INSERT INTO {tables.words}(rowid, {_COLUMNS}) VALUES (?, {_PLACES})"  # noqa: S608
    connection.exec_driver_sql(statement, _values(documents))
    rows = [(key, digest(found)) for key, found in sorted(documents.items())]
    insert_tuples(connection, tables.document, ("id", "words"), rows)


def take_out(connection: Connection, tables: Tables, documents: Mapping[int, Document]) -> int:
    """Remove the words of documents; count those whose words are not the ones that were put in.

    Their words were folded by another Unicode; nobody knows them, and they stay.
    """
    held = tables.document.c
    kept = dict(connection.execute(select(held.id, held.words).where(held.id.in_(documents))).all())
    known = {key: found for key, found in documents.items() if kept.get(key) == digest(found)}
    if known:
        _delete(connection, tables, known)
    return len(documents) - len(known)


def go_by_index(_connection: Connection) -> None:
    """Do nothing: SQLite asks the FTS5 table by itself."""


def _delete(connection: Connection, tables: Tables, documents: Mapping[int, Document]) -> None:
    into = f"{tables.words}({tables.words}, rowid, {_COLUMNS})"
    statement = f"INSERT INTO {into} VALUES ('delete', ?, {_PLACES})"  # noqa: S608
    connection.exec_driver_sql(statement, _values(documents))


def of_site(tables: Tables, base: int, codes: tuple[int, int]) -> ColumnElement[bool]:
    """Ask for the documents with these codes, both ends inclusive; the keys of the site begin at ``base``."""
    return document_id(tables).between(base + codes[0], base + codes[1])


def matches(tables: Tables, query: Query) -> ColumnElement[bool]:
    """Ask the table of words for what a query finds; it has a clause."""
    return literal_column(tables.words, String).op("MATCH", is_comparison=True)(expression(query))


def scored(tables: Tables, matched: Select[int], _: Query, most: int) -> Select[int, float]:
    """Select key and score of the newest ``most`` of ``matched``; FTS5 goes down its keys and scores no more."""
    weights: list[ColumnElement[Any]] = [literal_column(str(WEIGHTS[field])) for field in _FIELDS]
    score: ColumnElement[float] = -func.bm25(literal_column(tables.words), *weights)  # the lower the better
    return matched.add_columns(score).order_by(document_id(tables).desc()).limit(most)


def expression(query: Query) -> str:
    """Write a query in FTS5's language. Its words are letters and digits, in quotes, so nothing else gets in."""
    wanted = " AND ".join(_any_of(clause) for clause in query.clauses)
    return f"({wanted}) NOT {_any_of(query.excluded)}" if query.excluded else wanted


def _any_of(terms: Sequence[Term]) -> str:
    return "(" + " OR ".join(map(_term, terms)) + ")"


def _term(term: Term) -> str:
    where = f'"{term.field}" : ' if term.field else ""
    star = " *" if term.prefix else ""
    return f'{where}"{" ".join(term.words)}"{star}'


def _values(documents: Mapping[int, Document]) -> list[tuple[Any, ...]]:
    return [
        (key, *(BETWEEN_RUNS.join(document[field]) for field in _FIELDS)) for key, document in sorted(documents.items())
    ]
