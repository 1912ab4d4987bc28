"""Read the edits of all articles, the latest first, with the texts before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, select

from asrcrawler.items import EDITED, Change
from asrcrawler.storage.engine.among import beyond, of_sites
from asrcrawler.storage.models import article, revision

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from sqlalchemy import RowMapping

    from asrcrawler.storage.engine.among import Sites
    from asrcrawler.storage.engine.database import Database

TEXTUAL = tuple(change for change in Change if change is not Change.COSMETIC)
"""The classes of edits after which a text reads otherwise."""


class Place(NamedTuple):
    """A place in a list of edits: behind the one with these facts."""

    replaced_at: datetime
    code: int
    number: int
    site: str


class ListedEdit(NamedTuple):
    """An edit, as a list shows it."""

    site: str
    code: int
    number: int
    """Of the text before it; the text after it has the next one."""
    change: Change
    seen_at: datetime
    replaced_at: datetime
    kind: str
    published_at: datetime | None
    published_jalali: str | None
    title: str | None
    """The headline of the present text."""
    revision: int
    """The number of the present text."""
    url: str
    gone_at: datetime | None
    before: Mapping[str, Any]
    """The text that was replaced, by the names of :data:`~asrcrawler.items.EDITED`."""
    after: Mapping[str, Any]

    @property
    def place(self) -> Place:
        """The place in the list that the next slice begins behind."""
        return Place(self.replaced_at, self.code, self.number, self.site)


_later = revision.alias("later")
_OF_EDIT = ("site", "code", "number", "change", "seen_at", "replaced_at")
_OF_ARTICLE = ("kind", "published_at", "published_jalali", "title", "revision", "url", "gone_at")
_EDITS = (
    select(
        *(revision.c[name] for name in _OF_EDIT),
        *(article.c[name] for name in _OF_ARTICLE),
        *(revision.c[name].label(f"before_{name}") for name in EDITED),
        *(_later.c[name].label(f"later_{name}") for name in EDITED),
        *(article.c[name].label(f"present_{name}") for name in EDITED),
        _later.c.number.label("later_number"),
    )
    .join_from(revision, article, and_(article.c.site == revision.c.site, article.c.code == revision.c.code))
    .join(
        _later,
        and_(
            _later.c.site == revision.c.site,
            _later.c.code == revision.c.code,
            _later.c.number == revision.c.number + 1,
        ),
        isouter=True,
    )
)
_ORDER = (revision.c.replaced_at, revision.c.code, revision.c.number, revision.c.site)


def edits(
    database: Database,
    *,
    sites: Sites | None = None,
    changes: Collection[Change] = TEXTUAL,
    behind: Place | None = None,
    limit: int = 30,
) -> list[ListedEdit]:
    """Read a slice of the edits of some classes, the latest first: of some sites, or of all.

    ``behind`` is the place of the last one of the slice before. Each class is read by itself, for no index has several
    of them in the order of time.
    """
    wanted = [of_sites(revision.c.site, sites)] if sites is not None else []
    if behind is not None:
        wanted.append(beyond(_ORDER, behind))
    latest_first = _EDITS.where(*wanted).order_by(*(column.desc() for column in _ORDER)).limit(limit)
    found: list[ListedEdit] = []
    with database.read() as connection:
        for change in changes:
            rows = connection.execute(latest_first.where(revision.c.change == str(change))).mappings()
            found += [_listed(row) for row in rows]
    return sorted(found, key=lambda edit: edit.place, reverse=True)[:limit]


def _listed(values: RowMapping) -> ListedEdit:
    after = "present" if values["later_number"] is None else "later"
    facts = {name: values[name] for name in (*_OF_EDIT, *_OF_ARTICLE)} | {"change": Change(values["change"])}
    return ListedEdit(
        **facts,
        before={name: values[f"before_{name}"] for name in EDITED},
        after={name: values[f"{after}_{name}"] for name in EDITED},
    )
