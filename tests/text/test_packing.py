"""Packing pages, and telling a damaged one from a whole one."""

from __future__ import annotations

import os
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asrcrawler.exceptions import DamagedCaptureError
from asrcrawler.items import Capture
from asrcrawler.replica import World
from asrcrawler.replica.rendering import Pages
from asrcrawler.text.packing import Dictionary, compress, digest, pack, train, unpack

WORLD = World(first=1, last=200, density=1.0)


def pages(first: int, last: int) -> list[bytes]:
    """Pages of the replica as they are on its last day."""
    rendered = Pages(WORLD, "http://asrpress.ir")
    return [rendered.article(code, WORLD.now) for code in range(first, last + 1)]


@pytest.fixture(scope="module")
def dictionary() -> Dictionary:
    trained = train(pages(1, 60))
    assert trained is not None
    assert (trained.pages, trained.share < 0.08) == (45, True)
    return Dictionary(7, trained.data)


def a_page(body: bytes) -> Capture:
    return Capture(url="http://asrpress.ir/fa/news/7", headers={"etag": '"1"'}, body=body)


@given(st.binary(max_size=2000))
def test_what_was_packed_comes_back_to_the_byte(body: bytes) -> None:
    packed = pack(a_page(body))
    assert (packed.size, packed.digest, packed.dictionary) == (len(body), digest(body), None)
    assert unpack(packed.content, size=packed.size, digest=packed.digest) == body


def test_a_dictionary_of_other_pages_halves_what_a_page_takes(dictionary: Dictionary) -> None:
    others = pages(101, 140)
    packed = [pack(a_page(body), dictionary) for body in others]
    assert {page.dictionary for page in packed} == {7}
    whole, with_it = sum(map(len, others)), sum(len(page.content) for page in packed)
    assert with_it < 0.08 * whole
    assert with_it < 0.5 * sum(len(compress(body)) for body in others)
    kept = [unpack(page.content, size=page.size, digest=page.digest, dictionary=dictionary) for page in packed]
    assert kept == others  # all by one compressor


def test_too_few_pages_or_nothing_in_common_give_no_dictionary() -> None:
    assert train(pages(1, 9)) is None
    assert train([b""] * 40) is None


def test_the_size_bounds_what_is_unpacked() -> None:
    bomb = compress(b"\0" * 100_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(DamagedCaptureError, match="its digest is another"):
            unpack(bomb, size=1000, digest=digest(b"\0" * 1000))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 1_000_000


@pytest.mark.parametrize("damage", ["flipped", "cut", "no frame", "empty", "other digest", "no dictionary"])
def test_whatever_happens_to_a_page_is_seen(damage: str, dictionary: Dictionary) -> None:
    body = os.urandom(3000)
    known = dictionary if damage == "no dictionary" else None
    packed = pack(a_page(pages(150, 150)[0] if known else body), known)
    content, wanted = bytearray(packed.content), packed.digest
    if damage == "flipped":
        content[len(content) // 2] ^= 1
    elif damage == "cut":
        del content[-100:]
    elif damage == "no frame":
        content = bytearray(body)
    elif damage == "empty":
        content.clear()
    elif damage == "other digest":
        wanted = digest(b"another page")
    with pytest.raises(DamagedCaptureError):
        unpack(bytes(content), size=packed.size, digest=wanted)
