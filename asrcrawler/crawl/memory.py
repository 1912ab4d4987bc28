"""Keep what one run leaves for the next: what the site named, what was not finished, when to ask again."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from asrcrawler.policy import FIRST_REST, LONGEST_REST, SITEMAP_EVERY, is_due

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from asrcrawler.spans import Span


class SitemapFile(NamedTuple):
    """A file of the archive sitemap."""

    place: str
    """Its path and query, or its whole address where that is not under the base."""
    depth: int = 1
    """Steps from the index, which names it or names what does."""

    @classmethod
    def from_json(cls, stored: Any) -> Self:
        """Read a pair, or a place alone, as earlier versions stored it."""
        return cls(stored) if isinstance(stored, str) else cls(*stored)


SITEMAP_INDEX = SitemapFile("", depth=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What one run leaves for the next, in the run's row."""

    read_at: datetime | None = None
    """When the site was last asked what is new; aware, UTC."""
    window: tuple[int, ...] = ()
    """The codes of the feed then."""
    seen: tuple[int, ...] = ()
    """All codes that were named when home page and recent sitemap were last asked."""
    fresh: tuple[int, ...] = ()
    """Listed codes that are to be visited first, newest first."""
    blind: tuple[Span, ...] = ()
    """Spans whose unvisited codes are to be visited blind, newest first."""
    newest: int = 0
    """The highest code the site has named so far."""
    sitemaps: tuple[SitemapFile, ...] = ()
    """Files of the archive sitemap still to be read."""
    sitemaps_due_at: datetime | None = None
    """When its index is worth another look."""
    refusals: int = 0
    """Runs in a row that the site refused."""
    rest_until: datetime | None = None
    """No scheduled run asks the site for anything before this."""

    def rests(self, now: datetime) -> bool:
        """Tell whether the site is left alone now, because it refused the last run."""
        return self.rest_until is not None and not is_due(self.rest_until, LONGEST_REST, now)

    def wants_sitemaps(self, now: datetime) -> bool:
        """Tell whether the index of the archive sitemap is worth another look."""
        return self.sitemaps_due_at is None or is_due(self.sitemaps_due_at, SITEMAP_EVERY, now)

    def as_json(self) -> dict[str, Any]:
        """Give it as the run's row holds it."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any] | None) -> Self:
        """Read what :meth:`as_json` wrote; a part that is missing counts as empty."""
        values = {field.name: (stored or {}).get(field.name) for field in fields(cls)}
        for name in ("read_at", "sitemaps_due_at", "rest_until"):
            values[name] = datetime.fromisoformat(str(values[name])) if values[name] else None
        for name in ("window", "seen", "fresh"):
            values[name] = tuple(values[name] or ())
        values["sitemaps"] = tuple(SitemapFile.from_json(file) for file in values["sitemaps"] or ())
        values["blind"] = tuple((first, last) for first, last in values["blind"] or ())
        return cls(**values | {name: values[name] or 0 for name in ("newest", "refusals")})


class Named(NamedTuple):
    """What a file of the archive sitemap names."""

    codes: Sequence[int] = ()
    places: Sequence[str] = ()
    """Further files."""
    is_whole: bool = True
    """Whether the file came to its end."""


def rest_after_refusal(memory: Memory, now: datetime, asked: datetime | None) -> Memory:
    """Give what to remember when the site has refused a run: each refusal in a row doubles the rest, up to a day.

    ``asked`` is when the site said to come back, if it did; it is heeded up to a day.
    """
    refusals = memory.refusals + 1
    until = now + min(FIRST_REST * 2 ** min(refusals - 1, 5), LONGEST_REST)
    if asked is not None:
        until = max(until, min(asked, now + LONGEST_REST))
    return replace(memory, refusals=refusals, rest_until=until)
