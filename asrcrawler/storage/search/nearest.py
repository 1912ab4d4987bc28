"""Propose the nearest spelling that the archive has, for a word that no article has."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from asrcrawler.storage.search.finding import search
from asrcrawler.text.persian import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asrcrawler.storage.articles.selection import Selection
    from asrcrawler.storage.engine.database import Database

MOST_WORDS = 6  # of a query, that are looked at
SHORTEST, LONGEST = 3, 20  # letters of a word that is looked at
AT_ONCE = 12  # spellings in one search
MOST_SPELLINGS = 5  # that occur, of which the most frequent is taken

LOOKALIKES = ("بپتثنی", "جچحخ", "دذرزژو", "سشصث", "صضظزذ", "طظت", "عغا", "فق", "کگ", "هح", "اه", "لا", "من", "وا")
"""Letters that are taken for each other, by their shape or their sound."""
FORGOTTEN = "اهینروتم"
"""The letters of which one is forgotten most easily: vowels, and the most frequent."""


class Proposal(NamedTuple):
    """A query that the archive answers."""

    words: str
    total: int
    """The number of articles it finds; where that is not exact, there are more."""
    is_exact: bool = True


def nearest(database: Database, words: str, selection: Selection) -> Proposal | None:
    """Replace each word that no article of ``selection`` has by the nearest that one has.

    None where every word occurs, where one has no such neighbour, or where the words do not occur together. Costs a
    few dozen searches at most; only plain words are looked at.
    """
    given = words.split()
    found = list(given)
    for place, word in enumerate(given[:MOST_WORDS]):
        if not word.isalpha() or not SHORTEST <= len(word) <= LONGEST or _count(database, [word], selection):
            continue
        better = _most_frequent(database, word, selection)
        if better is None:
            return None
        found[place] = _as_written(database, better, selection)
    if found == given:
        return None
    proposed = " ".join(found)
    found_now = search(database, proposed, selection, limit=0)
    return Proposal(proposed, found_now.total, found_now.total_is_exact) if found_now.total else None


def spellings(word: str) -> Iterator[str]:
    """Give the spellings that differ from a folded word by one slip: two letters swapped, one doubled, one taken for
    another, one too many or one forgotten; the likeliest first.

    >>> list(spellings("گلورد"))[:3]
    ['لگورد', 'گولرد', 'گلرود']
    """
    places = range(len(word))
    tried = [word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in places[:-1]]
    tried += [word[:at] + word[at + 1 :] for at in places]
    for alike in LOOKALIKES:
        tried += [word[:at] + other + word[at + 1 :] for at in places if word[at] in alike for other in alike]
    tried += [word[:at] + letter + word[at:] for at in (*places, len(word)) for letter in FORGOTTEN]
    yield from (spelling for spelling in dict.fromkeys(tried) if spelling != word)


def _most_frequent(database: Database, word: str, selection: Selection) -> str | None:
    counts: dict[str, int] = {}
    tried = tuple(spellings(fold(word)))
    for begin in range(0, len(tried), AT_ONCE):
        for spelling in _occurring(database, tried[begin : begin + AT_ONCE], selection):
            counts[spelling] = _count(database, [spelling], selection)
        if len(counts) >= MOST_SPELLINGS:
            break
    return max(counts, key=lambda spelling: counts[spelling], default=None)


def _as_written(database: Database, spelling: str, selection: Selection) -> str:
    """Give a folded word as the best article writes it."""
    [hit, *_] = search(database, f'"{spelling}"', selection, limit=1).hits
    return next((piece.text for piece in [*hit.title, *hit.snippet] if piece.hit), spelling)


def _occurring(database: Database, some: tuple[str, ...], selection: Selection) -> Iterator[str]:
    """Give those of some spellings that occur: halve them as long as any of a half does."""
    if not _count(database, some, selection):
        return
    if len(some) == 1:
        yield some[0]
        return
    half = len(some) // 2
    yield from _occurring(database, some[:half], selection)
    yield from _occurring(database, some[half:], selection)


def _count(database: Database, either: list[str] | tuple[str, ...], selection: Selection) -> int:
    return search(database, " | ".join(f'"{word}"' for word in either), selection, limit=0).total
