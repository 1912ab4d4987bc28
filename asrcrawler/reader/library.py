"""What the reading room knows of its archive: the database, whose site it is, and the figures of this moment."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

from asrcrawler.clock import utcnow
from asrcrawler.reader.asked import NotThere
from asrcrawler.reader.health import Standing, standing
from asrcrawler.storage.articles.reading import categories, one

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from asrcrawler.storage import Database

T = TypeVar("T")

FRESH = 4.0  # seconds; whoever asks for the figures again so soon gets those of the one before
NAMES_FRESH = 60.0  # seconds; the names of categories hardly ever change


@dataclass(slots=True, kw_only=True)
class Library:
    """One archive, open for reading."""

    database: Database
    site: str
    first_code: int = 1
    """Where the archive begins."""
    public_url: str | None = None
    """The address under which a reverse proxy shows it, without a trailing slash."""
    _kept: dict[str, tuple[float | None, Any]] = field(default_factory=dict)
    _making: defaultdict[str, Lock] = field(default_factory=lambda: defaultdict(Lock))

    @property
    def now(self) -> datetime:
        return utcnow()

    def article(self, code: int, *, revisions: bool = False) -> dict[str, Any]:
        """The article with a code, as exported. Raises :exc:`~asrcrawler.reader.asked.NotThere`."""
        found = one(self.database, self.site, code, revisions=revisions)
        if found is None:
            raise NotThere("خبری با این کد در بایگانی نیست.", "no article with this code is stored")
        return found

    def standing(self) -> Standing:
        """How the archive stands; counted anew at most every :data:`FRESH` seconds, however many ask."""
        return self._keep("standing", FRESH, lambda: standing(self.database, self.site, self.first_code, self.now))

    def categories(self) -> list[str]:
        """The names of all categories, as of a minute ago at most."""
        return self._keep("categories", NAMES_FRESH, lambda: categories(self.database, self.site))

    def _keep(self, name: str, seconds: float, make: Callable[[], T]) -> T:
        """What ``make`` gave within so many seconds; one asks the database, and the others wait for the answer."""
        with self._making[name]:
            made_at, value = self._kept.get(name, (None, None))
            if made_at is None or monotonic() - made_at > seconds:
                value = make()
                self._kept[name] = monotonic(), value
            found: T = value
            return found
