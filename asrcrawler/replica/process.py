"""Run a replica in another process, for benchmarks, where server and crawler must not share an interpreter."""

from __future__ import annotations

import multiprocessing
from typing import TYPE_CHECKING, Any, Self

from asrcrawler.exceptions import ReplicaError
from asrcrawler.replica.server import HOST, ReplicaServer

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from asrcrawler.replica.world import World

START_SECONDS = 20.0


class ReplicaProcess:
    """A process that serves ``world`` while it is open, with options of :class:`ReplicaServer`.

    Its clock stands still.
    """

    def __init__(self, world: World, **habits: Any) -> None:
        self.world = world
        self._habits = habits
        self._port = 0
        self._process: Any = None

    @property
    def base_url(self) -> str:
        return f"http://{HOST}:{self._port}"

    @property
    def pid(self) -> int:
        """Number of the serving process."""
        assert self._process is not None
        pid: int = self._process.pid
        return pid

    def __enter__(self) -> Self:
        """Start the process and wait until it serves; else raise :exc:`~asrcrawler.exceptions.ReplicaError`."""
        context = multiprocessing.get_context("spawn")
        here, there = context.Pipe()
        self._process = context.Process(target=_serve, args=(self.world, self._habits, there), daemon=True)
        self._process.start()
        there.close()
        try:
            if not here.poll(START_SECONDS):
                raise ReplicaError(f"the replica did not start within {START_SECONDS:.0f} seconds")
            self._port = here.recv()
        except EOFError:
            raise ReplicaError("the replica's process ended before it served") from None
        return self

    def __exit__(self, *error: object) -> None:
        self._process.terminate()
        self._process.join()


def _serve(world: World, habits: dict[str, Any], pipe: Connection) -> None:
    server = ReplicaServer(world, **habits)
    server.run(lambda: pipe.send(int(server.base_url.rpartition(":")[2])))
