"""Which codes exist: read off the site's feed, its home page and its sitemaps.

The feed (``/fa/rss/allnews``) holds the 100 newest articles, the code only in each item's link; home links to 60-170
articles; the sitemaps, where an outlet has them, name the whole archive. Pure: bytes in, codes out. What is not of this
kind (an error page, a challenge, a cut file) names no codes; nothing here raises for it.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from parsel import Selector
from selectolax.lexbor import LexborHTMLParser

from asrcrawler.http import has_root_end
from asrcrawler.samaneh.urls import code_of_url, same_site

if TYPE_CHECKING:
    from collections.abc import Iterable

FEED_PATH = "/fa/rss/allnews"
HOME_PATH = "/fa"
RECENT_SITEMAP_PATH = "/fa-sitemap-news"
ARCHIVE_SITEMAP_PATH = "/fa-sitemap-newsarchive"

MOST_LINKS = 100_000  # twice what the sitemap protocol allows in one file
MOST_UNPACKED = 16 * 1024 * 1024  # bytes of a sitemap kept as .gz; so many links have some 15 MB

_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Sitemap:
    """One sitemap file: the codes it names, or the further files it points to (newest last, as the site lists them)."""

    codes: tuple[int, ...] = ()
    children: tuple[str, ...] = ()
    is_whole: bool = True
    """Whether the file comes to the end of its root element."""


def codes_in_feed(body: bytes, base_url: str) -> list[int]:
    """The codes of a feed's items, each once, in the feed's order."""
    return _codes(_texts(body, "//*[local-name()='item']/*[local-name()='link']/text()"), base_url)


def codes_in_page(body: bytes, base_url: str) -> list[int]:
    """The codes of the articles that an HTML page links to, each once, in the page's order."""
    anchors = LexborHTMLParser(body.replace(b"\0", b"")).css("a[href]")
    return _codes((anchor.attributes.get("href") or "" for anchor in anchors[:MOST_LINKS]), base_url)


def read_sitemap(body: bytes, base_url: str) -> Sitemap:
    """A sitemap or a sitemap index, be it a gzip file. Files on other hosts are left out."""
    file, body = body, _unpacked(body)
    children = [
        url
        for url in _texts(body, "//*[local-name()='sitemap']/*[local-name()='loc']/text()")
        if same_site(url, base_url)
    ]
    codes = _codes(_texts(body, "//*[local-name()='url']/*[local-name()='loc']/text()"), base_url)
    return Sitemap(codes=tuple(codes), children=tuple(dict.fromkeys(children)), is_whole=_is_whole(file, body))


def _is_whole(file: bytes, body: bytes) -> bool:
    """Tell whether nothing is missing at the end but what is more than we unpack."""
    return len(body) >= MOST_UNPACKED or (has_root_end(body) and bool(body or not file))


def _unpacked(body: bytes) -> bytes:
    """What is in a gzip file, as far as it can be read; anything else as it is."""
    if not body.startswith(_GZIP):
        return body
    try:
        return zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(body, MOST_UNPACKED)
    except zlib.error:
        return b""


def _texts(body: bytes, xpath: str) -> list[str]:
    body = body[: max(body.rfind(b">") + 1, body.rfind(b"<"))]  # a text that breaks off may be half a code
    if not body:
        return []
    try:
        found = Selector(body=body.replace(b"\0", b""), type="xml").xpath(xpath).getall()
    except ValueError:  # lxml's word for a document without a root
        return []
    return [text.strip() for text in found[:MOST_LINKS]]


def _codes(links: Iterable[str], base_url: str) -> list[int]:
    codes: dict[int, None] = {}
    for link in links:
        try:
            url = urljoin(base_url + "/", link)
        except ValueError:
            continue
        code = code_of_url(url)
        if code is not None and same_site(url, base_url):
            codes[code] = None
    return list(codes)
