"""The replica for tests: a server on a free loopback port, in a thread, with its truth and its request log at hand."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from asrcrawler.replica import ReplicaServer, World

if TYPE_CHECKING:
    from collections.abc import Iterator


class ServeReplica(Protocol):
    """Starts a server that ends with the test."""

    def __call__(self, world: World | None = None, **habits: Any) -> ReplicaServer: ...


@pytest.fixture
def serve_replica() -> Iterator[ServeReplica]:
    """``serve_replica(World(...), crawl_delay=2)``: as many servers as the test needs, of 300 codes by default."""
    with ExitStack() as stack:

        def serve(world: World | None = None, **habits: Any) -> ReplicaServer:
            return stack.enter_context(ReplicaServer(world or World(first=1, last=300), **habits))

        yield serve


@pytest.fixture
def replica(serve_replica: ServeReplica) -> ReplicaServer:
    """One server with a world of 300 codes, the test's own: its clock, faults and log may be changed."""
    return serve_replica()
