"""What stands in a body and is no part of the article: boxes by their class, lines by their words.

The tables are of what saved pages of this CMS carry. To extend them, add to a set or a pattern here, and a line to
``tests/samaneh/test_body.py``.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from functools import lru_cache
from typing import TYPE_CHECKING

from asrcrawler.text.persian import clean, fold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from selectolax.lexbor import LexborNode

END_CLASSES = frozenset({"news_end"})
END_IDS = frozenset({"MV_afterBody"})
FURNITURE_CLASSES = frozenset(
    "tags_container tags_title news_toolbar news_tools news_path path_bottom_body path-cover breadcrumb news_nav"
    " news_id_c news_pdate_c".split()
)
"""Class tokens of an article's own parts that are no text of its body where they stand in it."""
NOISE_CLASSES = frozenset(
    "comments_item news_comments comments_pager shared-news share_box related_news news_related news-related"
    " news-related-box inline-news-box linear_news linear_news3 news-mortabet adv_padd ads advertise banner jwplayer"
    " video-js flowplayer player video_player aparat-player h_iframe-aparat_embed_frame telegram-box instagram-box"
    " news_rate_like newsletter-icon download_link".split()
)
"""Class tokens of boxes that this CMS puts into a body and that are no part of the article."""
_NOISE_FAMILY = re.compile(
    r"(?:.*[-_])?(?:related|mortabet|telegram|instagram|eitaa|whatsapp|advertis\w*|tabligh\w*|flowplayer|jwplayer|aparat)"
    r"(?:[-_].*)?",
    re.IGNORECASE,
)
"""… and the names that outlets build such tokens from: ``box-related``, ``related_news_2``."""
LONGEST_CLASSES = 300  # characters of a ``class`` that are looked at; real ones have some 60

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
_MAY_BE_PROMOTION = re.compile(
    r"\W*(?:ب[یي]ش|همچ|مطا|اخب|خبر|ف[یي]ل|(?:به|در)\W+(?:[کك]ان|صفح|پ[یي]ج|صور)|[کك]ان|صفح|پ[یي]ج|عضو|ا[یي]ن|نظر)"
)
"""How they begin, as written: most paragraphs need not be folded to be compared."""
_PROMOTION_LENGTH = 220  # characters; no promotion line seen is longer, and a sentence that only begins like one may be
_SIGN_OFF_WORD = "انتها"
_SIGN_OFF = re.compile(r"(?:^|(?<=[\s.،؛:!؟»)]))انتها[یي][\s‌]+پ[یي]ام[\s‌]*/|^انتها[یي][\s‌]+پ[یي]ام\b.{0,30}$")
_SCRIPT_TEXT = re.compile(
    r"\bfunction\s*\w*\s*\(|\bvar\s+\w+\s*=|\$\(|jQuery|document\.|window\.|\beval\(|addEventListener|CDATA|=>|"
    r"\}\s*\)\s*;|^\s*[.#]?[\w-]+\s*\{[^}]*:[^}]*\}"
)
_PERSIAN_LETTER = re.compile("[\u0600-\u06ff]")


class Role(Enum):
    """What the box of an element is to the text it stands in."""

    TEXT = auto()
    NOISE = auto()
    """No part of the article."""
    FURNITURE = auto()
    """A part of the article that is no text: its toolbar, its tags."""
    END = auto()
    """The text ends here."""


@lru_cache(maxsize=4096)
def _role(classes: str) -> Role:
    tokens = frozenset(classes.split())
    if not tokens.isdisjoint(END_CLASSES):
        return Role.END
    if not tokens.isdisjoint(NOISE_CLASSES) or any(map(_NOISE_FAMILY.fullmatch, tokens)):
        return Role.NOISE
    return Role.TEXT if tokens.isdisjoint(FURNITURE_CLASSES) else Role.FURNITURE


def role_of(classes: str) -> Role:
    """What the box of an element is. Templates use few different ``class`` values, so that answers are kept."""
    return _role(classes[:LONGEST_CLASSES])


def is_noise(node: LexborNode) -> bool:
    """Whether an element is a box that is no part of the article."""
    classes = node.attributes.get("class")
    return bool(classes) and role_of(classes) is Role.NOISE  # type: ignore[arg-type]


def is_promotion(text: str) -> bool:
    """Whether a paragraph only points to something else: another article, a channel, a player."""
    if len(text) > _PROMOTION_LENGTH or not _MAY_BE_PROMOTION.match(text):
        return False
    return _PROMOTION.fullmatch(_folded(text)) is not None


def _folded(text: str) -> str:
    """Letters as search folds them, a ZWNJ as a blank: how a promotion line is compared."""
    return fold(clean(text).replace("‌", " "))


def is_script(text: str) -> bool:
    """Whether a paragraph is code that was meant for the browser."""
    return _PERSIAN_LETTER.search(text) is None and _SCRIPT_TEXT.search(text) is not None


def without_sign_off(paragraphs: Iterable[str]) -> list[str]:
    """The paragraphs before «انتهای پیام»."""
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
