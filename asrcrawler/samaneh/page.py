"""Read an :class:`~asrcrawler.items.Article` from its page, or say why it is not the article asked for.

Read by the CMS's own structure, which all its outlets share: a toolbar with «کد خبر» and «تاریخ انتشار», the path of
sections, and a container with kicker (``rutitr``), headline, lead (``subtitle``) and ``body``, in this order. Nothing
is taken from what stands around it. Pure: bytes in, article out.
"""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser

from asrcrawler.exceptions import DateError, ImpossibleDateError, Missing, OtherPage, Refused, Unreadable
from asrcrawler.items import Article, Image, Kind
from asrcrawler.samaneh.body import Body, read_body
from asrcrawler.samaneh.challenge import CHALLENGE, is_challenge
from asrcrawler.samaneh.dates import Moment, read_moment
from asrcrawler.samaneh.encoding import as_utf8
from asrcrawler.samaneh.head import Head
from asrcrawler.samaneh.layout import Layout
from asrcrawler.samaneh.nesting import excess
from asrcrawler.samaneh.pictures import pictures, videos
from asrcrawler.samaneh.urls import article_path, code_of_url, is_home, short_path
from asrcrawler.text.persian import clean, fold_letters, to_latin_digits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from selectolax.lexbor import LexborNode

T = TypeVar("T")

PAGE, META, JSONLD = "page", "meta", "jsonld"

_CODE = re.compile(r"\d{1,10}", re.ASCII)
_LISTINGS = frozenset({"home", "archive", "search", "services", "service", "tags", "tag", "rss", "links", "contact"})
"""The ``id`` of ``<body>`` on pages that are about many articles or none."""
LONGEST = {"title": 500, "kicker": 500, "author": 500, "category": 500, "tags": 500, "lead": 5_000}
"""Field → characters of one text in it; real ones have a fifth of that, and lists show them whole."""
MOST_LISTED = 500  # pictures, films, tags, sections: of each
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
    """Read one page; each field has a method."""

    def __init__(
        self, tree: LexborHTMLParser, page: bytes, site: str, code: int, base_url: str, note: str | None
    ) -> None:
        self._page = page
        self._head = Head(tree, page, code)
        self._layout = Layout(tree, page, code, self._head.title)
        self._code = code
        self._base_url = base_url
        self._files_at = self._head.base(base_url)
        self._hosts = _hosts(site, base_url)
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
        article.images = self._images(body)
        article.body = "\n\n".join(self._without_caption(body)) or None
        if article.kind is Kind.VIDEO:
            article.videos = self._most("videos", videos(self._layout.shows.files, self._headline, self._files_at))
        article.category = self._category()
        article.tags = self._tags()
        article.author = self._author()
        self._dates()
        article.comment_count = self._comment_count()
        self._refuse_hollow_pages()
        return article

    # --- is it the page asked for?

    def _refuse_other_pages(self, url: str) -> None:
        codes = _numbers(self._layout.code_texts)
        if not codes:
            self._refuse_known_pages(url)
            codes = self._codes_elsewhere()
        if not codes and self._was_led_away(url):
            raise Missing(f"redirected to a page that is no article{self._named()}")
        if not codes:
            raise Unreadable(f"no news code on the page{self._named()}")
        if len(codes) > 1:
            raise Unreadable(f"several news codes on the page: {', '.join(map(str, sorted(codes)[:5]))}")
        if codes != {self._code}:
            raise OtherPage(codes.pop())

    def _refuse_known_pages(self, url: str) -> None:
        """Refuse a page that shows no code and says what else it is."""
        if is_challenge(self._page):
            raise Refused(CHALLENGE)
        if is_home(url) or self._layout.page_name == "home":
            raise Missing("home page")
        if self._layout.is_error_page:
            raise Missing("soft 404")

    def _codes_elsewhere(self) -> set[int]:
        """Find the codes that the page gives as its own elsewhere: behind a label, as its address, on buttons.

        What is surer counts alone.
        """
        if self._layout.page_name in _LISTINGS:
            return set()
        addresses = (code_of_url(address) for address in self._head.addresses)
        return (
            _numbers(self._layout.labelled_code_texts)
            or {code for code in addresses if code is not None}
            or self._layout.tool_codes
        )

    def _was_led_away(self, url: str) -> bool:
        """Tell whether a redirect, since ``url`` names no code, has led from an article that is gone to a listing or a
        notice. What may be an article of another template, or a gate before the article, is neither."""
        parts = urlsplit(url)
        if code_of_url(url) is not None or self._code in _numbers(_CODE.findall(parts.path)):
            return False
        if self._layout.page_name in _LISTINGS:
            return True
        leads_back = article_path(self._code) in unquote(parts.query)
        return not (self._layout.page_name == "news" or self._head.is_article or self._layout.is_gate(leads_back))

    def _named(self) -> str:
        return f" (body#{self._layout.page_name[:20]})" if self._layout.page_name else ""

    def _refuse_hollow_pages(self) -> None:
        article = self._article
        if article.title is None:
            raise Unreadable("no headline")
        if article.kind is Kind.ARTICLE and not self._layout.has_body:
            raise Unreadable("no body")
        if article.body is None and article.lead is None and not article.images and not article.videos:
            raise Unreadable("neither body nor lead nor picture nor film")

    # --- texts

    @cached_property
    def _headline(self) -> str:
        """Return the headline as it is compared."""
        return fold_letters(self._article.title or "")

    def _title(self) -> str | None:
        return (
            self._line("title", self._layout.title)
            or self._line("title", self._head.meta("og:title"), META)
            or self._line("title", self._head.jsonld("headLine"), JSONLD)
        )

    def _line(self, name: str, text: str | None, source: str = PAGE) -> str | None:
        """Put ``text`` into one line and its source on record; None where it is blank."""
        line = " ".join((text or "").split())
        if not (cleaned := clean(line)):
            return None
        self._article.sources[name] = source
        return self._bounded(name, line, cleaned)

    def _bounded(self, name: str, line: str, cleaned: str) -> str:
        """Return ``line``, or the beginning of what cleaning makes of it where that is longer than its field allows."""
        most = LONGEST[name]
        if len(cleaned) <= most:
            return line
        self._note(name, self._article.sources[name], f"more than {most} characters, the rest left out")
        return cleaned[:most].rstrip()

    def _most(self, name: str, found: list[T]) -> list[T]:
        """Return ``found``, or the first of it where that is more than an article has."""
        if len(found) > MOST_LISTED:
            self._note(name, self._article.sources.get(name, PAGE), f"more than {MOST_LISTED}, the rest left out")
        return found[:MOST_LISTED]

    def _body(self) -> Body:
        may_be_digest = self._article.kind is Kind.ARTICLE
        body = read_body(self._layout.bodies, self._code, self._hosts, may_be_digest=may_be_digest)
        if body.paragraphs:
            self._article.sources["body"] = PAGE
        return body

    def _without_caption(self, body: Body) -> list[str]:
        """Leave out the lead picture's caption, which repeats the headline at the top of the body."""
        title, paragraphs = self._article.title or "", body.paragraphs
        if not paragraphs or len(paragraphs[0]) > 2 * len(title):
            return paragraphs
        if fold_letters(paragraphs[0]) != self._headline:
            return paragraphs
        within = {node.mem_id for node in body.pictures}
        is_beside = body.opens_with_picture or any(node.mem_id not in within for node in self._layout.lead_pictures)
        return paragraphs[1:] if is_beside else paragraphs

    def _author(self) -> str | None:
        author = self._line("author", self._layout.author) or self._line("author", self._head.jsonld_author, JSONLD)
        if author and fold_letters(author) == fold_letters(self._head.meta("og:site_name") or ""):
            return None  # the outlet
        return author

    # --- lists

    def _category(self) -> list[str]:
        names = [name for name, _ in self._layout.path if fold_letters(name) != self._headline]
        section = self._head.meta("article:section") if not self._layout.has_path else None
        return self._list("category", names, [section] if section else [])

    def _tags(self) -> list[str]:
        named = _TAG_SEPARATORS.split(self._head.meta("article:tag") or "")
        return self._most("tags", list(dict.fromkeys(self._list("tags", self._layout.tags, named))))

    def _list(self, name: str, shown: list[str], meta: list[str]) -> list[str]:
        for source, texts in ((PAGE, shown), (META, meta)):
            if found := [line for text in texts if (line := " ".join(text.split()))]:
                self._article.sources[name] = source
                return [self._bounded(name, line, clean(line)) for line in found]
        return []

    def _images(self, body: Body) -> list[Image]:
        nodes: list[LexborNode] = [*self._layout.lead_pictures, *body.pictures]
        shows = self._layout.shows
        if self._article.kind is Kind.GALLERY:
            nodes += [node for gallery in shows.galleries for node in shows.pictures(gallery)]
        return self._most("images", pictures(nodes, self._headline, self._files_at))

    def _comment_count(self) -> int | None:
        stated = self._layout.comment_counts
        if len(set(stated)) > 1:
            self._note("comment_count", PAGE, f"several numbers: {', '.join(map(str, stated[:5]))}")
        return self._layout.comment_count

    # --- dates

    def _dates(self) -> None:
        article, layout, head = self._article, self._layout, self._head
        published = (
            self._moment("published_at", PAGE, layout.date_texts)
            or self._moment("published_at", META, [head.meta("article:published_time")])
            or self._moment("published_at", PAGE, self._other_dates)
            or self._moment("published_at", JSONLD, [head.jsonld("datePublished")])
            or self._moment("published_at", PAGE, self._unnamed_date)
        )
        if published is not None:
            article.published_at, article.published_jalali = published.at, published.jalali
        modified = self._moment("modified_at", META, [head.meta("article:modified_time")]) or self._moment(
            "modified_at", JSONLD, [head.jsonld("dateModified")]
        )
        article.modified_at = modified.at if modified else None

    @property
    def _other_dates(self) -> list[str]:
        return [text for text in self._layout.other_date_texts if _date_in(text) is not None]

    @property
    def _unnamed_date(self) -> list[str]:
        """Return the one date around the article, where no place has its name; of several, none."""
        if "published_at" in self._doubtful:
            return []
        dates = {text: moment for text in self._layout.unnamed_date_texts if (moment := _date_in(text)) is not None}
        with_time = {text: moment for text, moment in dates.items() if " " in moment.jalali}
        found = with_time or dates
        return list(found)[:1] if len({moment.at for moment in found.values()}) == 1 else []

    def _moment(self, name: str, source: str, texts: Sequence[str | None]) -> Moment | None:
        """Return the date in the first of ``texts``, all of one place, that gives one.

        Where an impossible date is all there is, no other place is asked. A date in a form that is not read, or one of
        several, leaves the word to the next place.
        """
        wrong: DateError | None = None
        for text in texts if name not in self._doubtful else ():
            if text is None:
                continue
            try:
                moment = read_moment(text)
            except DateError as error:
                wrong = error if wrong is None or isinstance(error, ImpossibleDateError) else wrong
                continue
            if moment is not None:
                self._article.sources[name] = source
                self._note(name, source, str(wrong) if wrong else moment.note)
                return moment
        if wrong is not None:
            self._note(name, source, str(wrong))
            if isinstance(wrong, ImpossibleDateError):
                self._doubtful.add(name)
        return None

    def _note(self, name: str, source: str, note: str | None) -> None:
        if note:
            self._article.notes.append(f"{name} in {source}: {note}")


def _date_in(text: str) -> Moment | None:
    try:
        return read_moment(text)
    except DateError:
        return None


@lru_cache(maxsize=256)
def _hosts(site: str, base_url: str) -> frozenset[str]:
    return frozenset([*_host(f"//{site}"), *_host(base_url)])


def _host(url: str) -> list[str]:
    """Return the host of an address without www, as a list of one; none where it has none."""
    try:
        host = urlsplit(url).hostname
    except ValueError:
        host = None
    return [host.removeprefix("www.")] if host else []


def _numbers(texts: list[str]) -> set[int]:
    return {int(found[0]) for text in texts if (found := _CODE.search(to_latin_digits(text)))}
