"""Mark in an article's own text what a query has found. Pure."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from asrcrawler.storage.search.documents import LONGEST_WORD
from asrcrawler.text.persian import FOLDING, FoldedText

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from asrcrawler.storage.search.documents import Field
    from asrcrawler.storage.search.query import Term

LONGEST_SNIPPET = 240  # characters, two lines of a terminal
LEAD_IN = 60  # characters of a snippet before the first word that was found
CUT = "…"


class Piece(NamedTuple):
    """A part of a text; ``hit`` where it is what was looked for."""

    text: str
    hit: bool


class Mark(NamedTuple):
    """``text[start:end]`` is what ``terms[term]`` looks for."""

    start: int
    end: int
    term: int


def marks(text: str, terms: Sequence[Term], field: Field, version: int = FOLDING) -> list[Mark]:
    """Find ``terms`` in ``text``, that ``field`` of an article: in ascending order, at each place the longest.

    ``version`` is that of the folding of ``terms``.
    """
    sought: dict[str, list[int]] = {}
    beginnings: list[tuple[str, int]] = []
    for number, term in enumerate(terms):
        if term.field not in {None, field}:
            continue
        if term.prefix and len(term.words) == 1:
            beginnings.append((term.words[0], number))
        else:
            sought.setdefault(term.words[0], []).append(number)
    if not sought and not beginnings:
        return []
    places = FoldedText(text, version)
    folded = [word[:LONGEST_WORD] for word in places.words]
    if not beginnings and sought.keys().isdisjoint(folded):
        return []
    found: list[Mark] = []
    for at, word in enumerate(folded):
        if not beginnings and word not in sought:
            continue
        numbers = [number for number in sought.get(word, ()) if _stands(terms[number], folded, at)]
        numbers += [number for beginning, number in beginnings if word.startswith(beginning)]
        if numbers:
            number = max(numbers, key=lambda number: len(terms[number].words))
            found.append(Mark(*places.place(at, at + len(terms[number].words) - 1), number))
    return found


def pieces(text: str, found: Iterable[Mark], start: int = 0, end: int | None = None) -> list[Piece]:
    """Cut ``text[start:end]`` into pieces that give it when joined."""
    end = len(text) if end is None else end
    parts: list[Piece] = []
    at = start
    for mark in found:
        first, last = max(mark.start, at), min(mark.end, end)
        if first >= last:
            continue
        if first > at:
            parts.append(Piece(text[at:first], hit=False))
        parts.append(Piece(text[first:last], hit=True))
        at = last
    if at < end:
        parts.append(Piece(text[at:end], hit=False))
    return parts


def snippet(text: str, found: Sequence[Mark], longest: int = LONGEST_SNIPPET) -> list[Piece]:
    """Cut out the part of ``text`` that shows most of what was found, with ``…`` where it is cut."""
    first = _best(found, longest - LEAD_IN).start if found else 0
    start = 0 if first <= LEAD_IN else text.rfind(" ", 0, first - LEAD_IN) + 1
    start = max(start, first - 2 * LEAD_IN)  # a very long word is cut
    end = len(text)
    if end - start > longest:
        end = max(text.rfind(" ", start, start + longest), start + longest // 2)
    parts = pieces(text, found, start, end)
    if start:
        parts.insert(0, Piece(CUT, hit=False))
    if end < len(text):
        parts.append(Piece(CUT, hit=False))
    return parts


def _stands(term: Term, folded: Sequence[str], at: int) -> bool:
    words = term.words
    there = folded[at : at + len(words)]
    if len(there) < len(words):
        return False
    if term.prefix:
        return there[-1].startswith(words[-1]) and tuple(there[:-1]) == words[:-1]
    return tuple(there) == words


def _best(found: Sequence[Mark], width: int) -> Mark:
    """Choose the mark from which ``width`` characters have the most different terms, then the most marks."""
    starts = [mark.start for mark in found]

    def worth(at: int) -> tuple[int, int]:
        seen = found[at : bisect_right(starts, starts[at] + width)]
        return len({mark.term for mark in seen}), len(seen)

    return found[max(range(len(found)), key=lambda at: (worth(at), -at))]
