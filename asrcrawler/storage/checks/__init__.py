"""Find what is wrong with an archive, and repair it where the right value can be worked out.

A check is a module here with ``find(connection)`` and, where it can repair, ``repair(connection, findings)``.
:data:`CHECKS` has them in the order in which they are carried out and repaired: coverage comes from the ledger.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from asrcrawler.storage.articles.rescue import UNREADABLE
from asrcrawler.storage.checks import (
    captures,
    counters,
    coverage,
    engine,
    gone,
    labels,
    ledger,
    links,
    orphans,
    outlets,
    revisions,
    words,
)
from asrcrawler.storage.checks.finding import Finding
from asrcrawler.storage.engine.errors import RESCUE, damage_in
from asrcrawler.storage.models import ledger as ledger_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy import Connection

    from asrcrawler.storage.engine.database import Database


@dataclass(frozen=True, slots=True)
class Check:
    """A check for one kind of fault."""

    name: str
    find: Callable[[Connection], Iterator[Finding]]
    repair: Callable[[Connection, Sequence[Finding]], int | None] | None = None
    """Repairs findings in the transaction that found them and gives how many (None: all); None where only a person
    can.
    """
    complete: Callable[[Database], object] | None = None
    """Finishes a repair in small transactions, so that others need not wait."""


CHECKS = (
    Check("engine", engine.find, engine.repair),
    Check("ledger", ledger.find, ledger.repair),
    Check("revisions", revisions.find),
    Check("orphans", orphans.find, orphans.repair),
    Check("gone", gone.find, gone.repair),
    Check("labels", labels.find, labels.repair),
    Check("links", links.find, links.repair),
    Check(captures.NAME, captures.find, captures.repair),
    Check("coverage", coverage.find, coverage.repair),
    Check(counters.NAME, counters.find, counters.repair),
    Check("outlets", outlets.find, outlets.repair),
    Check("words", words.find, words.repair, words.complete),
)


def findings(database: Database) -> Iterator[Finding]:
    """Find everything that is wrong, in one state of the database, whatever a crawl writes meanwhile.

    A check that meets damage says so, and the others are still carried out. Raises
    :exc:`~asrcrawler.exceptions.StorageError` where the database cannot even be opened.
    """
    with database.read() as connection:
        advised = False
        for check in CHECKS:
            for finding in _found(connection, check):
                advice = f" ({RESCUE})" if finding.damage and not advised else ""
                advised = advised or finding.damage or finding.check == engine.NAME
                yield finding._replace(text=finding.text + advice)


def repair(database: Database) -> int:
    """Repair what can be repaired, with a transaction for each check; give the number of findings repaired.

    A crawl waits while a check repairs, and not for checks that find nothing. Raises
    :exc:`~asrcrawler.exceptions.StorageError`.
    """
    repaired = 0
    with database.read() as connection:
        every = list(connection.scalars(select(ledger_table.c.site).distinct()))
    for check in CHECKS:
        if check.repair is None or not _finds(database, check):
            continue
        with suppress(*UNREADABLE), database.write(*every) as connection:
            if found := list(check.find(connection)):
                done = check.repair(connection, found)
                repaired += len(found) if done is None else done
        if check.complete is not None:
            check.complete(database)
    return repaired


def _finds(database: Database, check: Check) -> bool:
    with database.read() as connection:
        return next(_found(connection, check), None) is not None


def _found(connection: Connection, check: Check) -> Iterator[Finding]:
    try:
        with connection.begin_nested():  # without it, PostgreSQL refuses the rest of a transaction after an error
            yield from check.find(connection)
    except (DBAPIError, ValueError) as error:
        if (damage := damage_in(error)) is None:
            raise
        yield Finding(check.name, f"met with damage: {damage}", damage=True)
