"""Check the outlets: each site in the archive is one, and each begins at a code that there can be."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from asrcrawler.samaneh.urls import HIGHEST_CODE
from asrcrawler.storage.checks.finding import Finding
from asrcrawler.storage.models import ledger, outlet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

NAME = "outlets"


class Fault(Enum):
    """What can be wrong with an outlet."""

    NO_OUTLET = auto()
    FIRST_CODE = auto()


def find(connection: Connection) -> Iterator[Finding]:
    """Find sites of no outlet, and outlets that begin at no code."""
    strange = select(ledger.c.site).where(ledger.c.site.not_in(select(outlet.c.site))).distinct()
    for site in connection.scalars(strange.order_by(ledger.c.site)):
        yield Finding(NAME, "there are visits of it, and it is no outlet of this archive", site, fault=Fault.NO_OUTLET)
    wrong = select(outlet).where(~outlet.c.first_code.between(1, HIGHEST_CODE)).order_by(outlet.c.site)
    for row in connection.execute(wrong):
        yield Finding(
            NAME, f"its archive is to begin at {row.first_code}, which is no code", row.site, fault=Fault.FIRST_CODE
        )


def repair(connection: Connection, findings: Sequence[Finding]) -> int:
    """Forget a first code that cannot be; the next crawl says where the archive begins."""
    sites = [found.site for found in findings if found.fault is Fault.FIRST_CODE]
    for site in sites:
        connection.execute(update(outlet).where(outlet.c.site == site).values(first_code=None))
    return len(sites)
