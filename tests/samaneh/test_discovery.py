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


URLSET = b"<urlset><url><loc>http://asrpress.ir/fa/news/5</loc></url><url><loc>/fa/news/6/x</loc></url></urlset>"
DECLARATION = b'<?xml version="1.0" encoding="utf-8"?>'


@pytest.mark.parametrize(
    "body",
    [
        gzip.compress(URLSET[:40]) + gzip.compress(URLSET[40:]),
        gzip.compress(b"") + gzip.compress(URLSET) + b"\0\0\0",
        gzip.compress(URLSET) + b"no gzip",
        gzip.compress(URLSET) + gzip.compress(b"<urlset/>")[:20],
        b"\xef\xbb\xbf\r\n\r\n" + DECLARATION + URLSET,
        b"<br />\n<b>Notice</b>: Undefined index & more in <b>/home/a.php</b><br />\n" + DECLARATION + URLSET,
        DECLARATION + b"\n<b>Warning</b>: x<br>\n" + URLSET,
        DECLARATION + b"<!-- made by hand & more --><?xml-stylesheet href='a.xsl'?>" + URLSET,
        URLSET.replace(b"<url>", b"<br>x<b>Notice</b><url>", 1),
        URLSET.replace(b"/fa/news/5", b"/fa/news/5?a=1&b=2"),
        URLSET.replace(b"/fa/news/5", b"/fa/news/5/a&zwnj;b&nbsp;c"),
        URLSET.replace(b"http://asrpress.ir/fa/news/5", b"<![CDATA[ http://asrpress.ir/fa/news/5?a=1&b=2 ]]>"),
        URLSET.replace(b"</loc></url><url>", b"</url><url>", 1),
        URLSET.replace(b"</url></urlset>", b""),
        URLSET.replace(b"<url>", b"<url><t>\xc8\xd1\xe1\x0b a < b</t>", 1),
        URLSET.decode().encode("utf-16"),
        URLSET.replace(b"http:", b"").replace(b"asrpress", b"WWW.asrpress"),
    ],
    ids=["two members", "an empty member", "junk behind", "a cut member", "a BOM", "a notice", "another notice",
         "comments", "a notice inside", "a bare &", "entities of HTML", "CDATA", "an end missing", "no end",
         "bad bytes", "UTF-16", "no scheme"],
)  # fmt: skip
def test_a_sitemap_as_sites_serve_them(body: bytes) -> None:
    assert read_sitemap(body, BASE).codes == (5, 6)


def test_a_feed_behind_a_notice_with_a_bare_ampersand() -> None:
    body = b"<br />\n<b>Notice</b>: x\n" + feed(f"{BASE}/fa/news/30?a=1&b=2", f"{BASE}/fa/news/28")
    assert codes_in_feed(body, BASE) == [30, 28]


def test_the_files_of_an_index_count_from_its_own_address() -> None:
    files = ["/sm/1.xml?y=1&m=2", "2.xml", "//asrpress.ir/3.xml", "https://www.asrpress.ir/4.xml", "//cdn.example/5",
             "http://asrpress.ir.cdn.example/6", "", "http://[", "/sm/ماه.xml", "/sm/1.xml?y=1&amp;m=2"]  # fmt: skip
    index = "<sitemapindex>" + "".join(f"<sitemap><loc>{file}</loc></sitemap>" for file in files) + "</sitemapindex>"
    found = read_sitemap(index.encode(), BASE, url=f"{BASE}/maps/index.xml")
    assert found.children == (
        f"{BASE}/sm/1.xml?y=1&m=2", f"{BASE}/maps/2.xml", f"{BASE}/3.xml", "https://www.asrpress.ir/4.xml",
        f"{BASE}/sm/%D9%85%D8%A7%D9%87.xml",
    )  # fmt: skip


MIRROR = "http://127.0.0.1:8765"


def test_a_mirror_keeps_the_links_of_the_outlet() -> None:
    links = ["http://asrpress.ir/fa/news/5", "https://www.asrpress.ir/fa/news/6", f"{MIRROR}/fa/news/7", "/fa/news/8",
             "http://127.0.0.1:9/fa/news/9", "http://asrpress.ir.evil.example/fa/news/10"]  # fmt: skip
    page = "".join(f'<a href="{link}">x</a>' for link in links).encode()
    urlset = ("<urlset>" + "".join(f"<url><loc>{link}</loc></url>" for link in links) + "</urlset>").encode()
    assert codes_in_feed(feed(*links), MIRROR, "asrpress.ir") == [5, 6, 7, 8]
    assert codes_in_page(page, MIRROR, "asrpress.ir") == [5, 6, 7, 8]
    assert read_sitemap(urlset, MIRROR, "asrpress.ir").codes == (5, 6, 7, 8)
    index = b"<sitemapindex><sitemap><loc>https://asrpress.ir/1.xml?a=b</loc></sitemap></sitemapindex>"
    assert read_sitemap(index, MIRROR, "asrpress.ir").children == (f"{MIRROR}/1.xml?a=b",)


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
