"""State what a worker and whoever gives it work say to each other.

One process alone (:mod:`asrcrawler.work.alone`) and a queue for many machines implement the same four calls. Whoever
gives the work decides who starts a run; who may write is decided by the token of the run's row, and by nothing else.
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from asrcrawler.endings import CLOSED_BY_ANOTHER, DATABASE_FAILED, STEPPED_ASIDE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from asrcrawler.outlets import Outlet
    from asrcrawler.storage import Database


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Job:
    """A run of an outlet that is to be made now, by whoever claimed it."""

    outlet: Outlet
    arguments: Mapping[str, str] = field(default_factory=dict)
    """The arguments of the crawl, as after ``-a``; empty: a scheduled run."""
    longest: float | None = None
    """Seconds after which the run is to end in good order, with whatever it has done; None: when it is finished."""
    key: Any = None
    """By what whoever gave it knows it."""


class Ended(NamedTuple):
    """How a run ended."""

    reason: str
    """As in the run's row: see :mod:`asrcrawler.endings`."""
    exit_status: int

    @property
    def was_made(self) -> bool:
        """Tell whether there was a run: there is none, and the status is 0, while another is at work on the outlet."""
        return self.reason not in STEPPED_ASIDE

    @property
    def was_cut_off(self) -> bool:
        """Tell whether the database or another run ended it: what it began is not finished, though it has begun."""
        return self.reason in {DATABASE_FAILED, CLOSED_BY_ANOTHER}


class Jobs(AbstractAsyncContextManager["Jobs"], Protocol):
    """Give a worker its runs. It is opened in the event loop of the worker, before the first claim, and closed after
    the last release.

    Every job that was claimed is released or given up, once. Until then nobody else gets a job of the same outlet or
    of its group (:attr:`~asrcrawler.outlets.Outlet.server`), so that a server is asked one request at a time.
    """

    async def claim(self) -> Job | None:
        """Take a run that is due and whose group is free; None where there is none now.

        Called again at once after a job, and every second or so after None.
        """

    def beat(self, database: Database) -> None:
        """Say that this worker lives and goes on with all jobs that it has claimed.

        Called in a thread of its own, every few seconds, also while the event loop is busy, with a connection to the
        database that nobody else waits for. Raises :exc:`~asrcrawler.exceptions.JobLostError` where a job was taken by
        another worker: this one then leaves at once. :exc:`~asrcrawler.exceptions.StorageError` is told and tried
        again.
        """

    async def release(self, job: Job, ended: Ended) -> None:
        """Hand back a job whose run has ended, be it because the worker is told to stop (``shutdown``).

        A job whose run was not made (:attr:`Ended.was_made`) is due again, though not at once. Called again where it
        raised :exc:`~asrcrawler.exceptions.StorageError`, as is :meth:`give_up`.
        """

    async def give_up(self, job: Job) -> None:
        """Hand back a job that was not begun: it is as due as before."""
