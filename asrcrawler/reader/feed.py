"""Serve the Atom feed of new articles."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, tostring

from fastapi import APIRouter, Request, Response

from asrcrawler.policy import has_come
from asrcrawler.reader.again import ReadAgain
from asrcrawler.reader.asked import PAGE
from asrcrawler.reader.rendering import library_of, unchanged_or, web_address
from asrcrawler.reader.words import shown
from asrcrawler.storage.articles.reading import newest
from asrcrawler.text.persian import to_persian_digits

if TYPE_CHECKING:
    from datetime import datetime

    from asrcrawler.storage.articles.reading import Item

MEDIA_TYPE = "application/atom+xml; charset=utf-8"
ATOM = "http://www.w3.org/2005/Atom"
MINTED = 2023  # a tag: URI names a year in which its host was the site's; this one may never change
EPOCH = "1970-01-01T00:00:00+00:00"  # a feed has to say when it changed; an empty one never did

router = APIRouter(include_in_schema=False, route_class=ReadAgain)


@router.get("/feed.atom")
def feed(request: Request) -> Response:
    """Answer with the articles published last."""
    library = library_of(request)
    base = library.public_url or str(request.base_url).rstrip("/")
    items = newest(library.database, library.site, library.now, PAGE)
    root = Element("feed", {"xmlns": ATOM, "xml:lang": "fa"})
    _text(root, "id", _id(library.site, "feed"))
    _text(root, "title", f"تازه‌های بایگانی {library.site}")
    changed = (item.changed_at for item in items)
    _text(root, "updated", max((_iso(at) for at in changed if has_come(at, library.now)), default=EPOCH))
    SubElement(root, "link", {"rel": "self", "href": f"{base}/feed.atom", "type": "application/atom+xml"})
    SubElement(root, "link", {"rel": "alternate", "href": f"{base}/", "type": "text/html"})
    _text(SubElement(root, "author"), "name", library.site)
    for item in items:
        _entry(root, library.site, base, item)
    body = b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="utf-8")
    return unchanged_or(request, Response(body, media_type=MEDIA_TYPE))


def _entry(root: Element, site: str, base: str, item: Item) -> None:
    entry = SubElement(root, "entry")
    _text(entry, "id", _id(site, item.code))
    _text(entry, "title", shown(item.title) or f"خبر {to_persian_digits(str(item.code))}")
    _text(entry, "updated", _iso(item.changed_at))
    if item.published_at is not None:
        _text(entry, "published", _iso(item.published_at))
    SubElement(entry, "link", {"rel": "alternate", "href": f"{base}/news/{item.code}", "type": "text/html"})
    if original := web_address(item.url):
        SubElement(entry, "link", {"rel": "via", "href": original})
    if item.lead:
        _text(entry, "summary", shown(item.lead))
    for name in item.category:
        SubElement(entry, "category", {"term": shown(name)})


def _id(site: str, name: object) -> str:
    """Make an id that stays whatever address the reading room is asked by (RFC 4287 4.2.6, RFC 4151)."""
    return f"tag:{site},{MINTED}:asrcrawler/{name}"


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
