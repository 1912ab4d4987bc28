"""Keeps the indexes of words in step with the articles, within the transaction that writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select

from asrcrawler.items import EDITED
from asrcrawler.storage.engine.rows import insert_rows
from asrcrawler.storage.models import article, search_index, search_site
from asrcrawler.storage.search import indexes, postgresql, spellings, sqlite
from asrcrawler.storage.search.documents import digest, document

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy import Connection

    from asrcrawler.storage.search.indexes import Index

CODES = 2**31
"""Codes of a site; the key of a document is ``site number * CODES + code``, as small as varints like it."""

NOWHERE = 0
"""The base of a site without a number: no document has such a key."""

READ = tuple(article.c[name] for name in ("site", "code", *EDITED))
"""What of an article :func:`put` has to know."""


def create(connection: Connection, version: int) -> Index:
    """Another index, empty and to be filled."""
    index = indexes.add(connection, version)
    index.tables.document.create(connection)
    index.tables.compound.create(connection)
    (sqlite if _is_sqlite(connection) else postgresql).create(connection, index.tables)
    return index


def enter(connection: Connection, site: str, articles: Sequence[Mapping[str, Any]]) -> None:
    """Index articles that were just written; before that, :func:`leave` has taken out those that were known."""
    if not articles:
        return
    base = base_of(connection, site)
    for index in indexes.held(connection):
        put(connection, index, base, [row for row in articles if base + row["code"] <= index.cursor])


def put(connection: Connection, index: Index, base: int, articles: Sequence[Mapping[str, Any]]) -> None:
    """Take up articles of the site whose keys begin at ``base``."""
    if not articles:
        return
    documents = {base + row["code"]: document(row, index.version) for row in articles}
    if _is_sqlite(connection):
        sqlite.put_in(connection, index.tables, documents)
        rows = [{"id": key, "words": digest(found)} for key, found in sorted(documents.items())]
    else:
        rows = [{"id": key, "words": postgresql.vector(found)} for key, found in sorted(documents.items())]
    insert_rows(connection, index.tables.document, rows)
    spellings.learn(connection, index, articles)


def leave(connection: Connection, site: str, codes: Collection[int]) -> None:
    """Take the articles with these codes out of the indexes, before their text is written over."""
    if not codes:
        return
    base = base_of(connection, site)
    stored: Sequence[Mapping[str, Any]] = []
    for index in indexes.held(connection):
        inside = [code for code in codes if base + code <= index.cursor]
        if inside and _is_sqlite(connection):
            stored = stored or _stored(connection, site, codes)
            _take_out(connection, index, base, [row for row in stored if base + row["code"] <= index.cursor])
        table = index.tables.document
        connection.execute(delete(table).where(table.c.id.in_([base + code for code in inside])))


def drop_lost(connection: Connection, site: str, codes: Collection[int]) -> None:
    """Take out what is left of articles that are not there any more; on SQLite nobody knows their words."""
    if not codes:
        return
    base = base_of(connection, site)
    for index in indexes.held(connection):
        table = index.tables.document
        here = table.c.id.in_([base + code for code in codes])
        if lost := len(connection.scalars(select(table.c.id).where(here)).all()):
            connection.execute(delete(table).where(here))
            if _is_sqlite(connection):
                _leave_behind(connection, index, lost)


def bases(connection: Connection) -> dict[str, int]:
    """Site → the key of its code 0."""
    return {site: number * CODES for site, number in connection.execute(select(search_site.c.site, search_site.c.id))}


def base_of(connection: Connection, site: str) -> int:
    """The key of the site's code 0; a site that has no number yet gets one."""
    wanted = select(search_site.c.id).where(search_site.c.site == site)
    number: int | None = connection.scalar(wanted)
    if number is None:
        connection.execute(insert(search_site).values(site=site))
        number = connection.scalar(wanted)
    assert number is not None
    return number * CODES


def _take_out(connection: Connection, index: Index, base: int, stored: Sequence[Mapping[str, Any]]) -> None:
    """Of SQLite's words. Where they were folded by another Unicode, nobody knows them, and they stay behind."""
    documents = {base + row["code"]: document(row, index.version) for row in stored}
    table = index.tables.document.c
    kept = dict(connection.execute(select(table.id, table.words).where(table.id.in_(documents))).all())
    known = {key: found for key, found in documents.items() if kept.get(key) == digest(found)}
    if known:
        sqlite.take_out(connection, index.tables, known)
    if unknown := len(documents) - len(known):
        _leave_behind(connection, index, unknown)


def _leave_behind(connection: Connection, index: Index, count: int) -> None:
    """Earlier words of articles stay in the index, until another one takes over: see ``refilling``."""
    indexes.change(connection, [index], stale=search_index.c.stale + count)


def _stored(connection: Connection, site: str, codes: Collection[int]) -> list[dict[str, Any]]:
    wanted = select(*READ).where(article.c.site == site, article.c.code.in_(codes))
    return [dict(row) for row in connection.execute(wanted).mappings()]


def _is_sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"
