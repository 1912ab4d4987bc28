"""Make of an article what an index of words holds: folded words, field by field. Pure."""

from __future__ import annotations

import re
from enum import StrEnum
from hashlib import blake2b
from itertools import islice
from typing import TYPE_CHECKING, Any

from asrcrawler.text.persian import FOLDING, compounds, fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LONGEST_WORD = 60  # characters of a word that count
LONGEST_BODY = 100_000  # characters, some 17,000 words: what lies behind is not searched
LONGEST_FIELD = 5_000  # characters of any other, as of all tags: a PostgreSQL tsvector stays below its 1 MiB
MOST_COMPOUNDS = 500  # of one article in the dictionary of compounds


class Field(StrEnum):
    """The field that a word stands in. The order is that of the FTS5 columns."""

    TITLE = "title"
    KICKER = "kicker"
    LEAD = "lead"
    TAG = "tag"
    CATEGORY = "category"
    BODY = "body"


_COLUMNS = {Field.TAG: "tags"}
_LONGER_WORD = re.compile(f" [^ ]{{{LONGEST_WORD + 1}}}")
_NAMES = {field: repr(field) for field in Field}
_LONGEST = {Field.BODY: LONGEST_BODY}

Document = dict[Field, list[str]]
"""The folded words of every field, in runs, a blank between two words: a phrase does not reach from one run into the
next."""


def document(article: Mapping[str, Any], version: int = FOLDING) -> Document:
    """Fold the words of a row of ``article`` by a version of folding."""
    return {field: _runs(_texts(article, field), _LONGEST.get(field, LONGEST_FIELD), version) for field in Field}


def digest(found: Document) -> bytes:
    """Hash a document to eight bytes, the same only for the same words.

    Databases hold such digests, so the function must not change: they are of the ``repr`` of the document with each run
    as the list of its words, which are letters and digits and so stand in it as they are.
    """
    fields = (f"{_NAMES[field]}: [{', '.join(map(_shown, runs))}]" for field, runs in found.items())
    return blake2b(f"{{{', '.join(fields)}}}".encode(), digest_size=8).digest()


def _shown(run: str) -> str:
    return "['" + run.replace(" ", "', '") + "']"


def compounds_of(article: Mapping[str, Any], version: int = FOLDING) -> Iterator[tuple[str, str]]:
    """Give the glued and the folded spelling of each compound that an article writes with a ZWNJ."""
    written = "\n".join(text for field in Field for text in _texts(article, field))
    for glued, words in islice(sorted(compounds(written, version).items()), MOST_COMPOUNDS):
        if len(glued) <= LONGEST_WORD:
            yield glued, words


def _texts(article: Mapping[str, Any], field: Field) -> list[str]:
    value = article[_COLUMNS.get(field, field)]
    if isinstance(value, list):
        return value
    return [value] if value else []


def _runs(texts: list[str], left: int, version: int) -> list[str]:
    """Fold the words of each text, of all texts together no more than ``left`` characters."""
    runs = []
    for text in texts:
        run = fold(text[:left], version)
        if not run:
            continue
        length = len(run)
        if length > left:
            run, length = run[:left].rstrip(" "), left
        if _LONGER_WORD.search(f" {run}"):
            run = " ".join(word[:LONGEST_WORD] for word in run.split(" "))
        runs.append(run)
        left -= length
    return runs
