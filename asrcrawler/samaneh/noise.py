"""Recognise what stands in a body and is no part of the article: boxes by their class, lines by their words.

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
    from selectolax.lexbor import LexborNode

END_CLASSES = frozenset({"news_end"})
END_IDS = frozenset({"MV_afterBody"})
FURNITURE_CLASSES = frozenset(
    "tags_container tags_title news_toolbar news_tools news_path path_bottom_body path-cover breadcrumb news_nav"
    " news_id_c news_pdate_c".split()
)
_FURNITURE_FAMILY = re.compile(
    r"(?:.*[-_])?(?:tags|keywords?)(?:[-_].*)?|(?:news[-_]?)?tag[-_](?:title|box|list|items?)"
)
"""Class tokens of an article's own parts that are no text of its body where they stand in it."""
NOISE_CLASSES = frozenset(
    "comments_item news_comments comments_pager comm_container shared-news share_box related_news news_related"
    " news-related news-related-box inline-news-box linear_news linear_news3 news-mortabet advertise banner"
    " telegram-box instagram-box news_rate_like newsletter-icon download_link newsBottomBar report-like zxc_mb".split()
)
"""Class tokens of boxes that this CMS puts into a body and that are no part of the article."""
_NOISE_FAMILY = re.compile(
    r"(?:.*[-_])?(?:related|mortabet|telegram|instagram|eitaa|whatsapp|advertis\w*|tabligh\w*)(?:[-_].*)?"
    r"|(?:adv|ads?|share|shortlink|short[-_]link|(?:visit|view|hit)s?[-_]?count(?:er)?|visits?|hits|bazdid)(?:[-_].*)?"
    r"|(?!(?:no|with|without|has)[-_]).*[-_](?:adv|ads?|share|shortlink|short[-_]link|visits?|hits|bazdid)",
    re.IGNORECASE,
)
"""… and the names that outlets build such tokens from: ``box-related``, ``related_news_2``, ``adv_box``."""
PLAYER_CLASSES = frozenset("video-js player video_player h_iframe-aparat_embed_frame".split())
"""Class tokens of boxes around a film, whose labels are no text."""
_PLAYER_FAMILY = re.compile(r"(?:.*[-_])?(?:flowplayer|jwplayer|videojs|aparat|player)(?:[-_].*)?", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
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
    r"|(?:پخش|دانلود|دریافت|مشاهده|کد) (?:فایل )?(?:فیلم|ویدیوی?|ویدئوی?|صوت|صوتی|صدا)"
    r"|مرورگر شما .{0,40}پشتیبانی نمی ?کند"
    r"|(?:گزارش|ارسال) خطا(?: در (?:خبر|متن))?"
)
_VISITS = "(?:بازدید|بازدیدها|نمایش|مشاهده|کلیک)"
_NUMBER = r"[0-9]+(?: [0-9]{3})*"
_VISIT_COUNTER = re.compile(
    rf"(?:(?:تعداد|شمار|میزان|آمار|امار|دفعات) )?{_VISITS}(?: (?:این )?(?:خبر|مطلب|صفحه|ها|های|شده))* {_NUMBER}"
    r"(?: (?:بار|نفر|مرتبه|بازدید|نمایش))?"
    rf"|{_NUMBER} (?:(?:بار|نفر|مرتبه) )?(?:{_VISITS}|خوانده|دیده)(?: شده| شد| شده است)?"
    rf"|(?:این )?(?:خبر|مطلب|گزارش|صفحه) (?:تا ?کنون )?{_NUMBER} (?:بار|نفر|مرتبه) .{{0,20}}"
    rf"|(?:views?|hits?|visits?) {_NUMBER}|{_NUMBER} (?:views?|hits?|visits?)"
)
_LONGEST_COUNTER = 60  # characters
# What counters have in them and how promotions begin, as written: most paragraphs need not be folded to be compared.
_DECORATED = "\u0640\u064b-\u065f\u0670\ufb50-\ufdff\ufe70-\ufefc"  # tatweel, vowel signs, letters as drawn
_MAY_BE_COUNTER = re.compile(rf"باز|نما|مشا|[کكڪ]ل|خوا|د[یيى]د|بار|نفر|مرت|[vV][iI]|[hH][iI][tT]|[{_DECORATED}]")
_HAS_DIGIT = re.compile(r"\d")
_MAY_BE_PROMOTION = re.compile(
    r"\W*(?:ب[یي]ش|(?:مطا|اخب|خبر)\w*\W+مر|ف[یي]ل|(?:به|در)\W+(?:[کك]ان|صفح|پ[یي]ج|صور)|[کك]ان|صفح|پ[یي]ج|عضو|نظر"
    r"|همچ\w*\W+بخ|ا[یي]ن\W+لح|پخش|دان|در[یي]|مشا|[کك]د|مرو|(?:گزا|ارس)\w*\W+خط)"
)
_PROMOTION_LENGTH = 220  # characters; no promotion line seen is longer, and a sentence that only begins like one may be
SIGN_OFF_WORD = "انتها"
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
    PLAYER = auto()
    """No text, but the film in it is the article's."""
    END = auto()
    """The text ends here."""


NO_TEXT = frozenset({Role.NOISE, Role.PLAYER})
FURNITURE = frozenset({Role.FURNITURE})
NOT_OWN = frozenset({Role.NOISE})
"""What even a film in it is not the article's."""


@lru_cache(maxsize=4096)
def _role(classes: str) -> Role:
    tokens = frozenset(classes.split())
    if not tokens.isdisjoint(END_CLASSES):
        return Role.END
    names = [_CAMEL.sub("_", token) for token in tokens]  # advBox is adv_box
    if not tokens.isdisjoint(NOISE_CLASSES) or any(map(_NOISE_FAMILY.fullmatch, names)):
        return Role.NOISE
    if not tokens.isdisjoint(PLAYER_CLASSES) or any(map(_PLAYER_FAMILY.fullmatch, names)):
        return Role.PLAYER
    is_furniture = not tokens.isdisjoint(FURNITURE_CLASSES) or any(map(_FURNITURE_FAMILY.fullmatch, names))
    return Role.FURNITURE if is_furniture else Role.TEXT


@lru_cache(maxsize=4096)
def _has_role(classes: str, roles: frozenset[Role]) -> bool:
    return _role(classes) in roles


def role_of(classes: str) -> Role:
    """Tell what the box of an element is. Templates use few different ``class`` values, so that answers are kept."""
    return _role(classes[:LONGEST_CLASSES])


def is_noise(node: LexborNode, roles: frozenset[Role] = NO_TEXT) -> bool:
    """Tell whether an element is a box that is no part of the article."""
    classes = node.attributes.get("class")
    return bool(classes) and _has_role(classes[:LONGEST_CLASSES], roles)  # type: ignore[index]


def is_promotion(text: str) -> bool:
    """Tell whether a paragraph only points to something else (an article, a channel, a player) or counts visits."""
    length = len(text)
    may_be_counter = length <= _LONGEST_COUNTER and _HAS_DIGIT.search(text) and _MAY_BE_COUNTER.search(text)
    if may_be_counter and _VISIT_COUNTER.fullmatch(_folded(text)):
        return True
    if length > _PROMOTION_LENGTH or not _MAY_BE_PROMOTION.match(text):
        return False
    return _PROMOTION.fullmatch(_folded(text)) is not None


def _folded(text: str) -> str:
    """Fold letters as search does, with a ZWNJ as a blank: how a promotion line is compared."""
    return fold(clean(text).replace("‌", " "))


def is_script(text: str) -> bool:
    """Tell whether a paragraph is code that was meant for the browser."""
    return _PERSIAN_LETTER.search(text) is None and _SCRIPT_TEXT.search(text) is not None


def before_sign_off(text: str) -> str | None:
    """Tell what of a paragraph stands before «انتهای پیام»; None where that is not in it."""
    match = _SIGN_OFF.search(text) if SIGN_OFF_WORD in text else None
    return text[: match.start()].rstrip(" ‌") if match is not None else None
