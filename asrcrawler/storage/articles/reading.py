"""What a reader asks of the archive: lists of articles a page at a time, one article with its relatives and edits.

Every question is answered by an index and bounded. A place in a list is the code of an article: the page before or
after it, wherever it has moved in the meantime.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from asrcrawler.items import EDITED
from asrcrawler.samaneh.urls import HIGHEST_CODE
from asrcrawler.storage.articles.export import EXPORT_FIELDS, export_articles, exported
from asrcrawler.storage.articles.selection import Selection, conditions
from asrcrawler.storage.models import LONGEST_LABEL, article, label, revision
from asrcrawler.text.persian import clean, name_order

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, RowMapping, Select

    from asrcrawler.storage.engine.database import Database

MOST_RELATIVES = 20  # copies, and near duplicates, of one article
MOST_NAMES = 300  # categories of a site
ITEM = tuple(
    article.c[name]
    for name in ("code", "kind", "published_at", "published_jalali", "duplicate_of", "similar_to", "revision",
                 "category", "kicker", "title", "lead")
)  # fmt: skip
"""What a list shows of an article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a page of a list begins: at its top, or beside the article with a code."""

    before: int | None = None
    """The page goes on below this article: older ones."""
    after: int | None = None
    """The page ends above this article: newer ones. Goes before ``before``."""
    limit: int = 30


TOP = Place()


@dataclass(frozen=True, slots=True)
class Page:
    """Some articles of a list, the newest first, and whether it goes on at either end."""

    items: list[RowMapping]
    newer: bool
    older: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Relatives:
    """The articles with the same or nearly the same text."""

    original: RowMapping | None
    """Of an exact duplicate: the article with the lowest code."""
    copies: list[RowMapping]
    """The other articles with the same text."""
    similar_to: RowMapping | None
    similar: list[RowMapping]
    """The articles that are near duplicates of this one, or of the same one."""


def published(database: Database, site: str, first: datetime | None, end: datetime | None, place: Place) -> Page:
    """Articles published from ``first`` to before ``end`` (None: no bound), by their moment of publication."""
    at = article.c.published_at
    wanted = [article.c.site == site, at.is_not(None)]
    wanted += [at >= first] if first else []
    wanted += [at < end] if end else []
    with database.read() as connection:
        if place.after is None and place.before is None:
            return _page(connection, select(*ITEM).where(*wanted).order_by(at.desc(), article.c.code.desc()), place)
        code = place.before if place.after is None else place.after
        moment = connection.scalar(select(at).where(article.c.site == site, article.c.code == code))
        if moment is None:
            return Page([], newer=False, older=False)
        if place.after is None:
            beyond = [at <= moment, (at < moment) | (article.c.code < code)]
            order = [at.desc(), article.c.code.desc()]
        else:
            beyond = [at >= moment, (at > moment) | (article.c.code > code)]
            order = [at.asc(), article.c.code.asc()]
        return _page(connection, select(*ITEM).where(*wanted, *beyond).order_by(*order), place)


def newest(database: Database, site: str, now: datetime, limit: int) -> list[RowMapping]:
    """The articles published last, with ``url`` and ``changed_at`` beside; none that claims to be of the future."""
    at = article.c.published_at
    rows = select(*ITEM, article.c.url, article.c.changed_at).where(article.c.site == site, at < now)
    with database.read() as connection:
        return list(connection.execute(rows.order_by(at.desc(), article.c.code.desc()).limit(limit)).mappings())


def one(database: Database, site: str, code: int, *, revisions: bool = False) -> dict[str, Any] | None:
    """The article with a code, as exported, with its earlier texts if asked for; None where there is none."""
    own = Selection(site=site, codes=[(code, code)])
    return next(export_articles(database, own, revisions=revisions), None)


def selected(database: Database, selection: Selection, place: Place) -> list[dict[str, Any]]:
    """Exported articles of a site, the highest code first, below the code ``place.before``."""
    assert selection.site is not None
    top = HIGHEST_CODE if place.before is None else place.before - 1
    rows = (
        select(*(article.c[name] for name in EXPORT_FIELDS))
        .where(article.c.site == selection.site, article.c.code <= top, *conditions(selection))
        .order_by(article.c.code.desc())
        .limit(place.limit)
    )
    with database.read() as connection:
        found = connection.execute(rows).all()
    return [exported(row) for row in found]


def labelled(database: Database, site: str, kind: str, name: str, place: Place) -> Page:
    """Articles with a category or tag, by their code: the order in which they were begun."""
    carried = label.c.site == site, label.c.kind == kind, label.c.name == clean(name)[:LONGEST_LABEL]
    with database.read() as connection:
        return _by_code(connection, site, label.c.code, select(label.c.code).where(*carried), place)


def undated(database: Database, site: str, place: Place) -> Page:
    """Articles whose page gave no date, by their code."""
    unknown = select(article.c.code).where(article.c.site == site, article.c.published_at.is_(None))
    with database.read() as connection:
        return _by_code(connection, site, article.c.code, unknown, place)


def count_future(database: Database, site: str, now: datetime) -> int:
    """How many articles say that they will be published after ``now``."""
    with database.read() as connection:
        ahead = select(func.count()).where(article.c.site == site, article.c.published_at >= now)
        return connection.scalar(ahead) or 0


def has_undated(database: Database, site: str) -> bool:
    """Whether any article has no date."""
    with database.read() as connection:
        unknown = select(article.c.id).where(article.c.site == site, article.c.published_at.is_(None)).limit(1)
        return connection.scalar(unknown) is not None


def published_around(
    database: Database, site: str, first: datetime, end: datetime
) -> tuple[datetime | None, datetime | None]:
    """The latest moment of publication before ``first``, and the earliest from ``end`` on."""
    at, here = article.c.published_at, article.c.site == site
    with database.read() as connection:
        return (
            connection.scalar(select(func.max(at)).where(here, at < first)),
            connection.scalar(select(func.min(at)).where(here, at >= end)),
        )


def count_published(database: Database, site: str, edges: Sequence[datetime]) -> list[int]:
    """How many articles were published between each two neighbouring ``edges`` (ascending)."""
    at = article.c.published_at
    with database.read() as connection:
        return [
            connection.scalar(select(func.count()).where(article.c.site == site, at >= first, at < end)) or 0
            for first, end in pairwise(edges)
        ]


def categories(database: Database, site: str) -> list[str]:
    """The names of categories as a reader looks for them, by one look into the index for each."""
    own = label.c.site == site, label.c.kind == "category"
    names: list[str] = []
    with database.read() as connection:
        name = connection.scalar(select(func.min(label.c.name)).where(*own))
        while name is not None and len(names) < MOST_NAMES:
            names.append(name)
            name = connection.scalar(select(func.min(label.c.name)).where(*own, label.c.name > name))
    return sorted(names, key=name_order)


def relatives(database: Database, site: str, code: int) -> Relatives:
    """The articles that share the text of ``code`` or are near it, at most :data:`MOST_RELATIVES` of a sort."""
    with database.read() as connection:
        links = select(article.c.duplicate_of, article.c.similar_to)
        own = connection.execute(links.where(article.c.site == site, article.c.code == code)).first()
        original, similar_to = own or (None, None)
        return Relatives(
            original=_item(connection, site, original),
            copies=_linked(connection, site, article.c.duplicate_of, original or code, code),
            similar_to=_item(connection, site, similar_to),
            similar=[
                *_linked(connection, site, article.c.similar_to, code, code),
                *(_linked(connection, site, article.c.similar_to, similar_to, code) if similar_to else []),
            ][:MOST_RELATIVES],
        )


def edits(database: Database, site: str, code: int, limit: int) -> list[RowMapping]:
    """The latest edits of an article, the last one first: the number of the text before, what changed, and when."""
    with database.read() as connection:
        rows = connection.execute(
            select(revision.c.number, revision.c.change, revision.c.seen_at, revision.c.replaced_at)
            .where(revision.c.site == site, revision.c.code == code)
            .order_by(revision.c.number.desc())
            .limit(limit)
        )
        return list(rows.mappings())


def edit(database: Database, site: str, code: int, number: int) -> tuple[RowMapping, RowMapping] | None:
    """The text ``number`` of an article (a whole row of ``revision``) and the one that replaced it; None if unknown."""
    own = revision.c.site == site, revision.c.code == code
    with database.read() as connection:
        before = connection.execute(select(revision).where(*own, revision.c.number == number)).mappings().first()
        if before is None:
            return None
        later = select(*(revision.c[name] for name in EDITED)).where(*own, revision.c.number == number + 1)
        present = select(*(article.c[name] for name in EDITED)).where(article.c.site == site, article.c.code == code)
        after = connection.execute(later).mappings().first() or connection.execute(present).mappings().one()
        return before, after


def _by_code(connection: Connection, site: str, code: ColumnElement[int], found: Select[Any], place: Place) -> Page:
    """A page of the articles whose codes ``found`` gives."""
    if place.after is not None:
        found = found.where(code > place.after).order_by(code.asc())
    elif place.before is not None:
        found = found.where(code < place.before).order_by(code.desc())
    else:
        found = found.order_by(code.desc())
    codes = list(connection.scalars(found.limit(place.limit + 1)))
    if not codes:
        return _turned([], place, more=False)
    rows = select(*ITEM).where(article.c.site == site, article.c.code.in_(codes[: place.limit]))
    items = sorted(connection.execute(rows).mappings(), key=lambda row: -row["code"])
    return _turned(items, place, more=len(codes) > place.limit)


def _page(connection: Connection, rows: Select[Any], place: Place) -> Page:
    items = list(connection.execute(rows.limit(place.limit + 1)).mappings())
    more = len(items) > place.limit
    items = items[: place.limit]
    return _turned(items[::-1] if place.after is not None else items, place, more=more)


def _turned(items: list[RowMapping], place: Place, *, more: bool) -> Page:
    if place.after is not None:
        return Page(items, newer=more, older=True)
    return Page(items, newer=place.before is not None, older=more)


def _item(connection: Connection, site: str, code: int | None) -> RowMapping | None:
    if code is None:
        return None
    return connection.execute(select(*ITEM).where(article.c.site == site, article.c.code == code)).mappings().first()


def _linked(connection: Connection, site: str, link: ColumnElement[int], to: int, but: int) -> list[RowMapping]:
    """Not in the order of codes: for its sake SQLite walks through every article of the site."""
    rows = select(*ITEM).where(article.c.site == site, link == to).limit(MOST_RELATIVES + 1)
    found = (row for row in connection.execute(rows).mappings() if row["code"] != but)
    return sorted(found, key=lambda row: row["code"])[:MOST_RELATIVES]
