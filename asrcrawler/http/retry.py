"""Read ``Retry-After``: when a site says to come back. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST_WAIT = 10 * 365 * 24 * 3600  # seconds; a larger Retry-After is no date any more
_SECONDS = re.compile(r"([0-9]+(?:\.[0-9]*)?)\s*s?(?:\s*,.*)?", re.ASCII)
"""Whole seconds, and what servers make of them: a fraction, a unit, the header twice in one line."""


def retry_moment(value: str | None, now: datetime) -> datetime | None:
    """Give the moment that a ``Retry-After`` header names, in seconds or as an HTTP date; None where it names none.

    >>> now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    >>> retry_moment("90", now)
    datetime.datetime(2026, 3, 1, 12, 1, 30, tzinfo=datetime.timezone.utc)
    >>> retry_moment("Sun, 01 Mar 2026 13:00:00 GMT", now)
    datetime.datetime(2026, 3, 1, 13, 0, tzinfo=datetime.timezone.utc)
    >>> retry_moment("soon", now)
    """
    text = (value or "").strip()
    if seconds := _SECONDS.fullmatch(text):
        return now + timedelta(seconds=min(float(seconds[1]), LONGEST_WAIT))
    try:
        moment = parsedate_to_datetime(text)
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
