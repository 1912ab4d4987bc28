"""An article's page → :class:`~asrcrawler.items.Article`, or the reason why it is not the article asked for.

Read by the CMS's own structure, which all its outlets share: a toolbar with «کد خبر» and «تاریخ انتشار», the path of
sections, and a container with kicker (``rutitr``), headline, lead (``subtitle``) and ``body``, in this order. Nothing
is taken from what stands around it. Pure: bytes in, article out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser

from asrcrawler.exceptions import DateError, Missing, Refused, Unreadable
from asrcrawler.items import Article, Image, Kind
from asrcrawler.samaneh.body import Body, read_body
from asrcrawler.samaneh.challenge import CHALLENGE, is_challenge
from asrcrawler.samaneh.dates import Moment, read_moment
from asrcrawler.samaneh.encoding import as_utf8
from asrcrawler.samaneh.head import Head
from asrcrawler.samaneh.layout import Layout
from asrcrawler.samaneh.nesting import excess
from asrcrawler.samaneh.pictures import GALLERY, media, pictures
from asrcrawler.samaneh.places import within_link_elsewhere, within_noise
from asrcrawler.samaneh.urls import article_path, code_of_url, is_home, short_path
from asrcrawler.text.persian import clean, fold_letters, to_latin_digits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from selectolax.lexbor import LexborNode

PAGE, META, JSONLD = "page", "meta", "jsonld"

_CODE = re.compile(r"\d{1,10}", re.ASCII)
_LISTINGS = frozenset({"home", "archive", "search", "services", "service", "tags", "tag", "rss", "links", "contact"})
"""The ``id`` of ``<body>`` on pages that are about many articles or none."""
_TAG_SEPARATORS = re.compile("[,،]")
_AS_WRITTEN = LexborDocumentOptions.WO_EVENTS.value
"""The tree as the page has it: nothing of what a browser would copy about in it."""


def read_page(
    body: bytes, *, site: str, code: int, url: str, base_url: str, declared_encoding: str | None = None
) -> Article:
    """Read the page that was fetched for ``code`` and came from ``url`` (after redirects).

    Raises :exc:`~asrcrawler.exceptions.Missing`, :exc:`~asrcrawler.exceptions.Refused` or
    :exc:`~asrcrawler.exceptions.Unreadable`, each with its reason, for everything else; no other error whatever the
    bytes are.
    """
    page, encoding_note = as_utf8(body, declared_encoding)
    if (too_much := excess(page)) is not None:
        raise Unreadable(too_much)
    tree = LexborHTMLParser(page, options=_AS_WRITTEN, scripting=True)
    return _Page(tree, page, site, code, base_url, encoding_note).read(url)


class _Page:
    """One page while it is being read: a method a field."""

    def __init__(
        self, tree: LexborHTMLParser, page: bytes, site: str, code: int, base_url: str, note: str | None
    ) -> None:
        self._page = page
        self._head = Head(tree, page, code)
        self._layout = Layout(tree, page, code, self._head.title)
        self._code = code
        self._base_url = base_url
        self._doubtful: set[str] = set()
        """Fields whose first value cannot be: no other place may speak for them."""
        self._article = Article(
            site=site,
            code=code,
            url=base_url + article_path(code),
            short_url=base_url + short_path(code),
            notes=[note] if note else [],
        )

    def read(self, url: str) -> Article:
        self._refuse_other_pages(url)
        article = self._article
        article.kind = self._layout.kind
        article.title = self._title()
        article.kicker = self._line("kicker", self._layout.kicker)
        article.lead = self._line("lead", self._layout.lead)
        body = self._body()
        article.body = "\n\n".join(_without_caption(body.paragraphs, article)) or None
        article.images = self._images(body)
        article.category = self._category()
        article.tags = self._tags()
        article.author = self._author()
        self._dates()
        article.comment_count = self._layout.comment_count
        self._refuse_hollow_pages()
        return article

    # --- is it the page asked for?

    def _refuse_other_pages(self, url: str) -> None:
        codes = _numbers(self._layout.code_texts)
        if not codes:
            self._refuse_known_pages(url)
            codes = self._codes_elsewhere()
        if not codes:
            raise Unreadable(f"no news code on the page{self._named()}")
        if len(codes) > 1:
            raise Unreadable(f"several news codes on the page: {', '.join(map(str, sorted(codes)[:5]))}")
        if codes != {self._code}:
            raise Unreadable(f"page of code {codes.pop()}")

    def _refuse_known_pages(self, url: str) -> None:
        """A page that shows no code may say what else it is."""
        if is_challenge(self._page):
            raise Refused(CHALLENGE)
        if is_home(url) or self._layout.page_name == "home":
            raise Missing("home page")
        if self._layout.is_error_page:
            raise Missing("soft 404")

    def _codes_elsewhere(self) -> set[int]:
        """The codes that the page gives as its own without the usual place: behind a label, as its address, on the
        CMS's buttons. What is surer counts alone."""
        if self._layout.page_name in _LISTINGS:
            return set()
        addresses = (code_of_url(address) for address in self._head.addresses)
        return (
            _numbers(self._layout.labelled_code_texts)
            or {code for code in addresses if code is not None}
            or self._layout.tool_codes
        )

    def _named(self) -> str:
        return f" (body#{self._layout.page_name[:20]})" if self._layout.page_name else ""

    def _refuse_hollow_pages(self) -> None:
        article = self._article
        if article.title is None:
            raise Unreadable("no headline")
        if article.kind is Kind.ARTICLE and not self._layout.has_body:
            raise Unreadable("no body")
        if article.body is None and article.lead is None and not article.images:
            raise Unreadable("neither body nor lead nor picture")

    # --- texts

    def _title(self) -> str | None:
        return (
            self._line("title", self._layout.title)
            or self._line("title", self._head.meta("og:title"), META)
            or self._line("title", self._head.jsonld("headLine"), JSONLD)
        )

    def _line(self, name: str, text: str | None, source: str = PAGE) -> str | None:
        """``text`` in one line, on record with its source; None where it is blank."""
        line = " ".join((text or "").split())
        if not clean(line):
            return None
        self._article.sources[name] = source
        return line

    def _body(self) -> Body:
        body = Body()
        for node in self._layout.bodies:
            part = read_body(node, self._code)
            body.paragraphs += part.paragraphs
            body.pictures += part.pictures
        if body.paragraphs:
            self._article.sources["body"] = PAGE
        return body

    def _author(self) -> str | None:
        author = self._line("author", self._layout.author) or self._line("author", self._head.jsonld_author, JSONLD)
        outlet = fold_letters(self._head.meta("og:site_name") or "")
        return None if author and fold_letters(author) == outlet else author

    # --- lists

    def _category(self) -> list[str]:
        headline = fold_letters(self._article.title or "")
        names = [name for name, _ in self._layout.path if fold_letters(name) != headline]
        section = self._head.meta("article:section") if not self._layout.has_path else None
        return self._list("category", names, [section] if section else [])

    def _tags(self) -> list[str]:
        named = _TAG_SEPARATORS.split(self._head.meta("article:tag") or "")
        return list(dict.fromkeys(self._list("tags", self._layout.tags, named)))

    def _list(self, name: str, shown: list[str], meta: list[str]) -> list[str]:
        for source, texts in ((PAGE, shown), (META, meta)):
            if found := [line for text in texts if (line := " ".join(text.split()))]:
                self._article.sources[name] = source
                return found
        return []

    def _images(self, body: Body) -> list[Image]:
        title = self._article.title
        nodes: list[LexborNode] = [*self._layout.lead_pictures, *body.pictures]
        scope = self._layout.scope
        if self._article.kind is Kind.GALLERY:
            shown = [node for node in scope.css(GALLERY) if not within_noise(node)]
            nodes += [node for node in shown if not within_link_elsewhere(node, self._code)]
        found = pictures(nodes, title, self._base_url)
        if self._article.kind is Kind.VIDEO:
            found += media(scope, self._base_url)
        return found

    # --- dates

    def _dates(self) -> None:
        article, layout, head = self._article, self._layout, self._head
        published = (
            self._moment("published_at", PAGE, layout.date_texts)
            or self._moment("published_at", META, [head.meta("article:published_time")])
            or self._moment("published_at", PAGE, self._other_dates)
            or self._moment("published_at", JSONLD, [head.jsonld("datePublished")])
        )
        if published is not None:
            article.published_at, article.published_jalali = published.at, published.jalali
        modified = self._moment("modified_at", META, [head.meta("article:modified_time")]) or self._moment(
            "modified_at", JSONLD, [head.jsonld("dateModified")]
        )
        article.modified_at = modified.at if modified else None

    @property
    def _other_dates(self) -> list[str]:
        return [text for text in self._layout.other_date_texts if _is_date(text)]

    def _moment(self, name: str, source: str, texts: Sequence[str | None]) -> Moment | None:
        """The date in the first of ``texts``, all of one place, that gives one.

        Where an impossible date is all there is, no other place is asked.
        """
        wrong: str | None = None
        for text in texts if name not in self._doubtful else ():
            if text is None:
                continue
            try:
                moment = read_moment(text)
            except DateError as error:
                wrong = wrong or str(error)
                continue
            if moment is not None:
                self._article.sources[name] = source
                self._note(name, source, wrong or moment.note)
                return moment
        if wrong:
            self._note(name, source, wrong)
            self._doubtful.add(name)
        return None

    def _note(self, name: str, source: str, note: str | None) -> None:
        if note:
            self._article.notes.append(f"{name} in {source}: {note}")


def _is_date(text: str) -> bool:
    try:
        return read_moment(text) is not None
    except DateError:
        return False


def _without_caption(paragraphs: list[str], article: Article) -> list[str]:
    """The lead picture's caption repeats the headline at the top of the body; it is no text of the article."""
    title = article.title or ""
    if paragraphs and len(paragraphs[0]) <= 2 * len(title) and fold_letters(paragraphs[0]) == fold_letters(title):
        return paragraphs[1:]
    return paragraphs


def _numbers(texts: list[str]) -> set[int]:
    return {int(found[0]) for text in texts if (found := _CODE.search(to_latin_digits(text)))}
