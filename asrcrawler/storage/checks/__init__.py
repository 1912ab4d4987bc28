"""What can be wrong with an archive, found and, where the right value can be worked out, put right.

A check is a module here with ``find(connection)`` and, where there is a way, ``repair(connection, findings)``.
:data:`CHECKS` names them in the order in which they are carried out and repaired: coverage comes from the ledger.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from asrcrawler.storage.checks import captures as pages
from asrcrawler.storage.checks import coverage, engine, labels, ledger, links, orphans, revisions, words
from asrcrawler.storage.models import ledger as ledger_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy import Connection

    from asrcrawler.storage.checks.finding import Finding
    from asrcrawler.storage.engine.database import Database


@dataclass(frozen=True, slots=True)
class Check:
    """One kind of fault."""

    name: str
    find: Callable[[Connection], Iterator[Finding]]
    repair: Callable[[Connection, Sequence[Finding]], object] | None = None
    """Puts findings right within the transaction that they were found in; None where nobody but a person can."""
    complete: Callable[[Database], object] | None = None
    """Does what of a repair would keep others waiting in one transaction."""


CHECKS = (
    Check("engine", engine.find),
    Check("ledger", ledger.find, ledger.repair),
    Check("revisions", revisions.find),
    Check("orphans", orphans.find, orphans.repair),
    Check("labels", labels.find, labels.repair),
    Check("links", links.find, links.repair),
    Check("pages", pages.find, pages.repair),
    Check("coverage", coverage.find, coverage.repair),
    Check("words", words.find, words.repair, words.complete),
)


def findings(database: Database) -> Iterator[Finding]:
    """Everything that is wrong, in one state of the database, so that a crawl at work does not matter.

    Raises :exc:`~asrcrawler.exceptions.StorageError` where the database cannot even be read.
    """
    with database.read() as connection:
        for check in CHECKS:
            yield from check.find(connection)


def repair(database: Database) -> int:
    """Put right what can be, a check a transaction; give the number of findings that were.

    A crawl waits while something is found and put right, and not for checks that find nothing. Raises
    :exc:`~asrcrawler.exceptions.StorageError`.
    """
    repaired = 0
    with database.read() as connection:
        sites = list(connection.scalars(select(ledger_table.c.site).distinct()))
    for check in CHECKS:
        if check.repair is None or not _finds(database, check):
            continue
        with database.write(*sites) as connection:
            if found := list(check.find(connection)):
                check.repair(connection, found)
                repaired += len(found)
        if check.complete is not None:
            check.complete(database)
    return repaired


def _finds(database: Database, check: Check) -> bool:
    with database.read() as connection:
        return next(check.find(connection), None) is not None
