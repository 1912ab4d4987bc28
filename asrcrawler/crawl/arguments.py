"""What may follow ``-a`` on ``scrapy crawl``: read strictly, kept small whatever the range."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asrcrawler.exceptions import SpiderArgumentError
from asrcrawler.samaneh.urls import HIGHEST_CODE
from asrcrawler.spans import merge
from asrcrawler.text.numbers import plain, whole_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asrcrawler.spans import Span

_SPAN = re.compile(r"\s*(\d{1,10})\s*(?:-\s*(\d{1,10})\s*)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Codes:
    """A set of news codes as disjoint ascending spans ``(first, last)``, both inclusive."""

    spans: tuple[Span, ...]

    @classmethod
    def parse(cls, text: str) -> Codes:
        """Read ``32911``, ``32000-33000`` or a comma-separated list of both. Raises :exc:`ValueError`, saying why.

        >>> Codes.parse("۳۲۹۱۱، ۳۲۹۵۰–۳۲۹۶۰").spans
        ((32911, 32911), (32950, 32960))
        """
        return cls(tuple(merge(_span(part) for part in plain(text).split(","))))

    def __iter__(self) -> Iterator[int]:
        for first, last in self.spans:
            yield from range(first, last + 1)

    def __len__(self) -> int:
        return sum(last - first + 1 for first, last in self.spans)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """The checked arguments of one crawl."""

    codes: Codes | None = None
    """Exactly these codes; None for a scheduled run."""
    limit: int | None = None
    """At most so many article pages."""

    def as_json(self) -> dict[str, object]:
        """For the run's row in the database."""
        return {"codes": self.codes and [list(span) for span in self.codes.spans], "limit": self.limit}

    @classmethod
    def read(cls, **given: object) -> Arguments:
        """Check what came after ``-a``. Raises :exc:`SpiderArgumentError`, naming the argument and its value."""
        for name, value in given.items():
            if name not in {"codes", "limit"}:
                raise SpiderArgumentError(name, value, "is not known; there are `codes` and `limit`")
        return cls(codes=_codes(given.get("codes")), limit=_limit(given.get("limit")))


def _codes(value: object) -> Codes | None:
    if value is None:
        return None
    try:
        return Codes.parse(str(value))
    except ValueError as error:
        raise SpiderArgumentError("codes", value, str(error)) from None


def _limit(value: object) -> int | None:
    if value is None:
        return None
    try:
        return whole_number(str(value), 1)
    except ValueError:
        raise SpiderArgumentError("limit", value, "is not a whole number of 1 or more") from None


def _span(part: str) -> Span:
    match = _SPAN.fullmatch(part)
    if match is None:
        raise ValueError("is not a list of codes such as 32911 or 32000-33000 or 32911,32950-32960")
    first, last = int(match[1]), int(match[2] or match[1])
    if first < 1 or last > HIGHEST_CODE:
        raise ValueError(f"has a code outside 1-{HIGHEST_CODE}")
    if first > last:
        raise ValueError(f"has a range that runs backwards: {first}-{last}")
    return first, last
