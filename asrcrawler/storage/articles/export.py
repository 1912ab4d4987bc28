"""Stream articles out of the database as plain mappings in the exported order, whatever the archive's size."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from asrcrawler.export.contract import EXPORT_FIELDS, REVISION_FIELDS, REVISIONS, STORED_FIELDS, export_schema
from asrcrawler.samaneh.urls import HIGHEST_CODE
from asrcrawler.spans import merge
from asrcrawler.storage.articles.rescue import UNREADABLE, around_damage
from asrcrawler.storage.articles.selection import Selection, conditions, sites
from asrcrawler.storage.models import article, revision
from asrcrawler.storage.outlets import names_by_site
from asrcrawler.text.calendar import TEHRAN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import ColumnElement, Connection, Row

    from asrcrawler.storage.articles.rescue import Losses
    from asrcrawler.storage.engine.database import Database

__all__ = ["EXPORT_FIELDS", "STORED_FIELDS", "Selection", "export_articles", "export_schema", "exported"]

_TEHRAN_FIELDS = ("published_at", "modified_at")  # the other moments are those of our visits, and stay in UTC
EVERY_CODE = [(1, HIGHEST_CODE)]
SLICE = 500  # articles read in one transaction


def export_articles(
    database: Database, selection: Selection, *, revisions: bool = False, losses: Losses | None = None
) -> Iterator[dict[str, Any]]:
    """Stream the selected articles by site and code, as mappings of :data:`EXPORT_FIELDS`; datetimes are aware.

    With ``revisions`` each has its earlier texts too, the first one first, in a list of mappings of
    :data:`~asrcrawler.export.contract.REVISION_FIELDS`. They are read in portions, each after the last code, so that a
    slow reader holds no transaction open. Damaged articles are left out and added to ``losses``; without it they are an
    error. Raises :exc:`~asrcrawler.exceptions.StorageError`.
    """
    spans = EVERY_CODE if selection.codes is None else merge(selection.codes)
    for site, outlet in database.again(lambda: _beginnings(database, selection)):
        for first, last in spans:
            for page in _Reading(database, selection, site, outlet, revisions, losses).pages(first, last):
                yield from page


@dataclass(frozen=True, slots=True)
class _Reading:
    """Reads the articles of one site in portions."""

    database: Database
    selection: Selection
    site: str
    outlet: str | None
    revisions: bool
    losses: Losses | None

    def pages(self, first: int, last: int) -> Iterator[list[dict[str, Any]]]:
        while first <= last:
            try:
                page = self._selected(article.c.code.between(first, last))
                following = page[-1]["code"] + 1 if len(page) == SLICE else None
            except UNREADABLE:
                if self.losses is None:
                    raise
                codes = self._codes(first, last)
                page = around_damage(self._of_codes, self.site, codes, self.losses) if codes else []
                following = codes[-1] + 1 if len(codes) == SLICE else None
            yield page
            if following is None:
                return
            first = following

    def _of_codes(self, codes: Sequence[int]) -> list[dict[str, Any]]:
        return self._selected(article.c.code.in_(codes))

    def _selected(self, wanted: ColumnElement[bool]) -> list[dict[str, Any]]:
        def read() -> list[dict[str, Any]]:
            with self.database.read() as connection:
                page = [exported(row, self.outlet) for row in connection.execute(selected)]
                if self.revisions:
                    _add_revisions(connection, self.site, page)
                return page

        selected = (
            select(*(article.c[name] for name in STORED_FIELDS))
            .where(article.c.site == self.site, *conditions(self.selection), wanted)
            .order_by(article.c.code)
            .limit(SLICE)
        )
        return self.database.again(read)

    def _codes(self, first: int, last: int) -> list[int]:
        """Read the next codes, selected or not: from the key alone, without the rows."""

        def read() -> list[int]:
            with self.database.read() as connection:
                own = article.c.site == self.site, article.c.code.between(first, last)
                return list(
                    connection.scalars(select(article.c.code).where(*own).order_by(article.c.code).limit(SLICE))
                )

        return self.database.again(read)


def _beginnings(database: Database, selection: Selection) -> list[tuple[str, str | None]]:
    """List the sites asked for, each with the name of its outlet."""
    with database.read() as connection:
        names = names_by_site(connection)
        return [(site, names.get(site)) for site in sites(connection, selection)]


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


def exported(row: Row[Any], outlet: str | None) -> dict[str, Any]:
    """Make a mapping of :data:`EXPORT_FIELDS` of a row of :data:`STORED_FIELDS` and the name of its outlet.

    The page's own dates are given in Tehran's time.
    """
    values = dict(zip(EXPORT_FIELDS, (outlet, *row), strict=True))
    for name in _TEHRAN_FIELDS:
        if values[name] is not None:
            values[name] = values[name].astimezone(TEHRAN)
    return values
