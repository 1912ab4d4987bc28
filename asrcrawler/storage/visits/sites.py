"""Keep what belongs to the archive of a site as a whole: the code at which it begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from asrcrawler.storage.engine.rows import upsert_rows
from asrcrawler.storage.models import ledger
from asrcrawler.storage.models import site as site_table

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from asrcrawler.storage.engine.database import Database


def begin_archive(connection: Connection, site: str, first_code: int) -> None:
    """Write down where the archive of a site begins, unless it has been begun."""
    if connection.execute(select(ledger.c.code).where(ledger.c.site == site).limit(1)).first() is None:
        upsert_rows(connection, site_table, [{"site": site, "first_code": first_code}])


def first_code(database: Database, site: str, otherwise: int) -> int:
    """Give the code at which the archive of a site begins; ``otherwise`` for one that does not know."""
    with database.read() as connection:
        found: int | None = connection.scalar(select(site_table.c.first_code).where(site_table.c.site == site))
    return otherwise if found is None else found
