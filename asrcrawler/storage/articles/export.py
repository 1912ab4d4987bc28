"""Articles on their way out: a stream of plain mappings in the contract's field order, whatever the archive's size."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from asrcrawler.export.contract import EXPORT_FIELDS, REVISION_FIELDS, REVISIONS, export_schema
from asrcrawler.samaneh.dates import TEHRAN
from asrcrawler.samaneh.urls import HIGHEST_CODE
from asrcrawler.spans import merge
from asrcrawler.storage.articles.selection import Selection, conditions, sites
from asrcrawler.storage.models import article, revision

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Row

    from asrcrawler.storage.engine.database import Database

__all__ = ["EXPORT_FIELDS", "Selection", "export_articles", "export_schema", "exported"]

_TEHRAN_FIELDS = ("published_at", "modified_at")  # the others are our own times, in UTC
EVERY_CODE = [(1, HIGHEST_CODE)]
PAGE = 500  # articles read at a time


def export_articles(database: Database, selection: Selection, *, revisions: bool = False) -> Iterator[dict[str, Any]]:
    """The selected articles by site and code, as mappings of :data:`EXPORT_FIELDS`; datetimes aware.

    With ``revisions`` each has its earlier texts too, the first one first, in a list of mappings of
    :data:`~asrcrawler.export.contract.REVISION_FIELDS`. Read page by page after the last code, so that a reader who
    takes his time holds no transaction open. Raises :exc:`~asrcrawler.exceptions.StorageError`.
    """
    spans = EVERY_CODE if selection.codes is None else merge(selection.codes)
    with database.read() as connection:
        wanted = sites(connection, selection)
    for site in wanted:
        for first, last in spans:
            for page in _pages(database, selection, site, first, last, revisions):
                yield from page


def _pages(
    database: Database, selection: Selection, site: str, first: int, last: int, revisions: bool
) -> Iterator[list[dict[str, Any]]]:
    selected = (
        select(*(article.c[name] for name in EXPORT_FIELDS))
        .where(article.c.site == site, *conditions(selection))
        .order_by(article.c.code)
        .limit(PAGE)
    )
    while first <= last:
        with database.read() as connection:
            rows = connection.execute(selected.where(article.c.code.between(first, last))).all()
            page = [exported(row) for row in rows]
            if revisions:
                _add_revisions(connection, site, page)
        yield page
        if len(page) < PAGE:
            return
        first = page[-1]["code"] + 1


def _add_revisions(connection: Connection, site: str, page: list[dict[str, Any]]) -> None:
    edited = [found["code"] for found in page if found["revision"] > 1]
    texts = defaultdict(list)
    if edited:
        rows = connection.execute(
            select(revision.c.code, *(_REVISION_COLUMNS[name] for name in REVISION_FIELDS))
            .where(revision.c.site == site, revision.c.code.in_(edited))
            .order_by(revision.c.code, revision.c.number)
        )
        for code, *values in rows:
            texts[code].append(dict(zip(REVISION_FIELDS, values, strict=True)))
    for found in page:
        found[REVISIONS] = texts[found["code"]]


_REVISION_COLUMNS = {"revision": revision.c.number, **{name: revision.c[name] for name in REVISION_FIELDS[1:]}}


def exported(row: Row[Any]) -> dict[str, Any]:
    """A row of the columns :data:`EXPORT_FIELDS` as a mapping."""
    values = dict(zip(EXPORT_FIELDS, row, strict=True))
    for name in _TEHRAN_FIELDS:
        if values[name] is not None:
            values[name] = values[name].astimezone(TEHRAN)
    return values
