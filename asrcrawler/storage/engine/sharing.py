"""Let everything in one process that opens a database use the same connections to it.

A PostgreSQL server has a hundred connections, and a process of twenty crawls needs few of them.
"""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from asrcrawler.storage.engine.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterator

_shared: dict[str, Database] = {}
"""URL → database."""


@contextmanager
def sharing(url: str, connections: int, *, idle: float) -> Iterator[Database]:
    """Prepare the database of ``url`` and share it: meanwhile :func:`shared` gives it, with so many connections in all.

    ``idle``: seconds that a transaction may wait for its next statement.

    Who shares it neither closes nor prepares it. Raises :exc:`~asrcrawler.exceptions.StorageError`.
    """
    with closing(Database(url, connections=connections, idle=idle)) as database:
        database.prepare()
        _shared[url] = database
        try:
            yield database
        finally:
            del _shared[url]


def shared(url: str) -> Database | None:
    """Give the database of ``url`` that this process shares; None where it shares none."""
    return _shared.get(url)
