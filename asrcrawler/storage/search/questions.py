"""Ask one site what a query finds: how many articles, and the first of them in an order."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from sqlalchemy import and_, func, literal, select

from asrcrawler.storage.articles.narrowing import highest_code, narrowed
from asrcrawler.storage.articles.selection import carrying, conditions, labelled, own_conditions, within
from asrcrawler.storage.engine.among import among
from asrcrawler.storage.models import article, label
from asrcrawler.storage.search import index
from asrcrawler.storage.search.backend import backend_of
from asrcrawler.storage.search.query import Query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Select

    from asrcrawler.spans import Span
    from asrcrawler.storage.articles.narrowing import Few
    from asrcrawler.storage.articles.selection import Selection
    from asrcrawler.storage.search.indexes import Tables
    from asrcrawler.storage.search.query import Term

    Terms: TypeAlias = tuple[Term, ...]

COUNTED = 2_000
"""Hits that are counted; of more it is told that they are more."""

RANKED = 2_000
"""Matches of a site that are ranked, the newest by code; older ones follow these, newest first.

Ranking reads every match. A word that most articles have does not tell which of them is meant, and with so many matches
the best of the newest are at least as good an answer."""

DATED = 500
"""Matches of a site that are put in the order of their dates, the highest codes; below them the codes are the order.

Codes are given in the order of time, so that this is the same but for drafts that lay for long."""

ALL = 0, index.CODES - 1

LOOKED_THROUGH = 20_000
"""Articles of a site, the latest published ones, among which those with a category or tag are looked for.

Where too few of them have it, and more than :data:`COUNTED` older ones do, its articles with the highest codes are put
in the order of their dates, as matches are."""


class Order(StrEnum):
    """The order of the hits."""

    BEST = "best"
    NEWEST = "newest"
    """By date of publication; undated ones last."""


class Candidate(NamedTuple):
    """A hit, with what its place among the others depends on."""

    score: float
    published_at: datetime | None
    code: int
    site: str


class Question:
    """A query about one site; ``base`` and a code of the site make the key of its document."""

    def __init__(
        self, connection: Connection, tables: Tables, query: Query, selection: Selection, site: str, base: int
    ) -> None:
        self._connection = connection
        self._tables = tables
        self._query = query
        self._selection = selection
        self._site = site
        self._base = base
        self._index = backend_of(connection)

    def total(self) -> int:
        """Count the articles that are found, as far as one more than :data:`COUNTED`."""
        raise NotImplementedError

    def candidates(self, order: Order, count: int) -> list[Candidate]:
        """Give the first ``count`` of them."""
        raise NotImplementedError

    def _count(self, found: Select[int]) -> int:
        counted = select(func.count()).select_from(found.limit(COUNTED + 1).subquery())
        return self._connection.scalar(counted) or 0

    def _keys(self, query: Query, span: Span = ALL) -> Select[int]:
        """Select the keys of the documents that a query finds."""
        here = self._index.of_site(self._tables, self._base, span)
        return select(self._index.document_id(self._tables)).where(self._index.matches(self._tables, query), here)

    def _keys_among(self, query: Query, codes: Sequence[int]) -> Select[int]:
        """Select the keys of those of some codes whose documents a query finds."""
        keys = self._keys(query, (min(codes, default=0), max(codes, default=0)))
        return keys.where(among(self._index.document_id(self._tables) - self._base, codes))

    def _of_selection(self, selection: Selection, code: ColumnElement[int]) -> Iterator[ColumnElement[bool]]:
        """Ask of a code, wherever it stands, whether its article is of a selection."""
        if own := [*within(selection), *own_conditions(selection)]:
            here = article.c.site == self._site, article.c.code == code
            yield select(article.c.code).where(*here, *own).correlate_except(article).exists()
        yield from carrying(selection, self._site, code)


class Matches(Question):
    """The articles in which the words of the query occur."""

    def total(self) -> int:
        return self._count(self._matched())

    def candidates(self, order: Order, count: int) -> list[Candidate]:
        if order is Order.NEWEST:
            return _first_sorted(self._dated(max(DATED, count)), DATED, by_date)[:count]
        return _first_sorted(self._scored(max(RANKED, count)), RANKED, by_score)[:count]

    def _scored(self, most: int) -> list[Candidate]:
        rows = self._connection.execute(self._index.scored(self._tables, self._matched(), self._query, most))
        return [Candidate(score, None, key - self._base, self._site) for key, score in rows]

    def _dated(self, most: int) -> list[Candidate]:
        key = self._index.document_id(self._tables)
        own = and_(article.c.site == self._site, article.c.code == key - self._base)
        newest = self._matched().join(article, own).add_columns(article.c.published_at).order_by(key.desc())
        rows = self._connection.execute(newest.limit(most))
        return [Candidate(0, at, key - self._base, self._site) for key, at in rows]

    def _matched(self) -> Select[int]:
        """Select the keys of the documents that are found.

        Where the selection is about few codes, they are a list that is made once, and no other document is looked at.
        In a join, SQLite could read them first, and then ask for the words again at every one.
        """
        code = self._index.document_id(self._tables) - self._base
        if self._few is None:
            span = 0, highest_code(self._connection, self._selection, self._site)
            return self._keys(self._query, span).where(*self._of_selection(self._selection, code))
        return self._keys_among(self._query, self._few.codes).where(*self._of_selection(self._few.rest, code))

    @cached_property
    def _few(self) -> Few | None:
        return narrowed(self._connection, self._selection, self._site)


class Listing(Question):
    """All articles, without those that the query excludes."""

    def total(self) -> int:
        if not self._query.excluded:
            return self._count(self._codes())
        some = list(self._connection.scalars(self._codes().limit(enough := 3 * COUNTED)))
        kept = len(some) - len(self._unwanted(some))
        if kept > COUNTED or len(some) < enough:
            return kept
        return self._count(self._codes(self._query.excluded))

    def candidates(self, _: Order, count: int) -> list[Candidate]:
        if not self._query.excluded:
            return self._first(count)
        found = self._first(most := max(4 * count, DATED))
        unwanted = self._unwanted([one.code for one in found])
        kept = [one for one in found if one.code not in unwanted]
        if len(kept) >= count or len(found) < most:
            return kept[:count]
        return self._first(count, self._query.excluded)

    def _first(self, count: int, excluded: Terms = ()) -> list[Candidate]:
        """Give the first ``count``; all are in the order of their dates, but see :data:`LOOKED_THROUGH`."""
        if self._few is None:
            horizon = self._horizon() if self._is_by_label else None
            latest = self._latest(count, excluded, horizon)
            if len(latest) >= count or not self._is_by_label:
                return latest
        codes = self._codes(excluded)
        highest = codes.order_by(codes.selected_columns[0].desc()).limit(max(COUNTED, count)).subquery()
        own = and_(article.c.site == self._site, article.c.code == highest.c.code)
        dated = select(article.c.published_at, article.c.code).join(highest, own)
        found = [Candidate(0, at, code, self._site) for at, code in self._connection.execute(dated)]
        return _first_sorted(sorted(found, key=lambda one: -one.code), COUNTED, by_date)[:count]

    def _latest(self, count: int, excluded: Terms, horizon: datetime | None) -> list[Candidate]:
        """Go down the index on publication, no further than to ``horizon``; undated articles follow."""
        at, code = article.c.published_at, article.c.code
        every = self._articles(self._selection, code, at).where(*self._exclusion(code, excluded))
        dated = every.where(at.is_not(None) if horizon is None else at >= horizon).order_by(at.desc(), code.desc())
        found = list(self._connection.execute(dated.limit(count)))
        if len(found) < count and horizon is None:
            undated = every.where(at.is_(None)).order_by(code.desc())
            found += self._connection.execute(undated.limit(count - len(found)))
        return [Candidate(0, at, code, self._site) for code, at in found]

    def _horizon(self) -> datetime | None:
        """Give the moment of publication beyond which nobody looks for a category or tag; None in a small archive."""
        at = article.c.published_at
        every = select(at).where(article.c.site == self._site, at.is_not(None)).order_by(at.desc())
        found: datetime | None = self._connection.scalar(every.offset(LOOKED_THROUGH).limit(1))
        return found

    def _codes(self, excluded: Terms = ()) -> Select[int]:
        """Select the codes of all that is listed."""
        code = article.c.code
        if self._few is not None:
            found = self._articles(self._few.rest, code, by_code=True)
            found = found.where(among(code, self._few.codes))
        elif self._is_by_label:
            code, rest = label.c.code, self._selection
            rest = replace(rest, tag=None) if rest.category is None else replace(rest, category=None)
            found = next(labelled(self._selection, self._site)).where(*self._of_selection(rest, code))
        else:
            found = self._articles(self._selection, code)
        return found.where(*self._exclusion(code, excluded))

    def _articles(self, selection: Selection, *columns: ColumnElement[Any], by_code: bool = False) -> Select[Any]:
        own = *within(selection), *conditions(selection, by_code=by_code)
        return select(*columns).where(article.c.site == self._site, *own)

    def _exclusion(self, code: ColumnElement[int], excluded: Terms) -> Iterator[ColumnElement[bool]]:
        if excluded:
            yield (literal(self._base) + code).not_in(self._keys(Query(clauses=(excluded,))))

    def _unwanted(self, codes: Sequence[int]) -> set[int]:
        """Find those of some codes whose articles have an excluded word."""
        keys = self._connection.scalars(self._keys_among(Query(clauses=(self._query.excluded,)), codes))
        return {key - self._base for key in keys}

    @property
    def _is_by_label(self) -> bool:
        """Tell whether a category or a tag is what narrows the selection down most."""
        asked = self._selection
        return (asked.category, asked.tag) != (None, None) and (asked.since, asked.until) == (None, None)

    @cached_property
    def _few(self) -> Few | None:
        """Few articles that can be sorted; those of days are in the right order in their index."""
        asked = replace(self._selection, since=None, until=None)
        few = narrowed(self._connection, asked, self._site, most=COUNTED)
        return few and few._replace(rest=replace(few.rest, since=self._selection.since, until=self._selection.until))


def by_score(candidate: Candidate) -> tuple[float, int]:
    """Put the best first, of equal ones the newest."""
    return -candidate.score, -candidate.code


def by_date(candidate: Candidate) -> tuple[float, int]:
    """Put the one published last first, undated ones at the end."""
    at = candidate.published_at
    return -at.timestamp() if at else float("inf"), -candidate.code


def _first_sorted(found: list[Candidate], count: int, key: Callable[[Candidate], Any]) -> list[Candidate]:
    return sorted(found[:count], key=key) + found[count:]
