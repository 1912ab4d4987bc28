"""Articles on their way out: a stream of plain mappings in the contract's field order, whatever the archive's size."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from asrcrawler.persian import clean
from asrcrawler.samaneh.dates import TEHRAN
from asrcrawler.samaneh.urls import HIGHEST_CODE
from asrcrawler.storage.coverage import merge
from asrcrawler.storage.models import LONGEST_LABEL, article, label

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from sqlalchemy import ColumnElement, Row

    from asrcrawler.storage.database import Database

EXPORT_FIELDS = (
    "site", "code", "url", "short_url", "kind", "kicker", "title", "lead", "body", "category", "tags", "images",
    "author", "published_at", "published_jalali", "modified_at", "comment_count", "duplicate_of", "similar_to",
    "revision", "first_seen_at", "last_seen_at", "changed_at",
)  # fmt: skip
"""The fields of an exported article, in order. A contract with users."""

_TEHRAN_FIELDS = ("published_at", "modified_at")  # the others are our own times, in UTC
EVERY_CODE = [(1, HIGHEST_CODE)]
PAGE = 500  # articles read at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which articles; everything that is given has to hold."""

    site: str | None = None
    codes: Sequence[tuple[int, int]] | None = None
    """Inclusive spans."""
    since: date | None = None
    """The first day of publication, in Tehran."""
    until: date | None = None
    """The last day, inclusive."""
    category: str | None = None
    tag: str | None = None
    unique: bool = False
    """Without exact duplicates."""


def export_articles(database: Database, selection: Selection) -> Iterator[dict[str, Any]]:
    """The selected articles by site and code, as mappings of :data:`EXPORT_FIELDS`; datetimes aware.

    Read page by page after the last code, so that a reader who takes his time holds no transaction open. Raises
    :exc:`~asrcrawler.exceptions.StorageError`.
    """
    spans = EVERY_CODE if selection.codes is None else merge(selection.codes)
    for site in _sites(database, selection.site):
        for first, last in spans:
            yield from _export_span(database, selection, site, first, last)


def _export_span(
    database: Database, selection: Selection, site: str, first: int, last: int
) -> Iterator[dict[str, Any]]:
    selected = (
        select(*(article.c[name] for name in EXPORT_FIELDS))
        .where(article.c.site == site, *_conditions(selection))
        .order_by(article.c.code)
        .limit(PAGE)
    )
    while first <= last:
        with database.read() as connection:
            rows = connection.execute(selected.where(article.c.code.between(first, last))).all()
        for row in rows:
            yield _exported(row)
        if len(rows) < PAGE:
            return
        first = rows[-1].code + 1


def _sites(database: Database, wanted: str | None) -> list[str]:
    """The sites to export, in the same order on every database, by one look into the index for each."""
    if wanted is not None:
        return [wanted]
    found: list[str] = []
    with database.read() as connection:
        site = connection.scalar(select(func.min(article.c.site)))
        while site is not None:
            found.append(site)
            site = connection.scalar(select(func.min(article.c.site)).where(article.c.site > site))
    return sorted(found)


def _exported(row: Row[Any]) -> dict[str, Any]:
    values = dict(zip(EXPORT_FIELDS, row, strict=True))
    for name in _TEHRAN_FIELDS:
        if values[name] is not None:
            values[name] = values[name].astimezone(TEHRAN)
    return values


def _conditions(selection: Selection) -> Iterator[ColumnElement[bool]]:
    if selection.since is not None:
        yield article.c.published_at >= _midnight(selection.since)
    if selection.until is not None:
        yield article.c.published_at < _midnight(selection.until + timedelta(days=1))
    for kind, name in (("category", selection.category), ("tag", selection.tag)):
        if name is not None:
            yield _carries(kind, clean(name)[:LONGEST_LABEL])
    if selection.unique:
        yield article.c.duplicate_of.is_(None)


def _carries(kind: str, name: str) -> ColumnElement[bool]:
    return (
        select(label.c.code)
        .where(
            label.c.site == article.c.site,
            label.c.kind == kind,
            label.c.name == name,
            label.c.code == article.c.code,
        )
        .exists()
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=TEHRAN)


def export_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of one exported article."""
    text = {"type": ["string", "null"], "minLength": 1}
    moment = {"type": ["string", "null"], "format": "date-time"}
    seen = {"type": "string", "format": "date-time"}
    code = {"type": "integer", "minimum": 1}
    link = {"type": ["integer", "null"], "minimum": 1}
    names = {"type": "array", "items": {"type": "string", "minLength": 1}}
    image = {
        "type": "object",
        "properties": {"url": {"type": "string", "format": "uri"}, "caption": text},
        "required": ["url", "caption"],
        "additionalProperties": False,
    }
    properties: dict[str, dict[str, Any]] = {
        "site": {"type": "string", "description": "host name of the outlet, without www"},
        "code": code | {"description": "news code (کد خبر)"},
        "url": {"type": "string", "format": "uri"},
        "short_url": {"type": "string", "format": "uri"},
        "kind": {"enum": ["article", "gallery", "video"]},
        "kicker": text | {"description": "line above the headline"},
        "title": text,
        "lead": text,
        "body": text | {"description": "paragraphs separated by a blank line"},
        "category": names | {"description": "path of sections, outermost first"},
        "tags": names,
        "images": {"type": "array", "items": image},
        "author": text,
        "published_at": moment | {"description": "with the Tehran offset of that day"},
        "published_jalali": text | {"pattern": r"^1[34]\d\d-\d\d-\d\d( \d\d:\d\d)?$"},
        "modified_at": moment,
        "comment_count": {"type": ["integer", "null"], "minimum": 0},
        "duplicate_of": link | {"description": "lowest code with the same title, lead and body"},
        "similar_to": link | {"description": "code of a near duplicate"},
        "revision": {"type": "integer", "minimum": 1, "description": "1 = never edited"},
        "first_seen_at": seen,
        "last_seen_at": seen,
        "changed_at": seen,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "asrcrawler article",
        "type": "object",
        "properties": properties,
        "required": list(EXPORT_FIELDS),
        "additionalProperties": False,
    }
