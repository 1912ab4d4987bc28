"""Tell which of several sites have what is asked for: an article of a code, a category, a tag. One query each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import String, column, select, values

from asrcrawler.storage.models import LONGEST_LABEL, article, label
from asrcrawler.text.persian import clean

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import ColumnElement, Table

    from asrcrawler.storage.engine.database import Database


def with_articles(database: Database, sites: Collection[str]) -> list[str]:
    """Give those of some sites that have any article."""
    return _having(database, sites, article)


def with_code(database: Database, sites: Collection[str], code: int) -> list[str]:
    """Give those of some sites that have the article of a code."""
    return _having(database, sites, article, article.c.code == code)


def with_label(database: Database, sites: Collection[str], kind: str, name: str) -> list[str]:
    """Give those of some sites that have an article with a category or tag."""
    return _having(database, sites, label, label.c.kind == kind, label.c.name == clean(name)[:LONGEST_LABEL])


def without_date(database: Database, sites: Collection[str]) -> list[str]:
    """Give those of some sites that have an article whose page gave no date."""
    return _having(database, sites, article, article.c.published_at.is_(None))


def _having(database: Database, sites: Collection[str], table: Table, *wanted: ColumnElement[bool]) -> list[str]:
    """Give the sites of which ``table`` has a row, in the order of ``sites``; each costs one look into an index."""
    if not sites:
        return []
    given = values(column("site", String), name="given").data([(site,) for site in sites]).cte()
    row = select(table.c.site).where(table.c.site == given.c.site, *wanted).exists()
    with database.read() as connection:
        found = set(connection.scalars(select(given.c.site).where(row)))
    return [site for site in sites if site in found]
