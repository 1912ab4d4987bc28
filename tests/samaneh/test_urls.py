"""The CMS's addresses, and any string a page may hold in their place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asrcrawler.samaneh.urls import (
    HIGHEST_CODE,
    article_path,
    code_of_short_path,
    code_of_url,
    is_home,
    is_listing,
    short_path,
)
from tests.http.addresses import BASE, hostile

codes = st.integers(1, HIGHEST_CODE)


# --- codes


@pytest.mark.parametrize(("code", "path"), [(32911, "/0008Yp"), (917543, "/003qh5"), (1, "/000001"), (61, "/00000z")])
def test_the_short_link_of_a_code(code: int, path: str) -> None:
    assert short_path(code) == path
    assert code_of_short_path(path) == code


@given(codes)
def test_any_code_is_found_again_in_its_addresses(code: int) -> None:
    assert code_of_short_path(short_path(code)) == code
    assert code_of_url(short_path(code)) == code
    assert code_of_url(article_path(code)) == code
    assert code_of_url(f"{BASE}{article_path(code)}/عنوان-خبر?page=2#comments") == code


@pytest.mark.parametrize("code", [0, -1, HIGHEST_CODE + 1])
def test_a_code_that_cannot_be_has_no_short_link(code: int) -> None:
    with pytest.raises(ValueError, match=str(code)):
        short_path(code)


@pytest.mark.parametrize(
    "path", ["", "/", "0008Yp", "/008Yp", "/0008Yp/", "/00008Yp", "/000000", "/zzzzzz", "/search", "/0008Y-", "/۰۰۰۸Yp"]
)
def test_other_paths_are_no_short_links(path: str) -> None:
    assert code_of_short_path(path) is None


@pytest.mark.parametrize(
    "url",
    [
        "/fa/news/32911",
        "/fa/news/32911/",
        "/fa/news/32911/دیدار-وزیران",
        "/fa/news/32911/a/b c",
        "/fa/news/32911?print=1",
        "/fa/news/32911#comments",
        "/en/news/32911/slug",
        "/ar/news/32911",
        "http://asrpress.ir/fa/news/32911",
        "HTTPS://WWW.ASRPRESS.IR/fa/news/32911",
        "//asrpress.ir/fa/news/32911",
        " /fa/news/32911\n",
        "http://asrpress.ir/0008Yp",
    ],
)
def test_the_code_of_an_article_s_address(url: str) -> None:
    assert code_of_url(url) == 32911


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/",
        "/fa/news/",
        "/fa/news/abc",
        "/fa/news/32911abc",
        "/fa/news/0",
        "/fa/news/032911",
        "/fa/news/-5",
        "/fa/news/1000000001",
        "/fa/news/99999999999999999999",
        "/fa/news/۳۲۹۱۱",
        "/fa/newspaper/32911",
        "/fa/photo/news/32911",
        "/x/fa/news/32911",
        "/de/news/32911",
        "fa/news/32911",
        "?u=/fa/news/32911",
        "#/fa/news/32911",
        "/fa/archive?code=/fa/news/32911",
        "javascript:/fa/news/32911",
        "mailto:/fa/news/32911",
        "http://[/fa/news/32911",
    ],
)
def test_other_addresses_have_no_code(url: str) -> None:
    assert code_of_url(url) is None


# --- home and lists


@pytest.mark.parametrize(
    "url", [BASE, "http://asrpress.ir/", "https://www.asrpress.ir/fa", "/", "/fa", "/fa/", "/en", "/index.php", "/?a=1"]
)
def test_front_pages_are_home(url: str) -> None:
    assert is_home(url)


@pytest.mark.parametrize(
    "url",
    ["", "#", "#comments", "?page=2", "//", "/fa/news/1", "/fa/services/20", "/faindex.html", "/de",
     "javascript:void(0)", "http://[", "/fa//"],
)  # fmt: skip
def test_other_addresses_are_not_home(url: str) -> None:
    assert not is_home(url)


@pytest.mark.parametrize(
    ("url", "lists"),
    [
        ("/fa/archive?service_id=1", True),
        ("http://asrpress.ir/fa/services/20/90", True),
        ("/en/tags/3/1/x", True),
        ("/fa/tag/1/متن", True),
        ("/fa/rss", True),
        ("/fa/news/5", False),
        ("/fa/archives", False),
        ("/fa/gone", False),
        ("/archive", False),
        ("http://[", False),
    ],
)
def test_the_lists_of_the_cms_are_known_by_their_address(url: str, lists: bool) -> None:
    assert is_listing(url) is lists


# --- any string


@given(hostile)
def test_no_string_is_an_error(text: str) -> None:
    code = code_of_url(text)
    assert code is None or 0 < code <= HIGHEST_CODE
    assert is_home(text) in {True, False}
    code_of_short_path(text)
