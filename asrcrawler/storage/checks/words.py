"""Check the indexes of words: they have every article as its text is now, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, exists, select

from asrcrawler.items import EDITED
from asrcrawler.storage.checks.finding import Finding
from asrcrawler.storage.models import article
from asrcrawler.storage.search import index, indexes, refilling
from asrcrawler.storage.search.backend import backend_of
from asrcrawler.storage.search.documents import digest, document
from asrcrawler.storage.search.numbering import unit_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

    from asrcrawler.storage.engine.database import Database
    from asrcrawler.storage.search.indexes import Index

NAME = "words"
BATCH = 1_000  # articles read at a time
OVERFLOW = 48  # units: where one is full, a document gets a number of the next
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
    numbers, own = index.numbers_of_sites(connection), one.tables.document.c
    for site in list(connection.scalars(select(article.c.site).distinct().order_by(article.c.site))):
        yield from _of_site(connection, one, site, numbers.get(site))
    for site, number in sorted(numbers.items()):
        here = exists().where(article.c.site == site, article.c.code == own.code)
        for code in connection.scalars(select(own.code).where(own.site == number, ~here).order_by(own.code)):
            yield Finding(NAME, "is in the index of words, and there is no article", site, code)
    if one.stale:
        yield Finding(NAME, f"the index still has earlier words of {one.stale} articles")


def _of_site(connection: Connection, one: Index, site: str, number: int | None) -> Iterator[Finding]:
    """Compare the index with the dates of a site's articles; on SQLite, which has digests, with their texts too."""
    apart, documents = backend_of(connection).WORDS_APART, one.tables.document
    columns = [article.c[name] for name in ("code", "published_at", *(EDITED if apart else ()))]
    own = article.join(documents, and_(documents.c.site == number, documents.c.code == article.c.code), isouter=True)
    every = select(*columns, documents.c.id, *([documents.c.words] if apart else [])).select_from(own)
    every = every.where(article.c.site == site).order_by(article.c.code)
    for row in connection.execute(every, execution_options={"yield_per": BATCH}):
        found = row._asdict()
        if row.id is None:
            if one.has_reached(found):
                yield Finding(NAME, NOT_THERE, site, row.code)
        elif one.numbering.unit(row.id) not in range(at := unit_of(row.published_at, row.code), at + OVERFLOW):
            yield Finding(NAME, "stands in the index under another date", site, row.code)
        elif apart and row.words != digest(document(found, one.version)):
            yield Finding(NAME, "the index has other words than its text", site, row.code)
