"""What the options of several commands mean: codes, days, selections, checked. Each raises :exc:`UsageError`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asrcrawler.exceptions import DateError, UsageError

if TYPE_CHECKING:
    import argparse
    from datetime import date

    from asrcrawler.storage.articles.selection import Selection


def add_selection(parser: argparse.ArgumentParser) -> None:
    """The options that say which articles; :func:`selection_of` reads them."""
    parser.add_argument("--codes", metavar="CODES", help="only these codes: 32911, 32000-33000, or a list of both")
    parser.add_argument("--since", metavar="DAY", help="published on this day or later; 1401/11/04 or 2023-01-24")
    parser.add_argument("--until", metavar="DAY", help="published on this day or earlier")
    parser.add_argument("--category", metavar="NAME", help="only articles of this category")
    parser.add_argument("--tag", metavar="NAME", help="only articles with this tag")
    parser.add_argument("--unique", action="store_true", help="leave out articles with the text of an earlier one")


def selection_of(opts: argparse.Namespace) -> Selection:
    """What the options of :func:`add_selection` ask for."""
    from asrcrawler.storage.articles.selection import Selection

    since, until = day_of("--since", opts.since), day_of("--until", opts.until)
    if since and until and since > until:
        raise UsageError(f"--since {opts.since!r} is later than --until {opts.until!r}")
    return Selection(
        codes=codes_of("--codes", opts.codes),
        since=since,
        until=until,
        category=_label("--category", opts.category),
        tag=_label("--tag", opts.tag),
        unique=opts.unique,
    )


def code_of(option: str, value: str) -> int:
    """One news code."""
    from asrcrawler.samaneh.urls import HIGHEST_CODE

    if not value.isascii() or not value.isdigit() or not 1 <= int(value[:20]) <= HIGHEST_CODE:
        raise UsageError(f"{option} {value!r} is not a news code such as 32911")
    return int(value)


def codes_of(option: str, value: str | None) -> tuple[tuple[int, int], ...] | None:
    """A list of codes and ranges as inclusive spans; None for all."""
    from asrcrawler.crawl.arguments import Codes

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


def count_of(option: str, value: str, most: int) -> int:
    """A whole number from 1 to ``most``."""
    if not value.isascii() or not value.isdigit() or not 1 <= int(value[:20]) <= most:
        raise UsageError(f"{option} {value!r} is not a number from 1 to {most}")
    return int(value)


def _label(option: str, value: str | None) -> str | None:
    """A category or tag in the spelling it is stored in, however it was typed."""
    from asrcrawler.text.persian import clean

    if value is None:
        return None
    if not (name := clean(value)):
        raise UsageError(f"{option} {value!r} names nothing")
    return name
