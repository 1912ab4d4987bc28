"""List the indexes of words: each has a row of ``search_index``, and tables of its own with its number in their names.

The words of an index are folded by one version. An index of a new version is filled beside the old one, which answers
until then.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    insert,
    select,
    update,
)

from asrcrawler.exceptions import SchemaError
from asrcrawler.storage.engine.types import TextSearch
from asrcrawler.storage.models import metadata, search_index
from asrcrawler.storage.search.backend import backend_of
from asrcrawler.storage.search.numbering import EMPTY, Numbering, unit_of
from asrcrawler.text.persian import FOLDINGS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from sqlalchemy import Connection, Select

FILLING = "filling"
CURRENT = "current"
LEFT = "left"
"""Another index has taken over; the tables are dropped step by step."""


class Tables(NamedTuple):
    """The tables of an index."""

    document: Table
    """Each article, with its words and a GIN index on them on PostgreSQL, on SQLite with a digest of them."""
    compound: Table
    """«پیشبینی» → «پیش بینی»: the compounds that articles write with a ZWNJ, folded."""
    words: str
    """The name of the FTS5 table, which only SQLite has."""
    numbering: Numbering


class Index(NamedTuple):
    """A row of ``search_index``."""

    id: int
    version: int
    """The version of :func:`~asrcrawler.text.persian.fold` that its words are folded by."""
    state: str
    cursor: int
    """The lowest number down to which it has the articles; it is filled from the newest on."""
    stale: int
    """Articles of which earlier words are still in it."""
    format: int
    """In which form the words are kept; see ``FORMAT`` of the module of the database."""
    span: int
    """Bits of the units of a volume; see ``numbering``."""
    slots: int
    """Bits of a slot, on this database."""

    @property
    def numbering(self) -> Numbering:
        return self.tables.numbering

    @property
    def tables(self) -> Tables:
        return tables_of(self.id, self.span, self.slots)

    def has_reached(self, article: Mapping[str, Any]) -> bool:
        """Tell whether an article belongs into what is filled."""
        return self.numbering.first(unit_of(article["published_at"], article["code"])) >= self.cursor


@lru_cache(maxsize=64)
def tables_of(number: int, span: int, slots: int) -> Tables:
    """Describe the tables of the index with this number, and how it numbers its documents."""
    own = MetaData(naming_convention=metadata.naming_convention)
    key = BigInteger().with_variant(Integer, "sqlite")
    return Tables(
        Table(
            f"search_document_{number}",
            own,
            Column("id", key, primary_key=True, autoincrement=False),
            Column("site", Integer, nullable=False),
            Column("code", Integer, nullable=False),
            Column("words", TextSearch("TSVECTOR").with_variant(LargeBinary, "sqlite"), nullable=False),
            UniqueConstraint("site", "code"),
        ),
        Table(
            f"search_compound_{number}",
            own,
            Column("glued", Text, primary_key=True),
            Column("words", Text, primary_key=True),
            sqlite_with_rowid=False,
        ),
        f"search_words_{number}",
        Numbering(slots, span),
    )


def every(connection: Connection, states: Collection[str] = (FILLING, CURRENT, LEFT)) -> list[Index]:
    """List the indexes in these states, the oldest first. Raises :exc:`SchemaError` for one of a newer version."""
    return _found(connection, _EVERY.where(search_index.c.state.in_(states)))


def held(connection: Connection) -> list[Index]:
    """List the indexes that articles are written to; none of them takes over before this transaction ends."""
    return _found(connection, _HELD.with_for_update(read=True, key_share=True))


def owned(connection: Connection, only: Index | None = None) -> list[Index]:
    """List all indexes, or ``only`` that one if it is there, for this transaction alone.

    Wait until no other transaction writes into them; none begins to before this one ends.
    """
    wanted = _EVERY if only is None else _EVERY.where(search_index.c.id == only.id)
    return _found(connection, wanted.with_for_update())


def answering(connection: Connection) -> Index | None:
    """Choose the index that answers: the newest full one, else the newest that is being filled; None without any."""
    found = every(connection, (FILLING, CURRENT))
    return max(found, key=lambda index: (index.state == CURRENT, index.id), default=None)


def add(connection: Connection, version: int, form: int, span: int) -> Index:
    """Write the row of another index, which is empty; the caller makes its tables."""
    values = {"version": version, "state": FILLING, "cursor": EMPTY, "stale": 0, "format": form, "span": span}
    [number] = connection.execute(insert(search_index).values(values)).inserted_primary_key or [0]
    return Index(number, version, FILLING, EMPTY, 0, form, span, backend_of(connection).SLOTS)


def change(connection: Connection, indexes: Sequence[Index], **values: Any) -> None:
    """Write ``values`` into the rows of ``indexes``."""
    numbers = [index.id for index in indexes]
    connection.execute(update(search_index).where(search_index.c.id.in_(numbers)).values(values))


def names(connection: Connection) -> Iterator[str]:
    """Name the tables of all indexes, without those of FTS5."""
    for index in every(connection):
        yield index.tables.document.name
        yield index.tables.compound.name


def _found(connection: Connection, wanted: Select[Any]) -> list[Index]:
    found = [Index._make((*row, backend_of(connection).SLOTS)) for row in connection.execute(wanted)]
    for one in found:
        if one.version not in FOLDINGS or one.format > backend_of(connection).FORMAT:
            made = f"folding {one.version}, format {one.format}"
            raise SchemaError(f"an index of words was made by a newer version ({made}); update asrcrawler")
    return found


_EVERY = select(*(search_index.c[name] for name in Index._fields if name != "slots")).order_by(search_index.c.id)
_HELD = _EVERY.where(search_index.c.state.in_((FILLING, CURRENT)))
