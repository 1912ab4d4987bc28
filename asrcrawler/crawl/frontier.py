"""The crawl frontier of a scheduled run: from what the ledger knows and the site lists to the codes worth a visit now.

The feed holds the newest articles in the order of their publication, so two windows of it that share an article leave
nothing out between them, a late draft included. That decides which codes have to be looked for blind:

* the windows of this run and the last one overlap: everything new is listed, and unlisted codes can wait for the sweep;
* they do not (a pause, a busy day, a broken feed): whatever lies between them is visited code by code, newest first.

What one run could not finish is remembered for the next (:class:`Memory`), so that a killed run leaves no gap.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from asrcrawler.items import Outcome
from asrcrawler.policy import DAY
from asrcrawler.spans import merge

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence

    from asrcrawler.crawl.archive import Archive
    from asrcrawler.spans import Span
    from asrcrawler.storage.visits.ledger import Known

MOST_FRESH = 20_000  # codes remembered as listed and not visited; months of a large outlet
PAGE = 500  # codes asked of the ledger at a time
SITEMAP_EVERY = 30 * DAY  # the index of the archive sitemap; what is new stands in the feed
SITEMAP_AFTER_FAILURE = DAY  # … where it did not answer, or there is none
SITEMAPS_PER_RUN = 3  # files of the archive sitemap
MOST_SITEMAPS = 5_000  # files remembered; one a day for thirteen years
FURTHEST_AHEAD = 200_000  # codes; a listed code so far above the middle one is a slip, not the newest of the site

AGAIN = frozenset({Outcome.STORED, Outcome.FAILED, Outcome.REFUSED, Outcome.UNREADABLE})
"""Outcomes that are looked at again when due; missing codes are proved by the sweep, within its budget."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What one run leaves for the next, in the run's row."""

    read_at: datetime | None = None
    """When the site was last asked what is new; aware, UTC."""
    window: tuple[int, ...] = ()
    """The codes of the feed then."""
    fresh: tuple[int, ...] = ()
    """Listed codes that are to be visited first, newest first."""
    blind: tuple[Span, ...] = ()
    """Spans whose unvisited codes are to be visited blind, newest first."""
    newest: int = 0
    """The highest code the site has named so far."""
    sitemaps: tuple[str, ...] = ()
    """Files of the archive sitemap still to be read."""
    sitemaps_due_at: datetime | None = None
    """When its index is worth another look."""
    refusals: int = 0
    """Runs in a row that the site refused."""
    rest_until: datetime | None = None
    """No scheduled run asks the site for anything before this."""

    def as_json(self) -> dict[str, Any]:
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any] | None) -> Self:
        """Read what :meth:`as_json` wrote; a part that is missing counts as empty."""
        values = {field.name: (stored or {}).get(field.name) for field in fields(cls)}
        for name in ("read_at", "sitemaps_due_at", "rest_until"):
            values[name] = datetime.fromisoformat(str(values[name])) if values[name] else None
        for name in ("window", "fresh", "sitemaps"):
            values[name] = tuple(values[name] or ())
        values["blind"] = tuple((first, last) for first, last in values["blind"] or ())
        return cls(**values | {name: values[name] or 0 for name in ("newest", "refusals")})


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What the site names at the start of a run."""

    feed: Sequence[int] = ()
    """Codes of the feed, in its own order; empty where there is none."""
    others: Sequence[int] = ()
    """Codes of the home page and the recent sitemap."""

    @property
    def codes(self) -> list[int]:
        return list(dict.fromkeys([*self.feed, *self.others]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """How the frontier asks the site what exists. Each gives None where the site does not tell."""

    feed: Callable[[], Awaitable[list[int] | None]]
    home: Callable[[], Awaitable[list[int] | None]]
    recent: Callable[[], Awaitable[list[int] | None]]
    """The recent sitemap."""
    archive: Callable[[str | None], Awaitable[tuple[list[int], list[str]] | None]]
    """A file of the archive sitemap, its index for None: the codes and the further files it names."""


# --- pure


def overlaps(memory: Memory, listing: Listing) -> bool:
    """Whether nothing can have been published between the last look at the feed and this one without being listed."""
    return not set(memory.window).isdisjoint(listing.feed)


def remember(memory: Memory, listing: Listing, known: Mapping[int, Known], now: datetime) -> Memory:
    """What is to be done after a look at the site, with ``known`` the last visits of the listed and the fresh codes.

    A listed code is fresh when it was never visited, or when it is listed for the first time and was missing before:
    the draft has been published. It stays fresh, through killed runs too, until it is visited.
    """
    fresh = {code for code in memory.fresh if not _visited_since(known.get(code), memory.read_at)}
    first_time = set(listing.codes) - set(memory.window)
    for code in listing.codes:
        outcome = known[code].outcome if code in known else None
        if outcome is None or (outcome is Outcome.MISSING and code in first_time):
            fresh.add(code)
    newest = max(memory.newest, newest_of(listing.codes))
    blind = list(memory.blind)
    if memory.newest and listing.codes and not overlaps(memory, listing):
        blind.append((min([memory.newest, *memory.window]), newest))
    return replace(
        memory,
        read_at=now,
        window=tuple(listing.feed) or memory.window,
        fresh=tuple(sorted(fresh, reverse=True)[:MOST_FRESH]),
        blind=newest_first(blind),
        newest=newest,
    )


def newest_of(codes: Sequence[int]) -> int:
    """The highest of the listed codes that can be believed; 0 for none.

    One address with a slip in it must not make a sweep of codes that were never taken: a billion requests.
    """
    if not codes:
        return 0
    middle = sorted(codes)[len(codes) // 2]
    return max(code for code in codes if code <= middle + FURTHEST_AHEAD)


def newest_first(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same codes as disjoint spans, the newest first."""
    return tuple(reversed(merge(spans)))


def latest_sitemaps(urls: Iterable[str]) -> tuple[str, ...]:
    """Sitemap files by the numbers in their addresses (year, month), the latest first."""
    numbers = {url: [int(number) for number in re.findall(r"\d{1,9}", url)] for url in urls}
    return tuple(sorted(numbers, key=numbers.__getitem__, reverse=True)[:MOST_SITEMAPS])


def _visited_since(visit: Known | None, moment: datetime | None) -> bool:
    return visit is not None and visit.visited_at is not None and (moment is None or visit.visited_at >= moment)


# --- at work


class Frontier:
    """The codes of one scheduled run, made while it runs."""

    def __init__(self, archive: Archive, site: Site, *, first_code: int, backfill: int, now: datetime) -> None:
        self._archive = archive
        self._site = site
        self._first_code = first_code
        self._backfill = backfill
        self._now = now
        self._memory = Memory()
        self._taken: set[int] = set()
        """Codes of this run that the ledger may not know of yet; those of the sweep come in order and need none."""

    async def codes(self) -> AsyncIterator[int]:
        """New and listed codes, then gaps between two windows, then what is due again, then a slice of the archive."""
        self._memory = self._archive.memory
        await self._look_at_site()
        for stage in (self._fresh, self._blind, self._due):
            async for code in stage():
                if code not in self._taken:
                    self._taken.add(code)
                    yield code
        async for code in self._sweep():
            yield code

    # --- what is new

    async def _look_at_site(self) -> None:
        listing = Listing(feed=await self._site.feed() or ())
        if not overlaps(self._memory, listing):
            listing = replace(listing, others=[*(await self._site.home() or ()), *(await self._recent() or ())])
        known = await self._archive.known(list({*listing.codes, *self._memory.fresh}))
        memory = remember(self._memory, listing, known, self._now)
        blind = [await self._archive.unvisited_spans(first, last, last - first + 1) for first, last in memory.blind]
        memory = replace(memory, blind=newest_first(span for spans in blind for span in spans))
        await self._archive.list_codes([code for code in listing.codes if code not in known], self._now)
        await self._remember(memory)

    async def _recent(self) -> list[int] | None:
        """The recent sitemap helps where the feed has a gap to the last run; at the first run there is none."""
        return await self._site.recent() if self._memory.window else None

    async def _fresh(self) -> AsyncIterator[int]:
        for code in self._memory.fresh:
            yield code

    async def _blind(self) -> AsyncIterator[int]:
        for first, last in self._memory.blind:
            for code in range(last, first - 1, -1):
                yield code

    # --- what is due

    async def _due(self) -> AsyncIterator[int]:
        while page := await self._archive.due(self._now, AGAIN, PAGE, exclude=self._taken):
            for code in page:
                yield code

    # --- the older archive

    async def _sweep(self) -> AsyncIterator[int]:
        budget = self._backfill
        if not budget:
            return
        again = (budget + 1) // 2  # misses looked at again must not keep the sweep from getting on
        for code in await self._archive.due(self._now, {Outcome.MISSING}, again, exclude=self._taken):
            budget -= 1
            self._taken.add(code)
            yield code
        if not budget or not await self._archive.unvisited_spans(self._first_code, self._memory.newest, 1):
            return
        async for code in self._listed(budget):
            budget -= 1
            self._taken.add(code)
            yield code
        async for code in self._unlisted(budget):
            yield code

    async def _listed(self, budget: int) -> AsyncIterator[int]:
        """Codes that the archive sitemap names and that were never visited."""
        for _ in range(SITEMAPS_PER_RUN):
            codes = await self._archive.listed_unvisited(budget, exclude=self._taken)
            if len(codes) >= budget or not await self._read_sitemap():
                break
        for code in await self._archive.listed_unvisited(budget, exclude=self._taken):
            if code >= self._first_code:
                yield code

    async def _unlisted(self, budget: int) -> AsyncIterator[int]:
        """Never visited codes that nothing names, the newest first."""
        wanted = budget + len(self._taken)
        for first, last in await self._archive.unvisited_spans(self._first_code, self._memory.newest, wanted):
            for code in range(last, first - 1, -1):
                if code in self._taken:
                    continue
                if not budget:
                    return
                budget -= 1
                yield code

    async def _read_sitemap(self) -> bool:
        """Take up the next file of the archive sitemap, or its index when it is time; False if there is none."""
        memory = self._memory
        if memory.sitemaps:
            found = await self._site.archive(memory.sitemaps[0])
            codes, files = (found or ([], []))[0], list[str]()  # what a file of the index names further is left out
            memory = replace(memory, sitemaps=memory.sitemaps[1:])
        elif memory.sitemaps_due_at is None or self._now >= memory.sitemaps_due_at:
            found = await self._site.archive(None)
            codes, files = found or ([], [])
            again = SITEMAP_EVERY if found else SITEMAP_AFTER_FAILURE
            memory = replace(memory, sitemaps=latest_sitemaps(files), sitemaps_due_at=self._now + again)
        else:
            return False
        await self._archive.list_codes(codes, self._now)
        await self._remember(memory)
        return bool(codes or files)

    async def _remember(self, memory: Memory) -> None:
        self._memory = memory
        await self._archive.remember(memory)


def rest_after_refusal(memory: Memory, now: datetime, asked: datetime | None) -> Memory:
    """What to remember when the site has refused a run: each refusal in a row doubles the rest, up to a day.

    ``asked`` is when the site said to come back, if it did; it is heeded up to a day.
    """
    refusals = memory.refusals + 1
    rest = min(timedelta(hours=1) * 2 ** min(refusals - 1, 5), DAY)
    until = now + rest
    if asked is not None:
        until = max(until, min(asked, now + DAY))
    return replace(memory, refusals=refusals, rest_until=until)
