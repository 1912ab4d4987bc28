"""Read the body of an article: its paragraphs and pictures, without what stands among them and does not belong there.

Bodies come as ``<p>`` blocks, as one run of text with ``<br>``, or as nested ``div``/``span`` from Word. So paragraphs
are made from the tree alone: a block element or a ``<br>`` ends one, a table row is one, all else is text within.
What :mod:`~asrcrawler.samaneh.noise` names is left out; which paragraphs of links are text is for
:mod:`~asrcrawler.samaneh.furniture` to say.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

from asrcrawler.samaneh.furniture import Line, Sort, is_short, sort_of_links, text_lines
from asrcrawler.samaneh.lines import AFTER_RAISED, BLOCKS, RAISED, SKIPPED, between, tidy
from asrcrawler.samaneh.links import Leads, leads
from asrcrawler.samaneh.noise import END_IDS, SIGN_OFF_WORD, Role, before_sign_off, is_promotion, is_script, role_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from selectolax.lexbor import LexborNode

CELLS = frozenset({"td", "th"})
CELL_SEPARATOR = " | "
_BOXES = frozenset({"div", "section", "aside", "ul", "ol", "table"})
_PASTED = "Mso"  # how the classes of a word processor begin, which name no box
_COMMENTS = frozenset({"comments", "comm_b"})
"""Name and id of the form for readers' comments."""
_AFTER_HOME = " \t\n\r\xa0:：؛،-–—ـ|/»«>"
"""What stands between the outlet's name and the beginning of the text."""


@dataclass(slots=True)
class Body:
    """What a body holds."""

    paragraphs: list[str] = field(default_factory=list)
    pictures: list[LexborNode] = field(default_factory=list)
    """Its ``img`` elements, in order, without those that are links to other articles."""
    opens_with_picture: bool = False
    """Whether a picture stands before the second paragraph."""


@dataclass(slots=True)
class _Paragraph:
    """One paragraph while it is being collected."""

    texts: list[str] = field(default_factory=list)
    linked: int = 0
    """Characters, blanks aside, that stand in links to other articles."""
    off: int = 0
    """… in links to anything else of the outlet, or to a channel."""
    to_network: bool = False
    before_links: int = -1
    """How many of ``texts`` stand before the first such link; -1: there is none."""
    home: int = 0
    """How many of ``texts`` are the link to the outlet's home with which it begins."""
    pictures: int = 0
    """How many pictures stand before it."""


def read_body(roots: Iterable[LexborNode], own_code: int, hosts: frozenset[str], *, may_be_digest: bool = True) -> Body:
    """Read the paragraphs and pictures under ``roots``, with the noise left out. Never recursive, whatever the nesting.

    ``hosts`` are those of the outlet. ``may_be_digest``: a body of nothing but links to articles is its text.
    """
    reader = _Reader(own_code, hosts)
    for root in roots:
        begun = len(reader.lines)
        reader.read(root)
        reader.lines[begun:] = _until_sign_off(reader.lines[begun:])
    lines = text_lines(reader.lines, may_be_digest=may_be_digest)
    seen = lines[1].pictures if len(lines) > 1 else len(reader.pictures)
    return Body([line.text for line in lines], reader.pictures, seen > 0)


def _until_sign_off(lines: list[Line]) -> list[Line]:
    for place, line in enumerate(lines):
        if SIGN_OFF_WORD in line.text and (before := before_sign_off(line.text)) is not None:
            line.text = before
            return lines[: place + bool(before)]
    return lines


class _Leaving(IntEnum):
    """What the end of an element means for the paragraph at hand."""

    NOTHING = 0
    BLOCK = 1
    ROW = 2
    LINK = 3
    OFF_LINK = 4
    HOME_LINK = 5
    BOX = 6
    FORM = 7
    ITEM = 8
    RAISED = 9


# Looked up once: for every element of a body, the look-up on its class would cost as much as the rest.
_NOTHING, _BLOCK, _ROW, _LINK, _OFF_LINK, _HOME_LINK, _BOX, _FORM, _ITEM, _RAISED = _Leaving
_TEXT_ROLE, _END_ROLE = Role.TEXT, Role.END
_TEXT, _PROMOTION = Sort.TEXT, Sort.PROMOTION
_TO_HERE, _TO_ARTICLE, _TO_HOME, _TO_SITE, _TO_NETWORK, _TO_ADVERT, _TO_AWAY = Leads


class _Reader:
    """Walk a tree once and cut it into paragraphs."""

    def __init__(self, own_code: int, hosts: frozenset[str]) -> None:
        self.lines: list[Line] = []
        self.pictures: list[LexborNode] = []
        self._own_code = own_code
        self._hosts = hosts
        self._open = _Paragraph()
        self._rows: list[int] = []
        """For each table row that is one paragraph: how many of its cells have begun."""
        self._boxes: list[int] = [0]
        """The number of each box of the template that the place at hand stands in."""
        self._boxes_met = 0
        self._links = self._off_links = self._forms = self._items = 0
        self._mark = ""
        """What keeps the next number apart from the last one."""
        self._finished = False

    def read(self, root: LexborNode) -> None:
        self._finished = False
        above: list[tuple[LexborNode, _Leaving]] = []
        node = root.child
        while not self._finished:
            if node is None:
                if not above:
                    break
                node, leaving = above.pop()
                if leaving:
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
                    if entered:
                        self._leave(entered)
            node = node.next
        self._end_paragraph()

    def _enter(self, node: LexborNode, tag: str) -> _Leaving | None:
        """Take note of an element; None where its children are not to be read."""
        attributes = node.attributes
        classes = None
        if attributes:
            if attributes.get("id") in END_IDS:
                self._finished = True
                return None
            classes = attributes.get("class")
            role = role_of(classes) if classes else _TEXT_ROLE
            if role is not _TEXT_ROLE:
                self._finished = role is _END_ROLE
                return None
        if tag in BLOCKS:
            return self._enter_block(node, tag, classes)
        if tag == "img":
            if not self._links:
                self.pictures.append(node)
        elif tag == "a" and attributes:
            return self._enter_link(node)
        elif tag in RAISED:
            self._mark = RAISED[tag]
            return _RAISED
        return _NOTHING

    def _enter_link(self, node: LexborNode) -> _Leaving | None:
        target = leads(node, self._own_code, self._hosts)
        if target is _TO_ADVERT:
            return None
        if target is _TO_HERE or target is _TO_AWAY:
            return _NOTHING
        paragraph = self._open
        if paragraph.before_links < 0:
            paragraph.before_links = len(paragraph.texts)
        if target is _TO_ARTICLE:
            self._links += 1
            return _LINK
        self._off_links += 1
        paragraph.to_network |= target is _TO_NETWORK
        is_head = target is _TO_HOME and not paragraph.texts and not self.lines
        return _HOME_LINK if is_head else _OFF_LINK

    def _enter_block(self, node: LexborNode, tag: str, classes: str | None) -> _Leaving | None:
        if tag == "tr":
            self._end_paragraph()
            self._rows.append(0 if _cells(node) > 1 else -1)
            return _ROW
        if tag in CELLS:
            self._begin_cell()
            return _BLOCK
        self._end_block()
        if tag == "br":
            return _NOTHING
        if tag == "li":
            self._items += 1
            return _ITEM
        if tag == "form":
            attributes = node.attributes
            if not _COMMENTS.isdisjoint((attributes.get("name"), attributes.get("id"))):
                return None
            self._forms += 1
            return _FORM
        if classes and tag in _BOXES and not classes.startswith(_PASTED):
            self._boxes_met += 1
            self._boxes.append(self._boxes_met)
            return _BOX
        return _BLOCK

    def _leave(self, leaving: _Leaving) -> None:
        if leaving is _BLOCK:
            self._end_block()
        elif leaving is _LINK:
            self._links -= 1
        elif leaving is _OFF_LINK:
            self._off_links -= 1
        elif leaving is _HOME_LINK:
            self._off_links -= 1
            self._open.home = len(self._open.texts)
        elif leaving is _RAISED:
            self._mark = "" if self._mark else AFTER_RAISED
        elif leaving is _ROW:
            self._end_paragraph()
            self._rows.pop()
        elif leaving is not _NOTHING:
            self._end_block()
            self._leave_block(leaving)

    def _leave_block(self, leaving: _Leaving) -> None:
        if leaving is _BOX:
            self._boxes.pop()
        elif leaving is _FORM:
            self._forms -= 1
        elif leaving is _ITEM:
            self._items -= 1

    def _begin_cell(self) -> None:
        if not self._rows or self._rows[-1] < 0:
            self._end_block()
            return
        if self._rows[-1]:
            self._open.texts.append(CELL_SEPARATOR)
        self._rows[-1] += 1

    def _end_block(self) -> None:
        """End a paragraph with a block, but within a table row only a word: the row is one paragraph."""
        if self._rows and self._rows[-1] >= 0:
            self._open.texts.append(" ")
        elif self._open.texts:
            self._end_paragraph()

    def _add(self, text: str) -> None:
        paragraph = self._open
        if not paragraph.texts:
            if text.isspace():
                return
            paragraph.pictures = len(self.pictures)
        if self._mark and text:
            paragraph.texts.append(between(paragraph.texts, self._mark, text))
            self._mark = ""
        paragraph.texts.append(text)
        if self._links:
            paragraph.linked += _letters(text)
        elif self._off_links:
            paragraph.off += _letters(text)

    def _end_paragraph(self) -> None:
        self._mark = ""
        paragraph = self._open
        if not paragraph.texts:
            paragraph.before_links = -1  # of a link around blocks, whose first paragraph begins now
            return
        self._open = _Paragraph()
        if self._links or self._off_links:
            self._open.before_links = 0
        if paragraph.home:
            _take_out_home(paragraph)
        text = tidy("".join(paragraph.texts))
        if not text.strip(" |‌") or is_script(text) or (self._forms and is_short(text)):
            return
        sort = _TEXT
        if is_promotion(text):
            sort = _PROMOTION
        elif paragraph.linked or paragraph.off:
            label = "".join(paragraph.texts[: max(paragraph.before_links, 0)])
            sort = sort_of_links(text, label, paragraph.linked, paragraph.off, to_network=paragraph.to_network)
        listed = bool(self._items or (self._rows and self._rows[-1] > 1))
        self.lines.append(Line(text, sort, self._boxes[-1], listed, paragraph.pictures))


def _take_out_home(paragraph: _Paragraph) -> None:
    """Take out a link to the outlet's home at the head of a body, unless a sentence begins with it."""
    name, rest = "".join(paragraph.texts[: paragraph.home]), "".join(paragraph.texts[paragraph.home :])
    kept = rest.lstrip(_AFTER_HOME)
    if not kept or len(kept) < len(rest.lstrip()) or name.rstrip() != name.rstrip(_AFTER_HOME):
        paragraph.texts, paragraph.off = [kept], 0


def _letters(text: str) -> int:
    return len(text) - sum(map(text.count, " \n\t\r\xa0"))


def _cells(row: LexborNode) -> int:
    count = 0
    cell = row.child
    while cell is not None:
        count += cell.tag in CELLS
        cell = cell.next
    return count
