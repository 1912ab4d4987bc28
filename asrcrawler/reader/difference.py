"""Compare two texts word by word, to show what an edit changed. Pure, and bounded whatever the texts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST_WORK = 3_000_000  # pairs of words compared for one text, 0.1 s a million; the rest is shown as replaced
MOST_PARAGRAPHS = 400  # of both texts together
LEAST_ALIKE = 0.3  # share of words; below it a paragraph counts as a new one and not as an edited one

_WORDS = re.compile(r"\s+|[\w\u200c]+|[^\w\s]")

Mark = Literal["same", "deleted", "inserted"]


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of text, and whether it stayed, was deleted or was inserted."""

    mark: Mark
    text: str


Paragraph = list[Part]


def words(before: str | None, after: str | None) -> Paragraph:
    """Compare two texts: give the words of both in one sequence, each kept, deleted or inserted.

    >>> [(part.mark, part.text) for part in words("The bridge is closed", "The bridge is open")]
    [('same', 'The bridge is '), ('deleted', 'closed'), ('inserted', 'open')]
    """
    return _Comparison().words(before or "", after or "")


def paragraphs(before: str | None, after: str | None) -> list[Paragraph]:
    """Compare two bodies: give a list of parts for each paragraph of either."""
    old, new = (text.split("\n\n") if text else [] for text in (before, after))
    if len(old) + len(new) > MOST_PARAGRAPHS:
        return [_parts(("deleted", text)) for text in old] + [_parts(("inserted", text)) for text in new]
    comparison, found = _Comparison(), list[Paragraph]()
    for tag, old_first, old_end, new_first, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found += [_parts(("same", text)) for text in old[old_first:old_end]]
        else:
            found += comparison.replaced(old[old_first:old_end], new[new_first:new_end])
    return found


def names(before: Sequence[str], after: Sequence[str]) -> Paragraph:
    """Compare two lists of names, such as tags.

    >>> [(part.mark, part.text) for part in names(["oil", "gas"], ["oil", "coal"])]
    [('same', 'oil'), ('deleted', 'gas'), ('inserted', 'coal')]
    """
    kept = [Part("same", name) for name in before if name in after]
    gone = [Part("deleted", name) for name in before if name not in after]
    return kept + gone + [Part("inserted", name) for name in after if name not in before]


def changed(parts: Sequence[Part]) -> bool:
    """Tell whether any part was deleted or inserted."""
    return any(part.mark != "same" for part in parts)


class _Comparison:
    """A comparison of two bodies that stops comparing words when :data:`MOST_WORK` is used up."""

    def __init__(self) -> None:
        self._left = MOST_WORK

    def words(self, before: str, after: str) -> Paragraph:
        old, new = _WORDS.findall(before), _WORDS.findall(after)
        self._left -= len(old) * len(new)
        if self._left < 0 or (old and new and _alikeness(old, new) < LEAST_ALIKE):
            return _parts(("deleted", before), ("inserted", after))
        found, gone, come = list[tuple[str, str]](), "", ""
        for tag, old_first, old_end, new_first, new_end in SequenceMatcher(
            None, old, new, autojunk=False
        ).get_opcodes():
            left, right = "".join(old[old_first:old_end]), "".join(new[new_first:new_end])
            if tag != "equal" or (left.isspace() and gone + come and old_end < len(old)):
                gone, come = gone + left, come + right  # a blank between two changes is part of both
            else:
                found += [("deleted", gone), ("inserted", come), ("same", left)]
                gone = come = ""
        return _parts(*found, ("deleted", gone), ("inserted", come))

    def replaced(self, old: list[str], new: list[str]) -> Iterator[Paragraph]:
        """Compare paragraphs that replaced others: in pairs while they are alike, the rest each on its own."""
        left = list(old)
        for text in new:
            if left and _are_alike(left[0], text):
                yield self.words(left.pop(0), text)
            elif len(left) > 1 and _are_alike(left[1], text):
                yield _parts(("deleted", left.pop(0)))
                yield self.words(left.pop(0), text)
            else:
                yield _parts(("inserted", text))
        for text in left:
            yield _parts(("deleted", text))


def _are_alike(one: str, other: str) -> bool:
    return _alikeness(_WORDS.findall(one), _WORDS.findall(other)) >= LEAST_ALIKE


def _alikeness(old: Sequence[str], new: Sequence[str]) -> float:
    """Estimate the share of words that both have, whatever their order, which is cheap."""
    return SequenceMatcher(None, old, new, autojunk=False).quick_ratio()


def _parts(*found: tuple[str, str]) -> Paragraph:
    """Join neighbouring parts with the same mark and leave out empty ones."""
    joined: list[tuple[str, str]] = []
    for mark, text in found:
        if not text:
            continue
        if joined and joined[-1][0] == mark:
            joined[-1] = (mark, joined[-1][1] + text)
        else:
            joined.append((mark, text))
    return [Part(mark, text) for mark, text in joined]  # type: ignore[arg-type]
