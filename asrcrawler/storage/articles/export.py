"""Stream articles out of the database as plain mappings in the exported order, whatever the archive's size."""

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

_TEHRAN_FIELDS = ("published_at", "modified_at")  # the other moments are those of our visits, and stay in UTC
EVERY_CODE = [(1, HIGHEST_CODE)]
SLICE = 500  # articles read in one transaction


def export_articles(database: Database, selection: Selection, *, revisions: bool = False) -> Iterator[dict[str, Any]]:
    """Stream the selected articles by site and code, as mappings of :data:`EXPORT_FIELDS`; datetimes are aware.

    With ``revisions`` each has its earlier texts too, the first one first, in a list of mappings of
    :data:`~asrcrawler.export.contract.REVISION_FIELDS`. Each slice of the list is read in a transaction of its own and
    begins after the last code of the one before, so that a slow reader holds no transaction open. Raises
    :exc:`~asrcrawler.exceptions.StorageError`.
    """
    spans = EVERY_CODE if selection.codes is None else merge(selection.codes)
    with database.read() as connection:
        wanted = sites(connection, selection)
    for site in wanted:
        for first, last in spans:
            for portion in _slices(database, selection, site, first, last, revisions):
                yield from portion


def _slices(
    database: Database, selection: Selection, site: str, first: int, last: int, revisions: bool
) -> Iterator[list[dict[str, Any]]]:
    selected = (
        select(*(article.c[name] for name in EXPORT_FIELDS))
        .where(article.c.site == site, *conditions(selection))
        .order_by(article.c.code)
        .limit(SLICE)
    )
    while first <= last:
        with database.read() as connection:
            rows = connection.execute(selected.where(article.c.code.between(first, last))).all()
            portion = [exported(row) for row in rows]
            if revisions:
                _add_revisions(connection, site, portion)
        yield portion
        if len(portion) < SLICE:
            return
        first = portion[-1]["code"] + 1


def _add_revisions(connection: Connection, site: str, portion: list[dict[str, Any]]) -> None:
    edited = [found["code"] for found in portion if found["revision"] > 1]
    texts = defaultdict(list)
    if edited:
        rows = connection.execute(
            select(revision.c.code, *(_REVISION_COLUMNS[name] for name in REVISION_FIELDS))
            .where(revision.c.site == site, revision.c.code.in_(edited))
            .order_by(revision.c.code, revision.c.number)
        )
        for code, *values in rows:
            texts[code].append(dict(zip(REVISION_FIELDS, values, strict=True)))
    for found in portion:
        found[REVISIONS] = texts[found["code"]]


_REVISION_COLUMNS = {"revision": revision.c.number, **{name: revision.c[name] for name in REVISION_FIELDS[1:]}}


def exported(row: Row[Any]) -> dict[str, Any]:
    """Make a mapping of a row of the columns :data:`EXPORT_FIELDS`; the page's own dates are given in Tehran's time."""
    values = dict(zip(EXPORT_FIELDS, row, strict=True))
    for name in _TEHRAN_FIELDS:
        if values[name] is not None:
            values[name] = values[name].astimezone(TEHRAN)
    return values
