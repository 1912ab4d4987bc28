"""The replica for tests: one outlet or many on free loopback ports, in a thread, with truth and request log at hand."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from asrcrawler.replica import Replicas, ReplicaServer, World

if TYPE_CHECKING:
    from collections.abc import Iterator


class ServeReplica(Protocol):
    """Starts a server that ends with the test."""

    def __call__(self, world: World | None = None, **habits: Any) -> ReplicaServer: ...


class ServeOutlets(Protocol):
    """Starts the first ``count`` outlets, in one thread that ends with the test."""

    def __call__(self, count: int = 2, **options: Any) -> Replicas: ...


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


@pytest.fixture
def serve_outlets() -> Iterator[ServeOutlets]:
    """``serve_outlets(30, last=50)["narvanpress"].truth(17)``: servers by name, of 300 codes each by default.

    The first is ``asr``. The options are those of :func:`asrcrawler.replica.worlds`. A hundred start as fast as one.
    """
    with ExitStack() as stack:

        def serve(count: int = 2, **options: Any) -> Replicas:
            return stack.enter_context(Replicas.of(count, **{"first": 1, "last": 300, **options}))

        yield serve
