"""The index of words: every article is in it, as its text is now, and nothing else is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, cast, exists, select

from asrcrawler.storage.checks.finding import Finding
from asrcrawler.storage.models import article, search_document
from asrcrawler.storage.search import index
from asrcrawler.storage.search.documents import digest, document
from asrcrawler.storage.visits.batch import TEXT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

NAME = "words"
BATCH = 1_000  # articles read at a time
NOT_THERE = "is not in the index of words"


def find(connection: Connection) -> Iterator[Finding]:
    bases = index.bases(connection)
    for site in list(connection.scalars(select(article.c.site).distinct().order_by(article.c.site))):
        yield from _of_site(connection, site, bases.get(site))
    for site, base in sorted(bases.items()):
        key = search_document.c.id
        own = exists().where(article.c.site == site, article.c.code == key - base)
        surplus = select(key - base).where(key.between(base, base + index.CODES - 1), ~own).order_by(key)
        for code in connection.scalars(surplus):
            yield Finding(NAME, "is in the index of words, and there is no article", site, code)


def repair(connection: Connection, _: Sequence[Finding]) -> None:
    index.rebuild(connection)


def _of_site(connection: Connection, site: str, base: int | None) -> Iterator[Finding]:
    """Where the index holds digests, on SQLite, they are held against the articles' texts."""
    columns = [article.c[name] for name in ("code", *TEXT)]
    if base is None:
        for code in connection.scalars(select(article.c.code).where(article.c.site == site).order_by(article.c.code)):
            yield Finding(NAME, NOT_THERE, site, code)
        return
    held = search_document.c.id == cast(article.c.code, BigInteger) + base
    own = article.join(search_document, held, isouter=True)
    if connection.dialect.name != "sqlite":
        missing = select(article.c.code).select_from(own).where(article.c.site == site, search_document.c.id.is_(None))
        for code in connection.scalars(missing.order_by(article.c.code)):
            yield Finding(NAME, NOT_THERE, site, code)
        return
    every = select(*columns, search_document.c.words).select_from(own).where(article.c.site == site)
    for row in connection.execute(every.order_by(article.c.code), execution_options={"yield_per": BATCH}):
        if row.words is None:
            yield Finding(NAME, NOT_THERE, site, row.code)
        elif row.words != digest(document(row._asdict())):
            yield Finding(NAME, "the index has other words than its text", site, row.code)
