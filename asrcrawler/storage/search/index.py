"""Keeps the index of words in step with the articles, within the transaction that writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select

from asrcrawler.storage.articles.selection import Selection, sites
from asrcrawler.storage.engine.rows import insert_rows
from asrcrawler.storage.models import article, search_compound, search_document, search_site
from asrcrawler.storage.search import postgresql, spellings, sqlite
from asrcrawler.storage.search.documents import Document, digest, document
from asrcrawler.storage.visits.batch import TEXT

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy import Connection

PAGE = 500  # articles indexed at a time when the index is made
CODES = 2**31
"""Codes of a site; the key of a document is ``site number * CODES + code``, as small as varints like it."""

_READ = tuple(article.c[name] for name in ("site", "code", *TEXT))


def create(connection: Connection) -> None:
    """What of the index only its own database knows; its tables are there."""
    (sqlite if _is_sqlite(connection) else postgresql).create(connection)


def enter(connection: Connection, site: str, articles: Sequence[Mapping[str, Any]]) -> None:
    """Index articles that were just written; before that, :func:`leave` has taken out those that were known."""
    if not articles:
        return
    base = _base(connection, site)
    documents = {base + row["code"]: document(row) for row in articles}
    if _is_sqlite(connection):
        sqlite.put_in(connection, documents)
        rows = [{"id": key, "words": digest(found)} for key, found in sorted(documents.items())]
    else:
        rows = [{"id": key, "words": postgresql.vector(found)} for key, found in sorted(documents.items())]
    insert_rows(connection, search_document, rows)
    spellings.learn(connection, articles)


def leave(connection: Connection, site: str, codes: Collection[int]) -> None:
    """Take the articles with these codes out of the index, before their text is written over."""
    if not codes:
        return
    base = _base(connection, site)
    keys = [base + code for code in codes]
    if _is_sqlite(connection):
        _take_out(connection, site, codes, base)
    connection.execute(delete(search_document).where(search_document.c.id.in_(keys)))


def drop_lost(connection: Connection, site: str, codes: Collection[int]) -> None:
    """Take out what is left of articles that are not there any more; on SQLite nobody knows their words, and all of the
    index is made anew.
    """
    if not codes:
        return
    base = _base(connection, site)
    here = search_document.c.id.in_([base + code for code in codes])
    if connection.scalar(select(search_document.c.id).where(here).limit(1)) is None:
        return
    if _is_sqlite(connection):
        rebuild(connection)
    else:
        connection.execute(delete(search_document).where(here))


def rebuild(connection: Connection) -> None:
    """Make the index of all stored articles anew, a page at a time."""
    if _is_sqlite(connection):
        sqlite.clear(connection)
    connection.execute(delete(search_document))
    connection.execute(delete(search_compound))
    for site in sites(connection, Selection()):
        _enter_all(connection, site)


def bases(connection: Connection) -> dict[str, int]:
    """Site → the key of its code 0."""
    return {site: number * CODES for site, number in connection.execute(select(search_site.c.site, search_site.c.id))}


def _enter_all(connection: Connection, site: str) -> None:
    every = select(*_READ).where(article.c.site == site).order_by(article.c.code).limit(PAGE)
    after = -1
    while page := [dict(row) for row in connection.execute(every.where(article.c.code > after)).mappings()]:
        enter(connection, site, page)
        after = page[-1]["code"]


def _base(connection: Connection, site: str) -> int:
    wanted = select(search_site.c.id).where(search_site.c.site == site)
    number: int | None = connection.scalar(wanted)
    if number is None:
        connection.execute(insert(search_site).values(site=site))
        number = connection.scalar(wanted)
    assert number is not None
    return number * CODES


def _take_out(connection: Connection, site: str, codes: Collection[int], base: int) -> None:
    documents = _stored(connection, site, codes, base)
    table = search_document.c
    kept = dict(connection.execute(select(table.id, table.words).where(table.id.in_(documents))).all())
    if any(kept.get(key) != digest(found) for key, found in documents.items()):
        rebuild(connection)  # words fold otherwise than when they were put in, by another Unicode
    sqlite.take_out(connection, documents)


def _stored(connection: Connection, site: str, codes: Collection[int], base: int) -> dict[int, Document]:
    wanted = select(*_READ).where(article.c.site == site, article.c.code.in_(codes))
    return {base + row["code"]: document(dict(row)) for row in connection.execute(wanted).mappings()}


def _is_sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"
