"""Let all spellings of a compound find each other: «پیش‌بینی», «پیش بینی» and «پیشبینی».

Folding makes the first two equal. For the third a dictionary is needed, which is made of the archive: what any article
writes with a ZWNJ is a compound. The other spellings are added to the query and not to the index, so that phrases stay
phrases and old articles need no new entry when a compound is found.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from asrcrawler.storage.engine.rows import upsert_rows
from asrcrawler.storage.search.documents import compounds_of
from asrcrawler.storage.search.query import Query, Term

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sqlalchemy import Connection

    from asrcrawler.storage.search.indexes import Index

MOST_PIECES = 4  # words of one compound: «پیش بینی نشده»


def learn(connection: Connection, index: Index, articles: Iterable[Mapping[str, Any]]) -> None:
    """Add the compounds of stored articles to the dictionary."""
    found = {pair for article in articles for pair in compounds_of(article, index.version)}
    upsert_rows(connection, index.tables.compound, [{"glued": glued, "words": words} for glued, words in sorted(found)])


def widen(connection: Connection, index: Index, query: Query) -> Query:
    """Add the other spellings of its compounds to a query."""
    if not (asked := _candidates(query)):
        return query
    known = index.tables.compound.c
    wanted = select(known.glued, known.words).where(known.glued.in_(asked))
    found = connection.execute(wanted.order_by(known.glued, known.words.desc()))
    return widened(query, dict(found.all()))


def widened(query: Query, known: Mapping[str, str]) -> Query:
    """Add the other spellings of its compounds to a query, by a dictionary: glued → as folded."""
    clauses = [tuple(dict.fromkeys(each for term in clause for each in _spellings(term, known)))
               for clause in query.clauses]  # fmt: skip
    for at, (one, two) in enumerate(pairwise(query.clauses)):
        if (glued := _glued(one, two)) and glued.words[0] in known:  # (a b | ab) is (a | ab) (b | ab)
            clauses[at] = (*clauses[at], glued)
            clauses[at + 1] = (*clauses[at + 1], glued)
    excluded = tuple(dict.fromkeys(each for term in query.excluded for each in _spellings(term, known)))
    return Query(tuple(clauses), excluded)


def _candidates(query: Query) -> set[str]:
    terms = (*query.wanted, *query.excluded)
    found = {"".join(term.words[at:end]) for term in terms for at, end in _stretches(term)}
    found |= {glued.words[0] for one, two in pairwise(query.clauses) if (glued := _glued(one, two))}
    return found


def _spellings(term: Term, known: Mapping[str, str]) -> Iterator[Term]:
    """Give the term as typed, with all its compounds in pieces, and with all of them glued."""
    yield term
    apart = tuple(piece for word in _whole(term) for piece in known.get(word, word).split()) + _beginning(term)
    yield replace(term, words=apart)
    yield replace(term, words=_glue(_whole(term), known) + _beginning(term))


def _glue(words: tuple[str, ...], known: Mapping[str, str]) -> tuple[str, ...]:
    found: list[str] = []
    at = 0
    while at < len(words):
        longest = next(
            (end for end in range(min(at + MOST_PIECES, len(words)), at + 1, -1) if "".join(words[at:end]) in known),
            at + 1,
        )
        found.append("".join(words[at:longest]))
        at = longest
    return tuple(found)


def _stretches(term: Term) -> Iterator[tuple[int, int]]:
    """List the places in a term where a compound may stand."""
    count = len(_whole(term))
    return ((at, end) for at in range(count) for end in range(at + 1, min(at + MOST_PIECES, count) + 1))


def _whole(term: Term) -> tuple[str, ...]:
    return term.words[:-1] if term.prefix else term.words


def _beginning(term: Term) -> tuple[str, ...]:
    return term.words[-1:] if term.prefix else ()


def _glued(one: tuple[Term, ...], two: tuple[Term, ...]) -> Term | None:
    """Join two words that stand beside each other; None where they are no plain words."""
    if len(one) == len(two) == 1 and len(one[0].words) == len(two[0].words) == 1:
        [left], [right] = one, two
        if left.field == right.field and not left.prefix and not right.prefix:
            return Term((left.words[0] + right.words[0],), field=left.field)
    return None
