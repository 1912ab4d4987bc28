"""Tell whether an HTTP answer came whole, by its transfer, its encodings and the document itself. No CMS, no Scrapy.

An answer that breaks off reads like a shorter one. So nothing is stored of an answer that does not prove to be whole;
three looks that read the same stand for such a proof where there is nothing but the document's end that is missing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

BREAKS_OFF = "answer breaks off"
"""The reason of every visit that failed for it."""
UNENDED = "taken although its document has no end: several looks read the same"
"""The note at a visit whose answer was taken so."""

WINDOW = 1024  # bytes before the end of a document in which its end tag stands
LOOKS = 3  # that read the same …
SPAN = timedelta(hours=24)  # … over at least so long


class Completeness(Enum):
    """How much of an answer came."""

    WHOLE = auto()
    UNENDED = auto()
    """All of the transfer, and a document without its end."""
    BROKEN = auto()


def completeness(body: bytes, *, is_delimited: bool = True, is_unpacked: bool = True) -> Completeness:
    """Tell whether a document (HTML) came whole.

    ``is_delimited``: a length or a last chunk said where the transfer ends, and did not say that it was cut short.
    ``is_unpacked``: every content encoding came to its end with the right checksum.
    """
    if not is_unpacked:
        return Completeness.BROKEN
    if has_end(body):
        return Completeness.WHOLE
    return Completeness.UNENDED if is_delimited else Completeness.BROKEN


@dataclass(frozen=True, slots=True)
class Looks:
    """Looks in a row at one address whose documents had no end and read the same."""

    digest: bytes
    """Of what was read."""
    since: datetime
    count: int = 1

    def prove(self, at: datetime) -> bool:
        """Tell whether the document may be taken for whole, the last of these looks having been ``at``."""
        return self.count >= LOOKS and at - self.since >= SPAN


def looked_again(before: Looks | None, digest: bytes, at: datetime) -> Looks:
    """Count one more look. Another reading begins anew, and so does a clock that was put back."""
    if before is None or before.digest != digest or at < before.since:
        return Looks(digest, at)
    return Looks(digest, before.since, min(before.count + 1, LOOKS))


# --- the end of a document

_END = re.compile(rb"</html(?=[\s/>]|\Z)", re.IGNORECASE)
_OPENING = re.compile(rb"<(?:!--|script(?=[\s/>]))", re.IGNORECASE)
_COMMENT_END = re.compile(rb"--!?>")
_SCRIPT_END = re.compile(rb"</script(?=[\s/>])", re.IGNORECASE)

_ROOT = re.compile(rb"<((?:[\w.-]+:)?(?:rss|RDF|feed|urlset|sitemapindex))(?=[\s/>]|\Z)")


def has_end(body: bytes) -> bool:
    """Tell whether ``</html`` stands within the last kilobyte of a document, and in no script or comment."""
    body = body.rstrip(b" \t\r\n\f\0")
    if b"\0" in body[-WINDOW:]:  # UTF-16; or NUL bytes, which no reader of pages sees
        body = body.replace(b"\0", b"")
    return any(_is_markup(body, end.start()) for end in _END.finditer(body, max(len(body) - WINDOW, 0)))


def has_root_end(body: bytes) -> bool:
    """Tell whether a feed or a sitemap comes to the end of its root element; what is neither has none to come to."""
    body = body.replace(b"\0", b"")
    root = _ROOT.search(body)
    if root is None:
        return not body.lstrip().startswith(b"<?xml") and (b"<" in body) == (b">" in body)
    opened = body.find(b">", root.end())
    return opened >= 0 and (body[opened - 1 : opened] == b"/" or body.rfind(b"</" + root[1] + b">", opened) >= 0)


def _is_markup(body: bytes, place: int) -> bool:
    """Tell whether a tag at ``place`` is one: outside of scripts and comments.

    Nearly always it is enough that no script begins after the last one has ended, and that the last comment has ended;
    that is found from behind, in some microseconds. ``!`` and ``S`` are rare bytes, which are found fastest.
    """
    script_end = max(body.rfind(b"</script", 0, place), 0)
    comment = _rfind(body, b"<!--", 1, 0, place)
    if (
        body.rfind(b"<script", script_end, place) < 0
        and _rfind(body, b"<S", 1, script_end, place) < 0
        and (comment < 0 or body.find(b"-->", comment, place) >= 0)
    ):
        return True
    return _is_markup_exactly(body, place)


def _is_markup_exactly(body: bytes, place: int) -> bool:
    """Tell the same from the front, as a parser of HTML goes."""
    at = 0
    while (opening := _OPENING.search(body, at, place)) is not None:
        if opening[0] == b"<!--":
            end = _COMMENT_END.search(body, opening.start() + 2, place)  # <!--> is a whole comment
        else:
            end = _SCRIPT_END.search(body, opening.end(), place)
        if end is None:
            return False
        at = end.end()
    return True


def _rfind(body: bytes, wanted: bytes, rare: int, start: int, end: int) -> int:
    """Find what ``body.rfind(wanted, start, end)`` finds, by its one rare byte, for which Python asks the C library."""
    letter = wanted[rare : rare + 1]
    while (end := body.rfind(letter, start, end)) >= 0:
        if body.startswith(wanted, max(end - rare, 0)):
            return end - rare
    return -1
