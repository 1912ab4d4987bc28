"""Find the elements of a page that hold the article's text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asrcrawler.exceptions import Unreadable
from asrcrawler.samaneh.lines import size_of
from asrcrawler.samaneh.places import ancestors, common, leads_elsewhere, within_noise

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

    from asrcrawler.samaneh.places import Places

ENOUGH_TEXT = 200  # characters of a body that is certainly one


def find_bodies(places: Places, kind: str, headline: LexborNode | None, code: int) -> list[LexborNode]:
    """Find the places of a kind that hold the text, in order: behind the headline and nearest to it.

    Raises :exc:`~asrcrawler.exceptions.Unreadable` for two that are equally near and both hold much text.
    """
    around = {node.mem_id for node in ancestors(headline)} if headline is not None else set()
    found = [node for node in places.of(kind) if not within_noise(node, clear=around)]
    if headline is not None:
        found = [node for node in found if node.mem_id not in around and node.mem_id != headline.mem_id]
    found = _outermost([node for node in found if node.attributes.get("itemprop") == "articleBody"] or found)
    if len(found) < 2:
        return found
    if headline is not None:
        found = [node for node in found if places.comes_before(headline, node)] or found
        steps = [common(headline, node)[1] for node in found]
        found = [node for node, step in zip(found, steps, strict=True) if step == min(steps)]
    found = [node for node in found if has_own_text(node, code)] or found[:1]
    return _one_of(found)


def has_own_text(node: LexborNode, code: int) -> bool:
    """Tell whether there is text that is no link to another article."""
    linked = sum(size_of(anchor) for anchor in node.css("a[href]") if leads_elsewhere(anchor, code))
    return size_of(node) > 2 * linked if linked else bool(node.text().strip())


def _outermost(nodes: list[LexborNode]) -> list[LexborNode]:
    """Find those that stand in none of the others."""
    every = {node.mem_id for node in nodes}
    return [node for node in nodes if not any(parent.mem_id in every for parent in ancestors(node))]


def _one_of(nodes: list[LexborNode]) -> list[LexborNode]:
    """Return bodies beside each other as parts of one text, elsewhere the largest; refuse two that hold much text."""
    parents = {node.parent.mem_id for node in nodes if node.parent is not None}
    if len(parents) == 1:
        return nodes
    if sum(size_of(node) >= ENOUGH_TEXT for node in nodes) > 1:
        raise Unreadable("several bodies")
    return [max(nodes, key=lambda node: size_of(node))]
