"""Pages packed for keeping: zstd, with a dictionary learnt from pages of the same site. Pure.

The pages of a site are mostly the same frame, so a dictionary does more than a higher level: on pages of the replica,
level 3 keeps 15 % of the bytes without one and less than 5 % with it, at a tenth of a millisecond a page.
"""

from __future__ import annotations

import hashlib
import sys
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from asrcrawler.exceptions import DamagedPageError
from asrcrawler.items import PackedPage

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asrcrawler.items import Page

LEVEL = 3  # of zstd; benchmarks/pages.py compares
DICTIONARY_SIZES = tuple(1024 * size for size in (112, 64, 32, 16))
"""Bytes, tried in turn. The largest holds the frame of a page; asked for more than its samples bear out, zstd's trainer
gives a small and poor one, and what they bear out is not known beforehand."""
HELD_OUT = 4  # one sample in so many is kept from the training, to see what the dictionary does to other pages
FEWEST_SAMPLES = 8  # of the trainer


@dataclass(frozen=True)
class Dictionary:
    """A dictionary as the database has it."""

    id: int
    data: bytes

    @cached_property
    def loaded(self) -> zstd.ZstdDict:
        """Ready for use; remembers its tables for each level."""
        return zstd.ZstdDict(self.data)


class Trained(NamedTuple):
    """What a training gave."""

    data: bytes
    pages: int
    """Pages it saw."""
    share: float
    """Packed size by plain size of the pages it did not see."""


def pack(page: Page, dictionary: Dictionary | None = None) -> PackedPage:
    """``page`` with its body packed and its digest."""
    return PackedPage(
        url=page.url,
        headers=page.headers,
        digest=digest(page.body),
        size=len(page.body),
        content=compress(page.body, dictionary),
        dictionary=dictionary.id if dictionary else None,
    )


def digest(body: bytes) -> bytes:
    """What a page is known by: SHA-256 of its decompressed bytes."""
    return hashlib.sha256(body).digest()


def compress(body: bytes, dictionary: Dictionary | None = None, level: int = LEVEL) -> bytes:
    loaded = dictionary.loaded.as_digested_dict if dictionary else None
    return zstd.compress(body, level=level, zstd_dict=loaded)


def unpack(content: bytes, *, size: int, digest: bytes, dictionary: Dictionary | None = None) -> bytes:
    """The body again, to the byte. Raises :exc:`DamagedPageError` for anything else than what was packed.

    ``size`` bounds what is unpacked, whatever ``content`` has become.
    """
    try:
        unpacker = zstd.ZstdDecompressor(dictionary.loaded if dictionary else None)
        body = unpacker.decompress(content, max_length=size + 1)
    except (zstd.ZstdError, EOFError, ValueError) as error:
        raise DamagedPageError(f"does not unpack: {error}") from None
    if len(body) != size or hashlib.sha256(body).digest() != digest:
        raise DamagedPageError("is not what was kept: its digest is another")
    return body


def train(bodies: Sequence[bytes]) -> Trained | None:
    """Learn a dictionary from pages of one site; None where they are too few or have nothing in common."""
    shown = [body for place, body in enumerate(bodies) if place % HELD_OUT]
    held_out = bodies[::HELD_OUT]
    if len(shown) < FEWEST_SAMPLES:
        return None
    found = []
    for size in DICTIONARY_SIZES:
        if (trained := _trained(shown, held_out, size)) is not None:
            found.append(trained)
            if len(trained.data) == size:  # all of it was borne out
                break
    return min(found, key=lambda trained: trained.share, default=None)


def _trained(shown: Sequence[bytes], held_out: Sequence[bytes], size: int) -> Trained | None:
    try:
        data = zstd.train_dict(shown, size).dict_content
    except (zstd.ZstdError, ValueError):  # ValueError: samples without a byte
        return None
    dictionary = Dictionary(0, data)
    packed = sum(len(compress(body, dictionary)) for body in held_out)
    return Trained(data, len(shown), packed / max(sum(map(len, held_out)), 1))
