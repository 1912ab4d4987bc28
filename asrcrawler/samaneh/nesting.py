"""Recognise markup that costs an HTML5 parser far too much time, before it is parsed.

The parser looks through all open elements at every tag and through all attributes at every attribute: half a megabyte
of these takes it minutes. Browsers stop at 512 nested elements.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

DEEPEST = 600
"""Elements within each other."""
MOST_ATTRIBUTES = 10_000
"""Of one element."""

# Pages below these cost little whatever they are, and are not looked at: articles have some 2,500 tags, 150 of them
# without an end, in some 90,000 bytes.
FEW_TAGS = 3_000
MORE_TAGS = 5_000  # … if nearly all of them have an end
SHORT = 100_000  # bytes

_TAG = re.compile(rb"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
LONG_TAG = 20_000  # bytes
_LONG_TAG = re.compile(rb"<[a-zA-Z][^<>]{%d}" % LONG_TAG)
_QUOTED = re.compile(rb"\"[^\"]*\"|'[^']*'")
_NEVER_DEEP = frozenset(
    name.encode()
    for name in (
        # without content
        "area base br col embed frame hr img input link meta param source track wbr"
        # ended by their next sibling, so that authors leave their end out
        " p li dt dd option optgroup tr td th tbody thead tfoot colgroup caption rp rt html head body"
        # ended by the next one of their kind
        " a nobr button"
    ).split()
)


def excess(page: bytes) -> str | None:
    """Tell what a page (UTF-8) has too much of to be parsed, for people; None for any that a site means to be read."""
    tags = page.count(b"<")
    if tags > FEW_TAGS and (tags > MORE_TAGS or tags - 2 * page.count(b"</") > DEEPEST) and _nests_too_deep(page):
        return f"elements nested deeper than {DEEPEST}"
    if len(page) > SHORT and any(_attributes(page, tag) > MOST_ATTRIBUTES for tag in _long_tags(page)):
        return f"more than {MOST_ATTRIBUTES} attributes on one element"
    return None


def _long_tags(page: bytes) -> Iterator[re.Match[bytes]]:
    """Find the tags of more than :data:`LONG_TAG` bytes, by looking only where no other one begins for so long."""
    begin = page.find(b"<")
    while begin >= 0:
        last = page.rfind(b"<", begin + 1, begin + 1 + LONG_TAG)
        if last < 0 and (tag := _LONG_TAG.match(page, begin)):
            yield tag
        begin = last if last >= 0 else page.find(b"<", begin + 1)


def _nests_too_deep(page: bytes) -> bool:
    depth = 0
    for match in _TAG.finditer(page):
        if match[2].lower() in _NEVER_DEEP:
            continue
        if match[1]:
            depth -= depth > 0
        else:
            depth += 1
            if depth > DEEPEST:
                return True
    return False


def _attributes(page: bytes, tag: re.Match[bytes]) -> int:
    end = page.find(b">", tag.end())
    return len(_QUOTED.sub(b"", page[tag.start() : end if end >= 0 else len(page)]).split())
