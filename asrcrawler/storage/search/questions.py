"""Ask an index what a query finds: from the newest volume to older ones, until enough is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from sqlalchemy import func, select

from asrcrawler.gone import Presence
from asrcrawler.storage.articles.selection import Selection, own_conditions, within
from asrcrawler.storage.engine.among import among
from asrcrawler.storage.models import article, gone, search_site
from asrcrawler.storage.search import index as documents
from asrcrawler.storage.search.backend import backend_of
from asrcrawler.storage.search.documents import Field
from asrcrawler.storage.search.numbering import DATED, EMPTY, PARTS, unit_of
from asrcrawler.storage.search.query import Query, Term
from asrcrawler.storage.search.signs import EVERY, of_label, of_site
from asrcrawler.text.calendar import midnight
from asrcrawler.text.persian import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from sqlalchemy import ColumnElement, Connection

    from asrcrawler.storage.search.indexes import Index

    Clock: TypeAlias = "Callable[[], float]"

COUNTED = 2_000
"""Hits that are counted; of more it is told that they are more."""

RANKED = 2_000
"""Matches that are ranked, the newest; older ones follow these, newest first.

A word that most articles have does not tell which of them is meant, and with so many matches the best of the newest are
at least as good an answer."""

BUDGET = 0.1
"""Seconds after which no further volume is looked through; the answer then says how far back it goes.

Only words that are common, and never stand together, take so long. Articles without a date, which lie behind all
others, are looked through whole."""

LEAST = 10_000
"""Documents that are looked through however long it takes: an archive that is no larger always answers in full."""

QUICK = 0.01  # seconds; after a step that took less, the next one goes four times as far
MOST_VOLUMES = 16  # of one step
MOST_PARTS = 32  # of a volume that are named one by one
MANY = 10_000  # articles that are a list, of those that are gone or have the codes that are asked for

WEIGHTS = {Field.TITLE: 20, Field.KICKER: 5, Field.TAG: 5, Field.LEAD: 4, Field.CATEGORY: 1}
"""What it counts for that the words of a query stand in a field: half of it for any of them, half for all."""
LONGER = frozenset({Field.LEAD, Field.CATEGORY})
"""Fields in which a phrase is not looked for once more: those with most words, of which many do not make it up."""


class Order(StrEnum):
    """The order of the hits."""

    BEST = "best"
    NEWEST = "newest"
    """By date of publication; undated ones last."""


class Stretch(NamedTuple):
    """Numbers that are looked through in one step, both ends inclusive."""

    low: int
    high: int
    volumes: Sequence[int]
    parts: Collection[int]
    """Those of the only volume; none where all of it is looked through."""


class Question:
    """What a query finds of a selection."""

    def __init__(
        self, connection: Connection, index: Index, query: Query, selection: Selection, clock: Clock | None = None
    ) -> None:
        self._connection = connection
        self._document = index.tables.document
        self._tables = index.tables
        self._numbering = index.numbering
        self._cursor = index.cursor
        self._backend = backend_of(connection)
        self._number = self._backend.number(index.tables)
        self._query = query
        self._selection = selection
        self._clock = clock or self._backend.CLOCK
        self._asked = replace(query, clauses=(*query.clauses, *self._signs()) or ((Term((EVERY,)),),))
        self.searched_down_to: int | None = None
        """The lowest number that was looked at, where that was not everything."""

    def newest(self, most: int) -> list[int]:
        """Give the numbers of the newest documents that are found, ``most`` of them at most, the newest first."""
        if self._selection.sites is not None and not self._sites:
            return []
        found: list[int] = []
        top, parts, begun = self._top(self._bounds[1]), self._backend.FIRST_PARTS, self._clock()
        now = begun
        while top is not None:
            stretch = self._stretch(top, parts)
            some = self._found_in(stretch, most - len(found))
            found += some
            if len(found) >= most:
                return found
            top = self._top(stretch.low)
            before, now = now, self._clock()
            if now - before < QUICK:
                parts = self._further(parts, len(some), most - len(found))
            if top is not None and now - begun > BUDGET and self._may_end(top):
                self.searched_down_to = stretch.low
                return found
        if self._bounds[0] < self._cursor:  # what is below is not in the index yet
            self.searched_down_to = self._cursor
        return found

    def scores(self, found: Sequence[int]) -> dict[int, float]:
        """Rank documents that were found, the newest first: by the fields in which the words stand."""
        scores = dict.fromkeys(found, 1.0)
        volumes = list(dict.fromkeys(map(self._numbering.volume, found)))
        for begin in range(0, len(volumes), MOST_VOLUMES):
            some = volumes[begin : begin + MOST_VOLUMES]
            own = [number for number in found if self._numbering.volume(number) in some]
            within = Stretch(own[-1], own[0], some, self._parts(own[-1], own[0]))
            for weight, query in self._of_fields():
                for number in self._connection.scalars(select(self._number).where(*self._in(within, query))):
                    if number in scores:
                        scores[number] += weight
        return scores

    def _of_fields(self) -> Iterator[tuple[float, Query]]:
        """Ask for each field which documents have any of the clauses in it, and which have all."""
        for field, weight in WEIGHTS.items():
            clauses = [tuple(_in_field(clause, field)) for clause in self._query.clauses]
            some = tuple(term for clause in clauses for term in clause)
            if len(clauses) == 1:
                if some:
                    yield weight, Query((some,))
                continue
            if some:
                yield weight / 2, Query((*self._query.clauses, some))
            if clauses and all(clauses):
                yield weight / 2, Query(tuple(clauses))

    def _found_in(self, stretch: Stretch, most: int) -> Sequence[int]:
        found = select(self._number).where(*self._in(stretch, self._asked), *self._of_selection(stretch))
        return self._connection.scalars(found.order_by(self._number.desc()).limit(most)).all()

    def _in(self, stretch: Stretch, query: Query) -> Iterator[ColumnElement[bool]]:
        yield self._backend.matches(self._tables, query, stretch.volumes, stretch.parts)
        yield self._number.between(stretch.low, stretch.high)

    def _may_end(self, top: int) -> bool:
        """Tell whether enough was looked through above ``top`` for an answer that leaves the rest out."""
        if self._numbering.unit(top) < DATED:
            return False
        seen = select(self._document.c.id).where(self._document.c.id.between(top + 1, self._bounds[1])).limit(LEAST)
        return self._connection.scalar(select(func.count()).select_from(seen.subquery())) == LEAST

    def _further(self, parts: int, found: int, missing: int) -> int:
        """Choose how many parts are looked through next, if they have as many matches as the last ones had."""
        needed = parts * missing // found + 1 if found else MOST_VOLUMES * PARTS
        return min(max(needed, self._backend.FIRST_PARTS), 4 * parts)

    def _top(self, below: int) -> int | None:
        """Find the highest number below another one that a document may have that is looked for."""
        if self._few is not None:
            return next((number for number in self._few if self._bounds[0] <= number < below), None)
        key = self._document.c.id
        top: int | None = self._connection.scalar(select(func.max(key)).where(key < below))
        return top if top is not None and top >= self._bounds[0] else None

    def _tops(self, low: int, most: int) -> Sequence[int]:
        """Find the highest number of each of the ``most`` next volumes below ``low`` that have any."""
        if self._few is not None:
            highest = {self._numbering.volume(number): number for number in reversed(self._few) if number < low}
            return [number for number in sorted(highest.values(), reverse=True) if number >= self._bounds[0]][:most]
        key, width = self._document.c.id, PARTS << self._numbering.part_bits
        tops = select(func.max(key).label("id")).where(key < low).cte("tops", recursive=True)
        lower = select(func.max(key)).where(key < tops.c.id // width * width).correlate(tops).scalar_subquery()
        tops = tops.union_all(select(lower).where(tops.c.id.is_not(None)))
        return self._connection.scalars(select(tops.c.id).where(tops.c.id >= self._bounds[0]).limit(most)).all()

    def _stretch(self, top: int, parts: int) -> Stretch:
        """Choose what is looked through next, from ``top`` down: so many parts of a volume, or whole volumes."""
        numbering, volumes = self._numbering, [self._numbering.volume(top)]
        part = max(numbering.part(top) - parts + 1, volumes[0] * PARTS)
        low = part << numbering.part_bits
        if (more := min(parts // PARTS, MOST_VOLUMES) - 1) > 0:
            volumes += map(numbering.volume, self._tops(low, more))
            low = volumes[-1] * PARTS << numbering.part_bits
        low = max(low, self._bounds[0])
        return Stretch(low, top, volumes, self._parts(low, top))

    def _parts(self, low: int, high: int) -> Collection[int]:
        """Name the parts that some numbers are in; none where they are many, or of several volumes."""
        parts = range(self._numbering.part(low), self._numbering.part(high) + 1)
        is_one = self._numbering.volume(low) == self._numbering.volume(high)
        return parts if is_one and len(parts) <= MOST_PARTS else ()

    @cached_property
    def _bounds(self) -> tuple[int, int]:
        """Give the lowest number that is looked for, and the one above the highest."""
        since, until = self._selection.since, self._selection.until
        units = [0 if (since, until) == (None, None) else DATED, self._numbering.unit(EMPTY)]
        if since is not None:
            units[0] = unit_of(midnight(since), 0)
        if until is not None:
            units[1] = unit_of(midnight(until + timedelta(days=1)), 0)
        return self._numbering.first(units[0]), self._numbering.first(units[1])

    @cached_property
    def _sites(self) -> list[int]:
        """Give the numbers of the sites that are asked for."""
        wanted = self._selection.sites
        return sorted(number for site, number in self._every_site.items() if wanted is None or site in wanted)

    @cached_property
    def _every_site(self) -> dict[str, int]:
        return documents.numbers_of_sites(self._connection)

    def _signs(self) -> Iterator[tuple[Term, ...]]:
        """Name the selection's outlets, its category and its tag by their signs."""
        if len(self._sites) < len(self._every_site):
            yield tuple(Term((of_site(number),)) for number in self._sites)
        for kind, name in (("category", self._selection.category), ("tag", self._selection.tag)):
            if name is not None:
                yield (Term((of_label(kind, clean(name)),)),)

    def _of_selection(self, stretch: Stretch) -> Iterator[ColumnElement[bool]]:
        """Ask of each document what its words do not tell."""
        asked = self._selection
        if self._few is not None:
            here = [number for number in self._few if stretch.low <= number <= stretch.high]
            yield among(self._number + 0, here)  # not as the way in: FTS5 would ask anew for each
        own = document = self._document.alias("own")
        if asked.codes is not None or asked.unique or asked.gone:
            rest = replace(asked, since=None, until=None)
            same = article.c.site == search_site.c.site, article.c.code == own.c.code
            row = (
                select(article.c.code)
                .select_from(own.join(search_site, search_site.c.id == own.c.site).join(article, same[0] & same[1]))
                .where(own.c.id == self._number, *within(rest), *own_conditions(rest))
            )
            yield row.correlate_except(document, search_site, article).scalar_subquery().is_not(None)

    @cached_property
    def _few(self) -> list[int] | None:
        """List the numbers of articles that are gone or have the codes asked for; None where they are too many."""
        asked, own = self._selection, self._document.c
        if asked.codes is None and not asked.gone:
            return None
        found: list[int] = []
        for site, number in self._every_site.items():
            if number in self._sites:
                wanted = select(own.id).where(own.site == number, *within(asked, own.code))
                if asked.gone:
                    missed = select(gone.c.code).where(gone.c.site == site, gone.c.state == str(Presence.GONE))
                    wanted = wanted.where(own.code.in_(missed))
                found += self._connection.scalars(wanted.limit(MANY + 1))
                if len(found) > MANY:
                    return None
        return sorted(found, reverse=True)


def _in_field(terms: Sequence[Term], field: Field) -> Iterator[Term]:
    """Ask for terms in a field.

    The beginning of a word, which costs most, is asked for in the headline alone, and a phrase not in the longer ones.
    """
    for term in terms:
        is_cheap = field is Field.TITLE or not (term.prefix or (len(term.words) > 1 and field in LONGER))
        if term.field == field or (term.field is None and is_cheap):
            yield replace(term, field=field)
