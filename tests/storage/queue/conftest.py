"""A queue on a real PostgreSQL, and workers of it."""

from __future__ import annotations

from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Protocol

import pytest

from asrcrawler.storage import Database
from asrcrawler.storage.queue import schema
from asrcrawler.storage.queue.jobs import Queue

if TYPE_CHECKING:
    from collections.abc import Iterator


class Enter(Protocol):
    """Makes a worker, with connections of its own, as on another machine."""

    def __call__(self, *, stall: float = 60) -> Queue: ...


@pytest.fixture
def postgresql(postgresql_url: str) -> Iterator[Database]:
    """An archive on PostgreSQL, without a queue."""
    with closing(Database(postgresql_url)) as database:
        database.prepare()
        yield database


@pytest.fixture
def queued(postgresql: Database) -> Database:
    """An archive on PostgreSQL with an empty queue."""
    assert schema.init(postgresql) == schema.MADE
    return postgresql


@pytest.fixture
def enter(queued: Database, postgresql_url: str) -> Iterator[Enter]:
    with ExitStack() as stack:

        def enter(*, stall: float = 60) -> Queue:
            queue = Queue(stack.enter_context(closing(Database(postgresql_url))), stall=stall)
            queue.enter()
            return queue

        yield enter
