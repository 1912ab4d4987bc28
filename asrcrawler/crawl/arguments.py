"""Check what follows ``-a`` on ``scrapy crawl``."""

from __future__ import annotations

from dataclasses import dataclass

from asrcrawler.exceptions import SpiderArgumentError
from asrcrawler.spans import Codes
from asrcrawler.text.numbers import whole_number


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """The checked arguments of one crawl."""

    codes: Codes | None = None
    """Exactly these codes; None for a scheduled run."""
    limit: int | None = None
    """At most so many article pages."""

    def as_json(self) -> dict[str, object]:
        """Give them as the run's row in the database holds them."""
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
