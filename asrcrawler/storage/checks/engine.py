"""Check the files of the database itself, and its indexes.

An index that differs from its table can be made again from it. Other damage needs a person: it is one finding, however
many complaints there are.
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
    """Make every index again that differs from its table; give their number."""
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
