"""Find which codes exist, in the site's feed, its home page and its sitemaps.

The feed (``/fa/rss/allnews``) holds the 100 newest articles, the code only in each item's link; home links to 60-170
articles; the sitemaps, where an outlet has them, name the whole archive. Pure: bytes in, codes out. What is not of this
kind (an error page, a challenge, a cut file) names no codes; nothing here raises for it.
"""

from __future__ import annotations

import re
import zlib
from contextlib import suppress
from dataclasses import dataclass
from gzip import GzipFile
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from parsel import Selector
from selectolax.lexbor import LexborHTMLParser

from asrcrawler.http.addresses import absolute, at_base
from asrcrawler.http.completeness import has_root_end
from asrcrawler.samaneh.urls import code_of_url

if TYPE_CHECKING:
    from collections.abc import Iterable

FEED_PATH = "/fa/rss/allnews"
HOME_PATH = "/fa"
RECENT_SITEMAP_PATH = "/fa-sitemap-news"
ARCHIVE_SITEMAP_PATH = "/fa-sitemap-newsarchive"

MOST_LINKS = 100_000  # twice what the sitemap protocol allows in one file
MOST_UNPACKED = 16 * 1024 * 1024  # bytes of a sitemap kept as .gz; so many links have some 15 MB
CHUNK = 256 * 1024  # bytes unpacked at a time; of a gzip file that breaks off, whole chunks are read

_GZIP = b"\x1f\x8b"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_ROOT = re.compile(rb"<(?:[\w-]+:)?(?:rss|rdf|feed|urlset|sitemapindex)[\s>]", re.IGNORECASE)
_BARE_AMPERSAND = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});)")
_CDATA = re.compile(rb"(<!\[CDATA\[.*?(?:\]\]>|\Z))", re.DOTALL)  # one group: a split gives text and CDATA in turn


@dataclass(frozen=True, slots=True)
class Sitemap:
    """One sitemap file: the codes it names, or the further files it points to (newest last, as the site lists them)."""

    codes: tuple[int, ...] = ()
    children: tuple[str, ...] = ()
    is_whole: bool = True
    """Whether the file comes to the end of its root element."""


def codes_in_feed(body: bytes, base_url: str, site: str | None = None) -> list[int]:
    """Return the codes of a feed's items, each once, in the feed's order.

    Here and below, links count that lead to ``base_url`` or to the host of ``site``
    (:func:`~asrcrawler.http.addresses.at_base`).
    """
    return _codes(_texts(_tree(body), "item", "link"), base_url, site)


def codes_in_page(body: bytes, base_url: str, site: str | None = None) -> list[int]:
    """Return the codes of the articles that an HTML page links to, each once, in the page's order."""
    anchors = LexborHTMLParser(body.replace(b"\0", b"")).css("a[href]")
    return _codes((anchor.attributes.get("href") or "" for anchor in anchors[:MOST_LINKS]), base_url, site)


def read_sitemap(body: bytes, base_url: str, site: str | None = None, *, url: str | None = None) -> Sitemap:
    """Read a sitemap or a sitemap index, be it a gzip file. Files on other hosts are left out.

    ``url`` is its own address, from which relative ones count; without it, they count from ``base_url``.
    """
    unpacked = _unpacked(body)
    tree = _tree(unpacked)
    here = url or base_url + "/"
    named = (absolute(text, here) for text in _texts(tree, "sitemap", "loc") if text)
    children = (at_base(child, base_url, site) for child in named if child is not None)
    return Sitemap(
        codes=tuple(_codes(_texts(tree, "url", "loc"), base_url, site)),
        children=tuple(dict.fromkeys(child for child in children if child is not None)),
        is_whole=_is_whole(body, unpacked),
    )


def _is_whole(file: bytes, body: bytes) -> bool:
    """Tell whether nothing is missing at the end but what is more than we unpack."""
    return len(body) >= MOST_UNPACKED or (has_root_end(body) and bool(body or not file))


def _unpacked(body: bytes) -> bytes:
    """Tell what is in a gzip file, all its members, as far as it can be read; anything else as it is."""
    if not body.startswith(_GZIP):
        return body
    unpacked = bytearray()
    with suppress(OSError, EOFError, zlib.error), GzipFile(fileobj=BytesIO(body)) as file:
        while len(unpacked) < MOST_UNPACKED and (chunk := file.read1(CHUNK)):
            unpacked += chunk
    return bytes(unpacked[:MOST_UNPACKED])


def _tree(body: bytes) -> Any:
    """Return the root of an XML document, as far as it can be read; None for one without a root."""
    try:
        return Selector(body=_xml(body), type="xml").root
    except ValueError:  # lxml's word for it
        return None


def _texts(tree: Any, parent: str, name: str) -> list[str]:
    """Return the texts of the elements ``name`` within ``parent``, whatever their namespace."""
    if tree is None:
        return []
    found = tree.xpath(f"//*[local-name()='{parent}']/*[local-name()='{name}']")[:MOST_LINKS]
    return ["".join([node.text or "", *(child.tail or "" for child in node)]).strip() for node in found]


def _xml(body: bytes) -> bytes:
    """Cut ``body`` to begin at its root, in UTF-8: blanks, notices of PHP or a mark may stand before it."""
    if body.startswith(_UTF16):
        body = body.decode("utf-16", "replace").encode()
    root = _ROOT.search(body)
    body = body[root.start() :] if root is not None else body
    body = body[: max(body.rfind(b">") + 1, body.rfind(b"<"))]  # a text that breaks off may be half a code
    parts = _CDATA.split(body.replace(b"\0", b""))
    parts[::2] = [_BARE_AMPERSAND.sub(b"&amp;", part) for part in parts[::2]]
    return b"".join(parts)


def _codes(links: Iterable[str], base_url: str, site: str | None) -> list[int]:
    codes: dict[int, None] = {}
    for link in links:
        try:
            url = urljoin(base_url + "/", link)
        except ValueError:
            continue
        code = code_of_url(url)
        if code is not None and at_base(url, base_url, site) is not None:
            codes[code] = None
    return list(codes)
