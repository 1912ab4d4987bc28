"""Keep an index of words in PostgreSQL: a ``tsvector`` with a GIN index.

Vectors and queries are written out here and not by ``to_tsvector``, whose parser separates words by its own rules: so
both databases find the same words. Each word begins with the letter of its volume: a GIN index has no order, and gives
all documents that have a word; with the letter these are those of a volume. A word of any field but the body stands in
the vector a second time, with a mark before it that names the field: the GIN index tells by itself which documents have
it there, and unpacks no places.
"""

from __future__ import annotations

from itertools import pairwise
from time import monotonic
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, cast, text

from asrcrawler.storage.engine.rows import insert_tuples
from asrcrawler.storage.engine.types import TextSearch
from asrcrawler.storage.search.documents import Document, Field
from asrcrawler.storage.search.numbering import PARTS, Numbering, Place, letter
from asrcrawler.storage.search.signs import of_part

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import Connection

    from asrcrawler.storage.search.indexes import Tables
    from asrcrawler.storage.search.query import Query, Term

WORDS_APART = False
FORMAT = 3  # before, words had no letter, and numbers followed the codes of a site
SLOTS = 21  # 512 sites do not meet in one: several may be written to at once
CLOCK = monotonic  # the work is done in another process
FIRST_PARTS = 1  # all that match in them are collected

MARKS = {
    field: chr(0xE001 + place)
    for place, field in enumerate((Field.KICKER, Field.LEAD, Field.TAG, Field.TITLE, Field.CATEGORY))
}
"""No word begins with one: private use folds to a blank."""
OF_BODY = "D"
"""The class of a place in the body, which need not be written out."""
ELSEWHERE = "A"
"""The class of every other place."""

_FREQUENT = (
    "و در به از که این است را با برای ان های ها می شد کرد خود یک تا بر نیز هم اما یا باید شده بود گفت کشور سوی گزارش"
    " اظهار داشت کند کنند شود ما او وی دو سال روز حال مورد پس اگر هر بین دیگر ای بوده داد دارد دارند کرده افزود اشاره"
)
FREQUENT = {word: chr(0xE100 + number) for number, word in enumerate(_FREQUENT.split())}
"""The words, as folded, that stand in most articles, with a letter for each.

Two of them that follow each other stand in a vector as a sign, too: else all articles that have both, which is nearly
every one, would be unpacked for a phrase. Never to be changed but with the format."""

LAST_POSITION = 16_383  # PostgreSQL counts no further
_POSITIONS = [str(position) for position in range(1, LAST_POSITION + 1)]

LONGEST_WAIT = 1  # seconds for the last reader of an index to be done with it
_HAS_LZ4 = text("SELECT 'lz4' = ANY (enumvals) FROM pg_settings WHERE name = 'default_toast_compression'")


def number(tables: Tables) -> ColumnElement[int]:
    """Give the number of a document, as no index knows it: PostgreSQL would go by that, and unpack the words."""
    return tables.document.c.id + 0


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


def put_in(connection: Connection, tables: Tables, documents: Iterable[tuple[Place, Document]]) -> None:
    """Add documents with their words: they are folded and written out while the server takes those before."""
    rows = ((*place.key, vector(words, place, tables.numbering)) for place, words in documents)
    insert_tuples(connection, tables.document, ("id", "site", "code", "words"), rows)


def take_out(_connection: Connection, _tables: Tables, _documents: Mapping[Place, Document]) -> int:
    """Do nothing: the words go with the rows of the documents."""
    return 0


def go_by_index(connection: Connection) -> None:
    """Forbid reading all documents for the rest of the transaction.

    PostgreSQL takes that for cheap, because it does not count the unpacking of their words.
    """
    connection.exec_driver_sql("SET LOCAL enable_seqscan = off")


def vector(document: Document, place: Place, numbering: Numbering) -> str:
    """Write a document as the text of a ``tsvector``."""
    places: dict[str, str] = {}
    position = 1
    for field, runs in document.items():
        mark = MARKS.get(field)
        kind = "" if mark is None else ELSEWHERE
        for run in runs:
            words = run.split(" ")
            for word, number in zip(words, _numbers(position, len(words)), strict=True):
                at = number + kind
                places[word] = f"{places[word]},{at}" if word in places else at
                if mark is not None:
                    marked = mark + word
                    places[marked] = f"{places[marked]},{at}" if marked in places else at
            position += len(words) + 1  # no phrase reaches over the gap
    beginning = letter(numbering.volume(place.number))
    signs = [*place.signs, of_part(numbering.part(place.number) % PARTS), *_pairs(document)]
    words = [f"'{beginning}{word}':{found}" for word, found in places.items()]
    return " ".join([*words, *(f"'{beginning}{sign}'" for sign in signs)])


def _pairs(document: Document) -> set[str]:
    """Give the signs of the pairs of frequent words that follow each other."""
    found: set[str] = set()
    for runs in document.values():
        for run in runs:
            known = list(map(FREQUENT.get, run.split(" ")))
            found.update([one + two for one, two in pairwise(known) if one and two])
    return found


def _numbers(first: int, count: int) -> list[str]:
    """Give ``count`` positions, one after the other."""
    found = _POSITIONS[first - 1 : first - 1 + count]
    return found + [str(LAST_POSITION)] * (count - len(found))


def matches(tables: Tables, query: Query, volumes: Collection[int], parts: Collection[int]) -> ColumnElement[bool]:
    """Ask the documents for what a query finds in some volumes; it has a clause."""
    asked = " | ".join(f"({expression(query, letter(volume), parts)})" for volume in volumes)
    return tables.document.c.words.bool_op("@@")(cast(asked, TextSearch("TSQUERY")))


def expression(query: Query, beginning: str, parts: Collection[int] = ()) -> str:
    """Write a query as the text of a ``tsquery``, each word with what all words of the volume begin with.

    Its words are letters and digits, so nothing else gets in.
    """
    wanted = [_any_of(clause, beginning) for clause in query.clauses]
    excluded = [f"!{_any_of([term], beginning)}" for term in query.excluded]
    here = [" | ".join(f"'{beginning}{of_part(part % PARTS)}'" for part in parts)] if parts else []
    return " & ".join([*(f"({each})" for each in here), *wanted, *excluded])


def _any_of(terms: Sequence[Term], beginning: str) -> str:
    return "(" + " | ".join(_term(term, beginning) for term in terms) + ")"


def _term(term: Term, beginning: str) -> str:
    phrase = "(" + " <-> ".join(_lexemes(term, beginning)) + ")"
    if term.field:
        return phrase
    whole = term.words[:-1] if term.prefix else term.words
    known = [(FREQUENT.get(one), FREQUENT.get(two)) for one, two in pairwise(whole)]
    pairs = [f"'{beginning}{one}{two}'" for one, two in known if one and two]
    if pairs and len(term.words) == 2:
        return pairs[0]
    return "(" + " & ".join([*pairs, phrase]) + ")" if pairs else phrase


def _lexemes(term: Term, beginning: str) -> Iterator[str]:
    mark = MARKS.get(term.field, "") if term.field else ""
    place = OF_BODY if term.field is Field.BODY else ""
    for at, word in enumerate(term.words, 1):
        star = "*" if term.prefix and at == len(term.words) else ""
        yield f"'{beginning}{mark}{word}'" + (f":{star}{place}" if star or place else "")
