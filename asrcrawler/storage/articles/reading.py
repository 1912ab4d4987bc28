"""Read articles for the reading room: slices of lists, and one article with its near duplicates.

Every query is bounded and answered by an index. A position in a list is the code of an article, so that a link to the
slice before or after it stays right when new articles push it down.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, func, literal, or_, select, tuple_

from asrcrawler.samaneh.urls import HIGHEST_CODE
from asrcrawler.storage.articles.export import STORED_FIELDS, export_articles, exported
from asrcrawler.storage.articles.narrowing import portions
from asrcrawler.storage.articles.selection import Selection, conditions
from asrcrawler.storage.engine.among import of_sites
from asrcrawler.storage.models import LONGEST_LABEL, article, label, signature
from asrcrawler.storage.outlets import names_by_site
from asrcrawler.text.persian import clean
from asrcrawler.text.similarity import ALGORITHM, resemblance

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Select

    from asrcrawler.storage.engine.among import Sites
    from asrcrawler.storage.engine.database import Database

MOST_RELATIVES = 20  # of one article: exact copies at most, and near duplicates at most


class Item(NamedTuple):
    """An article as a list shows it."""

    site: str
    code: int
    kind: str
    published_at: datetime | None
    published_jalali: str | None
    duplicate_of: int | None
    similar_to: int | None
    revision: int
    category: list[str]
    kicker: str | None
    title: str | None
    lead: str | None
    url: str
    changed_at: datetime
    gone_at: datetime | None


_ITEM = [article.c[name] for name in Item._fields]


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A position in a list where a slice begins: the top, or beside the article with a code."""

    before: int | None = None
    """Code of an article: the slice has the next older ones."""
    after: int | None = None
    """Code of an article: the slice has the next newer ones. Takes precedence over ``before``."""
    limit: int = 30  # articles in the slice
    site: str | None = None
    """The site of that article, where the list is of several."""


@dataclass(frozen=True, slots=True)
class Slice:
    """A slice of a list, the newest article first, and whether the list goes on at either end."""

    items: list[Item]
    newer: bool
    older: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Relatives:
    """The articles with the same or nearly the same text as one article."""

    original: Item | None
    """The article with the lowest code that has exactly this text; None unless this one is its duplicate."""
    copies: list[Item]
    """The other articles with exactly this text."""
    similar_to: Item | None
    """The article that this one was found to be a near duplicate of."""
    similar: list[Item]
    """The articles that are near duplicates of this one, or of the same one."""
    resemblances: dict[int, float]
    """Share of the text that each near duplicate has in common with this one, 0 to 1, by code."""


def published(
    database: Database,
    sites: Sites,
    first: datetime | None,
    end: datetime | None,
    position: Position,
    *,
    unique: bool = False,
) -> Slice:
    """Read a slice of the articles published from ``first`` to before ``end`` (None: no bound), latest first.

    ``unique`` leaves out exact duplicates. In a list of several sites, ``position`` names the site of its article.
    The index on publication is given one bound at each end: of two, a database may begin at the further one.
    """
    at, code, site = article.c.published_at, article.c.code, article.c.site
    beside = position.before if position.after is None else position.after
    beside_of = sites if isinstance(sites, str) else position.site
    with database.read() as connection:
        moment = None
        if beside is not None:
            moment = connection.scalar(select(at).where(site == beside_of, code == beside))
            if moment is None:
                return Slice([], newer=False, older=False)
        lowest = at >= first if first else at.is_not(None)
        highest = at < end if end else None
        columns = [at, code] if isinstance(sites, str) else [at, code, site]
        order = [column.desc() for column in columns]
        if moment is not None:
            known = literal(moment, at.type), literal(beside), literal(beside_of)
            place, bound = tuple_(*columns), tuple_(*known[: len(columns)])
            if position.after is not None:
                order = [column.asc() for column in columns]
                lowest = lowest if first and moment < first else place > bound
            elif end is None or moment < end:
                highest = place < bound
        wanted = [of_sites(site, sites), lowest, *([highest] if highest is not None else [])]
        wanted += [article.c.duplicate_of.is_(None)] if unique else []
        return _slice(connection, select(*_ITEM).where(*wanted).order_by(*order), position)


def newest(database: Database, sites: Sites, now: datetime, limit: int) -> list[Item]:
    """Read the articles published last; those dated after ``now`` are left out."""
    return published(database, sites, None, now, Position(limit=limit)).items


def one(database: Database, site: str, code: int, *, revisions: bool = False) -> dict[str, Any] | None:
    """Read the article with a code, as exported, with its earlier texts if asked for; None where there is none."""
    own = Selection(site=site, codes=[(code, code)])
    return next(export_articles(database, own, revisions=revisions), None)


def of_codes(database: Database, places: Sequence[tuple[str, int]]) -> list[Item]:
    """Read the articles with some sites and codes, in the order of ``places``."""
    if not places:
        return []
    with database.read() as connection:
        each = (and_(article.c.site == site, article.c.code == code) for site, code in places)
        found = {(item.site, item.code): item for item in _items(connection, select(*_ITEM).where(or_(*each)))}
    return [found[place] for place in places if place in found]


def selected(database: Database, selection: Selection, position: Position) -> list[dict[str, Any]]:
    """Read exported articles of one site, the highest code first, below the code ``position.before``."""
    [site] = selection.sites or ()
    top = HIGHEST_CODE if position.before is None else position.before - 1
    with database.read() as connection:
        found: list[dict[str, Any]] = []
        outlet = names_by_site(connection).get(site)
        for codes, rest in portions(connection, selection, site, top=top, size=position.limit):
            rows = select(*(article.c[name] for name in STORED_FIELDS)).where(article.c.site == site)
            among_them = connection.execute(rows.where(article.c.code.in_(codes), *conditions(rest, by_code=True)))
            found += sorted((exported(row, outlet) for row in among_them), key=lambda one: -one["code"])
            if len(found) >= position.limit:
                break
        return found[: position.limit]


def labelled(database: Database, site: str, kind: str, name: str, position: Position) -> Slice:
    """Read a slice of the articles with a category or tag, by code."""
    carried = label.c.site == site, label.c.kind == kind, label.c.name == clean(name)[:LONGEST_LABEL]
    with database.read() as connection:
        return _by_code(connection, site, label.c.code, select(label.c.code).where(*carried), position)


def undated(database: Database, site: str, position: Position) -> Slice:
    """Read a slice of the articles whose page gave no date, by code."""
    unknown = select(article.c.code).where(article.c.site == site, article.c.published_at.is_(None))
    with database.read() as connection:
        return _by_code(connection, site, article.c.code, unknown, position)


def count_future(database: Database, sites: Sites, now: datetime) -> int:
    """Count the articles whose stated date of publication lies after ``now``."""
    with database.read() as connection:
        ahead = select(func.count()).where(of_sites(article.c.site, sites), article.c.published_at >= now)
        return connection.scalar(ahead) or 0


def has_undated(database: Database, sites: Sites) -> bool:
    """Tell whether any article has no date of publication."""
    with database.read() as connection:
        unknown = select(article.c.id).where(of_sites(article.c.site, sites), article.c.published_at.is_(None)).limit(1)
        return connection.scalar(unknown) is not None


def published_around(
    database: Database, sites: Sites, first: datetime, end: datetime
) -> tuple[datetime | None, datetime | None]:
    """Find the latest moment of publication before ``first``, and the earliest from ``end`` on."""
    at, here = article.c.published_at, of_sites(article.c.site, sites)
    with database.read() as connection:
        return (
            connection.scalar(select(at).where(here, at < first).order_by(at.desc()).limit(1)),
            connection.scalar(select(at).where(here, at >= end).order_by(at).limit(1)),
        )


def relatives(database: Database, site: str, code: int) -> Relatives:
    """Find the articles that share the text of ``code`` or nearly do, at most :data:`MOST_RELATIVES` of each sort."""
    with database.read() as connection:
        links = select(article.c.duplicate_of, article.c.similar_to)
        own = connection.execute(links.where(article.c.site == site, article.c.code == code)).first()
        original, similar_to = own or (None, None)
        close = _item(connection, site, similar_to)
        similar = [
            *_linked(connection, site, article.c.similar_to, code, code),
            *(_linked(connection, site, article.c.similar_to, similar_to, code) if similar_to else []),
        ][:MOST_RELATIVES]
        return Relatives(
            original=_item(connection, site, original),
            copies=_linked(connection, site, article.c.duplicate_of, original or code, code),
            similar_to=close,
            similar=similar,
            resemblances=_resemblances(connection, site, code, [item.code for item in [close, *similar] if item]),
        )


def _by_code(
    connection: Connection, site: str, code: ColumnElement[int], found: Select[Any], position: Position
) -> Slice:
    """Read a slice of the articles whose codes ``found`` gives."""
    if position.after is not None:
        found = found.where(code > position.after).order_by(code.asc())
    elif position.before is not None:
        found = found.where(code < position.before).order_by(code.desc())
    else:
        found = found.order_by(code.desc())
    codes = list(connection.scalars(found.limit(position.limit + 1)))
    if not codes:
        return _turned([], position, more=False)
    rows = select(*_ITEM).where(article.c.site == site, article.c.code.in_(codes[: position.limit]))
    items = sorted(_items(connection, rows), key=lambda item: -item.code)
    return _turned(items, position, more=len(codes) > position.limit)


def _slice(connection: Connection, rows: Select[Any], position: Position) -> Slice:
    items = _items(connection, rows.limit(position.limit + 1))
    more = len(items) > position.limit
    items = items[: position.limit]
    return _turned(items[::-1] if position.after is not None else items, position, more=more)


def _turned(items: list[Item], position: Position, *, more: bool) -> Slice:
    if position.after is not None:
        return Slice(items, newer=more, older=True)
    return Slice(items, newer=position.before is not None, older=more)


def _items(connection: Connection, rows: Select[Any]) -> list[Item]:
    return [Item(*row) for row in connection.execute(rows)]


def _item(connection: Connection, site: str, code: int | None) -> Item | None:
    if code is None:
        return None
    found = _items(connection, select(*_ITEM).where(article.c.site == site, article.c.code == code))
    return found[0] if found else None


def _linked(connection: Connection, site: str, link: ColumnElement[int], to: int, but: int) -> list[Item]:
    """Read the articles whose ``link`` is ``to``, without the article ``but``.

    Sorted here and not by SQL: for an order by code SQLite would walk through every article of the site.
    """
    rows = select(*_ITEM).where(article.c.site == site, link == to).limit(MOST_RELATIVES + 1)
    found = (item for item in _items(connection, rows) if item.code != but)
    return sorted(found, key=lambda item: item.code)[:MOST_RELATIVES]


def _resemblances(connection: Connection, site: str, code: int, others: list[int]) -> dict[int, float]:
    if not others:
        return {}
    rows = connection.execute(
        select(signature.c.code, signature.c.digest).where(
            signature.c.site == site, signature.c.algorithm == ALGORITHM, signature.c.code.in_([code, *others])
        )
    )
    digests: dict[int, bytes] = {row.code: row.digest for row in rows}
    own = digests.pop(code, None)
    return {} if own is None else {other: resemblance(own, digest) for other, digest in digests.items()}
