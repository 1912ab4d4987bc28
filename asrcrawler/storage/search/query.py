"""Parse what a reader types into what is looked for. Pure; any text is a query.

All words have to occur. ``"a phrase"`` or «a phrase» is found word for word, ``پیش*`` stands for any word that begins
so, ``-word`` must not occur, of ``a | b`` (or ``a OR b``) one has to occur, which binds closer than a blank.
``title:word`` and ``عنوان:word`` look in one field. Nothing else has a meaning; punctuation counts as a blank.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from asrcrawler.storage.search.documents import LONGEST_WORD, Field
from asrcrawler.text.persian import FOLDING, clean, fold_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asrcrawler.text.persian import FoldedWord

LONGEST_QUERY = 1_000  # characters; the rest is ignored
MOST_TERMS = 32  # words and phrases; further ones are ignored
SHORTEST_PREFIX = 2  # letters; below it the star is ignored: each letter begins a good part of all words

FIELD_NAMES = {
    **{str(field): field for field in Field},
    "عنوان": Field.TITLE,
    "تیتر": Field.TITLE,
    "روتیتر": Field.KICKER,
    "لید": Field.LEAD,
    "خلاصه": Field.LEAD,
    "متن": Field.BODY,
    "برچسب": Field.TAG,
    "دسته": Field.CATEGORY,
    "سرویس": Field.CATEGORY,
}
"""The names of the fields in a query."""


@dataclass(frozen=True, slots=True)
class Term:
    """One word, or several that follow each other; of the last one only the beginning may be given."""

    words: tuple[str, ...]
    prefix: bool = False
    field: Field | None = None
    """None: anywhere."""


@dataclass(frozen=True, slots=True)
class Query:
    """Clauses, of which one term each has to occur, and terms of which none may."""

    clauses: tuple[tuple[Term, ...], ...] = ()
    excluded: tuple[Term, ...] = ()

    @property
    def wanted(self) -> tuple[Term, ...]:
        """List the terms of all clauses."""
        return tuple(term for clause in self.clauses for term in clause)


_NAMES = "|".join(sorted(FIELD_NAMES, key=len, reverse=True))
_PART = re.compile(
    rf"""(?P<or> \| | OR(?!\S))
    | (?P<no> -(?=\S))? (?: (?P<field> (?i:{_NAMES})) :(?=\S) )?
      (?: (?P<quoted> "[^"]*"?\*? | «[^»]*»?\*? | “[^”]*”?\*?) | (?P<word> [^\s"«“|]+) )""",
    re.VERBOSE,
)


def parse(text: str, version: int = FOLDING) -> Query:
    """Parse ``text``, folded by ``version``; the query is empty where nothing of the text can be looked for.

    >>> [[term.words for term in clause] for clause in parse("«آب شرب» باران | برف").clauses]
    [[('اب', 'شرب')], [('باران',), ('برف',)]]
    >>> [term.words for term in parse("باران -برف").excluded]
    [('برف',)]
    >>> [(term.words, term.prefix, str(term.field)) for term in parse("عنوان:پیش*").wanted]
    [(('پیش',), True, 'title')]
    >>> parse("… !")
    Query(clauses=(), excluded=())
    """
    clauses: list[tuple[Term, ...]] = []
    excluded: list[Term] = []
    either = False
    for no, term in islice(_parts(clean(text[:LONGEST_QUERY]), version), MOST_TERMS):
        if term is None:
            either = bool(clauses)
        elif no:
            excluded.append(term)
        elif either:
            clauses[-1] = (*clauses[-1], term)
            either = False
        else:
            clauses.append((term,))
    return Query(tuple(dict.fromkeys(clauses)), tuple(dict.fromkeys(excluded)))


def _parts(text: str, version: int) -> Iterator[tuple[bool, Term | None]]:
    """Give each term and whether it is excluded; None stands for «or»."""
    begin = 0
    for part in _PART.finditer(text):
        if part["word"] and not part["no"] and not part["field"]:
            continue  # plain words beside each other are folded together: «می شود»
        yield from ((False, term) for term in _terms(text[begin : part.start()], version))
        begin = part.end()
        if part["or"]:
            yield False, None
            continue
        field = FIELD_NAMES[part["field"].lower()] if part["field"] else None
        no = bool(part["no"])
        if part["quoted"]:
            yield from ((no, term) for term in _phrase(part["quoted"], version, field))
        else:
            yield from ((no, term) for term in _terms(part["word"], version, field))
    yield from ((False, term) for term in _terms(text[begin:], version))


def _terms(text: str, version: int, field: Field | None = None) -> Iterator[Term]:
    """Give a term for each word as typed; a word that folds to several («پیش‌بینی», «24-3») is a phrase."""
    gathered: list[FoldedWord] = []
    for word in fold_words(text, version):
        if gathered and any(char.isspace() for char in text[gathered[-1].end : word.start]):
            yield _term(text, gathered, field)
            gathered = []
        gathered.append(word)
    if gathered:
        yield _term(text, gathered, field)


def _phrase(quoted: str, version: int, field: Field | None) -> Iterator[Term]:
    text = quoted.replace('"*', "*").replace("»*", "*").replace("”*", "*")
    if words := fold_words(text, version):
        yield _term(text, words, field)


def _term(text: str, words: list[FoldedWord], field: Field | None) -> Term:
    last = words[-1]
    starred = text[last.end : last.end + 1] == "*" and len(last.word) >= SHORTEST_PREFIX
    return Term(tuple(word.word[:LONGEST_WORD] for word in words), starred, field)
