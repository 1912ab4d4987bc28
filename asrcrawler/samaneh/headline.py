"""Find the article's headline among the headings of a page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from asrcrawler.exceptions import Unreadable
from asrcrawler.samaneh.lines import line_of
from asrcrawler.samaneh.links import LONGEST_HREF
from asrcrawler.samaneh.places import ancestors, within_noise
from asrcrawler.samaneh.urls import code_of_url, is_home
from asrcrawler.text.persian import fold_letters

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

    from asrcrawler.samaneh.places import Places

_TITLE_OF_ANYTHING = re.compile(r"(?:^|\s)title(?:$|\s)")
_NAMES = ("title", "Title", "Htags")
"""What the class names of headlines are built from."""
_RIGHT_TO_LEFT = re.compile(r"direction\s*:\s*(?:right|rtl)", re.IGNORECASE)
_NEAR = 2  # elements around a heading whose names are its names too


def headline_text(node: LexborNode) -> str | None:
    """Find the text of the headline's own link, if it has one that says something, or all of it."""
    anchor = _first_link(node) if node.tag != "a" else None
    return (line_of(anchor) if anchor is not None else "") or line_of(node) or None


def _first_link(node: LexborNode) -> LexborNode | None:
    """Find the first link in an element: most headings are a link or a text and nothing else."""
    child = node.child
    while child is not None and not child.is_element_node:
        child = child.next
    return child if child is None or child.tag == "a" else node.css_first("a")


def find_headline(places: Places, code: int, hint: str | None) -> tuple[int, LexborNode] | None:
    """Find the heading that most speaks for: its link to this article, its name, its place, what the page calls itself.

    With how much speaks for it, to be compared with :data:`ENOUGH`.

    ``hint`` is the title in the page's head. Raises :exc:`~asrcrawler.exceptions.Unreadable` for two headings of
    different text of which nothing tells which is meant.
    """
    named = fold_letters(hint or "")
    clear: set[int] = set()
    weighed: list[_Heading] = []
    for node in places.of("headline"):
        if (heading := _weighed(node, code, named, clear)) is not None:
            weighed.append(heading)
            if heading.weight == _MOST:
                break
    if not weighed:
        return None
    heaviest = max(heading.weight for heading in weighed)
    best = [heading for heading in weighed if heading.weight == heaviest]
    if len({heading.folded for heading in best}) > 1 and not heaviest & _IN_CONTAINER:
        _refuse([heading.node for heading in best])
    return heaviest, best[0].node


_OWN_LINK, _AS_IN_HEAD, _IN_CONTAINER, _HAS_NAME = 8, 4, 2, 1
_MOST = _OWN_LINK | _AS_IN_HEAD | _IN_CONTAINER | _HAS_NAME
ENOUGH = _IN_CONTAINER
"""A heading of less weight may be that of a box or the outlet's name."""


class _Heading(NamedTuple):
    weight: int
    node: LexborNode
    folded: str
    """Its text, for comparing it."""


def _weighed(node: LexborNode, code: int, hint: str, clear: set[int]) -> _Heading | None:
    """Weigh what speaks for a heading; None for one that is not it.

    ``hint`` is folded. ``clear`` are elements that stand in no noise, and gets those around the heading.
    """
    text = headline_text(node)
    if not text or within_noise(node, clear=clear):
        return None
    around = ancestors(node)
    clear.update(parent.mem_id for parent in around)
    links = [node.attributes.get("href") or ""] if node.tag == "a" else []
    if _first_link(node) is not None:
        links += [anchor.attributes.get("href") or "" for anchor in node.css("a[href]")[:3]]
    links += [parent.attributes.get("href") or "" for parent in around[:_NEAR] if parent.tag == "a"]
    found = [code_of_url(link[:LONGEST_HREF]) for link in links]
    codes = {one for one in found if one is not None}
    if codes - {code} or any(is_home(link) for link, one in zip(links, found, strict=True) if link and one is None):
        return None
    folded = fold_letters(text)
    names = " ".join(part.attributes.get("class") or "" for part in (node, *around[:_NEAR]))
    weight = _OWN_LINK if code in codes else 0
    weight |= _AS_IN_HEAD if _is_most_of(folded, hint) else 0
    weight |= _IN_CONTAINER if any(map(_is_container, around)) else 0
    weight |= _HAS_NAME if any(name in names for name in _NAMES) else 0
    # The boxes of a page have titles too, and the outlet's name may stand in an h1.
    least = _IN_CONTAINER if node.tag != "h1" and _TITLE_OF_ANYTHING.search(names) else _HAS_NAME
    if node.tag == "h2" and (not weight & _HAS_NAME or "sub" in names):
        least = _AS_IN_HEAD  # or it would be any sub-heading
    return _Heading(weight, node, folded) if weight >= least else None


def _is_most_of(text: str, hint: str) -> bool:
    """Tell whether the page calls itself so; the outlet's name before or after it is no difference."""
    return bool(text) and text in hint and 2 * len(text) >= len(hint)


def _is_container(node: LexborNode) -> bool:
    """Tell whether an element is written from right to left by its own style, as the one around the article is."""
    style = node.attributes.get("style")
    return style is not None and _RIGHT_TO_LEFT.search(style) is not None and node.tag != "body"


def _refuse(nodes: list[LexborNode]) -> NoReturn:
    shown = "; ".join(f"«{(headline_text(node) or '')[:40]}»" for node in nodes[:3])
    raise Unreadable(f"several headlines: {shown}")
