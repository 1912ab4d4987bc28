"""Answer a query: give what was found, best or newest first, with the places in the text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, select

from asrcrawler.clock import utcnow
from asrcrawler.exceptions import StorageError
from asrcrawler.storage.articles.selection import Selection
from asrcrawler.storage.engine.among import among
from asrcrawler.storage.engine.errors import is_about_missing_table
from asrcrawler.storage.models import article, search_site
from asrcrawler.storage.outlets import names_by_site
from asrcrawler.storage.search import indexes, questions
from asrcrawler.storage.search.backend import backend_of
from asrcrawler.storage.search.documents import Field
from asrcrawler.storage.search.marking import Piece, marks, pieces, snippet
from asrcrawler.storage.search.numbering import BEGINNING
from asrcrawler.storage.search.query import parse
from asrcrawler.storage.search.questions import Order, Question
from asrcrawler.storage.search.spellings import widen
from asrcrawler.text.calendar import TEHRAN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from asrcrawler.storage.engine.database import Database
    from asrcrawler.storage.search.indexes import Index
    from asrcrawler.storage.search.query import Term

BEST, NEWEST = Order.BEST, Order.NEWEST
EVERYTHING = Selection()
UNIT_AT_MOST = 1_000
"""Articles of half an hour, so that those that a slice ends in are put in order whole."""


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
    """All of them; where that is not exact, there may be more."""
    total_is_exact: bool = True
    goes_on: bool = False
    """Whether there are hits after these."""
    searched_back_to: datetime | None = None
    """Where not everything was looked through: nothing that was published before was."""
    awaits_index: bool = False
    """Whether the rest is not in the index of words yet, which is being made."""


def search(
    database: Database,
    words: str,
    selection: Selection = EVERYTHING,
    *,
    order: Order = BEST,
    offset: int = 0,
    limit: int = 20,
    clock: Callable[[], float] | None = None,
) -> Results:
    """Find the articles of ``selection`` that ``words`` ask for (:mod:`asrcrawler.storage.search.query`).

    Any text is a query; where it has nothing to look for, the selection is listed, newest first. An index that is not
    full yet answers with what it has, and so does a search that takes too long by ``clock`` (else by the one that suits
    the database): ``searched_back_to``. Raises :exc:`~asrcrawler.exceptions.StorageError`.
    """
    try:
        return _search(database, words, selection, order, offset, limit, clock)
    except StorageError as error:
        if not is_about_missing_table(error.__cause__):
            raise
        return _search(database, words, selection, order, offset, limit, clock)  # the index was dropped meanwhile


def _search(
    database: Database,
    words: str,
    selection: Selection,
    order: Order,
    offset: int,
    limit: int,
    clock: Callable[[], float] | None,
) -> Results:
    with database.read() as connection:
        asked = indexes.answering(connection)
        if asked is None:
            raise StorageError(f"database {database.name}: has no index of words; scrapy db check --repair makes one")
        backend_of(connection).go_by_index(connection)
        query = widen(connection, asked, parse(words, asked.version))
        question = Question(connection, asked, query, selection, clock)
        end = offset + max(limit, 0)
        most = max(questions.COUNTED, end + UNIT_AT_MOST) + 1
        found = question.newest(most)
        searched_back_to = _moment(asked, question.searched_down_to)
        total, is_exact = len(found), len(found) < most and searched_back_to is None
        if total > questions.COUNTED and not (is_exact and total <= end):
            total, is_exact = max(questions.COUNTED, min(total, end)), False
        awaits_index = searched_back_to is not None and question.searched_down_to == asked.cursor
        results = Results([], total, is_exact, len(found) > end, searched_back_to, awaits_index)
        if limit <= 0 or offset >= len(found):
            return results
        scores: dict[int, float] = {}
        if order is BEST and query.clauses:
            scores = question.scores(found[: questions.RANKED])
            found[: questions.RANKED] = sorted(scores, key=lambda number: -scores[number])
            shown = _candidates(connection, asked, found[offset:end])
        else:
            shown = _by_date(connection, asked, found, offset, end)
        return results._replace(hits=_hits(connection, shown, scores, query.wanted, asked.version))


def _moment(asked: Index, number: int | None) -> datetime | None:
    """Give the moment of publication down to which an index was looked through; None for all of it."""
    if number is None:
        return None
    return min(asked.numbering.moment(number) or BEGINNING, utcnow()).astimezone(TEHRAN)


def _by_date(connection: Connection, asked: Index, found: Sequence[int], offset: int, end: int) -> list[_Candidate]:
    """Put what was found in the order of the dates, and give a slice: numbers have that order but for half an hour."""
    unit = asked.numbering.unit
    first, last = unit(found[offset]), unit(found[min(end, len(found)) - 1])
    here = [at for at, number in enumerate(found) if last <= unit(number) <= first]
    window = _candidates(connection, asked, found[here[0] : here[-1] + 1])
    window.sort(key=lambda one: (-unit(one.number), -_seconds(one.published_at), -one.code, one.site))
    return window[offset - here[0] : end - here[0]]


def _seconds(moment: datetime | None) -> float:
    return moment.timestamp() if moment else 0.0


class _Candidate(NamedTuple):
    """A document, and the article that it is of."""

    number: int
    site: str
    code: int
    published_at: datetime | None


def _candidates(connection: Connection, asked: Index, numbers: Sequence[int]) -> list[_Candidate]:
    """Look up documents, in the order given; the index may know a lost article, which is left out."""
    own = asked.tables.document.c
    same = and_(article.c.site == search_site.c.site, article.c.code == own.code)
    whose = asked.tables.document.join(search_site, search_site.c.id == own.site).join(article, same)
    wanted = select(own.id, article.c.site, article.c.code, article.c.published_at).select_from(whose)
    rows = connection.execute(wanted.where(among(own.id, numbers)))
    found = {row.id: _Candidate(*row) for row in rows}
    return [found[number] for number in numbers if number in found]


def _hits(
    connection: Connection,
    candidates: Sequence[_Candidate],
    scores: Mapping[int, float],
    terms: Sequence[Term],
    version: int,
) -> list[Hit]:
    rows, names = {}, names_by_site(connection)
    for site in {each.site for each in candidates}:  # for pairs of site and code, SQLite would read the whole archive
        codes = [each.code for each in candidates if each.site == site]
        found = connection.execute(_SHOWN_OF.where(article.c.site == site, article.c.code.in_(codes))).mappings()
        rows.update({(site, row["code"]): dict(row) for row in found})
    return [
        _hit(names.get(each.site), rows[each.site, each.code], scores.get(each.number, 0.0), terms, version)
        for each in candidates
    ]


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
