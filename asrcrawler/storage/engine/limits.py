"""State how long a database may take, in one place for everything that waits for it."""

from __future__ import annotations

import math
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

BUSY_TIMEOUT = (
    10  # seconds that one waits for another's lock, and that a stop may take; `?timeout=` in a SQLite URL goes first
)
STATEMENT = 60.0  # seconds that a statement of a crawl or a short command may take
GRACE = 10.0  # seconds beyond, in which a server that works would have ended a statement by itself
UNLIMITED = math.inf
"""For long jobs: a copy, a check, an export."""


@dataclass(slots=True)
class Limits:
    """The limits of one :class:`~asrcrawler.storage.engine.database.Database`; they can change while it waits."""

    statement: float = STATEMENT
    """Seconds that a statement may take."""
    idle: float = UNLIMITED
    """Seconds without a statement after which a server ends a transaction, and lets go of what it had locked: a process
    that was stopped keeps others waiting no longer than so."""
    hurried: float | None = None
    """Seconds of silence that are left to a server since somebody waits for this process to end."""

    @property
    def silence(self) -> float:
        """Give the seconds of silence after which a server is given up."""
        return self.statement + GRACE if self.hurried is None else self.hurried

    def hurry(self, seconds: float) -> None:
        """Wait no longer than so many seconds from now on, neither for what is under way nor for what follows."""
        self.hurried = seconds if self.hurried is None else min(seconds, self.hurried)

    @contextmanager
    def lifted(self) -> Iterator[None]:
        """Let statements take as long as they need for a while."""
        before, self.statement = self.statement, UNLIMITED
        try:
            yield
        finally:
            self.statement = before
