"""Check where archives begin: at a code that there can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from asrcrawler.samaneh.urls import HIGHEST_CODE
from asrcrawler.storage.checks.finding import Finding
from asrcrawler.storage.models import site

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

NAME = "sites"


def find(connection: Connection) -> Iterator[Finding]:
    wrong = select(site).where(~site.c.first_code.between(1, HIGHEST_CODE)).order_by(site.c.site)
    for row in connection.execute(wrong):
        yield Finding(NAME, f"the archive is to begin at {row.first_code}, which is no code", row.site)


def repair(connection: Connection, findings: Sequence[Finding]) -> None:
    """Forget it: then the setting counts, as for an archive that never knew."""
    for found in findings:
        connection.execute(delete(site).where(site.c.site == found.site))
