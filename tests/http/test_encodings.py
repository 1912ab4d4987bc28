"""Content encodings undone: whole streams, streams that break off, damaged ones, bombs."""

from __future__ import annotations

import gzip
import sys
import zlib
from typing import TYPE_CHECKING

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asrcrawler.exceptions import TooLargeError
from asrcrawler.http.encodings import DECODERS, MOST_LAYERS, MOST_STREAMS, unpack

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from collections.abc import Callable

LIMIT = 1_000_000
TEXT = "".join(f"<p>بند {number} از گزارش {number * 7919}</p>" for number in range(3_000)).encode()


def _deflate(body: bytes) -> bytes:
    squeeze = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return squeeze.compress(body) + squeeze.flush()


def _zstd(body: bytes) -> bytes:
    return zstd.compress(body, options={zstd.CompressionParameter.checksum_flag: 1})


PACKERS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", lambda body: gzip.compress(body, mtime=0)),
    "x-gzip": ("x-gzip", lambda body: gzip.compress(body, mtime=0)),
    "zlib": ("deflate", zlib.compress),
    "bare deflate": ("deflate", _deflate),
    "brotli": ("br", brotli.compress),
    "zstd": ("zstd", zstd.compress),
    "zstd with a checksum": ("zstd", _zstd),
}
WITH_CHECKSUM = ["gzip", "x-gzip", "zlib", "zstd with a checksum"]


def test_each_encoding_is_tried() -> None:
    assert {encoding for encoding, _ in PACKERS.values()} == set(DECODERS)


@pytest.mark.parametrize("name", PACKERS)
def test_a_whole_stream(name: str) -> None:
    encoding, pack = PACKERS[name]
    assert unpack(pack(TEXT), [encoding], LIMIT) == (TEXT, True, ())


@pytest.mark.parametrize("name", PACKERS)
@given(share=st.floats(0, 1, exclude_max=True))
def test_a_stream_cut_anywhere(name: str, share: float) -> None:
    encoding, pack = PACKERS[name]
    packed = _packed(name, pack)
    body, is_whole, left = unpack(packed[: int(len(packed) * share)], [encoding], LIMIT)
    assert (is_whole, left) == (False, ())
    assert TEXT.startswith(body)


_cache: dict[str, bytes] = {}


def _packed(name: str, pack: Callable[[bytes], bytes]) -> bytes:
    if name not in _cache:
        _cache[name] = pack(TEXT)
    return _cache[name]


@pytest.mark.parametrize("name", WITH_CHECKSUM)
def test_a_wrong_checksum_leaves_what_stands_before_it(name: str) -> None:
    encoding, pack = PACKERS[name]
    packed = bytearray(pack(TEXT))
    packed[-5 if "gzip" in name else -1] ^= 1
    body, is_whole, _ = unpack(bytes(packed), [encoding], LIMIT)
    assert not is_whole
    assert TEXT.startswith(body)
    assert len(body) > len(TEXT) / 2 or "zstd" in name  # zstd gives blocks of 128 KiB


@pytest.mark.parametrize("name", ["gzip", "zstd"])
def test_streams_in_a_row_are_one_answer(name: str) -> None:
    encoding, pack = PACKERS[name]
    both = pack(TEXT[:500]) + pack(TEXT[500:])
    assert unpack(both, [encoding], LIMIT) == (TEXT, True, ())
    assert unpack(both[:-1], [encoding], LIMIT).is_whole is False
    start = len(pack(TEXT[:500]))
    assert unpack(both[: start + 1], [encoding], LIMIT) == (TEXT[:500], False, ())


def test_zeros_between_streams_are_padding() -> None:
    padded = gzip.compress(TEXT[:500]) + b"\0" * 12 + gzip.compress(TEXT[500:])
    assert unpack(padded, ["gzip"], LIMIT) == (TEXT, True, ())
    assert unpack(padded[:-1], ["gzip"], LIMIT).is_whole is False


def test_so_many_streams_are_no_answer() -> None:
    one = gzip.compress(b"")
    assert unpack(one * (MOST_STREAMS - 1), ["gzip"], LIMIT) == (b"", True, ())
    assert unpack(one * 10_000, ["gzip"], LIMIT) == (b"", False, ())


@pytest.mark.parametrize("name", ["gzip", "zlib", "bare deflate", "zstd"])
@pytest.mark.parametrize("rest", [b"\0" * 500, b"<!-- cached -->"])
def test_what_follows_the_end_is_no_part_of_it(name: str, rest: bytes) -> None:
    encoding, pack = PACKERS[name]
    assert unpack(pack(TEXT) + rest, [encoding], LIMIT) == (TEXT, True, ())


def test_encodings_over_each_other() -> None:
    packed = brotli.compress(gzip.compress(zlib.compress(TEXT)))
    assert unpack(packed, ["deflate", " GZip", "", "br "], LIMIT) == (TEXT, True, ())
    cut_within = brotli.compress(gzip.compress(zlib.compress(TEXT))[:-9])
    body, is_whole, left = unpack(cut_within, ["deflate", "gzip", "br"], LIMIT)
    assert (TEXT.startswith(body), is_whole, left) == (True, False, ())
    assert unpack(TEXT, ["gzip"] * (MOST_LAYERS + 1), LIMIT) == (b"", False, ())


def test_an_encoding_that_is_not_known_is_left() -> None:
    assert unpack(TEXT, ["utf-8"], LIMIT) == (TEXT, True, ("utf-8",))
    assert unpack(gzip.compress(TEXT), ["sdch", "gzip"], LIMIT) == (TEXT, True, ("sdch",))
    assert unpack(TEXT, ["identity"], LIMIT) == (TEXT, True, ())


@pytest.mark.parametrize("name", PACKERS)
def test_a_bomb_is_bounded(name: str) -> None:
    encoding, pack = PACKERS[name]
    with pytest.raises(TooLargeError):
        unpack(pack(b" " * 5_000_000), [encoding], LIMIT)


def test_a_bomb_of_many_streams_or_with_damage_is_bounded() -> None:
    many = gzip.compress(b" " * 300_000) * 4
    damaged = bytearray(gzip.compress(b" " * 5_000_000))
    damaged[-1] ^= 1
    for packed in (many, bytes(damaged)):
        with pytest.raises(TooLargeError):
            unpack(packed, ["gzip"], LIMIT)


@pytest.mark.parametrize("name", PACKERS)
def test_the_bound_itself_is_no_bomb(name: str) -> None:
    encoding, pack = PACKERS[name]
    assert unpack(pack(TEXT), [encoding], len(TEXT)).is_whole


@given(st.sampled_from(sorted(DECODERS)), st.binary(max_size=300))
def test_anything_else_breaks_off_and_raises_nothing(encoding: str, body: bytes) -> None:
    assert len(unpack(body, [encoding], LIMIT).body) <= LIMIT


@pytest.mark.parametrize("encoding", sorted(DECODERS))
def test_a_page_that_is_not_packed_at_all_is_not_whole(encoding: str) -> None:
    assert unpack(b"<!DOCTYPE html><html></html>", [encoding], LIMIT).is_whole is False
