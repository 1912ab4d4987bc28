"""Keep the indexes of words equal to the articles, within the transaction that writes the articles."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select

from asrcrawler.items import EDITED
from asrcrawler.storage.engine.among import among
from asrcrawler.storage.models import article, search_index, search_site
from asrcrawler.storage.search import indexes, spellings
from asrcrawler.storage.search.backend import backend_of
from asrcrawler.storage.search.documents import document
from asrcrawler.storage.search.numbering import Place
from asrcrawler.storage.search.signs import signs_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy import Connection

    from asrcrawler.storage.search.indexes import Index

READ = tuple(article.c[name] for name in ("site", "code", "published_at", *EDITED))
"""The columns of an article that :func:`put` reads."""


def create(connection: Connection, version: int, span: int) -> Index:
    """Make another index, empty and to be filled."""
    backend = backend_of(connection)
    index = indexes.add(connection, version, backend.FORMAT, span)
    index.tables.document.create(connection)
    index.tables.compound.create(connection)
    backend.create(connection, index.tables)
    return index


def enter(connection: Connection, site: str, articles: Sequence[Mapping[str, Any]]) -> None:
    """Index articles that were just written; before that, :func:`leave` has removed those that were known."""
    if not articles:
        return
    held = indexes.held(connection)  # first: whoever fills an index has locked it, and numbers sites, too
    number = number_of(connection, site)
    for index in held:
        put(connection, index, number, [row for row in articles if index.has_reached(row)])


def put(connection: Connection, index: Index, site: int, articles: Sequence[Mapping[str, Any]]) -> None:
    """Put articles of the site with this number into one index."""
    if not articles:
        return
    wanted = [index.numbering.of(row["published_at"], site, row["code"]) for row in articles]
    numbered = sorted(zip(_free(connection, index, wanted), articles, strict=True), key=itemgetter(0))
    documents = (
        (Place(number, site, row["code"], signs_of(row, site)), document(row, index.version))
        for number, row in numbered
    )  # one after the other, as they are put in
    backend_of(connection).put_in(connection, index.tables, documents)
    spellings.learn(connection, index, articles)


def leave(connection: Connection, site: str, codes: Collection[int]) -> None:
    """Remove the articles with these codes from the indexes, before their text is overwritten."""
    if not codes:
        return
    backend = backend_of(connection)
    stored: dict[int, Mapping[str, Any]] = {}
    for index in indexes.held(connection):
        places = _places(connection, index, site, codes)
        if places and backend.WORDS_APART:
            stored = stored or _stored(connection, site, codes)
            documents = {
                place._replace(signs=signs_of(stored[place.code], place.site)): document(
                    stored[place.code], index.version
                )
                for place in places
                if place.code in stored
            }
            if unknown := backend.take_out(connection, index.tables, documents):
                _leave_behind(connection, index, unknown)
        _remove(connection, index, places)


def drop_lost(connection: Connection, site: str, codes: Collection[int]) -> None:
    """Remove what the indexes have of articles that are lost, but for words that stand apart: nobody knows them."""
    if not codes:
        return
    for index in indexes.held(connection):
        lost = _places(connection, index, site, codes)
        _remove(connection, index, lost)
        if lost and backend_of(connection).WORDS_APART:
            _leave_behind(connection, index, len(lost))


def numbers_of_sites(connection: Connection) -> dict[str, int]:
    """Give the number of each site that has one."""
    return dict(connection.execute(select(search_site.c.site, search_site.c.id)).all())


def number_of(connection: Connection, site: str) -> int:
    """Give the number of a site; one that has none yet gets one."""
    wanted = select(search_site.c.id).where(search_site.c.site == site)
    number: int | None = connection.scalar(wanted)
    if number is None:
        connection.execute(insert(search_site).values(site=site))
        number = connection.scalar(wanted)
    assert number is not None
    return number


def _free(connection: Connection, index: Index, wanted: Sequence[int]) -> list[int]:
    """Give each number that is wanted, or another one near it where a document has that."""
    key, found, given = index.tables.document.c.id, list(wanted), set[int]()
    left, turn = list(range(len(wanted))), 0
    while left:
        tried = {at: index.numbering.another(wanted[at], turn) for at in left}
        taken = set(connection.scalars(select(key).where(among(key, set(tried.values())))))
        left, turn = [], turn + 1
        for at, number in tried.items():
            if number in taken or number in given:
                left.append(at)
            else:
                given.add(number)
                found[at] = number
    return found


def _places(connection: Connection, index: Index, site: str, codes: Collection[int]) -> list[Place]:
    """Find the documents of articles."""
    own = index.tables.document.c
    wanted = select(own.id, own.site, own.code).where(own.site == number_of(connection, site))
    return [Place(*row) for row in connection.execute(wanted.where(among(own.code, codes)))]


def _remove(connection: Connection, index: Index, places: Sequence[Place]) -> None:
    if places:
        table = index.tables.document
        numbers = [place.number for place in places]
        connection.execute(delete(table).where(among(table.c.id, numbers)))


def _leave_behind(connection: Connection, index: Index, count: int) -> None:
    """Note that earlier words of articles stay in the index, until another one takes over: see ``refilling``."""
    indexes.change(connection, [index], stale=search_index.c.stale + count)


def _stored(connection: Connection, site: str, codes: Collection[int]) -> dict[int, Mapping[str, Any]]:
    wanted = select(*READ).where(article.c.site == site, among(article.c.code, codes))
    return {row["code"]: dict(row) for row in connection.execute(wanted).mappings()}
