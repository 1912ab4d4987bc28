"""Find what on the page of an article belongs to other articles: boxes of related news, rows of lists.

Some have a telling name (:mod:`~asrcrawler.samaneh.noise`); the rest is told by where it leads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from asrcrawler.samaneh.places import ancestors, leads_elsewhere, within_noise

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from selectolax.lexbor import LexborNode

ROW_STEPS = 2  # from a value in a row of a list to the element that holds the row's link too


class Others:
    """The other articles on the page of ``code``, whose own are ``headline`` and ``bodies``."""

    def __init__(self, code: int, headline: LexborNode | None, bodies: Sequence[LexborNode]) -> None:
        self._code = code
        own = [*bodies, *([headline] if headline is not None else [])]
        self._around = {node.mem_id for part in own for node in ancestors(part)} | {body.mem_id for body in bodies}
        self._boxes: dict[int, bool] = {}

    def has(self, node: LexborNode) -> bool:
        """Tell whether it holds a link to another article or stands beside one, as dates in lists of articles do."""
        for part in (node, *ancestors(node, ROW_STEPS)):
            if part.mem_id in self._around or part.tag == "body":
                return False
            if self._is_box(part):
                return True
        return False

    def _is_box(self, part: LexborNode) -> bool:
        """Tell whether an element is or holds a link to another article; the first link says it most often."""
        if part.mem_id not in self._boxes:
            first = part if part.tag == "a" else part.css_first("a[href]")
            self._boxes[part.mem_id] = first is not None and (
                leads_elsewhere(first, self._code)
                or any(leads_elsewhere(anchor, self._code) for anchor in part.css("a[href]"))
            )
        return self._boxes[part.mem_id]

    def left_out_of(self, nodes: Iterable[LexborNode]) -> list[LexborNode]:
        """Return those of ``nodes`` that stand in no box of others.

        A link within one of them says nothing: a lead may name an earlier report.
        """
        return [
            node
            for node in nodes
            if not within_noise(node, clear=self._around)
            and (node.mem_id in self._around or node.parent is None or not self.has(node.parent))
        ]
