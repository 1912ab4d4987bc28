"""The crawl frontier of a scheduled run: from what the ledger knows and the site lists to the codes worth a visit now.

The feed holds the newest articles in the order of their publication, so two windows of it that share an article leave
nothing out between them, a late draft included. That decides which codes have to be looked for blind:

* the windows of this run and the last one overlap: everything new is listed, and unlisted codes can wait for the sweep;
* they do not (a pause, a busy day, a broken feed): whatever lies between them is visited code by code, newest first.

What one run could not finish is remembered for the next (:class:`Memory`), so that a killed run leaves no gap.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

from asrcrawler.items import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Span = tuple[int, int]
"""First and last code, both inclusive."""

MOST_FRESH = 5_000  # codes a run remembers as listed and not yet visited; some weeks of a large outlet
MOST_SPANS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What one run leaves for the next."""

    window: tuple[int, ...] = ()
    """The codes of the feed when it was last read."""
    fresh: tuple[int, ...] = ()
    """Listed codes that are to be visited first, newest first."""
    blind: tuple[Span, ...] = ()
    """Spans whose unvisited codes are to be visited blind, newest first."""
    newest: int = 0
    """The highest code the site has named so far."""
    sitemaps: tuple[str, ...] = ()
    """Files of the archive sitemap still to be read, the newest archive first."""
    sitemaps_read_at: str | None = None
    """When the index of the archive sitemap was last asked for, ISO 8601."""

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any] | None) -> Self:
        """Read what :meth:`as_json` wrote; an unknown or missing part counts as empty."""
        if not stored:
            return cls()
        return cls(
            window=tuple(stored.get("window") or ()),
            fresh=tuple(stored.get("fresh") or ()),
            blind=tuple((first, last) for first, last in stored.get("blind") or ()),
            newest=stored.get("newest") or 0,
            sitemaps=tuple(stored.get("sitemaps") or ()),
            sitemaps_read_at=stored.get("sitemaps_read_at"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What the site names at the start of a run."""

    feed: Sequence[int] = ()
    """Codes of the feed, in its own order; empty where there is none."""
    others: Sequence[int] = field(default_factory=tuple)
    """Codes of the home page and the recent sitemap."""

    def __iter__(self) -> Any:
        yield from dict.fromkeys([*self.feed, *self.others])


def overlaps(memory: Memory, listing: Listing) -> bool:
    """Whether nothing can have been published between the last look at the feed and this one without being listed."""
    return not set(memory.window).isdisjoint(listing.feed)


def remember(memory: Memory, listing: Listing, known: Mapping[int, Outcome | None]) -> Memory:
    """What is to be done after a look at the site, with ``known`` the ledger's outcome of the listed codes.

    A listed code is fresh when it was never visited, or when it is listed for the first time and was missing before:
    the draft has been published. One that is listed still and was missing at its last visit waits for its due date.
    """
    listed = list(listing)
    if not listed:
        return memory
    newest = max(memory.newest, *listed)
    first_time = set(listed) - set(memory.window)
    fresh = {code for code in memory.fresh if not _settles(known.get(code))}
    for code in listed:
        outcome = known.get(code)
        if outcome is None or (outcome is Outcome.MISSING and code in first_time):
            fresh.add(code)
    blind = list(memory.blind)
    if memory.newest and not overlaps(memory, listing):
        blind.append((min([memory.newest, *memory.window]), newest))
    return replace(
        memory,
        window=tuple(listing.feed) or memory.window,
        fresh=tuple(sorted(fresh, reverse=True)[:MOST_FRESH]),
        blind=merged(blind)[:MOST_SPANS],
        newest=newest,
    )


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same codes as disjoint spans, the newest first."""
    result: list[Span] = []
    for first, last in sorted(spans):
        if result and first <= result[-1][1] + 1:
            result[-1] = (result[-1][0], max(last, result[-1][1]))
        else:
            result.append((first, last))
    return tuple(reversed(result))


def _settles(outcome: Outcome | None) -> bool:
    return outcome is not None
