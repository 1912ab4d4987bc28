"""What the reading room knows of its archive: the database, whose site it is, and the figures of this moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Any

from asrcrawler.clock import utcnow
from asrcrawler.reader.asked import NotThere
from asrcrawler.reader.health import Standing, standing
from asrcrawler.storage.reading import one

if TYPE_CHECKING:
    from datetime import datetime

    from asrcrawler.storage import Database

FRESH = 4.0  # seconds; whoever asks for the figures again so soon gets those of the one before


@dataclass(slots=True, kw_only=True)
class Library:
    """One archive, open for reading."""

    database: Database
    site: str
    first_code: int = 1
    """Where the archive begins."""
    public_url: str | None = None
    """The address under which a reverse proxy shows it, without a trailing slash."""
    _standing: Standing | None = None
    _counted_at: float = 0.0
    _counting: Lock = field(default_factory=Lock)

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
        with self._counting:
            if self._standing is None or monotonic() - self._counted_at > FRESH:
                self._standing = standing(self.database, self.site, self.first_code, self.now)
                self._counted_at = monotonic()
            return self._standing
