"""Which codes the feed, the home page and the sitemaps name."""

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asrcrawler.samaneh.discovery import MOST_UNPACKED, Sitemap, codes_in_feed, codes_in_page, read_sitemap

BASE = "http://asrpress.ir"
PAGES = Path(__file__).parents[3] / "shared" / "pages"


def feed(*links: str) -> bytes:
    items = "".join(f"<item><title>خبر</title><link>\n {link} </link></item>" for link in links)
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{items}</channel></rss>'.encode()


def test_a_feed_names_codes_in_its_own_order_and_once() -> None:
    body = feed(f"{BASE}/fa/news/30/خبر-تازه", f"{BASE}/fa/news/28", f"{BASE}/fa/news/31/x", f"{BASE}/fa/news/28/y")
    assert codes_in_feed(body, BASE) == [30, 28, 31]


def test_other_sites_and_picture_addresses_are_no_codes() -> None:
    body = feed("http://elsewhere.example/fa/news/30", f"{BASE}/files/fa/news/1397/4/30/1.jpg", "http://[broken/")
    assert codes_in_feed(body, BASE) == []


def test_a_feed_cut_in_the_middle_names_what_it_still_holds() -> None:
    whole = feed(f"{BASE}/fa/news/30", f"{BASE}/fa/news/29", f"{BASE}/fa/news/28")
    assert codes_in_feed(whole[: whole.index(b"news/28")], BASE) == [30, 29]


def test_entities_of_a_feed_are_not_expanded() -> None:
    body = b'<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/hostname">]><rss><item><link>&e;</link></item></rss>'
    assert codes_in_feed(body, BASE) == []


def test_a_page_names_the_articles_it_links_to() -> None:
    page = (
        b'<body id="home"><a href=/fa/news/7/a>x</a><a href="/fa/news/9/b c">y</a><a href="/fa/news/7">z</a>'
        b'<a href="http://elsewhere.example/fa/news/5">w</a><a href="/fa/tag/1/3">t</a><a>n</a>'
    )
    assert codes_in_page(page, BASE) == [7, 9]


def test_a_sitemap_names_codes_and_an_index_names_files() -> None:
    urlset = b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>/fa/news/5</loc></url></urlset>'
    index = (
        b'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>http://asrpress.ir/a.xml'
        b"</loc></sitemap><sitemap><loc>http://elsewhere.example/b.xml</loc></sitemap></sitemapindex>"
    )
    assert read_sitemap(urlset, BASE) == Sitemap(codes=(5,))
    assert read_sitemap(index, BASE) == Sitemap(children=("http://asrpress.ir/a.xml",))


def test_a_sitemap_kept_as_a_gzip_file_is_read_up_to_a_bound() -> None:
    url = b"<url><loc>http://asrpress.ir/fa/news/5</loc></url>"
    bomb = gzip.compress(b"<urlset>" + url + b" " * (MOST_UNPACKED + 9) + url.replace(b"/5", b"/6") + b"</urlset>")
    assert read_sitemap(bomb, BASE) == Sitemap(codes=(5,))
    assert read_sitemap(b"\x1f\x8b no gzip", BASE) == Sitemap(is_whole=False)


def test_a_code_that_breaks_off_is_not_read() -> None:
    feed = b"<rss><item><link>http://asrpress.ir/fa/news/32911</link></item></rss>"
    for place in range(len(feed)):
        assert codes_in_feed(feed[:place], BASE) in ([], [32911])
    sitemap = b"<urlset><url><loc>http://asrpress.ir/fa/news/32911</loc></url></urlset>"
    for place in range(len(sitemap)):
        found = read_sitemap(sitemap[:place], BASE)
        assert found.codes in ((), (32911,))
        assert not found.is_whole or not found.codes
    assert read_sitemap(sitemap, BASE) == Sitemap(codes=(32911,))


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode)))
def test_anything_else_names_nothing_and_raises_nothing(body: bytes) -> None:
    assert isinstance(codes_in_feed(body, BASE), list)
    assert isinstance(codes_in_page(body, BASE), list)
    assert isinstance(read_sitemap(body, BASE), Sitemap)


@pytest.mark.skipif(not PAGES.exists(), reason="the saved pages are not beside this checkout")
def test_the_saved_feed_and_home_page() -> None:
    codes = codes_in_feed((PAGES / "tabnak-rss-allnews.xml").read_bytes(), "http://www.tabnak.ir")
    assert len(codes) == 100
    assert codes[:5] == [818316, 818315, 818313, 818312, 818314]
    assert len(codes_in_page((PAGES / "irinn-home.html").read_bytes(), "http://www.irinn.ir")) == 99
