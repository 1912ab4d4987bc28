"""The body of an article: its paragraphs and pictures, and what stands among them and does not belong there.

Bodies come as ``<p>`` blocks, as one run of text with ``<br>``, or as nested ``div``/``span`` from Word. So paragraphs
are made from the tree alone: a block element or a ``<br>`` ends one, a table row is one, all else is text within.
The noise is what saved pages of this CMS carry inside the body: players, scripts, promotion lines, links to other
articles, the sign-off «انتهای پیام» and what follows it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from asrcrawler.persian import clean, fold
from asrcrawler.samaneh.urls import code_of_url

if TYPE_CHECKING:
    from collections.abc import Iterable

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

END_CLASSES = frozenset({"news_end"})
END_IDS = frozenset({"MV_afterBody"})
FURNITURE_CLASSES = frozenset(
    "tags_container tags_title news_toolbar news_tools news_path news_nav news_id_c news_pdate_c".split()
)
"""Class tokens of an article's own parts that are no text of its body where they stand in it."""
NOISE_CLASSES = frozenset(
    "comments_item news_comments comments_pager shared-news share_box related_news news_related news-related"
    " news-related-box inline-news-box linear_news linear_news3 news-mortabet adv_padd ads advertise banner jwplayer"
    " video-js flowplayer player video_player aparat-player h_iframe-aparat_embed_frame telegram-box instagram-box"
    " news_rate_like newsletter-icon".split()
)
"""Class tokens of boxes that this CMS puts into a body and that are no part of the article."""
_NOISE_FAMILY = re.compile(
    r"(?:.*[-_])?(?:related|mortabet|telegram|instagram|eitaa|whatsapp|advertis\w*|tabligh\w*|flowplayer|jwplayer|aparat)"
    r"(?:[-_].*)?",
    re.IGNORECASE,
)
"""… and the names that outlets build such tokens from: ``box-related``, ``related_news_2``."""
LONGEST_CLASSES = 300  # characters of a ``class`` that are looked at; real ones have some 60
LONGEST_HREF = 2000  # characters of a link that are looked at
MOST_BULLETS = 3  # characters of a list of links that stand outside the links: bullets, dashes, brackets

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
_PROMOTION_BEGINS = (
    "بیشتر", "همچنین", "مطالب", "اخبار", "خبرهای", "فیلم", "به کانال", "به صفحه", "به پیج", "در کانال", "در صفحه",
    "در پیج", "کانال", "صفحه", "پیج", "عضویت", "این لحظه", "نظرات", "در صورت",
)  # fmt: skip
"""How all of them begin: most paragraphs need not be compared whole."""
_BEGINNING = 30  # characters that decide it
_PROMOTION_LENGTH = 220  # characters; no promotion line seen is longer, and a sentence that only begins like one may be
_SIGN_OFF_WORD = "انتها"
_SIGN_OFF = re.compile(r"(?:^|(?<=[\s.،؛:!؟»)]))انتها[یي][\s‌]+پ[یي]ام[\s‌]*/|^انتها[یي][\s‌]+پ[یي]ام\b.{0,30}$")
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


def read_body(root: LexborNode, own_code: int) -> Body:
    """The paragraphs and pictures under ``root``, with the noise left out. Never recursive, whatever the nesting."""
    reader = _Reader(own_code)
    reader.read(root)
    return Body(_without_sign_off(reader.paragraphs), reader.pictures)


def is_noise(node: LexborNode) -> bool:
    """Whether an element is a box that is no part of the article."""
    classes = node.attributes.get("class")
    return bool(classes) and _role(classes) is _NOISE  # type: ignore[arg-type]


class _Leaving(IntEnum):
    """What the end of an element means for the paragraph at hand."""

    NOTHING = 0
    BLOCK = 1
    ROW = 2
    LINK = 3


_NOISE, _FURNITURE, _END, _TEXT = "noise", "furniture", "end", "text"


@lru_cache(maxsize=4096)
def _role_of(classes: str) -> str:
    tokens = frozenset(classes.split())
    if not tokens.isdisjoint(END_CLASSES):
        return _END
    if not tokens.isdisjoint(NOISE_CLASSES) or any(map(_NOISE_FAMILY.fullmatch, tokens)):
        return _NOISE
    return _TEXT if tokens.isdisjoint(FURNITURE_CLASSES) else _FURNITURE


def _role(classes: str) -> str:
    """What the box of an element is. Templates use few different ``class`` values, so that answers are kept."""
    return _role_of(classes[:LONGEST_CLASSES])


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
            role = _role(classes) if classes else _TEXT
            if role is not _TEXT:
                self._finished = role is _END
                return None
        if tag in BLOCKS:
            return self._enter_block(node, tag)
        if tag == "img":
            self.pictures.append(node)
        elif tag == "a" and self._leads_elsewhere(attributes.get("href")):
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
        if not text.strip(" |‌") or _is_link_list(text, paragraph.linked) or _is_promotion(text) or _is_script(text):
            return
        self.paragraphs.append(text)

    def _leads_elsewhere(self, href: str | None) -> bool:
        code = code_of_url(href[:LONGEST_HREF]) if href else None
        return code is not None and code != self._own_code


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


def _is_promotion(text: str) -> bool:
    if len(text) > _PROMOTION_LENGTH or not _folded(text[:_BEGINNING]).startswith(_PROMOTION_BEGINS):
        return False
    return _PROMOTION.fullmatch(_folded(text)) is not None


def _folded(text: str) -> str:
    """Letters as search folds them, a ZWNJ as a blank: how a promotion line is compared."""
    return fold(clean(text).replace("‌", " "))


def _is_script(text: str) -> bool:
    return _PERSIAN_LETTER.search(text) is None and _SCRIPT_TEXT.search(text) is not None


def _without_sign_off(paragraphs: Iterable[str]) -> list[str]:
    kept: list[str] = []
    for text in paragraphs:
        match = _SIGN_OFF.search(text) if _SIGN_OFF_WORD in text else None
        if match is None:
            kept.append(text)
            continue
        if before := text[: match.start()].rstrip(" ‌"):
            kept.append(before)
        break
    return kept
