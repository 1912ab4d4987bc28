"""Read the head of a page: ``meta`` properties and JSON-LD. They are used only where the page itself says nothing."""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING, Any

from asrcrawler.http.addresses import LONGEST_URL, absolute
from asrcrawler.samaneh.urls import code_of_url

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

LONGEST_JSONLD = 200_000  # characters; real ones have some 3,000
MOST_JSONLD = 10  # documents in one page; real ones have one or two
_JSONLD_TYPE = "application/ld+json"
_JSONLD = f'script[type="{_JSONLD_TYPE}"]'
_ARTICLE_TYPES = frozenset({"Article", "NewsArticle", "ReportageNewsArticle", "BlogPosting"})


class Head:
    """The head of one page."""

    def __init__(self, tree: LexborHTMLParser, page: bytes, code: int) -> None:
        self._tree = tree
        self._code = code
        self._page = page

    @property
    def title(self) -> str | None:
        """Tell what the page calls itself."""
        if given := self.meta("og:title"):
            return given
        element = self._tree.css_first("title")
        return element.text().strip() or None if element is not None else None

    def base(self, base_url: str) -> str:
        """Tell what relative addresses of files are relative to: ``<base href>``, or the outlet's address."""
        head = self._tree.head
        element = head.css_first("base[href]") if head is not None else None
        href = (element.attributes.get("href") or "")[:LONGEST_URL] if element is not None else ""
        return (absolute(href, base_url) if href.strip() else None) or base_url

    def meta(self, *names: str) -> str | None:
        """Return the content of the first of ``names`` (``property`` or ``name``) that is not blank."""
        for name in names:
            if value := self._properties.get(name):
                return value
        return None

    def jsonld(self, name: str) -> str | None:
        """Return a text property of the page's JSON-LD article; None where there is none or the JSON cannot be read."""
        value = self._article.get(name)
        return value.strip() or None if isinstance(value, str) else None

    @property
    def jsonld_author(self) -> str | None:
        """Return the name of a person who is given as author; an organisation is not one."""
        author = self._article.get("author")
        if isinstance(author, list) and author:
            author = author[0]
        if isinstance(author, dict) and author.get("@type") == "Person" and isinstance(author.get("name"), str):
            return str(author["name"]).strip() or None
        return None

    @property
    def is_article(self) -> bool:
        """Tell whether the page says of itself that it is one."""
        return self.meta("og:type") == "article" or bool(self.meta("article:published_time") or self._article)

    @property
    def addresses(self) -> list[str]:
        """Tell what the page gives as its own address."""
        canonical = self._tree.css_first('link[rel="canonical"]')
        given = [
            self.meta("og:url", "twitter:url", "dc.identifier"),
            canonical.attributes.get("href") if canonical is not None else None,
        ]
        return [address for address in given if address]

    @cached_property
    def _properties(self) -> dict[str, str]:
        head = self._tree.head
        found = _properties(head) if head is not None else {}
        # An element that may not stand in a head ends it, and the rest of it is body.
        return found if "og:title" in found or "og:url" in found else _properties(self._tree) | found

    @cached_property
    def _article(self) -> dict[str, Any]:
        scripts = self._tree.head.css(_JSONLD) if self._tree.head is not None else []
        if not scripts and _JSONLD_TYPE.encode() in self._page:
            scripts = self._tree.css(_JSONLD)
        for node in scripts[:MOST_JSONLD]:
            text = node.text()
            if len(text) > LONGEST_JSONLD:
                continue
            try:
                data = json.loads(text, strict=False)
            except (ValueError, RecursionError):
                continue
            for candidate in _flattened(data):
                kind = candidate.get("@type")
                kinds = kind if isinstance(kind, list) else [kind]
                named = any(name in _ARTICLE_TYPES for name in kinds if isinstance(name, str))
                if named and self._is_own(candidate):
                    return candidate
        return {}

    def _is_own(self, article: dict[str, Any]) -> bool:
        """Tell whether it does not give the address of another article; on some pages it does."""
        place = article.get("mainEntityOfPage")
        addresses = [article.get("url"), place.get("@id") if isinstance(place, dict) else place]
        codes = {code_of_url(address[:LONGEST_URL]) for address in addresses if isinstance(address, str)}
        return codes <= {None, self._code}


def _properties(place: LexborHTMLParser | LexborNode) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in place.css("meta[content]"):
        attributes = node.attributes
        name = (attributes.get("property") or attributes.get("name") or "").strip().lower()
        content = (attributes.get("content") or "").strip()
        if name and content:
            found.setdefault(name, content)
    return found


def _flattened(data: Any) -> list[dict[str, Any]]:
    """Return the objects of a JSON-LD document, one level of lists and ``@graph`` taken apart."""
    objects = data if isinstance(data, list) else [data]
    found = [item for item in objects if isinstance(item, dict)]
    for item in list(found):
        graph = item.get("@graph")
        if isinstance(graph, list):
            found.extend(inner for inner in graph if isinstance(inner, dict))
    return found
