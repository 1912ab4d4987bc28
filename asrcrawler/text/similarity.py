"""Recognise near duplicates of article bodies.

A body is cut into overlapping triples of words, and their MinHash sketch (made by rensa) estimates how many triples two
bodies share. An index finds candidates by bands of the sketch; :func:`are_near` then compares each candidate. The
numbers in a body are kept beside the sketch: yesterday's and today's prices share their words but not their numbers,
while an agency's report and its republication share both.

Pure: a body gives the same bytes in every process and on every machine.
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

from asrcrawler.text.persian import FIRST_FOLDING, fold, to_latin_digits

ALGORITHM = 1
"""Stored beside every signature. Whatever makes :func:`signature` or :func:`band_keys` answer otherwise, a new release
of rensa or another folding than the first included, needs the next number: only signatures of one algorithm are
compared."""

SHINGLE = 3  # words; with 2, unrelated articles on one subject look alike; with 4, a few small edits set one apart
FEWEST_SHINGLES = 12
"""Least number of triples for a signature. A shorter body, such as «see the pictures of this ceremony», is used word
for word in many articles."""

PERMUTATIONS = 128  # an estimate of 0.6 then has a standard deviation of 0.04
SEED = 32911
BANDS, ROWS = 20, 3
"""Bands of the sketch and hashes in each. They find 99% of the pairs that share 0.60 of their triples, and 93% at 0.50.
32 bands of 4, which would cost half as much again to store, find 99% and 87%."""

RESEMBLANCE = 0.60
"""Share of common triples (Jaccard) from which two bodies are one text with edits."""
CONTAINMENT = 0.88
LEAST_RESEMBLANCE = 0.40
"""Or: the share of the shorter body's triples that the longer one has, where a paragraph was added or dropped. The pair
needs at least :data:`LEAST_RESEMBLANCE` as well, or the longer one could be another article that quotes the shorter."""

NUMBERS_KEPT = 64
"""How many numbers of a body are kept. Of more, those with the lowest hashes are kept, so that two bodies keep the same
ones."""
SHINGLES_PER_CORRECTION = 120
"""For each so many triples, one number of the body that has fewer may be missing from the other: a corrected figure. Of
a daily notice most numbers change."""

NOTICE_SHINGLES = 150
SHINGLES_PER_NUMBER = 25
NOTICE_CONTAINMENT = 0.92
"""A body of fewer triples than :data:`NOTICE_SHINGLES`, with a number in every :data:`SHINGLES_PER_NUMBER` of them, is
probably a notice. One changed word there can be news («heavy» for «light» traffic), so a share of
:data:`NOTICE_CONTAINMENT` of it must be in the other body."""

_DIGIT = "[0-9۰-۹٠-٩]"
_NUMBER = re.compile(rf"{_DIGIT}+(?:[:.,/٫٬،]{_DIGIT}+)*")
_NO_DIGIT = re.compile(r"\D", re.ASCII)
_LOW_16_BITS = 0xFFFF  # of a hash; two different hashes agree in them by chance once in 65,536
_SKETCH_START = 2  # bytes; the size stands before it
_NUMBERS_START = _SKETCH_START + 2 * PERMUTATIONS
_KEYS = Struct(f"<{BANDS}q")
_KEY_SIZE = 8  # bytes
_BAND = 2 * ROWS  # bytes


class _Unpacked(NamedTuple):
    """A signature, unpacked."""

    size: int
    """Distinct triples of the body, at most 65,535."""
    sketch: tuple[int, ...]
    numbers: frozenset[int]
    """Hashes of the numbers kept."""


def signature(body: str | None) -> bytes | None:
    """Compute what :func:`are_near` compares: 258 bytes and four for each number kept.

    None for a body too short to judge.

    >>> signature("See the pictures of this ceremony") is None
    True
    """
    if not body:
        return None
    words = fold(body, FIRST_FOLDING).encode().split(b" ")  # as bytes, which are what is hashed
    shingles = set(map(b" ".join, zip(*(words[place:] for place in range(SHINGLE)), strict=False)))
    if len(shingles) < FEWEST_SHINGLES:
        return None
    sketch = RMinHash(num_perm=PERMUTATIONS, seed=SEED)
    sketch.update(shingles)
    low_bits = [value & _LOW_16_BITS for value in sketch.digest()]
    numbers = _numbers(body)
    return pack(f"<H{PERMUTATIONS}H{len(numbers)}I", min(len(shingles), _LOW_16_BITS), *low_bits, *numbers)


@lru_cache(maxsize=2_048)  # each is asked for several times while a batch is written, whose last one is the 500th
def band_keys(site: str, signature: bytes) -> tuple[int, ...]:
    """Compute the signed 64-bit keys by which an index finds the body.

    Near bodies of one site share at least one key, mostly several.

    >>> bridge = signature("The old bridge of the town is closed to cars until the end of autumn.")
    >>> len(band_keys("asrpress.ir", bridge)) == BANDS
    True
    """
    digests = [
        blake2b(signature[start:end] + salt, digest_size=_KEY_SIZE).digest() for start, end, salt in _salts(site)
    ]
    return _KEYS.unpack(b"".join(digests))


@lru_cache(maxsize=64)
def _salts(site: str) -> list[tuple[int, int, bytes]]:
    """Give where each band begins and ends in a signature, and what is hashed with it."""
    starts = range(_SKETCH_START, _SKETCH_START + BANDS * _BAND, _BAND)
    return [(start, start + _BAND, bytes([band]) + f"{ALGORITHM} {site}".encode()) for band, start in enumerate(starts)]


def are_near(one: bytes, other: bytes) -> bool:
    """Tell whether two bodies, given by their signatures, are one text with edits. Symmetric.

    Edits are another headline, a paragraph more or less, or small changes of words.

    >>> report = "The old bridge of the town is closed to cars until the end of autumn while masons mend its piers."
    >>> are_near(signature(report), signature(f"News agency: {report}"))
    True
    >>> are_near(signature(f"{report} It costs 250 million."), signature(f"{report} It costs 380 million."))
    False
    """
    a, b = _unpacked(one), _unpacked(other)
    resemblance = _resemblance(a, b)
    if resemblance < LEAST_RESEMBLANCE or not _numbers_agree(a, b):
        return False
    containment = _containment(a, b, resemblance)
    if _is_notice(a) and _is_notice(b):
        return containment >= NOTICE_CONTAINMENT
    return resemblance >= RESEMBLANCE or containment >= CONTAINMENT


def resemblance(one: bytes, other: bytes) -> float:
    """Estimate the share of triples that two bodies have in common (Jaccard), 0 to 1, from their signatures.

    >>> bridge = signature("The old bridge of the town is closed to cars until the end of autumn.")
    >>> resemblance(bridge, bridge)
    1.0
    """
    return _resemblance(_unpacked(one), _unpacked(other))


def _resemblance(a: _Unpacked, b: _Unpacked) -> float:
    equal: int = sum(map(eq, a.sketch, b.sketch))
    return equal / PERMUTATIONS


def _is_notice(body: _Unpacked) -> bool:
    return body.size < NOTICE_SHINGLES and len(body.numbers) * SHINGLES_PER_NUMBER >= body.size


def _containment(a: _Unpacked, b: _Unpacked, resemblance: float) -> float:
    common = resemblance * (a.size + b.size) / (1 + resemblance)
    return float(common / min(a.size, b.size))


def _numbers_agree(a: _Unpacked, b: _Unpacked) -> bool:
    fewer, more = sorted((_comparable(a, b), _comparable(b, a)), key=len)
    return len(fewer - more) <= min(a.size, b.size) // SHINGLES_PER_CORRECTION


def _comparable(own: _Unpacked, other: _Unpacked) -> frozenset[int]:
    """Give the numbers of ``own`` that ``other`` would have kept if it had them."""
    return (
        own.numbers
        if len(other.numbers) < NUMBERS_KEPT
        else frozenset(number for number in own.numbers if number <= max(other.numbers))
    )


def _numbers(body: str) -> list[int]:
    """Hash the numbers in ``body``, ascending, however their digits and separators are written."""
    numbers = {_NO_DIGIT.sub("", to_latin_digits(number)) for number in _NUMBER.findall(body)}
    return sorted({crc32(number.encode()) for number in numbers})[:NUMBERS_KEPT]


@lru_cache(maxsize=256)
def _unpacked(signature: bytes) -> _Unpacked:
    count = (len(signature) - _NUMBERS_START) // 4
    size, *values = unpack(f"<H{PERMUTATIONS}H{count}I", signature)
    return _Unpacked(size, tuple(values[:PERMUTATIONS]), frozenset(values[PERMUTATIONS:]))
