"""Keep the indexes of words equal to the articles, within the transaction that writes the articles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select

from asrcrawler.items import EDITED
from asrcrawler.storage.engine.among import among
from asrcrawler.storage.models import article, search_index, search_site
from asrcrawler.storage.search import indexes, spellings
from asrcrawler.storage.search.backend import backend_of
from asrcrawler.storage.search.documents import document

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy import Connection

    from asrcrawler.storage.search.indexes import Index

CODES = 2**31
"""Codes of a site; the key of a document is ``site number * CODES + code``, as small as varints like it."""

NOWHERE = 0
"""The base of a site without a number: no document has such a key."""

READ = tuple(article.c[name] for name in ("site", "code", *EDITED))
"""The columns of an article that :func:`put` reads."""


def create(connection: Connection, version: int) -> Index:
    """Make another index, empty and to be filled."""
    backend = backend_of(connection)
    index = indexes.add(connection, version, backend.FORMAT)
    index.tables.document.create(connection)
    index.tables.compound.create(connection)
    backend.create(connection, index.tables)
    return index


def enter(connection: Connection, site: str, articles: Sequence[Mapping[str, Any]]) -> None:
    """Index articles that were just written; before that, :func:`leave` has removed those that were known."""
    if not articles:
        return
    base = base_of(connection, site)
    for index in indexes.held(connection):
        put(connection, index, base, [row for row in articles if base + row["code"] <= index.cursor])


def put(connection: Connection, index: Index, base: int, articles: Sequence[Mapping[str, Any]]) -> None:
    """Put articles into one index; the keys of their site begin at ``base``."""
    if not articles:
        return
    documents = {base + row["code"]: document(row, index.version) for row in articles}
    backend_of(connection).put_in(connection, index.tables, documents)
    spellings.learn(connection, index, articles)


def leave(connection: Connection, site: str, codes: Collection[int]) -> None:
    """Remove the articles with these codes from the indexes, before their text is overwritten."""
    if not codes:
        return
    base, backend = base_of(connection, site), backend_of(connection)
    stored: Sequence[Mapping[str, Any]] = []
    for index in indexes.held(connection):
        inside = [code for code in codes if base + code <= index.cursor]
        if inside and backend.WORDS_APART:
            stored = stored or _stored(connection, site, codes)
            known = [row for row in stored if base + row["code"] <= index.cursor]
            documents = {base + row["code"]: document(row, index.version) for row in known}
            if unknown := backend.take_out(connection, index.tables, documents):
                _leave_behind(connection, index, unknown)
        table = index.tables.document
        connection.execute(delete(table).where(among(table.c.id, [base + code for code in inside])))


def drop_lost(connection: Connection, site: str, codes: Collection[int]) -> None:
    """Remove what the indexes have of articles that are lost, but for words that stand apart: nobody knows them."""
    if not codes:
        return
    base = base_of(connection, site)
    for index in indexes.held(connection):
        table = index.tables.document
        here = among(table.c.id, [base + code for code in codes])
        if lost := len(connection.scalars(select(table.c.id).where(here)).all()):
            connection.execute(delete(table).where(here))
            if backend_of(connection).WORDS_APART:
                _leave_behind(connection, index, lost)


def bases(connection: Connection) -> dict[str, int]:
    """Give the key of code 0 of each site."""
    return {site: number * CODES for site, number in connection.execute(select(search_site.c.site, search_site.c.id))}


def base_of(connection: Connection, site: str) -> int:
    """Give the key of the site's code 0; a site that has no number yet gets one."""
    wanted = select(search_site.c.id).where(search_site.c.site == site)
    number: int | None = connection.scalar(wanted)
    if number is None:
        connection.execute(insert(search_site).values(site=site))
        number = connection.scalar(wanted)
    assert number is not None
    return number * CODES


def _leave_behind(connection: Connection, index: Index, count: int) -> None:
    """Note that earlier words of articles stay in the index, until another one takes over: see ``refilling``."""
    indexes.change(connection, [index], stale=search_index.c.stale + count)


def _stored(connection: Connection, site: str, codes: Collection[int]) -> list[dict[str, Any]]:
    wanted = select(*READ).where(article.c.site == site, article.c.code.in_(codes))
    return [dict(row) for row in connection.execute(wanted).mappings()]
