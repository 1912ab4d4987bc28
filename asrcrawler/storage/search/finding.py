"""Answer a query: give what was found, best or newest first, with the places in the text."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, func, literal, select

from asrcrawler.exceptions import StorageError
from asrcrawler.storage.articles.selection import Selection, labelled, own_conditions, sites, within
from asrcrawler.storage.engine.errors import is_about_missing_table
from asrcrawler.storage.models import article
from asrcrawler.storage.search import index, indexes
from asrcrawler.storage.search.backend import backend_of
from asrcrawler.storage.search.documents import Field
from asrcrawler.storage.search.marking import Piece, marks, pieces, snippet
from asrcrawler.storage.search.query import Query, Term, parse
from asrcrawler.storage.search.spellings import widen
from asrcrawler.text.calendar import TEHRAN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Select

    from asrcrawler.storage.engine.database import Database
    from asrcrawler.storage.search.indexes import Tables

RANKED = 2_000
"""Matches of a site that are ranked, the newest by code; older ones follow these, newest first.

Ranking reads every match. A word that most articles have does not tell which of them is meant, and with so many matches
the best of the newest are at least as good an answer."""


DATED = 500
"""Matches of a site that are put in the order of their dates, the highest codes; below them the codes are the order.

Codes are given in the order of time, so that this is the same but for drafts that lay for long."""


class Order(StrEnum):
    """The order of the hits."""

    BEST = "best"
    NEWEST = "newest"
    """By date of publication; undated ones last."""


BEST, NEWEST = Order.BEST, Order.NEWEST
EVERYTHING = Selection()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An article that was found. Unknown is None (or an empty list), as in the export."""

    site: str
    code: int
    url: str
    title: list[Piece]
    kicker: str | None
    lead: str | None
    snippet: list[Piece]
    """A stretch of body or lead around what was found; where the query has no words, their beginning."""
    published_at: datetime | None
    """With the offset of Tehran."""
    published_jalali: str | None
    category: list[str]
    tags: list[str]
    kind: str
    gone_at: datetime | None
    """Since when the site no longer has it."""
    score: float
    """The higher the better, within one answer; 0 where there was nothing to rank by."""


class Results(NamedTuple):
    """A slice of the hits, and how many there are in all."""

    hits: list[Hit]
    total: int


class _Candidate(NamedTuple):
    score: float
    published_at: datetime | None
    code: int
    site: str


def search(
    database: Database,
    words: str,
    selection: Selection = EVERYTHING,
    *,
    order: Order = BEST,
    offset: int = 0,
    limit: int = 20,
) -> Results:
    """Find the articles of ``selection`` that ``words`` ask for (:mod:`asrcrawler.storage.search.query`).

    Any text is a query; where it has nothing to look for, the selection is listed, newest first. Where the only index
    is not full yet, it answers with what it has. Raises :exc:`~asrcrawler.exceptions.StorageError`.
    """
    try:
        return _search(database, words, selection, order, offset, limit)
    except StorageError as error:
        if not is_about_missing_table(error.__cause__):
            raise
        return _search(database, words, selection, order, offset, limit)  # the index was dropped while it was asked


def _search(database: Database, words: str, selection: Selection, order: Order, offset: int, limit: int) -> Results:
    with database.read() as connection:
        asked = indexes.answering(connection)
        if asked is None:
            raise StorageError(f"database {database.name}: has no index of words; scrapy db check --repair makes one")
        backend_of(connection).go_by_index(connection)
        query = widen(connection, asked, parse(words, asked.version))
        kind = _Matches if query.clauses else _Listing
        bases = index.bases(connection)
        named = bases if query.clauses else sites(connection, selection)  # a listed site needs no place in an index
        questions = [
            kind(connection, asked.tables, query, selection, site, bases.get(site, index.NOWHERE))
            for site in named
            if selection.site in {None, site}
        ]
        total = sum(question.total() for question in questions)
        if limit <= 0 or offset >= total:
            return Results([], total)
        found = [question.candidates(order, offset + limit) for question in questions]
        if len(found) > 1:  # those of one site are in order already, the unranked ones last
            found = [sorted(chain(*found), key=_by_date if order is NEWEST or kind is _Listing else _by_score)]
        hits = _hits(connection, found[0][offset : offset + limit], query.wanted, asked.version)
    return Results(hits, total)


class _Question:
    """A query about one site; ``base`` and a code of the site make the key of its document."""

    def __init__(
        self, connection: Connection, tables: Tables, query: Query, selection: Selection, site: str, base: int
    ) -> None:
        self._connection = connection
        self._tables = tables
        self._query = query
        self._site = site
        self._base = base
        self._conditions = [*within(selection), *own_conditions(selection)]
        self._labelled = list(labelled(selection, site))
        self._index = backend_of(connection)

    def total(self) -> int:
        """Count the articles that are found."""
        raise NotImplementedError

    def candidates(self, order: Order, count: int) -> list[_Candidate]:
        """Give the first ``count`` of them."""
        raise NotImplementedError

    def _keys(self, query: Query) -> Select[int]:
        own = self._index.of_site(self._tables, self._base, index.CODES)
        return select(self._index.document_id(self._tables)).where(self._index.matches(self._tables, query), own)


class _Matches(_Question):
    """The articles in which the words of the query occur."""

    def total(self) -> int:
        return self._connection.scalar(select(func.count()).select_from(self._matched().subquery())) or 0

    def candidates(self, order: Order, count: int) -> list[_Candidate]:
        if order is NEWEST:
            found = self._dated(max(DATED, count))
            return (sorted(found[:DATED], key=_by_date) + found[DATED:])[:count]
        found = self._scored(max(RANKED, count))
        return (sorted(found[:RANKED], key=_by_score) + found[RANKED:])[:count]

    def _scored(self, most: int) -> list[_Candidate]:
        rows = self._connection.execute(self._index.scored(self._tables, self._matched(), self._query, most))
        return [_Candidate(score, None, key - self._base, self._site) for key, score in rows]

    def _dated(self, most: int) -> list[_Candidate]:
        key = self._index.document_id(self._tables)
        own = and_(article.c.site == self._site, article.c.code == key - self._base)
        newest = self._matched().join(article, own).add_columns(article.c.published_at).order_by(key.desc())
        rows = self._connection.execute(newest.limit(most))
        return [_Candidate(0, at, key - self._base, self._site) for key, at in rows]

    def _matched(self) -> Select[int]:
        """Select the keys of the documents that are found.

        The codes of the selection are a list that is made once. In a join, SQLite could read it first, and then ask for
        the words again at every article of a month.
        """
        selected = self._labelled.copy()
        if self._conditions:
            selected.append(select(article.c.code).where(article.c.site == self._site, *self._conditions))
        code = self._index.document_id(self._tables) - self._base
        return self._keys(self._query).where(*(code.in_(codes) for codes in selected))


class _Listing(_Question):
    """All articles, without those that the query excludes."""

    def total(self) -> int:
        return self._connection.scalar(self._selected(func.count())) or 0

    def candidates(self, order: Order, count: int) -> list[_Candidate]:
        at, code = article.c.published_at, article.c.code
        every = self._selected(code, at)
        dated = every.where(at.is_not(None)).order_by(at.desc(), code.desc()).limit(count)
        found = self._connection.execute(dated).all()
        if len(found) < count:
            undated = every.where(at.is_(None)).order_by(code.desc()).limit(count - len(found))
            found = [*found, *self._connection.execute(undated)]
        return [_Candidate(0, at, code, self._site) for code, at in found]

    def _selected(self, *columns: Any) -> Select[Any]:
        wanted = select(*columns).where(article.c.site == self._site, *self._conditions)
        wanted = wanted.where(*(article.c.code.in_(codes) for codes in self._labelled))
        if self._query.excluded:
            unwanted = self._keys(Query(clauses=(self._query.excluded,)))
            wanted = wanted.where((literal(self._base) + article.c.code).not_in(unwanted))
        return wanted


def _by_score(candidate: _Candidate) -> tuple[float, int]:
    return -candidate.score, -candidate.code


def _by_date(candidate: _Candidate) -> tuple[float, int]:
    at = candidate.published_at
    return -at.timestamp() if at else float("inf"), -candidate.code


def _hits(connection: Connection, candidates: Sequence[_Candidate], terms: Sequence[Term], version: int) -> list[Hit]:
    rows = {}
    for site in {each.site for each in candidates}:  # for pairs of site and code, SQLite would read the whole archive
        codes = [each.code for each in candidates if each.site == site]
        found = connection.execute(_SHOWN_OF.where(article.c.site == site, article.c.code.in_(codes))).mappings()
        rows.update({(site, row["code"]): dict(row) for row in found})
    there = (each for each in candidates if (each.site, each.code) in rows)  # the index may know a lost article
    return [_hit(rows[each.site, each.code], each.score, terms, version) for each in there]


_SHOWN = ("site", "code", "url", "title", "kicker", "lead", "body", "published_at", "published_jalali", "category",
          "tags", "kind", "gone_at")  # fmt: skip
_SHOWN_OF = select(*(article.c[name] for name in _SHOWN))


def _hit(row: Mapping[str, Any], score: float, terms: Sequence[Term], version: int) -> Hit:
    title, at = row["title"] or "", row["published_at"]
    as_stored = {name: row[name] for name in _SHOWN if name not in {"title", "body", "published_at"}}
    return Hit(
        **as_stored,
        title=pieces(title, marks(title, terms, Field.TITLE, version)),
        snippet=_snippet(row, terms, version),
        published_at=at.astimezone(TEHRAN) if at else None,
        score=score,
    )


def _snippet(row: Mapping[str, Any], terms: Sequence[Term], version: int) -> list[Piece]:
    """Cut the snippet out of the body, or out of the lead where only that has what was found."""
    body, lead = (" ".join((row[name] or "").split()) for name in ("body", "lead"))
    if found := marks(body, terms, Field.BODY, version):
        return snippet(body, found)
    found = marks(lead, terms, Field.LEAD, version)
    return snippet(lead, found) if found or lead else snippet(body, [])
