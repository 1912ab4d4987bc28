"""The index of words in SQLite: an FTS5 table without content.

The words are folded before, so that the plainest tokenizer does: to ``ascii``, whatever is no ASCII is a letter. The
table does not keep the words; to take a document out, it has to be given what it was put in with.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Integer, String, column, func, inspect, literal_column, table

from asrcrawler.storage.search.documents import Document, Field

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection, Select

    from asrcrawler.storage.search.indexes import Tables
    from asrcrawler.storage.search.query import Query, Term

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
    """The key of a document."""
    return table(tables.words, column("rowid", Integer)).c.rowid


def create(connection: Connection, tables: Tables) -> None:
    connection.exec_driver_sql(
        f"CREATE VIRTUAL TABLE {tables.words} USING fts5({_COLUMNS}, content='', tokenize='ascii')"
    )


def drop_some(connection: Connection, tables: Tables) -> bool:
    """Delete a bounded part of an index, the tables with the last one; whether that was it.

    What is large of the FTS5 table outlives it under another name: a half of it would be a fault of the database.
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
    statement = f"INSERT INTO {tables.words}(rowid, {_COLUMNS}) VALUES (?, {_PLACES})"  # noqa: S608
    connection.exec_driver_sql(statement, _values(documents))


def take_out(connection: Connection, tables: Tables, documents: Mapping[int, Document]) -> None:
    """``documents`` have to be the ones that were put in, to the word."""
    into = f"{tables.words}({tables.words}, rowid, {_COLUMNS})"
    statement = f"INSERT INTO {into} VALUES ('delete', ?, {_PLACES})"  # noqa: S608
    connection.exec_driver_sql(statement, _values(documents))


def of_site(tables: Tables, base: int, codes: int) -> ColumnElement[bool]:
    """The documents of the site whose keys begin at ``base``."""
    return document_id(tables).between(base, base + codes - 1)


def matches(tables: Tables, query: Query) -> ColumnElement[bool]:
    """The condition on the table of words; ``query`` has a clause."""
    return literal_column(tables.words, String).op("MATCH", is_comparison=True)(expression(query))


def scored(tables: Tables, matched: Select[int], _: Query, most: int) -> Select[int, float]:
    """Key and score of the newest ``most`` of ``matched``; FTS5 walks down its keys and scores no more than that."""
    weights: list[ColumnElement[Any]] = [literal_column(str(WEIGHTS[field])) for field in _FIELDS]
    score: ColumnElement[float] = -func.bm25(literal_column(tables.words), *weights)  # the lower the better
    return matched.add_columns(score).order_by(document_id(tables).desc()).limit(most)


def expression(query: Query) -> str:
    """The query in FTS5's own language. Words are letters and digits and stand in quotes: nothing else can get in."""
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
        (key, *(BETWEEN_RUNS.join(" ".join(run) for run in document[field]) for field in _FIELDS))
        for key, document in sorted(documents.items())
    ]
