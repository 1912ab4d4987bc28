"""Name what one of many runs logs after its outlet, so that a log of all of them can be read and searched."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_outlet: ContextVar[str | None] = ContextVar("outlet", default=None)
"""Of the run in whose task, or in a thread of which, something is logged."""


@contextmanager
def named_after(outlet: str) -> Iterator[None]:
    """Name what this task and all that it begins log after an outlet; see :class:`OutletNames`."""
    token = _outlet.set(outlet)
    try:
        yield
    finally:
        _outlet.reset(token)


class OutletNames(logging.Filter):
    """Give the records of a run the name of its outlet in the place of the module's."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.name = _outlet.get() or record.name
        return True
