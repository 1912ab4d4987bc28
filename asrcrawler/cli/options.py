"""Read and check options that several commands have: numbers, codes, days, selections."""

from __future__ import annotations

from argparse import ArgumentTypeError
from typing import TYPE_CHECKING

from asrcrawler.exceptions import DateError, UsageError
from asrcrawler.text import numbers

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from asrcrawler.storage.articles.selection import Selection
    from asrcrawler.text.calendar import Days


HIGHEST_PORT = 65535


def add_selection(parser: argparse.ArgumentParser) -> None:
    """Add the options that say which articles are meant; :func:`selection_of` reads them."""
    parser.add_argument(
        "--outlet", metavar="NAME", action="append", default=[], help="only articles of this outlet; may be repeated"
    )
    parser.add_argument("--codes", metavar="CODES", help="only these codes: 32911, 32000-33000, or a list of both")
    parser.add_argument(
        "--since", metavar="DAY", help="published on this day or later; 1401/11/04, 2023-01-24, 1401/11"
    )
    parser.add_argument("--until", metavar="DAY", help="published on this day or earlier")
    parser.add_argument("--category", metavar="NAME", help="only articles of this category")
    parser.add_argument("--tag", metavar="NAME", help="only articles with this tag")
    parser.add_argument("--unique", action="store_true", help="leave out articles with the text of an earlier one")
    parser.add_argument("--gone", action="store_true", help="only articles that the site no longer has")


def selection_of(opts: argparse.Namespace) -> Selection:
    """Make a selection from the options of :func:`add_selection`; of all outlets, as the database knows their sites."""
    from asrcrawler.storage.articles.selection import Selection

    since, until = days_of("--since", opts.since), days_of("--until", opts.until)
    if since and until and since.first > until.last:
        raise UsageError(f"--since {opts.since!r} is later than --until {opts.until!r}")
    return Selection(
        codes=codes_of("--codes", opts.codes),
        since=since.first if since else None,
        until=until.last if until else None,
        category=_label("--category", opts.category),
        tag=_label("--tag", opts.tag),
        unique=opts.unique,
        gone=opts.gone,
    )


def whole_number(least: int, most: int) -> Callable[[str], int]:
    """Make the ``type`` of an option that takes a whole number from ``least`` to ``most``."""

    def read(text: str) -> int:
        try:
            return numbers.whole_number(text, least, most)
        except ValueError as error:
            raise ArgumentTypeError(str(error)) from None

    return read


def number(most: float, of: str = "number") -> Callable[[str], float]:
    """Make the ``type`` of an option that takes a number above 0 and at most ``most``."""

    def read(text: str) -> float:
        try:
            value = numbers.decimal_number(text)
        except ValueError:
            value = 0.0
        if not 0 < value <= most:
            raise ArgumentTypeError(f"{text!r} is not a {of} above 0 and at most {most:g}")
        return value

    return read


def code_of(text: str) -> int:
    """Read one news code, for argparse."""
    from asrcrawler.samaneh.urls import HIGHEST_CODE

    try:
        return numbers.whole_number(text, 1, HIGHEST_CODE)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a news code such as 32911") from None


def code_given(text: str) -> int:
    """Read the news code that is given as an argument."""
    try:
        return code_of(text)
    except ArgumentTypeError as error:
        raise UsageError(f"CODE {error}") from None


def codes_of(option: str, value: str | None) -> tuple[tuple[int, int], ...] | None:
    """Read a list of codes and ranges as inclusive spans; None, for all, stays None."""
    from asrcrawler.spans import Codes

    if value is None:
        return None
    try:
        return Codes.parse(value).spans
    except ValueError as error:
        raise UsageError(f"{option} {value!r} {error}") from None


def days_of(option: str, value: str | None) -> Days | None:
    """Read a day, a month or a year of either calendar; None stays None."""
    from asrcrawler.text.calendar import parse_days

    if value is None:
        return None
    try:
        return parse_days(value)
    except DateError as error:
        raise UsageError(f"{option} {error}") from None


def _label(option: str, value: str | None) -> str | None:
    """Clean a category or tag as stored ones are cleaned, however it was typed."""
    from asrcrawler.text.persian import clean

    if value is None:
        return None
    if not (name := clean(value)):
        raise UsageError(f"{option} {value!r} names nothing")
    return name
