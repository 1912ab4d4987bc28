"""Read values that a page gives behind a label: «کد خبر: ۱۲۳», whatever the elements are that hold label and value.

For templates whose class names say nothing. A label begins a text or follows a separator; its value is what comes
next, in the same element or in the smallest one around it that has any.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from asrcrawler.samaneh.places import ancestors, within_noise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from selectolax.lexbor import LexborNode

CODE = r"[کك]د\s*(?:خبر|مطلب)|شناسه\s*(?:خبر|مطلب)|رمز\s*الخبر|(?i:news\s*(?:id|code))"
DATE = r"(?:تار[یي]خ|زمان)\s*(?:و\s*(?:ساعت|زمان)\s*)?انتشار|تار[يی]خ\s*النشر|(?i:publish(?:ed)?\s*(?:date|time))"
AUTHOR = r"نو[یي]سنده|خبرنگار|گزارشگر|نگارنده"
UPDATED = (
    r"(?:به\s*‌?روز|بروز)\s*‌?(?:شده|رسان[یي])?(?:\s*در)?|آخر[یي]ن\s*(?:و[یي]را[یي]ش|تغ[یي][یي]ر|بروزرسان[یي])"
    r"|و[یي]را[یي]ش\s*(?:شده)?|(?i:(?:last\s*)?(?:updated?|modified))"
)
TAGS = r"برچسب\s*‌?(?:ها)?|[کك]ل[یي]د\s*‌?واژه\s*‌?(?:ها)?|تگ\s*‌?ها"
TAG_LABEL = re.compile(TAGS)
_WORDS = {
    CODE: ("کد", "كد", "شناسه", "رمز", "ews", "EWS"),
    DATE: ("انتشار", "النشر", "ublish", "UBLISH"),
    AUTHOR: ("سنده", "خبرنگار", "گزارشگر", "نگارنده"),
    TAGS: ("برچسب", "واژه", "تگ ها", "تگ‌ها"),
}
"""Label → parts, of which each has one as pages write it. To look for these takes a fraction of the pattern's time."""
SECTION = r"گروه|سرویس|دسته\s*‌?بندی|بخش"

MOST_LETTERS = 400  # of an element that is a label and its value; a toolbar has some 150
MOST_LABELS = 50  # of one kind on a page
_STEPS = 4  # from a label's text to the element around it and its value
_HIDDEN = frozenset({"script", "style", "noscript", "template", "title", "option", "textarea"})
# Patterns are tried on texts as written too, hence both forms of a letter in them.
_ARABIC = str.maketrans("يك：\u200c", "یک: ")
_ANY_LABEL = f"(?:{CODE}|{DATE}|{TAGS}|{SECTION}|{UPDATED})\\s*:"
_UPDATED, _DATE = re.compile(UPDATED), re.compile(rf"(?:{DATE})\s*:?")
_MAY_BE_UPDATED = re.compile("روز|آخر|[یي]را[یي]ش|[Uu][Pp][Dd]|[Mm][Oo][Dd]")
"""In every text of which :data:`UPDATED` is a part, as written."""
_VALUE_ENDS = re.compile(rf"\||•|{_ANY_LABEL}")


class Labelled(NamedTuple):
    """A value and the element that holds it with its label."""

    text: str
    node: LexborNode


def labelled(
    root: LexborNode,
    label: str,
    is_value: Callable[[str], bool],
    body: LexborNode | None = None,
    page: bytes | None = None,
) -> list[Labelled]:
    """Find the values behind ``label`` (a pattern) under ``root``, in order, with nothing of the article's ``body``.

    ``page`` is what the whole page was parsed from, which says sooner than the text of its root that there are none.
    """
    words = _WORDS[label]
    if not (_has_one(words, root.text()) if page is None else any(word.encode() in page for word in words)):
        return []
    begins, anywhere = _patterns(label)
    labels = 0
    found: list[Labelled] = []
    for node in texts_under(root, body.mem_id if body is not None else None, words):
        text = (node.text_content or "").strip()
        if len(text) > MOST_LETTERS or not anywhere.search(text) or not begins.search(text.translate(_ARABIC)):
            continue
        labels += 1
        if labels > MOST_LABELS:
            break
        if (value := _value_near(node, anywhere, is_value)) is not None:
            found.append(value)
    return found


@cache
def _patterns(label: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    begins = re.compile(rf"(?:^|[|•·،\-–]\s*|\s{{2,}})(?:{label})\s*(?::|$)")
    return begins, re.compile(rf"(?:{label})\s*:?".replace(r"\s", r"[\s\u200c]"))  # as written: with ZWNJ


def published_part(text: str) -> str | None:
    """Tell what of a text that gives the last change too is about the publication; None for any other text."""
    if not _MAY_BE_UPDATED.search(text):
        return None
    plain = text.translate(_ARABIC)
    updated = _UPDATED.search(plain)
    if updated is None:
        return None
    published = _DATE.search(plain)
    start = published.end() if published is not None else 0
    end = updated.start() if updated.start() >= start else None
    return text[start:end].strip(" :：-–|")


def texts_under(root: LexborNode, left_out: int | None, words: tuple[str, ...] = ()) -> Iterator[LexborNode]:
    """Find the text nodes under ``root`` in order, without those of one element and of what no reader sees.

    With ``words``, elements that have none of them are passed over.
    """
    above: list[LexborNode] = []
    node = root.child
    while True:
        if node is None:
            if not above:
                return
            node = above.pop().next
            continue
        if node.tag == "-text":
            yield node
        elif (
            node.tag not in _HIDDEN
            and node.mem_id != left_out
            and (child := node.child) is not None
            and (not words or _has_one(words, node.text()))
        ):
            above.append(node)
            node = child
            continue
        node = node.next


def _has_one(words: tuple[str, ...], text: str) -> bool:
    return any(word in text for word in words)


def _value_near(text_node: LexborNode, label: re.Pattern[str], is_value: Callable[[str], bool]) -> Labelled | None:
    around = ancestors(text_node, _STEPS)
    if not around or within_noise(around[0]):
        return None
    for node in around:
        text = " ".join(node.text(separator=" ").split()) if node.tag != "body" else ""
        if not text or len(text) > MOST_LETTERS:
            return None
        plain = text.translate(_ARABIC)  # letter by letter, so that places in it are places in the text
        match = label.search(plain)
        if match is None:
            continue
        end = _VALUE_ENDS.search(plain, match.end())
        value = text[match.end() : end.start() if end else None].strip(" :：-–")
        if value and is_value(value):
            return Labelled(value, node)
    return None
