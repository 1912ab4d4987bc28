"""Read which articles the site no longer has, which wait for the look that proves it, and which came back."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import and_, select

from asrcrawler.gone import Disappearance, Presence
from asrcrawler.storage.engine.among import beyond, of_sites
from asrcrawler.storage.models import article, gone
from asrcrawler.storage.visits.gone import stored

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement

    from asrcrawler.storage.engine.among import Sites
    from asrcrawler.storage.engine.database import Database


class Place(NamedTuple):
    """A place in a list of disappearances: behind the one with these facts."""

    at: datetime
    code: int
    site: str


class Missed(NamedTuple):
    """A stored article that the site did not show for some time, as a list shows it."""

    site: str
    code: int
    number: int
    """Counts the times that it went; 1 is the first."""
    state: Presence
    at: datetime
    """The moment of the last step."""
    gone_at: datetime
    """The first look that answered missing."""
    confirmed_at: datetime | None
    """The look that proved it, at least a day later."""
    back_at: datetime | None
    kind: str
    published_at: datetime | None
    published_jalali: str | None
    category: list[str]
    kicker: str | None
    title: str | None
    lead: str | None
    url: str
    last_seen_at: datetime
    last_visit_at: datetime | None

    @property
    def place(self) -> Place:
        """The place in the list that the next slice begins behind."""
        return Place(self.at, self.code, self.site)


_TIMES = ("site", "code", "number", "state", "at", "gone_at", "confirmed_at", "back_at")
_ORDER = (gone.c.at, gone.c.code, gone.c.site)
_COLUMNS = [gone.c[name] if name in _TIMES else article.c[name] for name in Missed._fields]


def missed(
    database: Database, state: Presence, *, sites: Sites | None = None, behind: Place | None = None, limit: int = 30
) -> list[Missed]:
    """Read a slice of the articles in one state, the latest step first: of some sites, or of all.

    ``behind`` is the place of the last one of the slice before. An article that went and came back several times is
    listed as often.
    """
    wanted: list[ColumnElement[bool]] = [gone.c.state == str(state)]
    if sites is not None:
        wanted.append(of_sites(gone.c.site, sites))
    if behind is not None:
        wanted.append(beyond(_ORDER, behind))
    rows = (
        select(*_COLUMNS)
        .join_from(gone, article, and_(article.c.site == gone.c.site, article.c.code == gone.c.code))
        .where(*wanted)
        .order_by(*(column.desc() for column in _ORDER))
        .limit(limit)
    )
    with database.read() as connection:
        return [Missed(*row)._replace(state=Presence(row.state)) for row in connection.execute(rows)]


def of_code(database: Database, site: str, code: int) -> list[Disappearance]:
    """Read the times during which the site did not show the article of a code, the first one first."""
    with database.read() as connection:
        return stored(connection, site, [code]).get(code, [])
