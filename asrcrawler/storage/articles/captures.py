"""Stream captures out of the database, a bounded number at a time, whatever the archive's size."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from asrcrawler.exceptions import DamagedCaptureError
from asrcrawler.export.warc import CapturedVisit
from asrcrawler.items import Redirect
from asrcrawler.samaneh.urls import HIGHEST_CODE
from asrcrawler.spans import merge
from asrcrawler.storage.articles.rescue import Losses, around_damage
from asrcrawler.storage.articles.selection import Selection, conditions, sites
from asrcrawler.storage.models import article, dictionary, page, visit
from asrcrawler.text.packing import Dictionary, unpack

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import ColumnElement, RowMapping

    from asrcrawler.storage.engine.database import Database

logger = logging.getLogger(__name__)

CODES_AT_ONCE = 50  # a few hundred kilobytes of packed captures


def captures(database: Database, selection: Selection, losses: Losses | None = None) -> Iterator[CapturedVisit]:
    """Stream every visit that has a capture, by site, code and visit; where more than codes is selected, those of
    articles.

    A later visit of a code that found the same bytes refers to the first one. Damaged captures are left out, with a
    warning that names the code; codes that the database itself cannot read are added to ``losses``. Raises
    :exc:`~asrcrawler.exceptions.StorageError`.
    """
    losses = Losses() if losses is None else losses
    spans = [(1, HIGHEST_CODE)] if selection.codes is None else merge(selection.codes)
    known, wanted = database.again(lambda: _beginnings(database, selection))
    for site in wanted:
        for span in spans:
            for rows in _portions(database, selection, site, *span, losses):
                yield from _captured(rows, known)


def _beginnings(database: Database, selection: Selection) -> tuple[dict[int, Dictionary], list[str]]:
    """Read every dictionary, and the sites that are asked for."""
    with database.read() as connection:
        rows = connection.execute(select(dictionary.c.id, dictionary.c.data))
        return {row.id: Dictionary(*row) for row in rows}, sites(connection, selection, page)


def _portions(
    database: Database, selection: Selection, site: str, first: int, last: int, losses: Losses
) -> Iterator[list[RowMapping]]:
    kept = [visit.c.site == site, visit.c.page_id.is_not(None), *_of_articles(selection)]
    columns = [column for column in visit.c if column.name not in {"outcome", "size", "change"}]
    content = (page.c.digest, page.c.size, page.c.content, page.c.dictionary_id)

    def next_codes() -> list[int]:
        wanted = select(visit.c.code).where(*kept, visit.c.code.between(first, last)).distinct()
        with database.read() as connection:
            return list(connection.scalars(wanted.order_by(visit.c.code).limit(CODES_AT_ONCE)))

    def of_codes(codes: Sequence[int]) -> list[RowMapping]:
        wanted = (
            select(*columns, *content)
            .join(page, page.c.id == visit.c.page_id)
            .where(visit.c.site == site, visit.c.code.in_(codes))
            .order_by(visit.c.code, visit.c.id)
        )
        with database.read() as connection:
            return list(connection.execute(wanted).mappings())

    while first <= last:
        codes = database.again(next_codes)
        if codes:
            yield around_damage(lambda some: database.again(lambda: of_codes(some)), site, codes, losses)
        if len(codes) < CODES_AT_ONCE:
            return
        first = codes[-1] + 1


def _captured(rows: list[RowMapping], dictionaries: dict[int, Dictionary]) -> Iterator[CapturedVisit]:
    seen: dict[tuple[int, bytes], CapturedVisit] = {}
    for row in rows:
        if row["content"] is None:
            continue  # its bytes were dropped: a site has a limit of captures that are no articles
        capture = CapturedVisit(
            site=row["site"],
            code=row["code"],
            visit_id=row["id"],
            at=row["at"],
            url=row["url"],
            status=row["http_status"] or 200,
            headers=row["headers"] or {},
            redirects=tuple(_redirect(**step) for step in row["redirects"] or ()),
            digest=row["digest"],
            body=None,
        )
        first = seen.get((row["code"], row["digest"]))
        if first is not None:
            yield capture._replace(first=first)
            continue
        try:
            body = unpack(
                row["content"],
                size=row["size"],
                digest=row["digest"],
                dictionary=_dictionary(row["dictionary_id"], dictionaries),
            )
        except DamagedCaptureError as error:
            logger.warning("code %d: a page is left out, it %s", row["code"], error)
            continue
        seen[row["code"], row["digest"]] = capture
        yield capture._replace(body=body)


def _redirect(*, at: str, status: int, url: str, location: str) -> Redirect:
    return Redirect(datetime.fromisoformat(at), status, url, location)


def _dictionary(number: int | None, dictionaries: dict[int, Dictionary]) -> Dictionary | None:
    if number is None:
        return None
    if number not in dictionaries:
        raise DamagedCaptureError(f"was packed with dictionary {number}, which is not in the database")
    return dictionaries[number]


def _of_articles(selection: Selection) -> Iterator[ColumnElement[bool]]:
    if asked := list(conditions(selection)):
        yield (
            select(article.c.code)
            .where(article.c.site == visit.c.site, article.c.code == visit.c.code, *asked)
            .correlate(visit)
            .exists()
        )
