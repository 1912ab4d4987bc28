"""Give the reading room its archive: its database, its outlets, and figures counted at most every few seconds."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import timedelta
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

from asrcrawler.cli.outlets import FIRST
from asrcrawler.clock import utcnow
from asrcrawler.outlets import new_outlet
from asrcrawler.reader.errors import NoArticle
from asrcrawler.reader.health import Standing, common, standing
from asrcrawler.storage.articles.reading import one
from asrcrawler.storage.articles.sections import Section, categories, sections
from asrcrawler.storage.articles.whereabouts import with_articles
from asrcrawler.storage.figures.codes import count_reasons
from asrcrawler.storage.figures.counted import count_articles
from asrcrawler.storage.figures.recent import Recent, recent
from asrcrawler.storage.figures.today import Today, count_by_site, today
from asrcrawler.storage.outlets import all_outlets
from asrcrawler.storage.queue.standing import standing as queue_standing
from asrcrawler.text.calendar import day_of, midnight
from asrcrawler.text.persian import name_order

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date, datetime

    from asrcrawler.outlets import Outlet
    from asrcrawler.storage import Database
    from asrcrawler.storage.engine.among import Sites
    from asrcrawler.storage.queue.standing import QueueStanding

T = TypeVar("T")

DAYS = 30  # of what an outlet has brought lately
FRESH = 4.0  # seconds; within them the same figures are given again
LONG_FRESH = 60.0  # seconds, for what takes longer to count or hardly ever changes


@dataclass(slots=True, kw_only=True)
class Library:
    """An archive that the reading room shows."""

    database: Database
    site: str | None = None
    """The site of the only outlet that is shown, as if it were alone; None: all outlets are."""
    first_code: int = 1
    """The code with which an archive begins that does not know it."""
    public_url: str | None = None
    """The address under which a reverse proxy shows the archive, without a trailing slash."""
    _cache: dict[str, tuple[float | None, Any]] = field(default_factory=dict)
    _locks: defaultdict[str, Lock] = field(default_factory=lambda: defaultdict(Lock))

    @property
    def now(self) -> datetime:
        return utcnow()

    def outlets(self) -> tuple[Outlet, ...]:
        """Give the outlets that are shown, in the order of the Persian alphabet, those followed first.

        An outlet that was removed is one of them while the archive has articles of it. One that was added is noticed
        within :data:`FRESH` seconds.
        """
        return self._cached("outlets", FRESH, self._outlets)

    def outlets_at_hand(self) -> tuple[Outlet, ...]:
        """Give the outlets as they were known last, without a look into the database."""
        _, known = self._cache.get("outlets", (None, None))
        return known or (_outlet_of(self.site),)

    def article(self, site: str, code: int, *, revisions: bool = False) -> dict[str, Any]:
        """Read the article with a code, as exported. Raises :exc:`~asrcrawler.reader.errors.NotThere`."""
        found = one(self.database, site, code, revisions=revisions)
        if found is None:
            raise NoArticle(code)
        return found

    def standing(self, outlet: Outlet) -> Standing:
        """Give the figures of the health page, counted at most every :data:`FRESH` seconds, however many ask."""
        return self._cached(f"standing {outlet.site}", FRESH, lambda: self._standings([outlet])[0][1])

    def standings(self, outlets: Sequence[Outlet]) -> list[tuple[Outlet, Standing]]:
        """Give the figures of several outlets; of many, they are as old as :data:`LONG_FRESH` seconds."""
        if len(outlets) == 1:
            return [(outlets[0], self.standing(outlets[0]))]
        name = f"standings {','.join(outlet.name for outlet in outlets)}"
        return self.kept(name, lambda: self._standings(outlets))

    def _standings(self, outlets: Sequence[Outlet]) -> list[tuple[Outlet, Standing]]:
        now = self.now
        given = common(self.database, [outlet.site for outlet in outlets], now)
        firsts = [outlet.first_code or self.first_code for outlet in outlets]
        return [
            (outlet, standing(self.database, outlet.site, first, now, sweeps=outlet.backfill > 0, given=given))
            for outlet, first in zip(outlets, firsts, strict=True)
        ]

    def queue(self, outlets: Sequence[Outlet]) -> QueueStanding | None:
        """Tell what workers do for some outlets; None where the archive has no queue."""
        sites = {outlet.name: outlet.site for outlet in self.outlets()}
        found = self._cached("queue", FRESH, lambda: queue_standing(self.database, sites))
        return found and found.about({outlet.name: outlet.site for outlet in outlets})

    def categories(self, sites: Iterable[str]) -> list[str]:
        """Give the names of all categories of some sites."""
        names = {name for site in sites for name in self._categories(site)}
        return sorted(names, key=name_order)

    def _categories(self, site: str) -> list[str]:
        return self.kept(f"categories {site}", lambda: categories(self.database, site))

    def sections(self, site: str) -> list[Section]:
        """Give the tree of categories with the number of articles in each."""
        return self.kept(f"sections {site}", lambda: sections(self.database, site))

    def reasons(self, site: str, outcome: str) -> Counter[str]:
        """Count the reasons of the latest codes with an outcome."""
        return self.kept(f"reasons {site} {outcome}", lambda: count_reasons(self.database, site, outcome))

    def articles(self, sites: Sites) -> int:
        """Count all articles of some sites."""
        counts = self.articles_by_site()
        return counts[sites] if isinstance(sites, str) else sum(counts[site] for site in sites)

    def articles_by_site(self) -> Counter[str]:
        """Count all articles of each site."""
        return self._cached("articles by site", FRESH, lambda: count_articles(self.database))

    def today(self, sites: Sites) -> Today:
        """Count what today has brought."""
        begins = midnight(day_of(self.now))
        return self._cached(f"today {sites}", FRESH, lambda: today(self.database, sites, begins, self.now))

    def recent(self, site: str) -> tuple[list[date], Recent]:
        """Count what the last :data:`DAYS` days of a site have brought, up to now."""
        now = self.now
        days = [day_of(now) - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
        edges = [*map(midnight, days), now]
        return days, self.kept(f"recent {site}", lambda: recent(self.database, site, edges))

    def of_today(self) -> Counter[str]:
        """Count what today has brought, by site."""
        now = self.now
        return self._cached("by site", FRESH, lambda: count_by_site(self.database, midnight(day_of(now)), now))

    def _outlets(self) -> tuple[Outlet, ...]:
        there = all_outlets(self.database)
        if self.site is not None:
            return tuple(outlet for outlet in there if outlet.site == self.site) or (_outlet_of(self.site),)
        removed = [outlet.site for outlet in there if not outlet.followed]
        readable = set(with_articles(self.database, removed))
        shown = [outlet for outlet in there if outlet.followed or outlet.site in readable]
        found = sorted(shown, key=lambda outlet: (not outlet.followed, name_order(outlet.shown)))
        return tuple(found) or tuple(there) or (_outlet_of(None),)

    def kept(self, name: str, make: Callable[[], T]) -> T:
        """Give what ``make`` gave at most :data:`LONG_FRESH` seconds ago, however many ask."""
        return self._cached(name, LONG_FRESH, make)

    def _cached(self, name: str, seconds: float, make: Callable[[], T]) -> T:
        """Give what ``make`` gave within so many seconds, or call it in one thread while the others wait."""
        with self._locks[name]:
            made_at, value = self._cache.get(name, (None, None))
            if made_at is None or monotonic() - made_at > seconds:
                value = make()
                self._cache[name] = monotonic(), value
            found: T = value
            return found


def _outlet_of(site: str | None) -> Outlet:
    """Make the record of the only outlet of an archive that has none."""
    first = new_outlet(FIRST)
    return first if site in {None, first.site} else replace(first, site=str(site), title=None)
