"""Which of the headings of a page is the article's headline."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NoReturn

from asrcrawler.exceptions import Unreadable
from asrcrawler.samaneh.noise import is_noise
from asrcrawler.samaneh.places import LONGEST_HREF, ancestors, line_of
from asrcrawler.samaneh.urls import code_of_url, is_home
from asrcrawler.text.persian import fold_letters

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

    from asrcrawler.samaneh.places import Places

_TITLE_OF_ANYTHING = re.compile(r"(?:^|\s)title(?:$|\s)")
_NAMES = ("title", "Title", "Htags")
"""What the class names of headlines are built from."""
_RIGHT_TO_LEFT = re.compile(r"direction\s*:\s*(?:right|rtl)", re.IGNORECASE)
_MOST = 60  # candidates that are weighed
_NEAR = 2  # elements around a heading whose names are its names too


def headline_text(node: LexborNode) -> str | None:
    """The text of the headline's own link, if it has one that says something, or all of it."""
    anchor = node.css_first("a") if node.tag != "a" else None
    return (line_of(anchor) if anchor is not None else "") or line_of(node) or None


def find_headline(places: Places, code: int, hint: str | None) -> LexborNode | None:
    """The heading that most speaks for: its link to this article, its name, its place, what the page calls itself.

    ``hint`` is the title in the page's head. Raises :exc:`~asrcrawler.exceptions.Unreadable` for two headings of
    different text of which nothing tells which is meant.
    """
    containers = {node.mem_id for node in places.of("container") if _is_right_to_left(node)}
    weighed: list[tuple[int, LexborNode]] = []
    for node in places.of("headline")[:_MOST]:
        weight = _weight(node, code, hint, containers)
        if weight is not None:
            weighed.append((weight, node))
    if not weighed:
        return None
    heaviest = max(weight for weight, _ in weighed)
    best = [node for weight, node in weighed if weight == heaviest]
    if len({fold_letters(headline_text(node) or "") for node in best}) > 1 and not heaviest & _IN_CONTAINER:
        _refuse(best)
    return best[0]


_OWN_LINK, _AS_IN_HEAD, _IN_CONTAINER, _HAS_NAME = 8, 4, 2, 1


def _weight(node: LexborNode, code: int, hint: str | None, containers: set[int]) -> int | None:
    """How much speaks for a heading; None for one that is not it."""
    text = headline_text(node)
    around = ancestors(node)
    if not text or is_noise(node) or any(is_noise(parent) for parent in around if parent.tag != "body"):
        return None
    links = [node.attributes.get("href") or ""] if node.tag == "a" else []
    links += [anchor.attributes.get("href") or "" for anchor in node.css("a[href]")[:3]]
    links += [parent.attributes.get("href") or "" for parent in around[:_NEAR] if parent.tag == "a"]
    codes = {found for link in links if (found := code_of_url(link[:LONGEST_HREF])) is not None}
    if codes - {code} or any(is_home(link) for link in links if link):
        return None
    folded = fold_letters(text)
    names = " ".join(part.attributes.get("class") or "" for part in (node, *around[:_NEAR]))
    weight = _OWN_LINK if code in codes else 0
    weight |= _AS_IN_HEAD if _is_most_of(folded, fold_letters(hint or "")) else 0
    weight |= _IN_CONTAINER if any(parent.mem_id in containers for parent in around) else 0
    weight |= _HAS_NAME if any(name in names for name in _NAMES) else 0
    # The boxes of a page have titles too, and the outlet's name may stand in an h1.
    least = _IN_CONTAINER if node.tag != "h1" and _TITLE_OF_ANYTHING.search(names) else _HAS_NAME
    return weight if weight >= least else None


def _is_most_of(text: str, hint: str) -> bool:
    """Whether the page calls itself so; the outlet's name before or after it is no difference."""
    return bool(text) and text in hint and 2 * len(text) >= len(hint)


def _is_right_to_left(node: LexborNode) -> bool:
    return _RIGHT_TO_LEFT.search(node.attributes.get("style") or "") is not None


def _refuse(nodes: list[LexborNode]) -> NoReturn:
    shown = "; ".join(f"«{(headline_text(node) or '')[:40]}»" for node in nodes[:3])
    raise Unreadable(f"several headlines: {shown}")
