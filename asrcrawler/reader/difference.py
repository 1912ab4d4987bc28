"""Compare two texts word by word, to show what an edit changed. Pure, and bounded whatever the texts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

MOST_WORK = 3_000_000  # pairs of words compared for one text, 0.1 s a million; the rest is shown as replaced
MOST_PARAGRAPHS = 400  # of both texts together
LEAST_ALIKE = 0.3  # share of words; below it a paragraph counts as a new one and not as an edited one
LONGEST_CONTEXT = 40  # characters of unchanged text that a difference in one line keeps on either side of a change
LONGEST_CHANGE = 120  # characters of each stretch of words in such a line
MOST_CHANGES = 4  # parts of a paragraph in such a line, from the first change on

LINES = ("title", "kicker", "lead")
"""Fields of one line each, the most telling one first."""
LISTS = ("category", "tags")

_WORDS = re.compile(r"\s+|[\w\u200c]+|[^\w\s]")
_WORD = re.compile(r"[\w\u200c]+")

Mark = Literal["same", "deleted", "inserted"]
Sort = Literal["same", "out", "in", "both"]


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


def in_a_row(parts: Sequence[Part]) -> Paragraph:
    """Write names one after the other, with commas between them."""
    return [Part(part.mark, f"{part.text}، ") for part in parts[:-1]] + list(parts[-1:])


def changed(parts: Sequence[Part]) -> bool:
    """Tell whether any part was deleted or inserted."""
    return any(part.mark != "same" for part in parts)


def sort_of(parts: Sequence[Part]) -> Sort:
    """Tell what became of a paragraph: it stayed, went as a whole, came as a whole, or was edited.

    >>> sort_of([Part("inserted", "a new paragraph")])
    'in'
    """
    marks = {part.mark for part in parts}
    if marks <= {"same"}:
        return "same"
    return {"deleted": "out", "inserted": "in"}.get(next(iter(marks)), "both") if len(marks) == 1 else "both"  # type: ignore[return-value]


def side(parts: Sequence[Part], without: Mark) -> Paragraph:
    """Give one side of a comparison: the parts that do not have the mark ``without``."""
    return [part for part in parts if part.mark != without]


def count_words(found: Iterable[Sequence[Part]]) -> tuple[int, int]:
    """Count the words that were deleted and those that were inserted.

    >>> count_words([[Part("same", "The bridge is "), Part("deleted", "closed"), Part("inserted", "open again")]])
    (1, 2)
    """
    counted = {"same": 0, "deleted": 0, "inserted": 0}
    for parts in found:
        for part in parts:
            counted[part.mark] += len(_WORD.findall(part.text))
    return counted["deleted"], counted["inserted"]


def one_line(before: Mapping[Any, Any], after: Mapping[Any, Any]) -> tuple[str, Paragraph]:
    """Show an edit in one line: the first field that differs, and the words around its first change.

    The field is ``body``, or one of :data:`LINES` and :data:`LISTS`; empty, with no parts, where nothing differs.

    >>> one_line({"title": "Bridge closed"}, {"title": "Bridge open"})[0]
    'title'
    """
    for name in LINES:
        parts = words(before.get(name), after.get(name))
        if changed(parts):
            return name, _shortened(parts)
    for parts in paragraphs(before.get("body"), after.get("body")):
        if changed(parts):
            return "body", _shortened(parts)
    for name in LISTS:
        parts = names(before.get(name) or [], after.get(name) or [])
        if changed(parts):
            return name, [part for part in parts if part.mark != "same"][:MOST_CHANGES]
    return "", []


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


def _shortened(parts: Paragraph) -> Paragraph:
    """Keep the first changes of a paragraph with a little of what stands around them."""
    first = next(place for place, part in enumerate(parts) if part.mark != "same")
    kept = list(parts[max(first - 1, 0) : first + MOST_CHANGES])
    for place, part in enumerate(kept):
        if part.mark != "same":
            kept[place] = Part(part.mark, _cut(part.text, LONGEST_CHANGE))
        elif place == 0:
            kept[place] = Part("same", _cut(part.text, LONGEST_CONTEXT, at_start=True))
        elif place == len(kept) - 1:
            kept[place] = Part("same", _cut(part.text, LONGEST_CONTEXT))
        else:
            kept[place] = Part("same", _cut(part.text, 2 * LONGEST_CONTEXT))
    return kept


def _cut(text: str, longest: int, *, at_start: bool = False) -> str:
    """Shorten a text to whole words, with an ellipsis where it was cut."""
    if len(text) <= longest:
        return text
    if at_start:
        _, blank, kept = text[-longest:].partition(" ")
        return f"… {kept if blank else text[-longest:]}"
    kept, blank, _ = text[:longest].rpartition(" ")
    return f"{kept if blank else text[:longest]} …"
