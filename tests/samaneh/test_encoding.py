"""Bytes → UTF-8, whatever a page claims to be."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asrcrawler.samaneh.encoding import as_utf8
from tests.samaneh.template import TEXT, TITLE, page, read

PERSIAN = "<html>می‌رود، کتاب</html>"
OLD = "<html>كتاب ايران، سال نو</html>"


@pytest.mark.parametrize(
    "declared", [None, "utf-8", "windows-1256", "iso-8859-1", "ascii", "no-such", "base64", "utf-16"]
)
def test_utf_8_is_read_as_such_whatever_is_declared(declared: str | None) -> None:
    assert as_utf8(PERSIAN.encode(), declared) == (PERSIAN.encode(), None)


def test_a_byte_order_mark_decides() -> None:
    assert as_utf8(codecs.BOM_UTF8 + PERSIAN.encode()) == (PERSIAN.encode(), None)
    assert as_utf8(PERSIAN.encode("utf-16")) == (PERSIAN.encode(), None)
    assert as_utf8(codecs.BOM_UTF16_BE + PERSIAN.encode("utf-16-be")) == (PERSIAN.encode(), None)


@pytest.mark.parametrize(
    ("body", "declared"),
    [
        (OLD.encode("windows-1256"), None),
        (OLD.encode("windows-1256"), "windows-1256"),
        (OLD.encode("windows-1256"), "utf-8"),
        (OLD.encode("windows-1256"), "no-such-charset"),
        (OLD.encode("windows-1256"), "utf-16"),
        (f'<meta charset="windows-1256">{OLD}'.encode("windows-1256"), None),
        (f"<meta http-equiv=x content='text/html; charset=windows-1256'>{OLD}".encode("windows-1256"), "utf-8"),
    ],
)
def test_an_old_page_is_read_in_its_encoding_and_noted(body: bytes, declared: str | None) -> None:
    found, note = as_utf8(body, declared)
    assert OLD in found.decode()
    assert note == "not UTF-8, read as windows-1256"


@pytest.mark.parametrize("broken", [b"\xd9", b"\xff", b"\xed\xa0\x80", b"\xd8\xd9"])
@pytest.mark.parametrize("declared", [None, "windows-1256", "utf-8"])
def test_a_character_cut_in_two_does_not_cost_the_page(broken: bytes, declared: str | None) -> None:
    body = PERSIAN.encode() * 20
    found, note = as_utf8(body + broken + body, declared)
    assert found == body * 2
    assert note == "not quite UTF-8, broken characters left out"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("declared", [None, "utf-8", "utf-16"])
def test_utf_16_is_told_without_a_mark(encoding: str, declared: str | None) -> None:
    html = page()
    assert as_utf8(html.decode().encode(encoding), declared) == (html, f"{encoding.upper()} without a mark")
    article = read(html.decode().encode(encoding), encoding=declared)
    assert (article.title, article.body) == (TITLE, TEXT)


def test_nul_bytes_go() -> None:
    assert as_utf8(PERSIAN.encode().replace("ک".encode(), "\0ک\0".encode())) == (PERSIAN.encode(), None)


@given(st.binary(max_size=300), st.none() | st.text(max_size=12))
def test_any_bytes_become_utf_8(body: bytes, declared: str | None) -> None:
    found, note = as_utf8(body, declared)
    assert "\0" not in found.decode()
    assert note is None or note


def test_a_page_with_a_wrong_declaration_is_read() -> None:
    html = page(head='<meta charset="iso-8859-1">')
    article = read(html, encoding="iso-8859-1")
    assert (article.title, article.body, article.notes) == (TITLE, TEXT, [])


def test_a_broken_character_is_noted_with_the_article() -> None:
    article = read(page().replace(b"</p>", b"\xd9</p>"))
    assert article.body == TEXT
    assert article.notes == ["not quite UTF-8, broken characters left out"]
