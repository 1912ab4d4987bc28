"""What the options of several commands mean: news codes and days, checked. Each raises :exc:`UsageError`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asrcrawler.exceptions import DateError, UsageError

if TYPE_CHECKING:
    from datetime import date


def code_of(option: str, value: str) -> int:
    """One news code."""
    from asrcrawler.samaneh.urls import HIGHEST_CODE

    if not value.isascii() or not value.isdigit() or not 1 <= int(value[:20]) <= HIGHEST_CODE:
        raise UsageError(f"{option} {value!r} is not a news code such as 32911")
    return int(value)


def codes_of(option: str, value: str | None) -> tuple[tuple[int, int], ...] | None:
    """A list of codes and ranges as inclusive spans; None for all."""
    from asrcrawler.samaneh.arguments import Codes

    if value is None:
        return None
    try:
        return Codes.parse(value).spans
    except ValueError as error:
        raise UsageError(f"{option} {value!r} {error}") from None


def day_of(option: str, value: str | None) -> date | None:
    """A Jalali or Gregorian day."""
    from asrcrawler.samaneh.dates import parse_day

    if value is None:
        return None
    try:
        return parse_day(value)
    except DateError as error:
        raise UsageError(f"{option} {error}") from None
