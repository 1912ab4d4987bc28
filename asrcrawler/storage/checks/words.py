"""Check the indexes of words: they have every article as its text is now, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, cast, exists, select

from asrcrawler.items import EDITED
from asrcrawler.storage.checks.finding import Finding
from asrcrawler.storage.models import article
from asrcrawler.storage.search import index, indexes, refilling
from asrcrawler.storage.search.backend import backend_of
from asrcrawler.storage.search.documents import digest, document

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

    from asrcrawler.storage.engine.database import Database
    from asrcrawler.storage.search.indexes import Index

NAME = "words"
BATCH = 1_000  # articles read at a time
NO_INDEX = "there is no index of words"
NOT_THERE = "is not in the index of words"


def find(connection: Connection) -> Iterator[Finding]:
    """Find what is wrong with the index that answers, and with the part of another that is filled so far."""
    found = indexes.every(connection, {indexes.FILLING, indexes.CURRENT})
    if not found:
        yield Finding(NAME, NO_INDEX)
    told: set[Finding] = set()
    for one in found:
        for finding in _of_index(connection, one):
            if finding not in told:
                told.add(finding)
                yield finding


def repair(connection: Connection, _: Sequence[Finding]) -> None:
    refilling.distrust(connection)


def complete(database: Database) -> None:
    refilling.complete(database)


def _of_index(connection: Connection, one: Index) -> Iterator[Finding]:
    bases = index.bases(connection)
    for site in list(connection.scalars(select(article.c.site).distinct().order_by(article.c.site))):
        yield from _of_site(connection, one, site, bases.get(site))
    for site, base in sorted(bases.items()):
        key = one.tables.document.c.id
        own = exists().where(article.c.site == site, article.c.code == key - base)
        surplus = select(key - base).where(key.between(base, base + index.CODES - 1), ~own).order_by(key)
        for code in connection.scalars(surplus):
            yield Finding(NAME, "is in the index of words, and there is no article", site, code)
    if one.stale:
        yield Finding(NAME, f"the index still has earlier words of {one.stale} articles")


def _of_site(connection: Connection, one: Index, site: str, base: int | None) -> Iterator[Finding]:
    """Compare the index with the articles of a site, and on SQLite, which has digests, with their texts too."""
    here = article.c.site == site
    columns = [article.c[name] for name in ("code", *EDITED)]
    if base is None:
        absent = () if one.state == indexes.FILLING else connection.scalars(select(article.c.code).where(here))
        for code in sorted(absent):
            yield Finding(NAME, NOT_THERE, site, code)
        return
    key, documents = cast(article.c.code, BigInteger) + base, one.tables.document
    own = article.join(documents, documents.c.id == key, isouter=True)
    inside = here, key <= one.cursor
    if not backend_of(connection).WORDS_APART:
        missing = select(article.c.code).select_from(own).where(*inside, documents.c.id.is_(None))
        for code in connection.scalars(missing.order_by(article.c.code)):
            yield Finding(NAME, NOT_THERE, site, code)
        return
    every = select(*columns, documents.c.words).select_from(own).where(*inside)
    for row in connection.execute(every.order_by(article.c.code), execution_options={"yield_per": BATCH}):
        if row.words is None:
            yield Finding(NAME, NOT_THERE, site, row.code)
        elif row.words != digest(document(row._asdict(), one.version)):
            yield Finding(NAME, "the index has other words than its text", site, row.code)
