"""Tell the database that a worker and its runs live: in a thread and over a connection of their own.

The event loop and the shared connections may be busy for longer than others wait for a sign of life.
"""

from __future__ import annotations

import logging
from contextlib import closing
from threading import Event, Thread
from typing import TYPE_CHECKING, Self

from asrcrawler.exceptions import JobLostError, StorageError
from asrcrawler.storage import Database
from asrcrawler.storage.visits.runs import keep_all_alive

if TYPE_CHECKING:
    from collections.abc import Callable

    from asrcrawler.work.jobs import Jobs

logger = logging.getLogger(__name__)

LONGEST = 5.0  # seconds that the database may take for a sign of life, at least; else as long as until the next one
SOON = 1.0  # seconds after which a sign of life is tried again that could not be given


class Heart:
    """Beats from entering to leaving. ``lost`` is called, in its thread, where a job was taken by another worker."""

    def __init__(self, url: str, jobs: Jobs, every: float, lost: Callable[[JobLostError], object]) -> None:
        self._url = url
        self._jobs = jobs
        self._every = every
        self._lost = lost
        self._stopped = Event()
        self._thread = Thread(target=self._beat, name="heart", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join(self._every)  # a silent server is not waited for: the thread ends with the process

    def _beat(self) -> None:
        longest = max(self._every, LONGEST)  # also of a transaction: stopped in one, it keeps no row from others
        with closing(Database(self._url, connections=1, longest=longest, idle=longest)) as database:
            wait = self._every
            while not self._stopped.wait(wait):
                wait = self._every
                try:
                    self._jobs.beat(database)
                    keep_all_alive(database)
                except JobLostError as error:
                    self._lost(error)
                    return
                except StorageError as error:
                    logger.warning("%s; no heartbeat", error)
                    wait = min(SOON, self._every)
