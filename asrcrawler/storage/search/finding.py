"""Answer a query: give what was found, best or newest first, with the places in the text."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import select

from asrcrawler.exceptions import StorageError
from asrcrawler.storage.articles.selection import Selection, sites
from asrcrawler.storage.engine.errors import is_about_missing_table
from asrcrawler.storage.models import article
from asrcrawler.storage.outlets import names_by_site
from asrcrawler.storage.search import index, indexes, questions
from asrcrawler.storage.search.backend import backend_of
from asrcrawler.storage.search.documents import Field
from asrcrawler.storage.search.marking import Piece, marks, pieces, snippet
from asrcrawler.storage.search.query import parse
from asrcrawler.storage.search.questions import Candidate, Listing, Matches, Order, by_date, by_score
from asrcrawler.storage.search.spellings import widen
from asrcrawler.text.calendar import TEHRAN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from asrcrawler.storage.engine.database import Database
    from asrcrawler.storage.search.query import Term

BEST, NEWEST = Order.BEST, Order.NEWEST
EVERYTHING = Selection()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An article that was found. Unknown is None (or an empty list), as in the export."""

    outlet: str | None
    """Its name; None where the archive follows no outlet of this site, and never did."""
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
    """All of them; where that is not exact, there are more."""
    total_is_exact: bool = True
    goes_on: bool = False
    """Whether there are hits after these."""


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
        kind = Matches if query.clauses else Listing
        bases = index.bases(connection)
        named = bases if query.clauses else sites(connection, selection)  # a listed site needs no place in an index
        asked_of = [
            kind(connection, asked.tables, query, selection, site, bases.get(site, index.NOWHERE))
            for site in named
            if selection.sites is None or site in selection.sites
        ]
        total = sum(question.total() for question in asked_of)
        is_exact, end = total <= questions.COUNTED, offset + limit
        if limit <= 0 or (is_exact and offset >= total):
            return Results([], min(total, questions.COUNTED), is_exact, goes_on=offset < total)
        found = list(chain(*(question.candidates(order, end + 1) for question in asked_of)))
        if len(asked_of) > 1:  # those of one site are in order already, the unranked ones last
            found.sort(key=by_date if order is NEWEST or kind is Listing else by_score)
        hits = _hits(connection, found[offset:end], query.wanted, asked.version)
    if not is_exact:
        total, is_exact = max(questions.COUNTED, min(len(found), end)), len(found) <= end
    return Results(hits, total, is_exact, goes_on=len(found) > end)


def _hits(connection: Connection, candidates: Sequence[Candidate], terms: Sequence[Term], version: int) -> list[Hit]:
    rows, names = {}, names_by_site(connection)
    for site in {each.site for each in candidates}:  # for pairs of site and code, SQLite would read the whole archive
        codes = [each.code for each in candidates if each.site == site]
        found = connection.execute(_SHOWN_OF.where(article.c.site == site, article.c.code.in_(codes))).mappings()
        rows.update({(site, row["code"]): dict(row) for row in found})
    there = (each for each in candidates if (each.site, each.code) in rows)  # the index may know a lost article
    return [_hit(names.get(each.site), rows[each.site, each.code], each.score, terms, version) for each in there]


_SHOWN = ("site", "code", "url", "title", "kicker", "lead", "body", "published_at", "published_jalali", "category",
          "tags", "kind", "gone_at")  # fmt: skip
_SHOWN_OF = select(*(article.c[name] for name in _SHOWN))


def _hit(outlet: str | None, row: Mapping[str, Any], score: float, terms: Sequence[Term], version: int) -> Hit:
    title, at = row["title"] or "", row["published_at"]
    as_stored = {name: row[name] for name in _SHOWN if name not in {"title", "body", "published_at"}}
    return Hit(
        **as_stored,
        outlet=outlet,
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
