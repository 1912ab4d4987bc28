"""Keep an index of words in PostgreSQL: a ``tsvector`` with a GIN index.

Vectors and queries are written out here and not by ``to_tsvector``, whose parser separates words by its own rules: so
both databases find the same words. A word of any field but the body stands in the vector a second time, with a mark
before it that names the field: the GIN index tells by itself which documents have it there, and unpacks no places. The
class of a place (A to D) says what the word counts for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Float, cast, func, literal_column, select, text

from asrcrawler.storage.engine.rows import insert_tuples
from asrcrawler.storage.engine.types import TextSearch
from asrcrawler.storage.search.documents import Document, Field
from asrcrawler.storage.search.query import Query

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Connection, Select

    from asrcrawler.storage.search.indexes import Tables
    from asrcrawler.storage.search.query import Term

CLASSES = {
    Field.TITLE: "A",
    Field.KICKER: "B",
    Field.LEAD: "B",
    Field.TAG: "B",
    Field.CATEGORY: "C",
    Field.BODY: "D",
}
WORDS_APART = False
FORMAT = 2  # in 1, headline and categories have no marks
WEIGHTS = "{0.05, 0.05, 0.2, 1.0}"
"""What a word counts for in D, C, B and A."""

BY_LENGTH = 1
"""Of ``ts_rank``: a word counts for less in a long text, as in bm25."""

MARKS = {
    field: chr(0xE001 + place)
    for place, field in enumerate((Field.KICKER, Field.LEAD, Field.TAG, Field.TITLE, Field.CATEGORY))
}
"""No word begins with one: private use folds to a blank."""
UNMARKED_ONCE = frozenset({Field.TITLE, Field.CATEGORY})
"""Fields with a class of their own, which was asked for in the first format: every place of the word was unpacked."""

LAST_POSITION = 16_383  # PostgreSQL counts no further
_POSITIONS = [str(position) for position in range(1, LAST_POSITION + 1)]

LONGEST_WAIT = 1  # seconds for the last reader of an index to be done with it
_HAS_LZ4 = text("SELECT 'lz4' = ANY (enumvals) FROM pg_settings WHERE name = 'default_toast_compression'")


def document_id(tables: Tables) -> ColumnElement[int]:
    """Name the key of a document."""
    return tables.document.c.id


def create(connection: Connection, tables: Tables) -> None:
    """Make the GIN index, and have the vectors compressed by lz4 where the server has it."""
    name = tables.document.name
    if connection.scalar(_HAS_LZ4):
        connection.exec_driver_sql(f"ALTER TABLE {name} ALTER COLUMN words SET COMPRESSION lz4")
    connection.exec_driver_sql(f"CREATE INDEX ix_{name}_words ON {name} USING gin (words)")


def drop_some(connection: Connection, tables: Tables) -> bool:
    """Drop an index at once, which takes PostgreSQL the same time whatever its size; give True."""
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LONGEST_WAIT}s'")
    tables.document.drop(connection)
    tables.compound.drop(connection)
    return True


def put_in(connection: Connection, tables: Tables, documents: Mapping[int, Document]) -> None:
    """Add documents with their words."""
    rows = ((key, vector(found)) for key, found in sorted(documents.items()))  # while the server takes those before
    insert_tuples(connection, tables.document, ("id", "words"), rows)


def take_out(_connection: Connection, _tables: Tables, _documents: Mapping[int, Document]) -> int:
    """Do nothing: the words go with the rows of the documents."""
    return 0


def go_by_index(connection: Connection) -> None:
    """Forbid reading all documents for the rest of the transaction.

    PostgreSQL takes that for cheap, because it does not count the unpacking of their words.
    """
    connection.exec_driver_sql("SET LOCAL enable_seqscan = off")


def vector(document: Document) -> str:
    """Write a document as the text of a ``tsvector``."""
    places: dict[str, str] = {}
    position = 1
    for field, runs in document.items():
        letter, mark = CLASSES[field], MARKS.get(field)
        for run in runs:
            words = run.split(" ")
            for word, number in zip(words, _numbers(position, len(words)), strict=True):
                place = number + letter
                places[word] = f"{places[word]},{place}" if word in places else place
                if mark is not None:
                    marked = mark + word
                    places[marked] = f"{places[marked]},{place}" if marked in places else place
            position += len(words) + 1  # no phrase reaches over the gap
    return " ".join([f"'{word}':{found}" for word, found in places.items()])


def _numbers(first: int, count: int) -> list[str]:
    """Give ``count`` positions, one after the other."""
    found = _POSITIONS[first - 1 : first - 1 + count]
    return found + [str(LAST_POSITION)] * (count - len(found))


def of_site(tables: Tables, base: int, codes: tuple[int, int]) -> ColumnElement[bool]:
    """Ask for the documents with these codes, both ends inclusive; the keys of the site begin at ``base``.

    The condition is no range of keys: PostgreSQL would look that up first, and not the words.
    """
    return (document_id(tables) - base).between(*codes)


def matches(tables: Tables, query: Query) -> ColumnElement[bool]:
    """Ask the documents for what a query finds; it has a clause."""
    return tables.document.c.words.bool_op("@@")(_asked(query, tables))


def scored(tables: Tables, matched: Select[int], query: Query, most: int) -> Select[int, float]:
    """Select key and score of the newest ``most`` of ``matched``, collected before: a GIN index has no order."""
    keys = matched.cte("matched").prefix_with("MATERIALIZED")
    newest = select(keys.c.id).order_by(keys.c.id.desc()).limit(most).subquery()
    weights: ColumnElement[str] = literal_column(f"'{WEIGHTS}'::real[]")
    wanted = _asked(Query(query.clauses), tables)  # an exclusion would spoil the rank
    score = func.ts_rank(weights, tables.document.c.words, wanted, BY_LENGTH, type_=Float)
    key = document_id(tables)
    return select(key, score).join(newest, key == newest.c.id).order_by(key.desc())


def _asked(query: Query, tables: Tables) -> ColumnElement[Any]:
    return cast(expression(query, tables.format), TextSearch("TSQUERY"))


def expression(query: Query, form: int = FORMAT) -> str:
    """Write a query as the text of a ``tsquery``, for an index of a format.

    Its words are letters and digits, so nothing else gets in.
    """
    wanted = [_any_of(clause, form) for clause in query.clauses]
    return " & ".join([*wanted, *(f"!{_any_of([term], form)}" for term in query.excluded)])


def _any_of(terms: Sequence[Term], form: int) -> str:
    return "(" + " | ".join(_term(term, form) for term in terms) + ")"


def _term(term: Term, form: int) -> str:
    return "(" + " <-> ".join(_lexemes(term, form)) + ")"


def _lexemes(term: Term, form: int) -> Iterator[str]:
    has_mark = term.field in MARKS and (form > 1 or term.field not in UNMARKED_ONCE)
    mark = MARKS[term.field] if term.field and has_mark else ""
    place = CLASSES[term.field] if term.field and not has_mark else ""
    for at, word in enumerate(term.words, 1):
        star = "*" if term.prefix and at == len(term.words) else ""
        yield f"'{mark}{word}'" + (f":{star}{place}" if star or place else "")
