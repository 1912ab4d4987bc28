"""The body of an article: its paragraphs and pictures, and what stands among them and does not belong there.

Bodies come as ``<p>`` blocks, as one run of text with ``<br>``, or as nested ``div``/``span`` from Word. So paragraphs
are made from the tree alone: a block element or a ``<br>`` ends one, a table row is one, all else is text within.
What :mod:`~asrcrawler.samaneh.noise` names is left out, and so are paragraphs of links to other articles.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

from asrcrawler.samaneh.noise import END_IDS, Role, is_promotion, is_script, role_of, without_sign_off
from asrcrawler.samaneh.places import leads_elsewhere

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

BLOCKS = frozenset(
    "address article aside blockquote body br caption center dd details dir div dl dt fieldset figcaption figure footer"
    " h1 h2 h3 h4 h5 h6 header hgroup hr li main menu ol p pre section summary table tbody td tfoot th thead tr"
    " ul".split()
)
SKIPPED = frozenset(
    "script style noscript iframe object embed applet video audio canvas svg math map form button input select textarea"
    " template link meta head title nav colgroup -comment !doctype".split()
)
CELLS = frozenset({"td", "th"})
CELL_SEPARATOR = " | "

MOST_BULLETS = 3  # characters of a list of links that stand outside the links: bullets, dashes, brackets


@dataclass(slots=True)
class Body:
    """What a body holds."""

    paragraphs: list[str] = field(default_factory=list)
    pictures: list[LexborNode] = field(default_factory=list)
    """Its ``img`` elements, in order, without those that are links to other articles."""


@dataclass(slots=True)
class _Paragraph:
    """One paragraph while it is being collected."""

    texts: list[str] = field(default_factory=list)
    linked: int = 0
    """Characters, blanks aside, that stand in links to other articles."""


def read_body(root: LexborNode, own_code: int) -> Body:
    """The paragraphs and pictures under ``root``, with the noise left out. Never recursive, whatever the nesting."""
    reader = _Reader(own_code)
    reader.read(root)
    return Body(without_sign_off(reader.paragraphs), reader.pictures)


class _Leaving(IntEnum):
    """What the end of an element means for the paragraph at hand."""

    NOTHING = 0
    BLOCK = 1
    ROW = 2
    LINK = 3


class _Reader:
    """Walks a tree once and cuts it into paragraphs."""

    def __init__(self, own_code: int) -> None:
        self.paragraphs: list[str] = []
        self.pictures: list[LexborNode] = []
        self._own_code = own_code
        self._open = _Paragraph()
        self._rows: list[int] = []
        """For each table row that is one paragraph: how many of its cells have begun."""
        self._links = 0
        self._finished = False

    def read(self, root: LexborNode) -> None:
        above: list[tuple[LexborNode, _Leaving]] = []
        node = root.child
        while not self._finished:
            if node is None:
                if not above:
                    break
                node, leaving = above.pop()
                self._leave(leaving)
                node = node.next
                continue
            tag = node.tag
            if tag == "-text":
                self._add(node.text_content or "")
            elif tag not in SKIPPED:
                entered = self._enter(node, tag or "")
                if entered is not None:
                    child = node.child
                    if child is not None:
                        above.append((node, entered))
                        node = child
                        continue
                    self._leave(entered)
            node = node.next
        self._end_paragraph()

    def _enter(self, node: LexborNode, tag: str) -> _Leaving | None:
        """Take note of an element; None where its children are not to be read."""
        attributes = node.attributes
        if attributes:
            if attributes.get("id") in END_IDS:
                self._finished = True
                return None
            classes = attributes.get("class")
            role = role_of(classes) if classes else Role.TEXT
            if role is not Role.TEXT:
                self._finished = role is Role.END
                return None
        if tag in BLOCKS:
            return self._enter_block(node, tag)
        if tag == "img":
            if not self._links:
                self.pictures.append(node)
        elif tag == "a" and leads_elsewhere(node, self._own_code):
            self._links += 1
            return _Leaving.LINK
        return _Leaving.NOTHING

    def _enter_block(self, node: LexborNode, tag: str) -> _Leaving:
        if tag == "tr":
            self._end_paragraph()
            self._rows.append(0 if _cells(node) > 1 else -1)
            return _Leaving.ROW
        if tag in CELLS:
            self._begin_cell()
        else:
            self._end_block()
        return _Leaving.NOTHING if tag == "br" else _Leaving.BLOCK

    def _leave(self, leaving: _Leaving) -> None:
        if leaving is _Leaving.BLOCK:
            self._end_block()
        elif leaving is _Leaving.ROW:
            self._rows.pop()
            self._end_paragraph()
        elif leaving is _Leaving.LINK:
            self._links -= 1

    def _begin_cell(self) -> None:
        if not self._rows or self._rows[-1] < 0:
            self._end_block()
            return
        if self._rows[-1]:
            self._open.texts.append(CELL_SEPARATOR)
        self._rows[-1] += 1

    def _end_block(self) -> None:
        """A block ends a paragraph, but within a table row only a word: the row is one paragraph."""
        if self._rows and self._rows[-1] >= 0:
            self._open.texts.append(" ")
        elif self._open.texts:
            self._end_paragraph()

    def _add(self, text: str) -> None:
        paragraph = self._open
        if not paragraph.texts and text.isspace():
            return
        paragraph.texts.append(text)
        if self._links:
            paragraph.linked += _letters(text)

    def _end_paragraph(self) -> None:
        if not self._open.texts:
            return
        paragraph, self._open = self._open, _Paragraph()
        text = " ".join("".join(paragraph.texts).split())
        if not text.strip(" |‌") or _is_link_list(text, paragraph.linked) or is_promotion(text) or is_script(text):
            return
        self.paragraphs.append(text)


def _letters(text: str) -> int:
    return len(text) - sum(map(text.count, " \n\t\r\xa0"))


def _cells(row: LexborNode) -> int:
    count = 0
    cell = row.child
    while cell is not None:
        count += cell.tag in CELLS
        cell = cell.next
    return count


def _is_link_list(text: str, linked: int) -> bool:
    """Whether all of it, bullets and the like aside, is the text of links to other articles."""
    return linked > 0 and _letters(text) - linked <= MOST_BULLETS
