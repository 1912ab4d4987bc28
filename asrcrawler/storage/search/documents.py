"""Make of an article what an index of words holds: folded words, field by field. Pure."""

from __future__ import annotations

from enum import StrEnum
from hashlib import blake2b
from itertools import islice
from typing import TYPE_CHECKING, Any

from asrcrawler.text.persian import FOLDING, compounds, words_of

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
_NAMES = {field: repr(field) for field in Field}
_LONGEST = {Field.BODY: LONGEST_BODY}

Document = dict[Field, list[list[str]]]
"""The folded words of every field, in runs: a phrase does not reach from one run into the next."""


def document(article: Mapping[str, Any], version: int = FOLDING) -> Document:
    """Fold the words of a row of ``article`` by a version of folding."""
    return {field: _runs(_texts(article, field), _LONGEST.get(field, LONGEST_FIELD), version) for field in Field}


def digest(found: Document) -> bytes:
    """Hash a document to eight bytes, the same only for the same words: those of the hash of ``repr(found)``.

    Databases hold such digests, so the function must not change. Words are letters and digits, which ``repr`` leaves as
    they are.
    """
    fields = (f"{_NAMES[field]}: [{', '.join(map(_shown, runs))}]" for field, runs in found.items())
    return blake2b(f"{{{', '.join(fields)}}}".encode(), digest_size=8).digest()


def _shown(run: list[str]) -> str:
    return "['" + "', '".join(run) + "']"


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


def _runs(texts: list[str], left: int, version: int) -> list[list[str]]:
    """Fold the words of each text, of all texts together no more than ``left`` characters."""
    runs = []
    for text in texts:
        words = list(words_of(text[:left], version))
        if not words:
            continue
        length = sum(map(len, words)) + len(words) - 1
        if length > left:
            words, length = " ".join(words)[:left].split(), left
        runs.append([word[:LONGEST_WORD] for word in words] if max(map(len, words)) > LONGEST_WORD else words)
        left -= length
    return runs
