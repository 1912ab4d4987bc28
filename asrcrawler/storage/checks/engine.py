"""Check the database itself: whether its files and indexes are whole.

An index that does not fit its table is made anew from it. Other damage only a person can repair: it is one finding with
what can be done, however many complaints there are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from asrcrawler.storage.checks.finding import Finding
from asrcrawler.storage.engine.backend import backend_of
from asrcrawler.storage.models import article, revision

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

NAME = "engine"
ROUNDS = 10  # of renewing indexes: the complaints about one can hide the others

_TEXTS = (article.c.body, revision.c.body)


def find(connection: Connection) -> Iterator[Finding]:
    """Report each index that is not whole, and damage to the files of the database."""
    for what, damage in backend_of(connection.dialect.name).faults(connection, _TEXTS):
        yield Finding(NAME, what, damage=damage)


def repair(connection: Connection, _: Sequence[Finding]) -> int:
    """Make every broken index anew; give their number."""
    backend = backend_of(connection.dialect.name)
    renewed: set[str] = set()
    for _round in range(ROUNDS):
        fresh = [name for name in backend.broken_indexes(connection) if name not in renewed]
        if not fresh:
            break
        for name in fresh:
            backend.renew_index(connection, connection.dialect.identifier_preparer.quote_identifier(name))
            renewed.add(name)
    return len(renewed)
