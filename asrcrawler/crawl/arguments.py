"""Check what follows ``-a`` on ``scrapy crawl``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from asrcrawler.exceptions import SpiderArgumentError
from asrcrawler.spans import Codes
from asrcrawler.text.numbers import plain, whole_number


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """The checked arguments of one crawl."""

    codes: Codes | None = None
    """Exactly these codes; None for a scheduled run."""
    limit: int | None = None
    """At most so many article pages."""
    since: datetime | None = None
    """Of the codes, leave out those visited since then: they are done already. Aware."""

    def as_json(self) -> dict[str, object]:
        """Give them as the run's row in the database holds them."""
        codes = self.codes and [list(span) for span in self.codes.spans]
        since = {"since": self.since.isoformat()} if self.since else {}
        return {"codes": codes, "limit": self.limit, **since}

    @classmethod
    def read(cls, **given: object) -> Arguments:
        """Check what came after ``-a``. Raises :exc:`SpiderArgumentError`, naming the argument and its value."""
        for name, value in given.items():
            if name not in {"codes", "limit", "since"}:
                raise SpiderArgumentError(name, value, "is not known; there are `codes`, `limit` and `since`")
        codes, since = _codes(given.get("codes")), _since(given.get("since"))
        if since is not None and codes is None:
            raise SpiderArgumentError("since", given["since"], "is for `codes`: a scheduled run knows what is due")
        return cls(codes=codes, limit=_limit(given.get("limit")), since=since)


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


def _since(value: object) -> datetime | None:
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(plain(str(value)))
    except ValueError:
        raise SpiderArgumentError("since", value, "is not a moment such as 2026-11-26T08:00:00+00:00") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
