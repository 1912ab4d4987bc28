"""Find where things stand on a page of this CMS. What they mean is decided in other modules.

Outlets vary the template (element names, further classes, wrappers, the order within the toolbar), so places are told
by class *families* and by labels, and of several places of a kind the one counts that stands nearest to the headline.
"""

from __future__ import annotations

import re
from functools import cached_property, lru_cache, partial
from itertools import takewhile
from typing import TYPE_CHECKING

from asrcrawler.items import Kind
from asrcrawler.samaneh.bodies import find_bodies, has_own_text
from asrcrawler.samaneh.comments import labelled_number, may_be_counter, number_of
from asrcrawler.samaneh.headline import ENOUGH, find_headline, headline_text
from asrcrawler.samaneh.labels import (
    AUTHOR,
    CODE,
    DATE,
    TAG_LABEL,
    TAGS,
    labelled,
    published_part,
    texts_under,
)
from asrcrawler.samaneh.lines import line_of
from asrcrawler.samaneh.noise import FURNITURE, LONGEST_CLASSES, NOT_OWN, is_noise
from asrcrawler.samaneh.others import Others
from asrcrawler.samaneh.places import (
    ALL_PLACES,
    AUTHOR_NAME,
    AUTHORS,
    KICKER_NAME,
    KICKERS,
    LEAD_NAME,
    LEAD_PICTURES,
    LEADS,
    SURE_PLACES,
    TOOLS,
    Places,
    ancestors,
    children,
    comes_before,
    common,
    in_surroundings,
    leads_elsewhere,
    tag_links,
    within_noise,
)
from asrcrawler.samaneh.sections import sections
from asrcrawler.samaneh.shows import Shows
from asrcrawler.text.persian import clean, fold_letters

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable

    from selectolax.lexbor import LexborHTMLParser, LexborNode

    from asrcrawler.samaneh.labels import Labelled

_TOOL_CODE = re.compile(r"/fa/(?:save|print|send)/([1-9][0-9]{0,9})\b")
_SEPARATORS = " >»«‹›/|\\،,؛#"
LONGEST_AUTHOR = 60  # characters
_FRAME_STEPS = 6  # from the headline to what holds the article's toolbar too
_MOST_MARKS = 2_000
_MOST_SECTIONS = 2
_MOST_DATES = 50
_OUTERMOST = frozenset({"body", "html"})
_LONGEST_DATE = 120  # characters of a text that is wholly a date


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
        """Find the ``id`` of ``<body>``: ``news`` for an article, ``home``, ``archive`` …"""
        return (self._root.attributes.get("id") or "").strip()

    @property
    def is_error_page(self) -> bool:
        return self._tree.css_first(".error_container") is not None

    def is_gate(self, leads_back: bool) -> bool:
        """Tell whether a browser may have to pass this page to come to another.

        By its script, for it has not one link, or, where its address ``leads_back``, by its form.
        """
        if self._tree.css_first("script") is not None and self._tree.css_first("a[href]") is None:
            return True
        return leads_back and self._tree.css_first("form") is not None

    @property
    def code_texts(self) -> list[str]:
        """Find the texts of the place that shows the article's code."""
        return [text for node in self._sure.of("code") if _has_digit(text := node.text(separator=" "))]

    @property
    def labelled_code_texts(self) -> list[str]:
        """Tell what stands behind «کد خبر», where the page has no place of that name."""
        return [value.text for value in self._labelled(CODE, _has_digit)]

    @property
    def tool_codes(self) -> set[int]:
        """Find the codes that the buttons for printing, sending and saving name."""
        links = (
            (node.attributes.get("href") or "") + " " + (node.attributes.get("onclick") or "")
            for node in self._tree.css(TOOLS)
        )
        return {int(match[1]) for link in links if (match := _TOOL_CODE.search(link))}

    @cached_property
    def date_texts(self) -> list[str]:
        """Find the text that shows the date of publication, then its Jalali part.

        The site's own «به روز شده در» is no such place.
        """
        node = self._nearest(node for node in self._sure.of("date") if _has_digit(node.text()))
        if node is not None:
            return _date_texts(node)
        values = self._labelled(DATE, _has_digit)
        nearest = self._nearest([value.node for value in values if not self._others.has(value.node)])
        return [value.text for value in values if nearest is not None and value.node.mem_id == nearest.mem_id][:1]

    @cached_property
    def other_date_texts(self) -> list[str]:
        """Find texts that may be the date of publication, where the page has no place of that name; nearest first."""
        found = self._nearest_first(node for node in self._near(self._all.of("date")) if _has_digit(node.text()))
        texts = [text for node in found for text in (node.attributes.get("datetime"), *_date_texts(node)) if text]
        paths = [node for node in (*self._sure.of("path"), *self._all.of("path")) if _has_digit(node.text())]
        return texts + [text for node in self._near(paths) for text in _texts_beside_links(node)]

    @property
    def unnamed_date_texts(self) -> list[str]:
        """Find the short texts with digits around the article in no place with a name: each may be a date."""
        around = self._around_headline
        if not around:
            return []
        body = self._body_if_any
        found: dict[str, None] = {}
        for node in texts_under(around[-1], body.mem_id if body is not None else None):
            text, parent = node.text_content or "", node.parent
            if parent is None or len(text) > _LONGEST_DATE or not _has_digit(text) or len(found) >= _MOST_DATES:
                continue
            if (
                not within_noise(parent, clear=self._above_headline)
                and not self._others.has(parent)
                and not in_surroundings(parent, self._above_headline)
            ):
                wholes = [part.text(separator=" ") for part in ancestors(node, 2)]
                found.update(dict.fromkeys([whole for whole in wholes if len(whole) <= _LONGEST_DATE] + [text]))
        return [text for text in found if published_part(text) is None]

    # --- the article

    @cached_property
    def title(self) -> str | None:
        return headline_text(self._headline) if self._headline is not None else None

    @property
    def kicker(self) -> str | None:
        return self._before_body(KICKERS, KICKER_NAME)

    @property
    def lead(self) -> str | None:
        return self._before_body(LEADS, LEAD_NAME)

    @property
    def author(self) -> str | None:
        named = [node for node in self.scope.css(AUTHORS)[:_MOST_MARKS] if _is_author(node)]
        for node in self._own(named):
            if text := line_of(node):
                return _without_label(text)
        if not self.bodies or self._headline is None:
            return None
        around = {node.mem_id for node in (self.bodies[0], *ancestors(self.bodies[0]))}
        parts = [part for part in children(self.scope) if part.mem_id not in around]
        if self._toolbar is not None:
            parts.append(self._toolbar)
        names = {value.text for part in parts for value in labelled(part, AUTHOR, _is_name, self._headline)}
        return names.pop() if len(names) == 1 else None

    @property
    def path(self) -> list[tuple[str, str | None]]:
        """Find the sections, outermost first: name and address."""
        sure = self._nearest(self._sure.of("path"))
        if sure is not None and (found := sections(sure)):
            return found
        for other in self._nearest_first(self._all.of("path")):
            if found := sections(other):
                return found
        return [found for node in self._near(self._all.of("section")) for found in sections(node)][:_MOST_SECTIONS]

    @property
    def has_path(self) -> bool:
        return bool(self._sure.of("path"))

    @property
    def tags(self) -> list[str]:
        anchors = (
            self._tags_among(self._sure.of("tag")) or self._labelled_tags() or self._tags_among(tag_links(self._tree))
        )
        return [text for text in (line_of(anchor).strip(_SEPARATORS) for anchor in anchors) if text]

    @cached_property
    def comment_counts(self) -> list[int]:
        """Find the numbers of comments that the page states, first the toolbar's."""
        counted = [(number_of(line_of(node)), node) for node in self._sure.of("counter")]
        if not any(count is not None for count, _ in counted):
            boxes = [node for node in self._sure.of("about comments") if may_be_counter(node.text())]
            counted = [(labelled_number(line_of(node)), node) for node in boxes]
        return [count for count, node in counted if count is not None and not self._others.has(node)]

    @property
    def comment_count(self) -> int | None:
        """Count how many comments the page says it has, or how many it shows; None where it does neither."""
        if self.comment_counts:
            return self.comment_counts[0]
        if shown := self._sure.count("comment") or self._sure.count("numbered comment"):
            return shown
        lists = self._sure.of("comments")
        is_empty = bool(lists) and not any(fold_letters(line_of(node)) for node in lists)
        return 0 if is_empty else None

    @cached_property
    def kind(self) -> Kind:
        shows = self.shows
        if shows.galleries:
            return Kind.GALLERY
        if shows.has_film or shows.may_be_film:
            return Kind.VIDEO
        return Kind.GALLERY if shows.may_be_gallery else Kind.ARTICLE

    @cached_property
    def shows(self) -> Shows:
        """Find the galleries and films of the article."""
        frame, around = self._frame, self._above_headline
        # Not a method: a page that refers to itself would be freed, with its tree, by the garbage collector alone.
        may_show = partial(_may_show, frame=frame, others=self._others, around=around)
        return Shows(frame or self._root, self._page, self._code, self._sure, around, may_show)

    @property
    def has_body(self) -> bool:
        return bool(self.bodies)

    @cached_property
    def bodies(self) -> list[LexborNode]:
        """Find the elements that hold the text, in order, or nothing."""
        return (
            find_bodies(self._sure, "body", self._headline, self._code)
            or find_bodies(self._all, "body", self._headline, self._code)
            or find_bodies(self._all, "gallery", self._headline, self._code)
        )

    @cached_property
    def scope(self) -> LexborNode:
        """Find the smallest element that holds headline and body; boxes of other articles may stand in it too."""
        start = self.bodies[0] if self.bodies else self._headline
        if start is None or start.parent is None:
            return self._root
        if not self.bodies:
            return next((node for node in self._around_headline if len(children(node)) > 1), start.parent)
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
        if sure is not None and sure[0] >= ENOUGH:
            return sure[1]
        other = find_headline(self._all, self._code, self._title_hint)
        if sure is not None and (other is None or other[0] <= sure[0]):
            return sure[1]
        return other[1] if other is not None else None

    @cached_property
    def _above_headline(self) -> set[int]:
        """Find all that the headline stands in."""
        return {node.mem_id for node in ancestors(self._headline)} if self._headline is not None else set()

    @cached_property
    def _around_headline(self) -> list[LexborNode]:
        """Find the elements around the headline as far as they may belong to the article alone, the innermost first."""
        if self._headline is None:
            return []
        return [node for node in ancestors(self._headline, _FRAME_STEPS + 1) if node.tag not in _OUTERMOST]

    @property
    def _body_if_any(self) -> LexborNode | None:
        return self.bodies[0] if self.bodies else None

    @cached_property
    def _frame(self) -> LexborNode | None:
        """Find the smallest element around the article that holds its code or date too, unless that is the page."""
        marks = [*self._sure.of("code"), *self._sure.of("date")]
        frames = (common(self.scope, mark)[0] for mark in marks)
        return next((frame for frame in frames if frame is not None and frame.tag not in _OUTERMOST), None)

    @cached_property
    def _toolbar(self) -> LexborNode | None:
        """Find the element that holds code and date, where that is not the article too."""
        code, date = self._nearest(self._sure.of("code")), self._nearest(self._sure.of("date"))
        if code is None or date is None or self._headline is None:
            return None
        found, _ = common(code, date)
        return found if found is not None and found.mem_id not in self._above_headline else None

    @cached_property
    def _others(self) -> Others:
        return Others(self._code, self._headline, self.bodies)

    def _labelled(self, label: str, is_value: Callable[[str], bool]) -> list[Labelled]:
        """Find the values behind a label anywhere on the page but in the article's text."""
        return labelled(self._root, label, is_value, self._body_if_any, self._page)

    def _near(self, nodes: Iterable[LexborNode]) -> list[LexborNode]:
        """Find those that stand near the headline and in no box of others."""
        inside = {node.mem_id for node in self._around_headline}
        return [
            node
            for node in nodes
            if any(parent.mem_id in inside for parent in ancestors(node, _FRAME_STEPS))
            and not within_noise(node, clear=self._above_headline)
            and not self._others.has(node)
        ]

    def _own(self, nodes: list[LexborNode]) -> list[LexborNode]:
        return self._others.left_out_of(nodes[:_MOST_MARKS])

    def _nearest(self, nodes: Iterable[LexborNode]) -> LexborNode | None:
        """Find the one that shares the smallest element with the headline; the first of those that are equally near."""
        return next(iter(self._nearest_first(nodes)), None)

    def _nearest_first(self, nodes: Iterable[LexborNode]) -> list[LexborNode]:
        found, headline = list(nodes), self._headline
        if len(found) > 1 and headline is not None:
            found.sort(key=lambda node: common(headline, node)[1])
        return found

    def _before_body(self, selector: str, name: re.Pattern[str]) -> str | None:
        """Find the first text of a family that stands in the article above its body; ``selector`` finds others too."""
        frame, scope, bodies = self._frame, self.scope, self._own_bodies
        places = [scope] if frame is None or frame.mem_id == scope.mem_id else [scope, frame]
        found = (node for place in places for node in place.css(selector)[:_MOST_MARKS] if _is_named(node, name))
        with_text = (node for node in found if not node.text().isspace() and node.child is not None)
        for node in (node for one in with_text for node in self._own([one])):
            if any(part.mem_id in bodies for part in (node, *ancestors(node))):
                continue
            if self.bodies and comes_before(self.bodies[0], node):
                continue
            if (text := line_of(node)) and has_own_text(node, self._code):
                return text
        return None

    def _tags_among(self, anchors: list[LexborNode]) -> list[LexborNode]:
        """Find the tags that stand together nearest to the headline; of equally near groups, those with a label."""
        groups: dict[int, list[LexborNode]] = {}
        for anchor in anchors[:_MOST_MARKS]:
            groups.setdefault(anchor.parent.mem_id if anchor.parent is not None else 0, []).append(anchor)
        own = [group for group in groups.values() if self._may_be_tag(group[0])]
        headline = self._headline
        if headline is not None and len(own) > 1:
            steps = [common(headline, group[0])[1] for group in own]
            own = [group for group, step in zip(own, steps, strict=True) if step == min(steps)]
        if len(own) > 1:
            own = [group for group in own if self._has_tag_label(group[0])] or own
        return [anchor for group in own for anchor in group]

    def _may_be_tag(self, anchor: LexborNode) -> bool:
        """Tell whether a tag can be the article's: not within its text, and far from it only in a box that says so."""
        around = ancestors(anchor)
        inner = list(takewhile(lambda node: node.mem_id not in self._own_bodies, around))
        if len(inner) < len(around):
            is_tag = "tags_item" in (anchor.attributes.get("class") or "")
            return is_tag or any(is_noise(node, FURNITURE) for node in (anchor, *inner))
        if in_surroundings(anchor, self._above_headline):
            return False
        headline, frame = self._headline, self._frame
        if headline is None or (frame is not None and any(node.mem_id == frame.mem_id for node in around)):
            return True
        in_box = any(is_noise(node, FURNITURE) for node in (anchor, *inner)) or self._has_tag_label(anchor)
        return in_box and comes_before(headline, anchor)

    def _has_tag_label(self, anchor: LexborNode) -> bool:
        """Tell whether «برچسب‌ها» stands in the box around a tag, which is not the article's too."""
        outer = {node.mem_id for node in self._around_headline}
        boxes = takewhile(lambda node: node.mem_id not in outer and node.tag not in _OUTERMOST, ancestors(anchor, 3))
        return any(TAG_LABEL.search(line_of(box)) for box in boxes)

    @cached_property
    def _own_bodies(self) -> set[int]:
        return {node.mem_id for node in self.bodies}

    def _labelled_tags(self) -> list[LexborNode]:
        if not self.bodies:
            return []
        for value in self._labelled(TAGS, bool):
            anchors = [anchor for anchor in value.node.css("a[href]") if not leads_elsewhere(anchor, self._code)]
            if anchors and not in_surroundings(value.node, self._above_headline):
                return anchors
        for value in (value for body in self.bodies for value in labelled(body, TAGS, bool)):
            anchors = value.node.css("a[href]")
            if anchors and all("/tag" in (anchor.attributes.get("href") or "") for anchor in anchors):
                return anchors
        return []


def _may_show(node: LexborNode, *, frame: LexborNode | None, others: Others, around: Container[int]) -> bool:
    """Tell whether a gallery or a film is the article's."""
    if frame is not None and all(part.mem_id != frame.mem_id for part in ancestors(node)):
        return False
    if within_noise(node, NOT_OWN, around) or in_surroundings(node, around):
        return False
    return node.parent is None or not others.has(node.parent)


def _date_texts(node: LexborNode) -> list[str]:
    """Find the text of the place of a date, what in it is about the publication first, then its Jalali part."""
    whole = node.text(separator=" ")
    part = published_part(whole)
    return [*([part] if part else []), whole, *(inner.text(separator=" ") for inner in node.css(".fa_date"))]


def _texts_beside_links(node: LexborNode) -> list[str]:
    """Find the texts with digits in a place that are no links."""
    texts = ((text.parent, (text.text_content or "").strip(_SEPARATORS)) for text in texts_under(node, None))
    return [text for parent, text in texts if _has_digit(text) and parent is not None and parent.tag != "a"]


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))


def _is_author(node: LexborNode) -> bool:
    return "author" in (node.attributes.get("rel") or "").split() or _is_named(node, AUTHOR_NAME)


def _is_named(node: LexborNode, name: re.Pattern[str]) -> bool:
    """Tell whether one of its class names is of this form."""
    return _has_name((node.attributes.get("class") or "")[:LONGEST_CLASSES], name)


@lru_cache(maxsize=4096)
def _has_name(classes: str, name: re.Pattern[str]) -> bool:
    return any(map(name.fullmatch, classes.split()))


def _is_name(text: str) -> bool:
    return 0 < len(text) <= LONGEST_AUTHOR and not _has_digit(text) and bool(fold_letters(text))


def _without_label(text: str) -> str:
    label = re.match(rf"(?:{AUTHOR})\s*[:：]\s*", clean(text))
    return clean(text)[label.end() :] if label else text
