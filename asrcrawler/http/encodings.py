"""Undo the content encodings of HTTP answers up to a bound, and tell whether each stream comes to its end. Pure.

Scrapy's own middleware hands on what it could undo of a stream that breaks off, or whose checksum is wrong, and says
nothing of it.
"""

from __future__ import annotations

import sys
import zlib
from typing import TYPE_CHECKING, NamedTuple, Protocol

import brotli

from asrcrawler.exceptions import TooLargeError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MOST_LAYERS = 4  # encodings over each other; servers use one, a proxy may add one
MOST_STREAMS = 200  # in a row; what writes blocks of 64 KiB makes some 130 of 8 MiB
PIECE = 64  # bytes handed over at a time where a stream is damaged, so that little before the damage is lost
PORTION = 64 * 1024  # bytes that brotli gives at a time

_GZIP_START = b"\x1f\x8b"
_ZSTD_START = b"\x28\xb5\x2f\xfd"
_ERRORS = (zlib.error, zstd.ZstdError, brotli.error, EOFError)


class Unpacked(NamedTuple):
    """What an answer unpacks to."""

    body: bytes
    """As far as it could be read."""
    is_whole: bool
    """Whether every stream came to its end, and its checksum is right."""
    left: tuple[str, ...]
    """Encodings that are not known here and still lie over ``body``."""


class _Stream(Protocol):
    """One compressed stream while it is undone; zlib's and zstd's objects are of this form."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


class _Brotli:
    """A stream of brotli. What follows its end cannot be told from damage."""

    unused_data = b""

    def __init__(self) -> None:
        self._decompressor = brotli.Decompressor()

    @property
    def eof(self) -> bool:
        return bool(self._decompressor.is_finished())

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        parts = [self._decompressor.process(data, output_buffer_limit=PORTION)]
        size = len(parts[0])
        while parts[-1] and size < max_length and not self.eof:
            parts.append(self._decompressor.process(b"", output_buffer_limit=PORTION))
            size += len(parts[-1])
        return b"".join(parts)


def unpack(body: bytes, encodings: Sequence[str], limit: int) -> Unpacked:
    """Undo ``encodings``, given in the order in which they were applied, up to the first one that is not known here.

    Raises :exc:`~asrcrawler.exceptions.TooLargeError` where a layer has more than ``limit`` bytes.
    """
    left = [name for encoding in encodings if (name := encoding.strip().lower()) not in {"", "identity"}]
    if len(left) > MOST_LAYERS:
        return Unpacked(b"", False, ())
    is_whole = True
    while left and left[-1] in DECODERS:
        body, ends = DECODERS[left.pop()](body, limit)
        is_whole = is_whole and ends
    return Unpacked(body, is_whole, tuple(left))


def _gunzip(body: bytes, limit: int) -> tuple[bytes, bool]:
    return _streams(body, limit, lambda: zlib.decompressobj(zlib.MAX_WBITS | 16), _GZIP_START)


def _inflate(body: bytes, limit: int) -> tuple[bytes, bool]:
    """Undo *deflate*: zlib's format by the standard; some servers send it bare."""
    is_zlib = len(body) > 1 and body[0] & 0x0F == zlib.DEFLATED and int.from_bytes(body[:2]) % 31 == 0
    return _streams(body, limit, lambda: zlib.decompressobj(zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS))


def _unbrotli(body: bytes, limit: int) -> tuple[bytes, bool]:
    return _streams(body, limit, _Brotli)


def _unzstd(body: bytes, limit: int) -> tuple[bytes, bool]:
    return _streams(body, limit, zstd.ZstdDecompressor, _ZSTD_START)


DECODERS = {"gzip": _gunzip, "x-gzip": _gunzip, "deflate": _inflate, "br": _unbrotli, "zstd": _unzstd}
"""What can be undone, by the name in ``Content-Encoding``."""


def _streams(body: bytes, limit: int, make: Callable[[], _Stream], start: bytes = b"") -> tuple[bytes, bool]:
    """Undo one stream, or several in a row where ``start`` says how a further one begins.

    Anything else that follows the end of a stream is no part of it.
    """
    parts: list[bytes] = []
    room = limit
    for _ in range(MOST_STREAMS):
        stream = make()
        try:
            part = stream.decompress(body, room + 1)
        except _ERRORS:
            parts.append(_before_damage(body, make(), room))
            return b"".join(parts), False
        if len(part) > room:
            raise TooLargeError
        parts.append(part)
        room -= len(part)
        if not stream.eof:
            return b"".join(parts), False
        body = stream.unused_data.lstrip(b"\0")  # gzip files are padded so
        if not body or not start or not (body.startswith(start) or start.startswith(body)):
            return b"".join(parts), True
    return b"".join(parts), False


def _before_damage(body: bytes, stream: _Stream, limit: int) -> bytes:
    """Read a stream up to where it is damaged."""
    parts: list[bytes] = []
    room = limit
    try:
        for place in range(0, len(body), PIECE):
            parts.append(stream.decompress(body[place : place + PIECE], room + 1))
            room -= len(parts[-1])
            if room < 0:
                raise TooLargeError
    except _ERRORS:
        pass
    return b"".join(parts)
