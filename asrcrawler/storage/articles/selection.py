"""Select articles: the conditions that export, search and the reading room share."""

from __future__ import annotations

from dataclasses import InitVar, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Integer, column, func, select, values

from asrcrawler.spans import merge
from asrcrawler.storage.models import LONGEST_LABEL, article, label
from asrcrawler.text.calendar import midnight
from asrcrawler.text.persian import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from sqlalchemy import ColumnElement, Connection, Select, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which articles are asked for; all that is given has to hold."""

    sites: Sequence[str] | None = None
    """The sites of the outlets asked for; None for all."""
    site: InitVar[str | None] = None
    """The only one of them."""
    codes: Sequence[tuple[int, int]] | None = None
    """Spans of codes, both ends inclusive; None for all."""
    since: date | None = None
    """The first day of publication, in Tehran."""
    until: date | None = None
    """The last day of publication, inclusive."""
    category: str | None = None
    tag: str | None = None
    unique: bool = False
    """Whether exact duplicates are left out."""
    gone: bool = False
    """Whether only those are wanted that the site no longer has."""

    def __post_init__(self, site: str | None) -> None:
        if site is not None:
            object.__setattr__(self, "sites", (site,))


def conditions(selection: Selection, *, by_code: bool = False) -> Iterator[ColumnElement[bool]]:
    """Give the SQL conditions on a row of ``article``, but those on its site and code; see :func:`own_conditions`."""
    yield from own_conditions(selection, by_code=by_code)
    yield from carrying(selection, article.c.site, article.c.code)


def own_conditions(selection: Selection, *, by_code: bool = False) -> Iterator[ColumnElement[bool]]:
    """Give those of :func:`conditions` that need no look at labels; :func:`carrying` gives the others.

    ``by_code`` is for rows that are looked up by their codes: without it, SQLite reads all articles of the days.
    """
    at: ColumnElement[datetime] = article.c.published_at
    if by_code:
        at = func.coalesce(at, at)  # which no index knows
    if selection.since is not None:
        yield at >= midnight(selection.since)
    if selection.until is not None:
        yield at < midnight(selection.until + timedelta(days=1))
    if selection.unique:
        yield article.c.duplicate_of.is_(None)
    if selection.gone:
        yield article.c.gone_at.is_not(None)


def carrying(
    selection: Selection, site: str | ColumnElement[str], code: ColumnElement[int]
) -> Iterator[ColumnElement[bool]]:
    """Ask of a code, wherever it stands, whether its article has the category asked for, and then the tag."""
    for kind, name in _labels(selection):
        own = label.alias()
        same = own.c.site == site, own.c.code == code
        yield select(own.c.code).where(*same, own.c.kind == kind, own.c.name == name).exists()


def labelled(selection: Selection, site: str) -> Iterator[Select[int]]:
    """Select the codes of ``site`` with the category asked for, and in a second query those with the tag."""
    for kind, name in _labels(selection):
        yield select(label.c.code).where(label.c.site == site, label.c.kind == kind, label.c.name == name)


def within(selection: Selection, code: ColumnElement[int] = article.c.code) -> Iterator[ColumnElement[bool]]:
    """Give the SQL condition on an article's code, wherever it stands, however many spans there are."""
    if selection.codes is None:
        return
    spans = merge(selection.codes)
    if len(spans) == 1:
        yield code.between(*spans[0])
    elif spans:
        given = values(column("first", Integer), column("last", Integer), name="span").data(spans).cte()
        yield select(given.c.first).where(code.between(given.c.first, given.c.last)).exists()
    else:
        yield code.is_(None)


def sites(connection: Connection, selection: Selection, of: Table = article) -> list[str]:
    """List the sites asked for, or all that a table has, in the same order on every database.

    Each that the table has costs one look into its index.
    """
    if selection.sites is not None:
        return sorted(set(selection.sites))
    found: list[str] = []
    site = connection.scalar(select(func.min(of.c.site)))
    while site is not None:
        found.append(site)
        site = connection.scalar(select(func.min(of.c.site)).where(of.c.site > site))
    return sorted(found)


def _labels(selection: Selection) -> Iterator[tuple[str, str]]:
    for kind, name in (("category", selection.category), ("tag", selection.tag)):
        if name is not None:
            yield kind, clean(name)[:LONGEST_LABEL]
