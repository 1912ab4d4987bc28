"""Give the reading room its archive: the database, the site, and figures that are counted at most every few seconds."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

from asrcrawler.clock import utcnow
from asrcrawler.reader.asked import NoArticle
from asrcrawler.reader.health import Standing, standing
from asrcrawler.storage.articles.reading import one
from asrcrawler.storage.articles.sections import Section, categories, sections
from asrcrawler.storage.figures.today import Today, count_articles, today
from asrcrawler.text.calendar import day_of, midnight

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from asrcrawler.storage import Database

T = TypeVar("T")

FRESH = 4.0  # seconds; within them the same figures are given again
LONG_FRESH = 60.0  # seconds, for what takes longer to count or hardly ever changes


@dataclass(slots=True, kw_only=True)
class Library:
    """An archive that the reading room shows."""

    database: Database
    site: str
    first_code: int = 1
    """The code with which an archive begins that does not know it."""
    sweeps: bool = True
    """Whether crawls visit the older archive; without, it stays incomplete and nothing is wrong."""
    public_url: str | None = None
    """The address under which a reverse proxy shows the archive, without a trailing slash."""
    _cache: dict[str, tuple[float | None, Any]] = field(default_factory=dict)
    _locks: defaultdict[str, Lock] = field(default_factory=lambda: defaultdict(Lock))

    @property
    def now(self) -> datetime:
        return utcnow()

    def article(self, code: int, *, revisions: bool = False) -> dict[str, Any]:
        """Read the article with a code, as exported. Raises :exc:`~asrcrawler.reader.asked.NotThere`."""
        found = one(self.database, self.site, code, revisions=revisions)
        if found is None:
            raise NoArticle(code)
        return found

    def standing(self) -> Standing:
        """Give the figures of the health page, counted at most every :data:`FRESH` seconds, however many ask."""
        return self._cached("standing", FRESH, self._standing)

    def _standing(self) -> Standing:
        return standing(self.database, self.site, self.first_code, self.now, sweeps=self.sweeps)

    def categories(self) -> list[str]:
        """Give the names of all categories."""
        return self.kept("categories", lambda: categories(self.database, self.site))

    def sections(self) -> list[Section]:
        """Give the tree of categories with the number of articles in each."""
        return self.kept("sections", lambda: sections(self.database, self.site))

    def articles(self) -> int:
        """Count all articles."""
        return self.kept("articles", lambda: count_articles(self.database, self.site))

    def today(self) -> Today:
        """Count what today has brought."""
        begins = midnight(day_of(self.now))
        return self._cached("today", FRESH, lambda: today(self.database, self.site, begins, self.now))

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
