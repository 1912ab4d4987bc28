"""Give the text of an element in one line, and tell what separates words in it.

A block element or a ``<br>`` separates words; nothing else does, so that a word is not torn apart by the elements
within it. A number that is raised or lowered beside another one is kept apart from it: ۱۰<sup>۶</sup> is ``۱۰^۶``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from asrcrawler.text.persian import ZWNJ, without_entities

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

BLOCKS = frozenset(
    "address article aside blockquote body br caption center dd details dir div dl dt fieldset figcaption figure footer"
    " form h1 h2 h3 h4 h5 h6 header hgroup hr li main menu ol p pre section summary table tbody td tfoot th thead tr"
    " ul".split()
)
SKIPPED = frozenset(
    "script style noscript iframe object embed applet video audio canvas svg math map button input select textarea"
    " template link meta head title nav colgroup -comment !doctype".split()
)
RAISED = {"sup": "^", "sub": "_"}
"""Element → what stands before its number where another number goes before it."""
AFTER_RAISED = " "

LONGEST_LINE = 6_000  # characters that are read; the longest line that an article keeps is its lead
_LONGEST_TEXT = 20 * LONGEST_LINE  # characters of one text node, blanks of the page's source and all
_MOST_NODES = 5_000  # a headline has some ten

_ENDS_WITH_DIGIT = re.compile(r"\d\Z")
_BEGINS_WITH_NUMBER = re.compile(r"[-+−–]?\d")


def line_of(node: LexborNode) -> str:
    """Return the text of an element in one line, at most some :data:`LONGEST_LINE` characters of it."""
    child = node.child
    if child is None:
        return ""
    if child.next is None and child.tag == "-text":
        return _bounded(child.text_content or "")
    texts: list[str] = []
    above: list[tuple[LexborNode, str]] = []
    current: LexborNode | None = child
    mark, length = "", 0
    for _ in range(_MOST_NODES):
        if current is None:
            if not above:
                break
            current, tag = above.pop()
            if tag in BLOCKS:
                texts.append(" ")
            elif tag in RAISED:
                mark = "" if mark else AFTER_RAISED
            current = current.next
            continue
        tag = current.tag or ""
        if tag == "-text":
            text = (current.text_content or "")[:_LONGEST_TEXT]
            if text:
                if mark:
                    texts.append(between(texts, mark, text))
                    mark = ""
                texts.append(text)
                length += len(text)
                if length > _LONGEST_TEXT:
                    break
        elif tag not in SKIPPED:
            if tag in BLOCKS:
                texts.append(" ")
            if (inner := current.child) is not None:
                mark = RAISED.get(tag, mark)
                above.append((current, tag))
                current = inner
                continue
        current = current.next
    return _bounded("".join(texts))


def _bounded(text: str) -> str:
    return tidy(text[:_LONGEST_TEXT])[:LONGEST_LINE]


def between(before: list[str], mark: str, after: str) -> str:
    """Tell what keeps two numbers apart that meet at the border of a raised one: ``mark``, or nothing elsewhere."""
    meet = before and _ENDS_WITH_DIGIT.search(before[-1]) and _BEGINS_WITH_NUMBER.match(after)
    return mark if meet else ""


def size_of(node: LexborNode) -> int:
    """Return the number of characters of an element's text, runs of blanks as one."""
    return len(" ".join(node.text().split()))


def tidy(text: str) -> str:
    """Put a text into one line, runs of blanks as one, with entities that were escaped too often replaced."""
    text = (without_entities(text) if "&" in text else text).strip()
    if "  " not in text and text.replace(ZWNJ, "").isprintable():  # as nearly all are; no other blank is printable
        return text
    return " ".join(text.split())
