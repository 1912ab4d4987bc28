"""Where things stand on a page of this CMS. One question, one answer; what a thing means is for others to say.

Outlets vary the template (element names, further classes, wrappers, the order within the toolbar), so places are told
by class *families* and by labels, within the smallest element that holds both headline and body.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from asrcrawler.items import Kind
from asrcrawler.persian import fold_letters
from asrcrawler.samaneh.body import is_noise
from asrcrawler.samaneh.pictures import outside_noise

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

HEADLINES = (
    "h1.title",
    ".title h1",
    "h1.Htags",
    'h1[class*="title"]',
    "h1 a.title",
    'h1[itemprop="headline"]',
    ".video_title",
    ".photo_title",
    ".album_title",
)
"""Selectors of the headline, the surest first."""
ANY_HEADLINE = "h1"
"""… and the last resort within the article's own container; elsewhere it may be the outlet's name."""

BODIES = (
    "div.body, section.body, article.body, td.body, span.body",
    '[itemprop="articleBody"]',
    ".news_body, .newspage_body, .photo_body, .album_body, .video_body",
    ".album_content, .photo_content, .video_content",
)
CONTAINER = '[style*="direction"]'
KICKERS = '[class*="rutitr"]'
LEADS = '[class*="subtitle"]'
AUTHORS = '.news_author, .author_name, .news_writer, .writer_name, .news_reporter, .reporter_name, [rel="author"]'
LEAD_PICTURES = (
    "img.image_btn, img.news_corner_image, img.lead_image, .lead_image img, .news_lead_image img, .primary_image img"
)
GALLERY = ".album_listi, .image_set, .album_content, .photo_body"
VIDEO = ".video_content, .video_title, .video_body"
COMMENT_PLACES = '#comm_b, form[name="comments"], .comments_container, .news_comments, .comments_pager'
CODE_LABEL, DATE_LABEL = "کدخبر", "تاریخانتشار"  # as fold_letters gives them
_LABELLED = "span, div, li, td, p, strong, b, time"
_LABEL_LENGTH = 200  # characters; the text of a labelled place is short, an ancestor's is not
_RIGHT_TO_LEFT = re.compile(r"direction\s*:\s*(?:right|rtl)", re.IGNORECASE)
_SEPARATORS = " >»«‹›/|\\،,"


class Layout:
    """The places of one page."""

    def __init__(self, tree: LexborHTMLParser) -> None:
        self._tree = tree

    # --- the page

    @cached_property
    def page_name(self) -> str:
        """The ``id`` of ``<body>``: ``news`` for an article, ``home``, ``archive`` …"""
        return (self._root.attributes.get("id") or "").strip()

    @property
    def is_error_page(self) -> bool:
        return self._tree.css_first(".error_container") is not None

    @property
    def code_texts(self) -> list[str]:
        """The texts that show the article's code."""
        return self._texts(".news_id_c") or self._labelled(CODE_LABEL)

    @property
    def date_texts(self) -> list[str]:
        """The text that shows the date of publication; the site's own «به روز شده در» is no such place."""
        for node in outside_noise_toolbar(self._tree.css(".news_pdate_c")):
            texts = [node.text(separator=" ")]
            for inner in node.css(".fa_date"):
                texts.insert(0, inner.text(separator=" "))
            return texts
        return self._labelled(DATE_LABEL)[:1]

    # --- the article

    @cached_property
    def title(self) -> str | None:
        node = self._headline
        if node is None:
            return None
        anchor = node.css_first("a") if node.tag != "a" else None
        text = _text(anchor) if anchor is not None else ""
        return text or _text(node) or None

    @property
    def kicker(self) -> str | None:
        return self._before_body(KICKERS)

    @property
    def lead(self) -> str | None:
        return self._before_body(LEADS)

    @property
    def author(self) -> str | None:
        node = self.scope.css_first(AUTHORS)
        return _text(node) or None if node is not None else None

    @property
    def path(self) -> list[tuple[str, str | None]]:
        """The sections, outermost first: name and address."""
        node = self._tree.css_first(".news_path")
        if node is None:
            return []
        anchors = ((_text(anchor).strip(_SEPARATORS), anchor.attributes.get("href")) for anchor in node.css("a"))
        return [(name, href) for name, href in anchors if name]

    @property
    def has_path(self) -> bool:
        return self._tree.css_first(".news_path") is not None

    @property
    def tags(self) -> list[str]:
        anchors = self._tree.css("a.tags_item") or self._tree.css(".tags_container a, .tags_title a")
        return [text for text in (_text(anchor).strip(_SEPARATORS) for anchor in anchors) if text]

    @property
    def comment_count(self) -> int | None:
        """How many comments are shown; None where the page has no place for them."""
        shown = len(self._tree.css(".comments_item"))
        if shown or self._tree.css_first(COMMENT_PLACES) is not None:
            return shown
        return None

    @cached_property
    def kind(self) -> Kind:
        if self.scope.css_first(GALLERY) is not None:
            return Kind.GALLERY
        if self.scope.css_first(VIDEO) is not None:
            return Kind.VIDEO
        return Kind.ARTICLE

    @property
    def has_body(self) -> bool:
        return bool(self.bodies)

    @cached_property
    def bodies(self) -> list[LexborNode]:
        """The element that holds the text, or nothing."""
        for selector in BODIES:
            found = [node for node in self._tree.css(selector) if node.tag != "body" and not is_noise(node)]
            if found:
                return [self._own_body(found)]
        return []

    @cached_property
    def scope(self) -> LexborNode:
        """The smallest element that holds headline and body: nothing of another article stands in it."""
        headline, bodies = self._headline, self.bodies
        start = bodies[0] if bodies else headline
        if start is None:
            return self._root
        node = start
        while node.parent is not None and node.tag != "body":
            if self._is_scope(node, headline, start):
                return node
            node = node.parent
        return self._root

    @property
    def lead_pictures(self) -> list[LexborNode]:
        return outside_noise(self.scope.css(LEAD_PICTURES))

    # --- how they are found

    @cached_property
    def _root(self) -> LexborNode:
        body = self._tree.body
        assert body is not None  # the parser makes one for any document
        return body

    @cached_property
    def _headline(self) -> LexborNode | None:
        container = self._container
        if container is not None and (found := self._first_text(container, (*HEADLINES, ANY_HEADLINE))) is not None:
            return found
        return self._first_text(self._root, HEADLINES)

    def _first_text(self, place: LexborNode, selectors: tuple[str, ...]) -> LexborNode | None:
        for selector in selectors:
            for node in place.css(selector):
                if _text(node) and not is_noise(node):
                    return node
        return None

    @cached_property
    def _container(self) -> LexborNode | None:
        """The article's own container: the element styled right-to-left that holds a headline."""
        for node in self._root.css(CONTAINER):
            if _RIGHT_TO_LEFT.search(node.attributes.get("style") or "") and node.css_first("h1, .title") is not None:
                return node
        return None

    def _own_body(self, candidates: list[LexborNode]) -> LexborNode:
        """Of several, the first after the headline; side bars with a class of the same name stand elsewhere."""
        container = self._container
        if container is not None:
            own = {node.mem_id for node in container.css("*")}
            inside = [node for node in candidates if node.mem_id in own]
            candidates = inside or candidates
        if len(candidates) == 1 or self._headline is None:
            return candidates[0]
        after = _after(self._root, self._headline, candidates)
        return (after or candidates)[0]

    def _is_scope(self, node: LexborNode, headline: LexborNode | None, start: LexborNode) -> bool:
        if headline is None or headline.mem_id == start.mem_id:
            return node.mem_id != start.mem_id
        if node.mem_id == start.mem_id:
            return False
        return any(found.mem_id == headline.mem_id for found in node.css(headline.tag or "*"))

    def _before_body(self, selector: str) -> str | None:
        """The first text of this family that stands in the article and not in its body."""
        body = self.bodies[0] if self.bodies else None
        inside = {node.mem_id for node in body.css(selector)} if body is not None else set()
        for node in self.scope.css(selector):
            if body is not None and node.mem_id == body.mem_id:
                continue
            if node.mem_id not in inside and (text := _text(node)):
                return text
        return None

    def _texts(self, selector: str) -> list[str]:
        return [node.text(separator=" ") for node in self._tree.css(selector)]

    def _labelled(self, label: str) -> list[str]:
        """Texts of the smallest elements that begin with ``label`` and hold a number."""
        for node in self._tree.css(_LABELLED):
            text = node.text(separator=" ")
            if len(text) <= _LABEL_LENGTH and fold_letters(text).startswith(label) and any(map(str.isdigit, text)):
                return [text]
        return []


def outside_noise_toolbar(nodes: list[LexborNode]) -> list[LexborNode]:
    """Those of ``nodes`` that hold a number: an empty date place is none."""
    return [node for node in nodes if any(map(str.isdigit, node.text()))]


def _after(root: LexborNode, headline: LexborNode, candidates: list[LexborNode]) -> list[LexborNode]:
    wanted = {node.mem_id: node for node in candidates}
    found: list[LexborNode] = []
    passed = False
    for node in root.traverse():
        if node.mem_id == headline.mem_id:
            passed = True
        elif passed and node.mem_id in wanted:
            found.append(wanted[node.mem_id])
    return found


def _text(node: LexborNode) -> str:
    return " ".join(node.text().split())
