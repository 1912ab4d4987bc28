"""Keep one or many servers open in one event loop, in a thread or in the calling one."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, suppress
from threading import Event, Thread
from typing import TYPE_CHECKING, Protocol

from asrcrawler.exceptions import ReplicaError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

STOP_SECONDS = 5.0


class Server(Protocol):
    """A server that opens and closes in the running event loop."""

    async def open(self) -> None:
        """Serve. Raises :exc:`~asrcrawler.exceptions.ReplicaError` where that cannot be."""

    async def close(self) -> None:
        """Stop serving; a server that is not open stays so."""


class Hosting:
    """The event loop of some servers: all of them are open, or none."""

    def __init__(self, servers: Iterable[Server]) -> None:
        self._servers = tuple(servers)
        self._thread: Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None

    def start(self) -> None:
        """Serve in another thread. Raises :exc:`~asrcrawler.exceptions.ReplicaError` where a server cannot open."""
        errors: list[ReplicaError] = []
        started = Event()

        def serve() -> None:
            try:
                asyncio.run(self._serve(started.set))
            except ReplicaError as error:
                errors.append(error)
            finally:
                started.set()

        self._thread = Thread(target=serve, name="replica", daemon=True)
        self._thread.start()
        started.wait()
        if errors:
            raise errors[0]

    def stop(self) -> None:
        """Stop serving and close open connections."""
        if self._loop is not None and self._stopping is not None:
            with suppress(RuntimeError):  # the loop has ended already
                self._loop.call_soon_threadsafe(self._stopping.set)
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)
            self._thread = None

    def run(self, ready: Callable[[], None]) -> None:
        """Serve in this thread until interrupted, and call ``ready`` when that begins. Raises as :meth:`start` does."""
        with suppress(KeyboardInterrupt):
            asyncio.run(self._serve(ready))

    async def _serve(self, ready: Callable[[], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        async with AsyncExitStack() as stack:
            for server in self._servers:
                await server.open()
                stack.push_async_callback(server.close)
            ready()
            await self._stopping.wait()
