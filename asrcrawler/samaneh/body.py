"""The body of an article: its paragraphs and pictures, and what stands among them and does not belong there.

Bodies come as ``<p>`` blocks, as one run of text with ``<br>``, or as nested ``div``/``span`` from Word. So paragraphs
are made from the tree alone: a block element or a ``<br>`` ends one, a table row is one, all else is text within.
The noise is what saved pages of this CMS carry inside the body: players, scripts, promotion lines, links to other
articles, the sign-off «انتهای پیام» and what follows it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asrcrawler.persian import clean, fold
from asrcrawler.samaneh.urls import code_of_url

if TYPE_CHECKING:
    from collections.abc import Iterable

    from selectolax.lexbor import LexborNode

BLOCKS = frozenset(
    "address article aside blockquote body br caption center dd details dir div dl dt fieldset figcaption figure footer"
    " h1 h2 h3 h4 h5 h6 header hgroup hr li main menu ol p pre section summary table tbody tfoot thead tr ul".split()
)
SKIPPED = frozenset(
    "script style noscript iframe object embed applet video audio canvas svg math map form button input select textarea"
    " template link meta head title nav colgroup".split()
)
CELLS = frozenset({"td", "th"})
CELL_SEPARATOR = " | "

END_CLASSES = frozenset({"news_end"})
END_IDS = frozenset({"MV_afterBody"})
NOISE_CLASSES = frozenset(
    "tags_container tags_title news_toolbar news_tools news_path news_nav comments_item news_comments comments_pager"
    " shared-news share_box related_news news_related news-related news-related-box inline-news-box linear_news"
    " linear_news3 news-mortabet adv_padd ads advertise banner jwplayer video-js flowplayer player video_player"
    " aparat-player h_iframe-aparat_embed_frame telegram-box instagram-box news_rate_like newsletter-icon".split()
)
"""Class tokens of boxes that this CMS puts into a body and that are no part of it."""

# Whole paragraphs, as search folds them, that promote something else. Noun phrases and imperatives only: a sentence
# that merely mentions a channel is news.
_NETWORK = "(?:تلگرام|اینستاگرام|ایتا|بله|سروش|روبیکا|واتساپ|توییتر|ایکس)"
_CALL = "(?: [a-z0-9 ]{1,40})?(?: (?:بپیوندید|عضو شوید|(?:ما )?(?:را )?دنبال کنید|کلیک کنید))?"
_PROMOTION = re.compile(
    r"(?:بیشتر ?بخوانید|بیشتر ?ببینید|همچنین بخوانید)(?: .{0,200})?"
    r"|(?:مطالب|اخبار|خبرهای) مرتبط"
    r"|فیلم ?های دیگر(?: .{0,20})?"
    rf"|(?:به |در )?(?:کانال|صفحه|پیج) (?:.{{1,40}} )?(?:در )?{_NETWORK}(?: ما)?{_CALL}"
    rf"|عضویت در (?:.{{1,40}} )?{_NETWORK}(?: \S{{1,15}}){{0,3}}"
    r"|این لحظه با حافظ(?: .{0,40})?"
    r"|نظرات کاربران"
    r"|در صورت(?: عدم)? (?:پخش|نمایش).{0,60}کلیک کنید"
)
_PROMOTION_LENGTH = 220  # characters; no promotion line seen is longer, and a sentence that only begins like one may be
_SIGN_OFF = re.compile(r"(?:^|(?<=[\s.،؛:!؟»)]))انتهای[\s‌]+پیام[\s‌]*/|^انتهای[\s‌]+پیام\b.{0,30}$")
_SCRIPT_TEXT = re.compile(
    r"\bfunction\s*\w*\s*\(|\bvar\s+\w+\s*=|\$\(|jQuery|document\.|window\.|\beval\(|addEventListener|CDATA|=>|"
    r"\}\s*\)\s*;|^\s*[.#]?[\w-]+\s*\{[^}]*:[^}]*\}"
)
_PERSIAN_LETTER = re.compile("[\u0600-\u06ff]")


@dataclass(slots=True)
class Body:
    """What a body holds."""

    paragraphs: list[str] = field(default_factory=list)
    pictures: list[LexborNode] = field(default_factory=list)
    """Its ``img`` elements, in order."""


@dataclass(slots=True)
class _Paragraph:
    """One paragraph while it is being collected."""

    texts: list[str] = field(default_factory=list)
    linked: int = 0
    """Characters, blanks aside, that stand in links to other articles."""
    letters: int = 0
    """Characters, blanks aside."""


def read_body(root: LexborNode, own_code: int) -> Body:
    """The paragraphs and pictures under ``root``, with the noise left out. Never recursive, whatever the nesting."""
    reader = _Reader(own_code)
    reader.read(root)
    return Body(_without_sign_off(reader.paragraphs), reader.pictures)


def is_noise(node: LexborNode) -> bool:
    """Whether an element is a box that is no part of the article."""
    classes = node.attributes.get("class")
    return classes is not None and not NOISE_CLASSES.isdisjoint(classes.split())


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
        node = root.child
        while node is not None and not self._finished:
            child = node.child if self._enter(node) else None
            if child is not None:
                node = child
                continue
            node = self._leave_upwards(node, root)
        self._end_paragraph()

    def _leave_upwards(self, node: LexborNode, root: LexborNode) -> LexborNode | None:
        while True:
            self._leave(node)
            following = node.next
            if following is not None:
                return following
            parent = node.parent
            if parent is None or parent.mem_id == root.mem_id:
                return None
            node = parent

    def _enter(self, node: LexborNode) -> bool:
        """Take note of a node; False where its children are not to be read."""
        if node.is_text_node:
            self._add(node.text_content or "")
            return False
        tag = node.tag or ""
        if tag in SKIPPED or not node.is_element_node:
            return False
        attributes = node.attributes
        if attributes.get("id") in END_IDS or not END_CLASSES.isdisjoint((attributes.get("class") or "").split()):
            self._finished = True
            return False
        if is_noise(node):
            return False
        self._enter_element(node, tag)
        return True

    def _enter_element(self, node: LexborNode, tag: str) -> None:
        if tag == "img":
            self.pictures.append(node)
        elif tag == "tr":
            self._end_paragraph()
            self._rows.append(0 if _cells(node) > 1 else -1)
        elif tag in CELLS:
            self._begin_cell()
        elif tag in BLOCKS:
            self._end_block()
        elif tag == "a" and self._leads_elsewhere(node):
            self._links += 1

    def _leave(self, node: LexborNode) -> None:
        if not node.is_element_node:
            return
        tag = node.tag or ""
        if tag == "tr" and self._rows:
            self._rows.pop()
            self._end_paragraph()
        elif tag in CELLS or tag in BLOCKS:
            self._end_block()
        elif tag == "a" and self._links and self._leads_elsewhere(node):
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
        else:
            self._end_paragraph()

    def _add(self, text: str) -> None:
        self._open.texts.append(text)
        letters = len(text) - sum(map(text.count, " \n\t\r\xa0"))
        self._open.letters += letters
        if self._links:
            self._open.linked += letters

    def _end_paragraph(self) -> None:
        if not self._open.texts:
            return
        paragraph, self._open = self._open, _Paragraph()
        text = " ".join("".join(paragraph.texts).split())
        if not text.strip(" |‌") or _is_link_list(paragraph) or _is_promotion(text) or _is_script(text):
            return
        self.paragraphs.append(text)

    def _leads_elsewhere(self, node: LexborNode) -> bool:
        code = code_of_url((node.attributes.get("href") or "")[:2000])
        return code is not None and code != self._own_code


def _cells(row: LexborNode) -> int:
    count = 0
    cell = row.child
    while cell is not None:
        count += cell.tag in CELLS
        cell = cell.next
    return count


def _is_link_list(paragraph: _Paragraph) -> bool:
    """Whether all of it, bullets and the like aside, is the text of links to other articles."""
    return paragraph.linked > 0 and paragraph.letters - paragraph.linked <= 3


def _is_promotion(text: str) -> bool:
    return len(text) <= _PROMOTION_LENGTH and _PROMOTION.fullmatch(_folded(text)) is not None


def _folded(text: str) -> str:
    """Letters as search folds them, a ZWNJ as a blank: how a promotion line is compared."""
    return fold(clean(text).replace("‌", " "))


def _is_script(text: str) -> bool:
    return _PERSIAN_LETTER.search(text) is None and _SCRIPT_TEXT.search(text) is not None


def _without_sign_off(paragraphs: Iterable[str]) -> list[str]:
    kept: list[str] = []
    for text in paragraphs:
        match = _SIGN_OFF.search(text)
        if match is None:
            kept.append(text)
            continue
        if before := text[: match.start()].rstrip(" ‌"):
            kept.append(before)
        break
    return kept
