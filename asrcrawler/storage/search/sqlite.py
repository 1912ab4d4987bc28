"""Keep an index of words in SQLite: an FTS5 table without content.

Each word begins with the letter of its volume: for the beginning of a word, FTS5 reads all that begin so, whatever rows
are asked for, and with the letter that is no more than a volume. The words are folded before, so that the simplest
tokenizer is enough: ``ascii`` takes every character that is not ASCII for a letter. The table does not keep the words;
it removes a document only when it is given the words it was put in with.
"""

from __future__ import annotations

from functools import lru_cache
from time import thread_time
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Integer, String, column, inspect, literal_column, select, table

from asrcrawler.storage.engine.among import among
from asrcrawler.storage.engine.rows import insert_tuples
from asrcrawler.storage.search.documents import Document, Field, digest
from asrcrawler.storage.search.numbering import PARTS, Numbering, Place, letter

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from sqlalchemy import Connection

    from asrcrawler.storage.search.indexes import Tables
    from asrcrawler.storage.search.query import Query, Term

WORDS_APART = True
FORMAT = 3  # before, words had no letter, and numbers followed the codes of a site
SLOTS = 12  # the fewer, the smaller the steps between two documents of a word, and the table
CLOCK = thread_time  # all is done in this thread, and a busy machine or a slow disk makes no answer shorter
FIRST_PARTS = PARTS  # FTS5 goes down the documents of a volume, and ends when it has enough

BETWEEN_RUNS = " \ue000 "  # no word that anybody can ask for: private use folds to a blank

SIGNED = Field.CATEGORY
"""The field that the signs stand in, too: see ``signs``."""

_FIELDS = tuple(Field)
_COLUMNS = ", ".join(f'"{field}"' for field in _FIELDS)
_PLACES = ", ".join("?" * len(_FIELDS))

STRUCTURE = 10  # the highest id in an FTS5 table's data that is no block of words; without it FTS5 opens none
DROPPED = 2_000
"""Rows of a table that one step of :func:`drop_some` deletes; a block of words has 4 KB."""


@lru_cache(maxsize=64)
def number(tables: Tables) -> ColumnElement[int]:
    """Name the number of a document."""
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


def put_in(connection: Connection, tables: Tables, documents: Iterable[tuple[Place, Document]]) -> None:
    """Add documents, with a digest of their words."""
    found = list(documents)
    statement = f"INSERT INTO {tables.words}(rowid, {_COLUMNS}) VALUES (?, {_PLACES})"  # noqa: S608
    connection.exec_driver_sql(statement, _values(tables.numbering, found))
    rows = [(*place.key, digest(words)) for place, words in found]
    insert_tuples(connection, tables.document, ("id", "site", "code", "words"), rows)


def take_out(connection: Connection, tables: Tables, documents: Mapping[Place, Document]) -> int:
    """Remove the words of documents; count those whose words are not the ones that were put in.

    Their words were folded by another Unicode; nobody knows them, and they stay.
    """
    held = tables.document.c
    numbers = among(held.id, [place.number for place in documents])
    kept = dict(connection.execute(select(held.id, held.words).where(numbers)).all())
    known = {place: found for place, found in documents.items() if kept.get(place.number) == digest(found)}
    if known:
        _delete(connection, tables, known)
    return len(documents) - len(known)


def go_by_index(_connection: Connection) -> None:
    """Do nothing: SQLite asks the FTS5 table by itself."""


def _delete(connection: Connection, tables: Tables, documents: Mapping[Place, Document]) -> None:
    into = f"{tables.words}({tables.words}, rowid, {_COLUMNS})"
    statement = f"INSERT INTO {into} VALUES ('delete', ?, {_PLACES})"  # noqa: S608
    connection.exec_driver_sql(statement, _values(tables.numbering, documents.items()))


def matches(tables: Tables, query: Query, volumes: Collection[int], _: Collection[int]) -> ColumnElement[bool]:
    """Ask the table of words for what a query finds in some volumes; it has a clause."""
    asked = " OR ".join(f"({expression(query, letter(volume))})" for volume in volumes)
    return literal_column(tables.words, String).op("MATCH", is_comparison=True)(asked)


def expression(query: Query, beginning: str) -> str:
    """Write a query in FTS5's language, each word with what all words of the volume begin with.

    Its words are letters and digits, in quotes, so nothing else gets in.
    """
    wanted = " AND ".join(_any_of(clause, beginning) for clause in query.clauses)
    return f"({wanted}) NOT {_any_of(query.excluded, beginning)}" if query.excluded else wanted


def _any_of(terms: Sequence[Term], beginning: str) -> str:
    return "(" + " OR ".join(_term(term, beginning) for term in terms) + ")"


def _term(term: Term, beginning: str) -> str:
    where = f'"{term.field}" : ' if term.field else ""
    star = " *" if term.prefix else ""
    return f'{where}"{" ".join(beginning + word for word in term.words)}"{star}'


def _values(numbering: Numbering, documents: Iterable[tuple[Place, Document]]) -> list[tuple[Any, ...]]:
    found = []
    for place, document in documents:
        beginning = letter(numbering.volume(place.number))
        texts = {field: BETWEEN_RUNS.join(document[field]) for field in _FIELDS}
        texts[SIGNED] += BETWEEN_RUNS + " ".join(place.signs)
        before = " " + beginning
        lettered = [beginning + text.replace(" ", before) if text else text for text in texts.values()]
        found.append((place.number, *lettered))
    return found
