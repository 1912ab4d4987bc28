"""Choose the codes that a scheduled run visits, from what the ledger knows and what the site lists.

The feed holds the newest articles in the order of their publication, so two windows of it that share an article leave
nothing out between them, a late draft included. That decides which codes have to be looked for blind:

* the windows of this run and the last one overlap: everything new is listed, and unlisted codes can wait for the sweep;
* they do not (a pause, a busy day, a broken feed): whatever lies between them is visited code by code, newest first.

What one run could not finish is remembered for the next (:mod:`asrcrawler.crawl.memory`), so that a killed run leaves
no gap.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from asrcrawler.crawl.memory import SITEMAP_INDEX, Memory, Named, SitemapFile
from asrcrawler.items import Outcome
from asrcrawler.policy import SITEMAP_AFTER_FAILURE, SITEMAP_EVERY, has_come
from asrcrawler.spans import merge

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from asrcrawler.crawl.archive import Archive
    from asrcrawler.spans import Span
    from asrcrawler.storage.visits.ledger import Known

MOST_FRESH = 20_000  # codes remembered as listed and not visited; months of a large outlet
PAGE = 500  # codes asked of the ledger at a time
SITEMAPS_PER_RUN = 8  # files of the archive sitemap, indexes among them
DEEPEST_SITEMAP = 3  # steps from the index to the last files that are read; the protocol knows one
MOST_SITEMAPS = 5_000  # files remembered; one a day for thirteen years
LONGEST_PLACE = 500  # characters of the address of such a file
FURTHEST_AHEAD = 200_000  # codes; a listed code so far above the middle one is a slip, not the newest of the site

AGAIN = frozenset({Outcome.STORED, Outcome.FAILED, Outcome.REFUSED, Outcome.UNREADABLE})
"""Outcomes that are looked at again when due; so are missing codes with a stored article. Those without one are proved
by the sweep, within its budget."""


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
    archive: Callable[[str | None], Awaitable[Named | None]]
    """What a file of the archive sitemap names, its index for None. None where it does not answer now; nothing where
    there is no such file."""


# --- pure


def overlaps(memory: Memory, listing: Listing) -> bool:
    """Tell whether all that was published since the last look at the feed is listed."""
    return not set(memory.window).isdisjoint(listing.feed)


def remember(memory: Memory, listing: Listing, known: Mapping[int, Known], now: datetime) -> Memory:
    """Give what is to be done after a look at the site; ``known`` are the last visits of listed and fresh codes.

    A listed code is fresh when it was never visited, or when it is listed for the first time and was missing before:
    the draft has been published. It stays fresh, through killed runs too, until it is visited.
    """
    fresh = {code for code in memory.fresh if not _visited_since(known.get(code), memory.read_at, now)}
    first_time = set(listing.codes) - {*memory.window, *memory.seen}
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
        seen=tuple(listing.codes[:MOST_FRESH]) if listing.others else memory.seen,
        fresh=tuple(sorted(fresh, reverse=True)[:MOST_FRESH]),
        blind=newest_first(blind),
        newest=newest,
    )


def newest_of(codes: Sequence[int]) -> int:
    """Find the highest of the listed codes that can be believed; 0 for none.

    One address with a slip in it must not make a sweep of codes that were never taken: a billion requests.
    """
    if not codes:
        return 0
    middle = sorted(codes)[len(codes) // 2]
    return max(code for code in codes if code <= middle + FURTHEST_AHEAD)


def newest_first(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Merge spans into disjoint ones, the newest first."""
    return tuple(reversed(merge(spans)))


def latest_sitemaps(places: Iterable[str]) -> tuple[str, ...]:
    """Sort sitemap files by the numbers in their addresses (year, month), the latest first."""
    usable = (place for place in places if len(place) <= LONGEST_PLACE)
    numbers = {place: [int(number) for number in re.findall(r"\d{1,9}", place)] for place in usable}
    return tuple(sorted(numbers, key=numbers.__getitem__, reverse=True)[:MOST_SITEMAPS])


def after_sitemap(memory: Memory, file: SitemapFile, found: Named | None, now: datetime) -> Memory:
    """Say what is left to be read when ``file`` has given ``found``, None for no answer.

    What did not answer, or breaks off, is asked again by the next run, a file until the index is read anew. What a file
    names comes first, the latest of it before the rest.
    """
    stays = not (found and found.is_whole) and not memory.wants_sitemaps(now)
    rest = [other for other in memory.sitemaps if stays or other != file]
    if found is None:
        return replace(memory, sitemaps=tuple(rest))
    if file == SITEMAP_INDEX:
        again = SITEMAP_EVERY if found.is_whole and (found.codes or found.places) else SITEMAP_AFTER_FAILURE
        memory = replace(memory, sitemaps_due_at=now + again)
    waiting = {file.place, *(other.place for other in rest)}
    named = found.places if file.depth < DEEPEST_SITEMAP else ()
    further = [SitemapFile(place, file.depth + 1) for place in latest_sitemaps(named) if place not in waiting]
    return replace(memory, sitemaps=(*further, *rest)[:MOST_SITEMAPS])


def _visited_since(visit: Known | None, moment: datetime | None, now: datetime) -> bool:
    """Tell whether a code was visited after ``moment``. A moment in the future proves nothing: then it was not."""
    if visit is None or not has_come(visit.visited_at, now):
        return False
    return moment is None or moment <= visit.visited_at


# --- at work


class Frontier:
    """The codes of one scheduled run, made while it runs."""

    def __init__(
        self, archive: Archive, site: Site, *, first_code: int, backfill: int, old: int = 0, now: datetime
    ) -> None:
        """Plan ``backfill`` codes of the older archive, among them at most ``old`` settled articles."""
        self._archive = archive
        self._site = site
        self._first_code = first_code
        self._backfill = backfill
        self._old = min(old, backfill)
        self._now = now
        self._memory = Memory()
        self._taken: set[int] = set()
        """Codes of this run that the ledger may not know of yet; those of the sweep come in order and need none."""
        self._asked: set[SitemapFile] = set()
        """Files of the archive sitemap that did not answer this run, or broke off: the next one asks again."""

    async def codes(self) -> AsyncIterator[int]:
        """Give new and listed codes, then gaps between two windows, then what is due again, then older codes."""
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
        """Ask for the recent sitemap, which helps where the feed has a gap to the last run, so not at the first."""
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
        while page := await self._archive.missed(self._now, PAGE, exclude=self._taken):
            for code in page:
                yield code

    # --- the older archive

    async def _sweep(self) -> AsyncIterator[int]:
        budget = self._backfill
        if not budget:
            return
        for code in await self._archive.old(self._now, self._old, exclude=self._taken) if self._old else ():
            budget -= 1
            self._taken.add(code)
            yield code
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
        """Give codes that the archive sitemap names and that were never visited."""
        for _ in range(SITEMAPS_PER_RUN):
            codes = await self._archive.listed_unvisited(budget, exclude=self._taken)
            if len(codes) >= budget or not await self._read_sitemap():
                break
        for code in await self._archive.listed_unvisited(budget, exclude=self._taken):
            if code >= self._first_code:
                yield code

    async def _unlisted(self, budget: int) -> AsyncIterator[int]:
        """Give never visited codes that nothing names, the newest first."""
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
        """Read the next file of the archive sitemap, or its index when it is due; False where there is neither."""
        memory = self._memory
        files: Sequence[SitemapFile] = memory.sitemaps
        if not files and memory.wants_sitemaps(self._now):
            files = [SITEMAP_INDEX]
        file = next((file for file in files if file not in self._asked), None)
        if file is None:
            return False
        found = await self._site.archive(file.place or None)
        if not (found and found.is_whole):
            self._asked.add(file)
        if found is not None:
            await self._archive.list_codes(found.codes, self._now)
        await self._remember(after_sitemap(memory, file, found, self._now))
        return True

    async def _remember(self, memory: Memory) -> None:
        self._memory = memory
        await self._archive.remember(memory)
