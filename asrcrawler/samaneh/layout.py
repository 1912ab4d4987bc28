"""Where things stand on a page of this CMS. One question, one answer; what a thing means is for others to say.

Outlets vary the template (element names, further classes, wrappers, the order within the toolbar), so places are told
by class *families* and by labels, and of several places of a kind the one counts that stands nearest to the headline.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from asrcrawler.items import Kind
from asrcrawler.samaneh.bodies import find_bodies, has_own_text
from asrcrawler.samaneh.headline import find_headline, headline_text
from asrcrawler.samaneh.labels import AUTHOR, CODE, DATE, TAG_WORDS, TAGS, labelled
from asrcrawler.samaneh.others import Others
from asrcrawler.samaneh.places import (
    ALL_PLACES,
    AUTHORS,
    GALLERIES,
    KICKERS,
    LEAD_PICTURES,
    LEADS,
    SURE_PLACES,
    TAG_PLACES,
    TOOLS,
    VIDEOS,
    Places,
    ancestors,
    children,
    comes_before,
    common,
    leads_elsewhere,
    line_of,
    within_noise,
)
from asrcrawler.samaneh.sections import sections
from asrcrawler.text.persian import clean, fold_letters

if TYPE_CHECKING:
    from collections.abc import Iterable

    from selectolax.lexbor import LexborHTMLParser, LexborNode

_TOOL_CODE = re.compile(r"/fa/(?:save|print|send)/([1-9][0-9]{0,9})\b")
_SEPARATORS = " >»«‹›/|\\،,؛#"
LONGEST_AUTHOR = 60  # characters
_FRAME_STEPS = 6  # from the headline to what holds the article's toolbar too
_MOST_MARKS = 200


class Layout:
    """The places of one page (``tree`` is parsed from ``page``), read as the page of the article ``code``.

    Raises :exc:`~asrcrawler.exceptions.Unreadable` where two places claim to be the same thing.
    """

    def __init__(self, tree: LexborHTMLParser, page: bytes, code: int, title_hint: str | None = None) -> None:
        self._tree = tree
        self._page = page
        self._code = code
        self._title_hint = title_hint
        self._sure = Places(tree, SURE_PLACES)

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
        """The texts of the place that shows the article's code."""
        return [text for node in self._sure.of("code") if _has_digit(text := node.text(separator=" "))]

    @property
    def labelled_code_texts(self) -> list[str]:
        """What stands behind «کد خبر», where the page has no place of that name."""
        return [value.text for value in labelled(self._root, CODE, _has_digit, self._body_if_any)]

    @property
    def tool_codes(self) -> set[int]:
        """The codes that the buttons for printing, sending and saving name."""
        links = (
            (node.attributes.get("href") or "") + " " + (node.attributes.get("onclick") or "")
            for node in self._tree.css(TOOLS)
        )
        return {int(match[1]) for link in links if (match := _TOOL_CODE.search(link))}

    @cached_property
    def date_texts(self) -> list[str]:
        """The text that shows the date of publication, then its Jalali part; the site's own «به روز شده در» is no such
        place."""
        node = self._nearest(node for node in self._sure.of("date") if _has_digit(node.text()))
        if node is not None:
            inner = [part.text(separator=" ") for part in node.css(".fa_date")]
            return [node.text(separator=" "), *inner]
        values = labelled(self._root, DATE, _has_digit, self._body_if_any)
        nearest = self._nearest([value.node for value in values if not self._others.has(value.node)])
        return [value.text for value in values if nearest is not None and value.node.mem_id == nearest.mem_id][:1]

    @cached_property
    def other_date_texts(self) -> list[str]:
        """The texts of places that may be the date of publication, where the page has no place of that name."""
        if self._headline is None:
            return []
        found = [
            node
            for node in self._all.of("date")
            if _has_digit(node.text()) and not within_noise(node) and not self._others.has(node)
        ]
        around = ancestors(self._headline, _FRAME_STEPS + 1)
        inside = {node.mem_id for node in around if node.tag not in {"body", "html"}}
        near = [node for node in found if any(parent.mem_id in inside for parent in ancestors(node, _FRAME_STEPS))]
        nearest = self._nearest(near)
        if nearest is None:
            return []
        stamp = nearest.attributes.get("datetime")
        return [text for text in (stamp, nearest.text(separator=" ")) if text]

    # --- the article

    @cached_property
    def title(self) -> str | None:
        return headline_text(self._headline) if self._headline is not None else None

    @property
    def kicker(self) -> str | None:
        return self._before_body(KICKERS)

    @property
    def lead(self) -> str | None:
        return self._before_body(LEADS)

    @property
    def author(self) -> str | None:
        for node in self._own(self.scope.css(AUTHORS)):
            if text := line_of(node):
                return _without_label(text)
        if not self.bodies or self._headline is None:
            return None
        around = {node.mem_id for node in (self.bodies[0], *ancestors(self.bodies[0]))}
        parts = [part for part in children(self.scope) if part.mem_id not in around]
        if self._toolbar is not None:
            parts.append(self._toolbar)
        names = {value.text for part in parts for value in labelled(part, AUTHOR, _is_name)}
        return names.pop() if len(names) == 1 else None

    @property
    def path(self) -> list[tuple[str, str | None]]:
        """The sections, outermost first: name and address."""
        node = self._nearest(self._sure.of("path")) or self._nearest(self._all.of("path"))
        if node is not None:
            return sections(node)
        if self._headline is None:
            return []
        named = [node for node in self._all.of("section") if not within_noise(node)]
        return [found for node in named for found in sections(node)][:2]

    @property
    def has_path(self) -> bool:
        return bool(self._sure.of("path"))

    @property
    def tags(self) -> list[str]:
        anchors = self._group(self._sure.of("tag")) or self._labelled_tags() or self._group(self._tree.css(TAG_PLACES))
        return [text for text in (line_of(anchor).strip(_SEPARATORS) for anchor in anchors) if text]

    @property
    def comment_count(self) -> int | None:
        """How many comments are shown; None where the page has no place for them."""
        shown = len(self._sure.of("comment"))
        return shown if shown or self._sure.of("comments") else None

    @cached_property
    def kind(self) -> Kind:
        for selector, kind in ((GALLERIES, Kind.GALLERY), (VIDEOS, Kind.VIDEO)):
            if self._own(self.scope.css(selector)):
                return kind
        return Kind.ARTICLE

    @property
    def has_body(self) -> bool:
        return bool(self.bodies)

    @cached_property
    def bodies(self) -> list[LexborNode]:
        """The elements that hold the text, in order, or nothing."""
        return (
            find_bodies(self._sure, "body", self._headline, self._code)
            or find_bodies(self._all, "body", self._headline, self._code)
            or find_bodies(self._all, "gallery", self._headline, self._code)
        )

    @cached_property
    def scope(self) -> LexborNode:
        """The smallest element that holds headline and body; boxes of other articles may stand in it too."""
        start = self.bodies[0] if self.bodies else self._headline
        if start is None or start.parent is None:
            return self._root
        if self._headline is None or self._headline.mem_id == start.mem_id:
            return start.parent
        found, _ = common(start, self._headline)
        return found or self._root

    @property
    def lead_pictures(self) -> list[LexborNode]:
        return self._own(self.scope.css(LEAD_PICTURES))

    # --- how they are found

    @cached_property
    def _root(self) -> LexborNode:
        body = self._tree.body
        assert body is not None  # the parser makes one for any document
        return body

    @cached_property
    def _all(self) -> Places:
        return Places(self._tree, ALL_PLACES)

    @cached_property
    def _headline(self) -> LexborNode | None:
        sure = find_headline(self._sure, self._code, self._title_hint)
        return sure or find_headline(self._all, self._code, self._title_hint)

    @property
    def _body_if_any(self) -> LexborNode | None:
        return self.bodies[0] if self.bodies else None

    @cached_property
    def _frame(self) -> LexborNode | None:
        """The smallest element around the article that holds its code or date too, unless that is the whole page."""
        marks = [*self._sure.of("code"), *self._sure.of("date")]
        frames = [found for mark in marks if (found := common(self.scope, mark)[0]) is not None]
        return next((frame for frame in frames if frame.tag not in {"body", "html"}), None)

    @property
    def _toolbar(self) -> LexborNode | None:
        """The element that holds code and date, where that is not the article too."""
        code, date = self._nearest(self._sure.of("code")), self._nearest(self._sure.of("date"))
        if code is None or date is None or self._headline is None:
            return None
        found, _ = common(code, date)
        around = {node.mem_id for node in ancestors(self._headline)}
        return found if found is not None and found.mem_id not in around else None

    @cached_property
    def _others(self) -> Others:
        return Others(self._tree, self._code, self._headline, self.bodies)

    def _own(self, nodes: list[LexborNode]) -> list[LexborNode]:
        return self._others.left_out_of(nodes[:_MOST_MARKS])

    def _nearest(self, nodes: Iterable[LexborNode]) -> LexborNode | None:
        """The one that shares the smallest element with the headline; the first of those that are equally near."""
        found = list(nodes)
        if len(found) < 2 or self._headline is None:
            return found[0] if found else None
        headline = self._headline
        return min(found, key=lambda node: common(headline, node)[1])

    def _before_body(self, selector: str) -> str | None:
        """The first text of this family that stands in the article above its body."""
        inside = {node.mem_id for body in self.bodies for node in (body, *body.css(selector))}
        frame = self._frame
        places = [self.scope] if frame is None or frame.mem_id == self.scope.mem_id else [self.scope, frame]
        for node in (node for place in places for node in self._own(place.css(selector))):
            if node.mem_id in inside or (self.bodies and comes_before(self.bodies[0], node)):
                continue
            if (text := line_of(node)) and has_own_text(node, self._code):
                return text
        return None

    def _group(self, anchors: list[LexborNode]) -> list[LexborNode]:
        """Of the tags on a page, those that stand together nearest to the headline, outside the body."""
        groups: dict[int, list[LexborNode]] = {}
        for anchor in anchors[:_MOST_MARKS]:
            groups.setdefault(anchor.parent.mem_id if anchor.parent is not None else 0, []).append(anchor)
        bodies = {node.mem_id for node in self.bodies}
        own = [group for group in groups.values() if not any(parent.mem_id in bodies for parent in ancestors(group[0]))]
        headline = self._headline
        if headline is None or len(own) < 2:
            return [anchor for group in own for anchor in group]
        steps = [common(headline, group[0])[1] for group in own]
        nearest = (group for group, step in zip(own, steps, strict=True) if step == min(steps))
        return [anchor for group in nearest for anchor in group]

    def _labelled_tags(self) -> list[LexborNode]:
        if not self.bodies or not any(word in self._page for word in TAG_WORDS):
            return []
        for value in labelled(self._root, TAGS, bool, self._body_if_any):
            anchors = [anchor for anchor in value.node.css("a[href]") if not leads_elsewhere(anchor, self._code)]
            if anchors:
                return anchors
        return []


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))


def _is_name(text: str) -> bool:
    return 0 < len(text) <= LONGEST_AUTHOR and not _has_digit(text) and bool(fold_letters(text))


def _without_label(text: str) -> str:
    label = re.match(rf"(?:{AUTHOR})\s*[:：]\s*", clean(text))
    return clean(text)[label.end() :] if label else text
