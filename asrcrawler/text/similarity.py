"""Near duplicates: the one module that knows how they are told.

A body is cut into overlapping triples of words, and their MinHash sketch (rensa, in Rust) estimates how many triples
two bodies share. Bands of the sketch are what an index finds candidates by; every candidate is then verified here. The
numbers of a body are kept beside the sketch: today's and yesterday's prices share their words and not their numbers,
an agency's report republished shares both.

Pure: a body in, bytes out, the same in every process and on every machine.
"""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import blake2b
from operator import eq
from struct import Struct, pack, unpack
from typing import NamedTuple
from zlib import crc32

from rensa import RMinHash

from asrcrawler.text.persian import FIRST_FOLDING, to_latin_digits, words_of

ALGORITHM = 1
"""Stored beside every signature. Whatever makes :func:`signature` or :func:`band_keys` answer otherwise, a new release
of rensa or another folding than the first included, needs the next number: only signatures of one algorithm are
compared."""

SHINGLE = 3  # words; with 2, unrelated articles of one subject come close; with 4, a few small edits tear one apart
FEWEST_SHINGLES = 12
"""A shorter body has no signature: «see the pictures of this ceremony» is said of many ceremonies."""

PERMUTATIONS = 128  # an estimate of 0.6 is then off by 0.04 (standard deviation)
SEED = 32911
BANDS, ROWS = 20, 3
"""Finds 99% of the pairs that share 0.60 of their triples, and 93% at 0.50. 32 bands of 4 rows, which would cost half
as much again to store, find 99% and 87%."""

RESEMBLANCE = 0.60
"""Share of triples (Jaccard) from which two bodies are one text with edits."""
CONTAINMENT = 0.88
LEAST_RESEMBLANCE = 0.40
"""… or, of the shorter body's triples, the share found in the longer one: a paragraph added or dropped. The longer one
may not be another article that quotes the shorter."""

FACTS_KEPT = 64
"""Numbers of a body that are compared; of more, those with the lowest hashes, the same ones in either body."""
SHINGLES_PER_CORRECTION = 120
"""In so many triples one number of the body with fewer may be missing from the other: a corrected figure. Of a daily
notice most change."""

NOTICE_SHINGLES = 150
SHINGLES_PER_FACT = 25
NOTICE_CONTAINMENT = 0.92
"""A body as short and as full of numbers as this is likely a notice, where a changed word can be a fact as well
(«heavy» for «light» traffic): it has to be found in the other one nearly whole."""

_DIGIT = "[0-9۰-۹٠-٩]"
_NUMBER = re.compile(rf"{_DIGIT}+(?:[:.,/٫٬،]{_DIGIT}+)*")
_NO_DIGIT = re.compile(r"\D", re.ASCII)
_LOW_16_BITS = 0xFFFF  # of a hash: two differing ones are equal by chance once in 65,536
_SKETCH_START = 2  # bytes; before it the size
_FACTS_START = _SKETCH_START + 2 * PERMUTATIONS
_KEY = Struct("<q")
_BAND = 2 * ROWS  # bytes


class _Read(NamedTuple):
    """A signature taken apart."""

    size: int
    """Distinct triples of the body, at most 65,535."""
    sketch: tuple[int, ...]
    facts: frozenset[int]


def signature(body: str | None) -> bytes | None:
    """What :func:`are_near` compares: 258 bytes and four for each number; None for a body too short to judge."""
    if not body:
        return None
    words = words_of(body, FIRST_FOLDING)
    shingles = set(map(" ".join, zip(*(words[place:] for place in range(SHINGLE)), strict=False)))
    if len(shingles) < FEWEST_SHINGLES:
        return None
    sketch = RMinHash(num_perm=PERMUTATIONS, seed=SEED)
    sketch.update(list(shingles))
    low_bits = [value & _LOW_16_BITS for value in sketch.digest()]
    facts = _facts(body)
    return pack(f"<H{PERMUTATIONS}H{len(facts)}I", min(len(shingles), _LOW_16_BITS), *low_bits, *facts)


@lru_cache(maxsize=512)  # each is asked for several times while a batch is written
def band_keys(site: str, signature: bytes) -> tuple[int, ...]:
    """The signed 64-bit keys an index finds the body by: near bodies of one site share at least one, mostly several."""
    salt = f"{ALGORITHM} {site}".encode()
    keys = []
    for band in range(BANDS):
        start = _SKETCH_START + band * _BAND
        digest = blake2b(signature[start : start + _BAND] + bytes([band]) + salt, digest_size=_KEY.size).digest()
        keys.append(_KEY.unpack(digest)[0])
    return tuple(keys)


def are_near(one: bytes, other: bytes) -> bool:
    """Whether two bodies are one text with another headline, a paragraph more or less, or small edits. Symmetric."""
    a, b = _read(one), _read(other)
    resemblance = _resemblance(a, b)
    if resemblance < LEAST_RESEMBLANCE or not _facts_agree(a, b):
        return False
    containment = _containment(a, b, resemblance)
    if _is_notice(a) and _is_notice(b):
        return containment >= NOTICE_CONTAINMENT
    return resemblance >= RESEMBLANCE or containment >= CONTAINMENT


def resemblance(one: bytes, other: bytes) -> float:
    """The estimated share of triples that two bodies have in common (Jaccard), 0 to 1."""
    return _resemblance(_read(one), _read(other))


def _resemblance(a: _Read, b: _Read) -> float:
    equal: int = sum(map(eq, a.sketch, b.sketch))
    return equal / PERMUTATIONS


def _is_notice(body: _Read) -> bool:
    return body.size < NOTICE_SHINGLES and len(body.facts) * SHINGLES_PER_FACT >= body.size


def _containment(a: _Read, b: _Read, resemblance: float) -> float:
    common = resemblance * (a.size + b.size) / (1 + resemblance)
    return float(common / min(a.size, b.size))


def _facts_agree(a: _Read, b: _Read) -> bool:
    fewer, more = sorted((_known_of_both(a, b), _known_of_both(b, a)), key=len)
    return len(fewer - more) <= min(a.size, b.size) // SHINGLES_PER_CORRECTION


def _known_of_both(own: _Read, other: _Read) -> frozenset[int]:
    """Of ``own`` numbers those that ``other`` would have kept too."""
    return (
        own.facts
        if len(other.facts) < FACTS_KEPT
        else frozenset(fact for fact in own.facts if fact <= max(other.facts))
    )


def _facts(body: str) -> list[int]:
    """Hashes of the numbers in ``body``, ascending, however their digits and separators are written."""
    numbers = {_NO_DIGIT.sub("", to_latin_digits(number)) for number in _NUMBER.findall(body)}
    return sorted({crc32(number.encode()) for number in numbers})[:FACTS_KEPT]


@lru_cache(maxsize=256)
def _read(signature: bytes) -> _Read:
    facts = (len(signature) - _FACTS_START) // 4
    size, *values = unpack(f"<H{PERMUTATIONS}H{facts}I", signature)
    return _Read(size, tuple(values[:PERMUTATIONS]), frozenset(values[PERMUTATIONS:]))
