"""Serve Atom feeds: of the newest articles, and of every list.

A feed is the list's address with ``.atom`` behind its path. The id of an entry is made of site and code, so that it
stays whatever address the reading room is asked by (RFC 4287 4.2.6, RFC 4151).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NamedTuple
from uuid import NAMESPACE_URL, uuid5
from xml.etree.ElementTree import Element, SubElement, tostring

from fastapi import APIRouter, Query, Request, Response

from asrcrawler.policy import has_come
from asrcrawler.reader.addresses import base_url, page_path, scope_of, with_query
from asrcrawler.reader.again import ReadAgain
from asrcrawler.reader.asked import PAGE, Front, Searched
from asrcrawler.reader.lists import labelled
from asrcrawler.reader.rendering import unchanged_or, web_address
from asrcrawler.reader.words import shown
from asrcrawler.storage.articles import reading
from asrcrawler.storage.articles.reading import Position
from asrcrawler.storage.search import Order, search
from asrcrawler.text.persian import to_persian_digits

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from asrcrawler.reader.addresses import Scope
    from asrcrawler.storage.articles.reading import Item

MEDIA_TYPE = "application/atom+xml; charset=utf-8"
ATOM = "http://www.w3.org/2005/Atom"
MINTED = 2023  # a tag: URI names a year in which its host was the site's; this one may never change
EPOCH = "1970-01-01T00:00:00+00:00"  # a feed has to say when it changed; an empty one never did

SearchAsked = Annotated[Searched, Query()]
router = APIRouter(include_in_schema=False, route_class=ReadAgain)


class Entry(NamedTuple):
    """An entry of a feed."""

    site: str
    name: object
    """What its id ends with."""
    title: str
    path: str
    updated: datetime
    published: datetime | None = None
    url: str | None = None
    """Of the original."""
    summary: str | None = None
    categories: Sequence[str] = ()


@router.get("/feed.atom")
def newest(request: Request, asked: Annotated[Front, Query()]) -> Response:
    """Answer with the articles published last."""
    scope = scope_of(request)
    top = Position(limit=PAGE)
    found = reading.published(scope.database, scope.sites, None, scope.now, top, unique=asked.unique)
    title, unique = f"تازه‌های بایگانی {scope.name}", 1 if asked.unique else None
    name, entries = with_query("feed", unique=unique), of_articles(scope, found.items)
    return answer(request, title, entries, page=scope.list_path(unique=unique), name=name)


@router.get("/future.atom")
def future(request: Request) -> Response:
    scope = scope_of(request)
    found = reading.published(scope.database, scope.sites, scope.now, None, Position(limit=PAGE))
    return answer(request, "خبرهایی با تاریخ آینده", of_articles(scope, found.items))


@router.get("/undated.atom")
def undated(request: Request) -> Response:
    scope = scope_of(request)
    found = reading.undated(scope.database, scope.site, Position(limit=PAGE))
    return answer(request, "خبرهای بدون تاریخ", of_articles(scope, found.items))


@router.get("/category/{name:path}.atom")
def category(request: Request, name: str) -> Response:
    return _labelled(request, "category", name)


@router.get("/tag/{name:path}.atom")
def tag(request: Request, name: str) -> Response:
    return _labelled(request, "tag", name)


@router.get("/search.atom")
def found(request: Request, asked: SearchAsked) -> Response:
    """Answer with the newest hits of a search, whatever order its page has."""
    scope = scope_of(request)
    selection = asked.selection(scope.all_sites)
    hits = search(scope.database, asked.q, selection, order=Order.NEWEST, limit=PAGE).hits
    items = reading.of_codes(scope.database, [(hit.site, hit.code) for hit in hits])
    title = f"جست‌وجوی {asked.q}" if asked.q else "جست‌وجو"
    return answer(request, title, of_articles(scope, items))


def of_articles(scope: Scope, items: Iterable[Item]) -> list[Entry]:
    """Make entries of articles."""
    return [
        Entry(
            site=item.site,
            name=item.code,
            title=item.title or f"خبر {to_persian_digits(str(item.code))}",
            path=scope.article_path(item),
            updated=item.changed_at,
            published=item.published_at,
            url=item.url,
            summary=item.lead,
            categories=item.category,
        )
        for item in items
    ]


def answer(
    request: Request,
    title: str,
    entries: Sequence[Entry],
    *,
    page: str | None = None,
    name: str | None = None,
    older: str | None = None,
) -> Response:
    """Answer with a feed; ``page`` is the address of its list, ``name`` what its id ends with.

    ``older`` is the address of the slice of the list that follows (RFC 5005 3).
    """
    scope, base = scope_of(request), base_url(request)
    query = f"?{request.url.query}" if request.url.query else ""
    own = f"{request.url.path}{query}"
    page = page or own.replace(".atom", "", 1)
    root = Element("feed", {"xmlns": ATOM, "xml:lang": "fa"})
    _text(root, "id", _id_of_feed(request, scope, name or f"{page_path(request)}{query}".removeprefix("/")))
    _text(root, "title", shown(title))
    changed = (entry.updated for entry in entries)
    _text(root, "updated", max((_iso(at) for at in changed if has_come(at, scope.now)), default=EPOCH))
    SubElement(root, "link", {"rel": "self", "href": f"{base}{own}", "type": "application/atom+xml"})
    SubElement(root, "link", {"rel": "alternate", "href": f"{base}{page}", "type": "text/html"})
    if older is not None:
        SubElement(root, "link", {"rel": "next", "href": f"{base}{older}", "type": "application/atom+xml"})
    _text(SubElement(root, "author"), "name", scope.name)
    for entry in entries:
        _entry(root, base, entry)
    body = b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="utf-8")
    return unchanged_or(request, Response(body, media_type=MEDIA_TYPE))


def _labelled(request: Request, kind: str, name: str) -> Response:
    scope = scope_of(request)
    wanted, found = labelled(scope, kind, name, Position(limit=PAGE))
    return answer(request, wanted, of_articles(scope, found.items))


def _entry(root: Element, base: str, entry: Entry) -> None:
    element = SubElement(root, "entry")
    _text(element, "id", _id(entry.site, entry.name))
    _text(element, "title", shown(entry.title))
    _text(element, "updated", _iso(entry.updated))
    if entry.published is not None:
        _text(element, "published", _iso(entry.published))
    SubElement(element, "link", {"rel": "alternate", "href": f"{base}{entry.path}", "type": "text/html"})
    if original := web_address(entry.url):
        SubElement(element, "link", {"rel": "via", "href": original})
    if entry.summary:
        _text(element, "summary", shown(entry.summary))
    for name in entry.categories:
        SubElement(element, "category", {"term": shown(name)})


def _id_of_feed(request: Request, scope: Scope, name: str) -> str:
    """Make the id of a feed: of one outlet, as before others were followed; of several, by the address of the feed."""
    if scope.outlet is not None:
        return _id(scope.outlet.site, name)
    return uuid5(NAMESPACE_URL, f"{base_url(request)}/{name}").urn


def _id(site: str, name: object) -> str:
    """Make an id; see the module's first lines."""
    return f"tag:{site},{MINTED}:asrcrawler/{name}"


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
