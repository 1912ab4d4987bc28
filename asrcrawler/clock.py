"""Give the present time; nothing else in the program asks for it, so that a simulation can move it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_offset = timedelta(0)


def utcnow() -> datetime:
    """Give the present moment, aware, in UTC."""
    return datetime.now(UTC) + _offset


def pretend_it_is(moment: datetime | None) -> None:
    """Make :func:`utcnow` count on from ``moment`` (aware); None returns to the real time."""
    global _offset
    _offset = timedelta(0) if moment is None else moment - datetime.now(UTC)
