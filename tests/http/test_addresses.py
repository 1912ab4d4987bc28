"""Addresses of the web, and any string a page may hold in their place."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asrcrawler.http.addresses import LONGEST_URL, absolute, at_base, same_site
from tests.http.addresses import BASE, PAGE, hostile

# --- sites


@pytest.mark.parametrize(
    "url",
    [
        "http://asrpress.ir/x",
        "https://www.asrpress.ir",
        "http://ASRPRESS.IR:80/",
        "//asrpress.ir/x",
        "http://asrpress.ir./",
    ],
)
def test_www_scheme_and_default_ports_make_no_other_site(url: str) -> None:
    assert same_site(absolute(url, BASE) or "", BASE)


@pytest.mark.parametrize(
    "url",
    ["", "/fa", "http://asrpress.ir.evil.example/", "http://evil.example/asrpress.ir", "http://asrpress.ir@evil.example/",
     "http://asrpress.ir:8080/", "ftp://asrpress.ir/", "http://cdn.asrpress.ir/", "http://asrpress.ir:99999/"],
)  # fmt: skip
def test_another_host_or_port_is_another_site(url: str) -> None:
    assert not same_site(url, BASE)


SITE = "asrpress.ir"
MIRROR = "https://mirror.example:8443"


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("http://asrpress.ir/fa/news/5/slug?a=1&b=2#top", f"{MIRROR}/fa/news/5/slug?a=1&b=2"),
        ("https://www.asrpress.ir/fa/news/5", f"{MIRROR}/fa/news/5"),
        ("HTTP://WWW.ASRPRESS.IR:80", f"{MIRROR}/"),
        ("http://asrpress.ir./0008Yp", f"{MIRROR}/0008Yp"),
        ("https://asrpress.ir:443?a=//b", f"{MIRROR}/?a=//b"),
        ("http://asrpress.ir//evil.example/x", f"{MIRROR}//evil.example/x"),
        (f"{MIRROR}/fa/news/5#top", f"{MIRROR}/fa/news/5#top"),
        ("http://www.mirror.example:8443/x", "http://www.mirror.example:8443/x"),
        ("https://mirror.example/x", None),
        ("http://asrpress.ir:8080/x", None),
        ("http://asrpress.ir.evil.example/x", None),
        ("http://evil.example/asrpress.ir", None),
        ("http://evil.example/?http://asrpress.ir/", None),
        ("http://evil.example#asrpress.ir", None),
        ("http://asrpress.ir@evil.example/x", None),
        ("http://user:secret@asrpress.ir/x", None),
        ("http://asrpress.ir\\@evil.example/x", None),
        ("http://cdn.asrpress.ir/x", None),
        ("http://xasrpress.ir/x", None),
        ("http://аsrpress.ir/x", None),  # a Cyrillic а
        ("//asrpress.ir/x", None),  # whoever has it makes it absolute first
        ("ftp://asrpress.ir/x", None),
        ("/x", None),
        ("", None),
        ("http://[", None),
    ],
)
def test_an_address_of_the_outlet_is_asked_for_at_the_base(url: str, asked: str | None) -> None:
    assert at_base(url, MIRROR, SITE) == asked


def test_where_the_base_is_the_outlet_an_address_stays_as_it_is() -> None:
    for url in ("https://www.asrpress.ir/x", "http://asrpress.ir/x#y", "http://ASRPRESS.ir:80/x"):
        assert at_base(url, BASE, SITE) == url
    assert at_base("http://asrpress.ir/x", "http://asrpress.ir:8080", SITE) == "http://asrpress.ir:8080/x"
    assert at_base("http://mirror.example/x", BASE, SITE) is None
    assert at_base("http://asrpress.ir/x", MIRROR) is None


def test_a_host_is_the_same_by_its_name_and_as_dns_knows_it() -> None:
    persian, ascii_name = "http://آزمایشی.example", "http://xn--hgbk6aj7f53bba.example"
    assert at_base(f"{ascii_name}/x", persian) == f"{ascii_name}/x"
    assert at_base(f"{persian}/x", MIRROR, "xn--hgbk6aj7f53bba.example") == f"{MIRROR}/x"
    assert at_base("http://[::1]:81/x", "http://[::1]:81") == "http://[::1]:81/x"
    assert at_base("http://asrpress.ir/x", "http://[::1]:81", SITE) == "http://[::1]:81/x"


@given(hostile, st.sampled_from([MIRROR, BASE, "http://[::1]:81"]))
def test_nothing_is_asked_for_on_another_host_than_that_of_the_base(text: str, base: str) -> None:
    url = at_base(text, base, SITE)
    if url is not None:
        assert (urlsplit(url).hostname or "").removeprefix("www.").removesuffix(".") == urlsplit(base).hostname


# --- hrefs


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("/fa/news/5/slug", "http://asrpress.ir/fa/news/5/slug"),
        ("comments", "http://asrpress.ir/fa/news/comments"),
        ("?a=1&b=2", "http://asrpress.ir/fa/news/32911?a=1&b=2"),
        ("", PAGE),
        ("//cdn.example/a.jpg", "http://cdn.example/a.jpg"),
        ("HTTPS://Example.ORG", "https://example.org/"),
        ("/files/fa/news/1396/12/16/my  pic 1.jpg", "http://asrpress.ir/files/fa/news/1396/12/16/my%20%20pic%201.jpg"),
        (" /files/a\n.jpg\t", "http://asrpress.ir/files/a.jpg"),
        ("/fa/tag/1/تهران", "http://asrpress.ir/fa/tag/1/%D8%AA%D9%87%D8%B1%D8%A7%D9%86"),
        ("/fa/tag/1/%D8%AA?q=ب#پ", "http://asrpress.ir/fa/tag/1/%D8%AA?q=%D8%A8#%D9%BE"),
        ('/a"b<c>', "http://asrpress.ir/a%22b%3Cc%3E"),
        ("/a\ud800b", "http://asrpress.ir/ab"),
        ("http://user:secret@example.org:8080/x", "http://example.org:8080/x"),
        ("http://آزمایشی.example/x", "http://xn--hgbk6aj7f53bba.example/x"),
        ("http://[2001:db8::1]:81/x", "http://[2001:db8::1]:81/x"),
    ],
)
def test_an_href_becomes_a_full_encoded_address(href: str, url: str) -> None:
    assert absolute(href, PAGE) == url


@pytest.mark.parametrize(
    "href",
    [
        "javascript:void(0)",
        " JavaScript:alert(1)",
        "java\nscript:alert(1)",
        "data:image/gif;base64,R0lGOD",
        "mailto:a@example.org",
        "tel:+98",
        "ftp://example.org/x",
        "http://[",
        "http://exa mple.org/",
        "http://example.org:99999/",
        "http://example.org:http/",
        "http://../x",
        "http://a\ud800.example/",
        "/" + "ب" * LONGEST_URL,
    ],
)
def test_what_is_no_web_address_becomes_none(href: str) -> None:
    assert absolute(href, PAGE) is None


# --- any string


@given(hostile, st.sampled_from([PAGE, BASE, "http://[", ""]))
def test_an_absolute_address_is_plain_ascii_of_the_web_and_stays_itself(text: str, base: str) -> None:
    url = absolute(text, base)
    if url is None:
        return
    assert url.isascii()
    assert url.isprintable()
    assert " " not in url
    assert urlsplit(url).scheme in {"http", "https"}
    assert urlsplit(url).hostname
    assert absolute(url, base) == url


@pytest.mark.parametrize("base", ["http://asrpress.ir", "https://cdn.asrpress.ir:8080", "http://asrpress.ir/"])
@pytest.mark.parametrize(
    "href",
    [
        "/files/fa/news/1401/11/4/1_1.jpg",
        "/a",
        "/a.b-c.tar.gz",
        "/A_b/c",
        "https://cdn.press.example/files/1.jpg",
        "http://a.b:80/c",
    ],
)
def test_the_short_way_and_the_long_way_lead_to_the_same_address(base: str, href: str) -> None:
    # A blank behind it keeps an address from the short way.
    assert absolute(href, base) == absolute(f"{href} ", base)


@given(hostile)
def test_no_string_is_an_error(text: str) -> None:
    assert same_site(text, BASE) in {True, False}
