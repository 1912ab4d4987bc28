"""Check that the archive of each outlet begins at a code that there can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update

from asrcrawler.samaneh.urls import HIGHEST_CODE
from asrcrawler.storage.checks.finding import Finding
from asrcrawler.storage.models import outlet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

NAME = "outlets"


def find(connection: Connection) -> Iterator[Finding]:
    """Find outlets that begin at no code."""
    wrong = select(outlet).where(~outlet.c.first_code.between(1, HIGHEST_CODE)).order_by(outlet.c.site)
    for row in connection.execute(wrong):
        yield Finding(NAME, f"its archive is to begin at {row.first_code}, which is no code", row.site)


def repair(connection: Connection, findings: Sequence[Finding]) -> None:
    """Forget it; the next crawl says where the archive begins."""
    for found in findings:
        connection.execute(update(outlet).where(outlet.c.site == found.site).values(first_code=None))
