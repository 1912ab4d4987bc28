"""Pack captures with zstd, with a dictionary trained on pages of the same site. Pure.

The pages of a site mostly share one frame of HTML, so a dictionary saves more than a higher level does: on pages of the
replica, level 3 keeps 15 % of the bytes without a dictionary and less than 5 % with one, in a tenth of a millisecond a
page.
"""

from __future__ import annotations

import hashlib
import sys
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from asrcrawler.exceptions import DamagedCaptureError
from asrcrawler.items import PackedCapture

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asrcrawler.items import Capture

LEVEL = 3  # of zstd; benchmarks/pages.py compares the levels
DICTIONARY_SIZES = tuple(1024 * size for size in (112, 64, 32, 16))
"""Sizes of a dictionary in bytes, tried in turn. The largest holds a page's whole frame. Asked for more than the
samples support, zstd's trainer gives a small and poor dictionary, and what they support is not known beforehand."""
HELD_OUT = 4  # one sample in so many is left out of the training, to measure the dictionary on other pages
FEWEST_SAMPLES = 8  # what zstd's trainer needs


@dataclass(frozen=True)
class Dictionary:
    """A dictionary of zstd with its number in the database."""

    id: int
    data: bytes

    @cached_property
    def loaded(self) -> zstd.ZstdDict:
        """Load the dictionary for use; it keeps its tables for each level."""
        return zstd.ZstdDict(self.data)

    @cached_property
    def compressor(self) -> zstd.ZstdCompressor:
        """Make what packs with the dictionary; a new one for each page takes a fifth of its packing."""
        return zstd.ZstdCompressor(LEVEL, zstd_dict=self.loaded.as_digested_dict)


class Trained(NamedTuple):
    """A dictionary from :func:`train`, and how well it packs."""

    data: bytes
    pages: int
    """Number of pages that it was trained on."""
    share: float
    """Packed size by plain size of the pages left out of the training."""


def pack(capture: Capture, dictionary: Dictionary | None = None) -> PackedCapture:
    """Pack the body of ``capture`` and compute its digest."""
    return PackedCapture(
        url=capture.url,
        headers=capture.headers,
        digest=digest(capture.body),
        size=len(capture.body),
        content=compress(capture.body, dictionary),
        dictionary=dictionary.id if dictionary else None,
        redirects=capture.redirects,
    )


def digest(body: bytes) -> bytes:
    """Compute the name of a capture: SHA-256 of the decompressed bytes.

    >>> digest(b"<html></html>").hex()[:8]
    'b633a587'
    """
    return hashlib.sha256(body).digest()


def compress(body: bytes, dictionary: Dictionary | None = None, level: int = LEVEL) -> bytes:
    """Compress ``body`` with zstd, with a dictionary if one is given."""
    if dictionary is None:
        return zstd.compress(body, level=level)
    if level == LEVEL:
        return dictionary.compressor.compress(body, zstd.ZstdCompressor.FLUSH_FRAME)
    return zstd.compress(body, level=level, zstd_dict=dictionary.loaded.as_digested_dict)


def unpack(content: bytes, *, size: int, digest: bytes, dictionary: Dictionary | None = None) -> bytes:
    """Unpack a body, exactly as it was packed.

    ``size`` (bytes) bounds the output, whatever ``content`` has become. Raises :exc:`DamagedCaptureError` if the
    result is not the body with that size and digest.

    >>> body = b"<html></html>"
    >>> unpack(compress(body), size=len(body), digest=digest(body)) == body
    True
    """
    try:
        unpacker = zstd.ZstdDecompressor(dictionary.loaded if dictionary else None)
        body = unpacker.decompress(content, max_length=size + 1)
    except (zstd.ZstdError, EOFError, ValueError) as error:
        raise DamagedCaptureError(f"does not unpack: {error}") from None
    if len(body) != size or hashlib.sha256(body).digest() != digest:
        raise DamagedCaptureError("is not what was kept: its digest is another")
    return body


def train(bodies: Sequence[bytes]) -> Trained | None:
    """Train a dictionary on pages of one site; None where they are too few or have nothing in common."""
    shown = [body for place, body in enumerate(bodies) if place % HELD_OUT]
    held_out = bodies[::HELD_OUT]
    if len(shown) < FEWEST_SAMPLES:
        return None
    found = []
    for size in DICTIONARY_SIZES:
        if (trained := _trained(shown, held_out, size)) is not None:
            found.append(trained)
            if len(trained.data) == size:  # the samples supported the whole size
                break
    return min(found, key=lambda trained: trained.share, default=None)


def _trained(shown: Sequence[bytes], held_out: Sequence[bytes], size: int) -> Trained | None:
    try:
        data = zstd.train_dict(shown, size).dict_content
    except (zstd.ZstdError, ValueError):  # ValueError: the samples have no bytes
        return None
    dictionary = Dictionary(0, data)
    packed = sum(len(compress(body, dictionary)) for body in held_out)
    return Trained(data, len(shown), packed / max(sum(map(len, held_out)), 1))
