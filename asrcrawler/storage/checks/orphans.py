"""Check for rows that were worked out from an article and stayed without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, exists, select

from asrcrawler.storage.checks.finding import Finding, codes_by_site
from asrcrawler.storage.models import article, gone, label, signature

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

NAME = "orphans"
DERIVED = (label, signature, gone)


def find(connection: Connection) -> Iterator[Finding]:
    for table in DERIVED:
        own = exists().where(article.c.site == table.c.site, article.c.code == table.c.code)
        without = select(table.c.site, table.c.code).where(~own).distinct()
        for site, code in connection.execute(without.order_by(table.c.site, table.c.code)):
            yield Finding(NAME, f"rows in {table.name} and no article", site, code)


def repair(connection: Connection, findings: Sequence[Finding]) -> None:
    """Delete these rows; they are made again when the article is stored."""
    for site, codes in codes_by_site(findings).items():
        for table in DERIVED:
            for code in codes:
                connection.execute(delete(table).where(table.c.site == site, table.c.code == code))
