"""Find the codes that a selection can be about, by the index that leads to the fewest of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, select

from asrcrawler.samaneh.urls import HIGHEST_CODE
from asrcrawler.storage.articles.selection import Selection, labelled, own_conditions, within
from asrcrawler.storage.models import article, label
from asrcrawler.text.calendar import midnight

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Select

MANY = 10_000  # entries of an index; to read so many takes 5 to 10 ms
LARGEST_PORTION = 500  # articles that are looked at together
EVERYTHING = Selection()


class Few(NamedTuple):
    """Codes among which all articles of a selection are."""

    codes: list[int]
    """The highest one first."""
    rest: Selection
    """What is still to be asked about each of them."""


def narrowed(connection: Connection, selection: Selection, site: str, *, top: int) -> Few | None:
    """Narrow a selection down to the fewest codes that one index leads to, up to ``top``.

    None where each of them leads to more than :data:`MANY`, or none knows anything of the selection.
    """
    counted = [(_count(connection, codes, MANY + 1), codes, rest) for codes, rest in _leads(selection, site, top)]
    least, codes, rest = min(counted, key=lambda lead: lead[0], default=(MANY + 1, None, selection))
    if codes is None or least > MANY:
        return None
    return Few(sorted(connection.scalars(codes), reverse=True), rest)


def portions(connection: Connection, selection: Selection, site: str, *, top: int, size: int) -> Iterator[Few]:
    """Give the codes that may be of a selection from ``top`` down, in portions: ``size`` of them, then more."""
    if few := narrowed(connection, selection, site, top=top):
        start = 0
        while start < len(few.codes):
            yield few._replace(codes=few.codes[start : start + size])
            start, size = start + size, _grown(size)
        return
    top = min(top, highest_code(connection, selection, site))
    code, source = article.c.code, select(article.c.code).where(article.c.site == site)
    if labels := list(labelled(selection, site)):
        code, source = label.c.code, labels[0]
    while codes := list(connection.scalars(source.where(code <= top).order_by(code.desc()).limit(size))):
        yield Few(codes, selection)
        top, size = codes[-1] - 1, _grown(size)


def highest_code(connection: Connection, selection: Selection, site: str) -> int:
    """Give a code above which nothing of a selection is: for days long ago, their highest one.

    Finding that reads the index of these days whole; else all newer articles would be looked at.
    """
    if selection.until is None:
        return HIGHEST_CODE
    own = select(article.c.code).where(article.c.site == site)
    later = own.where(article.c.published_at >= midnight(selection.until + timedelta(days=1)))
    if _count(connection, later, LARGEST_PORTION + 1) <= LARGEST_PORTION:
        return HIGHEST_CODE
    code = article.c.code + 0  # the plain code would be searched for from the newest article down
    highest = select(func.max(code)).where(article.c.site == site, *own_conditions(_days_of(selection)))
    return connection.scalar(highest) or 0


def _leads(selection: Selection, site: str, top: int) -> Iterator[tuple[Select[int], Selection]]:
    """Select codes by each index that knows a part of the selection; with each, give what it leaves to be asked."""
    own = select(article.c.code).where(article.c.site == site, article.c.code <= top)
    if (days := _days_of(selection)) != EVERYTHING:
        yield own.where(*own_conditions(days)), replace(selection, since=None, until=None)
    if selection.codes is not None:
        yield own.where(*within(selection)), replace(selection, codes=None)
    rests = replace(selection, category=None), replace(selection, tag=None)
    asked = [rest for rest in rests if rest != selection]
    for codes, rest in zip(labelled(selection, site), asked, strict=True):
        yield codes.where(label.c.code <= top), rest


def _grown(size: int) -> int:
    """Give the size of the next portion: mostly few are missing of the first one, and sometimes nearly all."""
    return max(size, min(2 * size, LARGEST_PORTION))


def _count(connection: Connection, codes: Select[int], most: int) -> int:
    return connection.scalar(select(func.count()).select_from(codes.limit(most).subquery())) or 0


def _days_of(selection: Selection) -> Selection:
    return Selection(since=selection.since, until=selection.until)
