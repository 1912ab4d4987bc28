"""Tell which lines of a body are its text, and which are links to other articles or headings over such links.

Told by where the lines stand, not by their words. A linked line is text where it is a sentence; where it stands alone
above a paragraph, as the sub-headings of a digest do; in a list that a sentence announces; and where the body holds
nothing else. A row of links, a link behind a heading or a label, and a link at the end are furniture, and so is the
heading.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_BULLETS = 3  # characters of a list of links that stand outside the links: bullets, dashes, brackets
SHORT = 6  # words of a heading; «۱۵ سال پیش در چنین روزی» has so many
LONGEST_INVITATION = 10  # words of a block around a link to a section or a channel
SENTENCE = 5  # words of a link that is a sentence
FEWEST_LINKS = 2  # of a digest
_LABEL = 4  # words in front of a link that say what kind of link it is: «پیشنهاد ما:»
_AROUND = 12  # letters around a link to a channel: «… را دنبال کنید»
_CLOSING = "»\"')”’] \u200c"
_STOPS = (".", "…", "۔")
_COLONS = (":", "：")
_SEPARATORS = "|،,•"


class Sort(Enum):
    """What a line of a body consists of."""

    TEXT = auto()
    LINK = auto()
    """Nothing but links to other articles."""
    LABELLED_LINK = auto()
    """… behind a label."""
    INVITATION = auto()
    """A few words around a link to a section or a channel."""
    PROMOTION = auto()
    """Told by its words."""


_TEXT, _LINK, _LABELLED_LINK, _INVITATION, _PROMOTION = Sort  # a look-up on the class takes ten times as long


@dataclass(slots=True)
class Line:
    """A paragraph of a body as it stands there."""

    text: str
    sort: Sort = _TEXT
    box: int = 0
    """The number of the innermost box of the template around it; 0: none."""
    listed: bool = False
    """Whether it is an item of a list or a row of a table."""
    pictures: int = 0
    """How many pictures stand before it."""


def is_short(text: str) -> bool:
    """Tell whether a line is as short as a heading and does not end like a sentence."""
    return text.count(" ") < SHORT and not text.rstrip(_CLOSING).endswith(_STOPS)


def sort_of_links(text: str, label: str, linked: int, off: int, *, to_network: bool) -> Sort:
    """Tell what a line is that has links in it.

    ``linked`` and ``off`` are the letters in links to other articles and to other places of the outlet or, if
    ``to_network``, to a channel; ``label`` is what stands before the first of them.
    """
    label = " ".join(label.split())
    outside = _letters(text) - linked - off
    is_label = label.endswith(_COLONS) and label.count(" ") < _LABEL
    beside = outside - _letters(label) if is_label else outside
    is_all = beside <= MOST_BULLETS + sum(map(text.count, _SEPARATORS))
    if linked > off:
        if outside <= MOST_BULLETS:
            return _LINK
        return _LABELLED_LINK if is_label and is_all else _TEXT
    if is_label and is_all:
        return _INVITATION
    is_invitation = text.count(" ") < LONGEST_INVITATION and not text.rstrip(_CLOSING).endswith((*_STOPS, *_COLONS))
    around = outside <= max(off, _AROUND) if to_network else is_all
    return _INVITATION if is_invitation and around else _TEXT


def text_lines(lines: Sequence[Line], *, may_be_digest: bool) -> list[Line]:
    """Return the lines that are text."""
    if all(line.sort is _TEXT for line in lines):
        return list(lines)
    kept = [False] * len(lines)
    announced = _announced(lines)
    boxes = _boxes_of_links(lines)
    for place in range(len(lines) - 1, -1, -1):
        line = lines[place]
        following = place + 1
        if line.sort is _LINK:
            kept[place] = place in announced or _is_sentence(line.text) or _is_heading(lines, kept, boxes, place)
        elif line.sort is _TEXT:
            heads_links = following < len(lines) and not kept[following] and lines[following].sort is _LINK
            is_heading = _may_head(line) and (
                line.box in boxes or (heads_links and not _is_one_of_many(lines, kept, place))
            )
            kept[place] = not is_heading
    if any(kept):
        return [line for line, is_text in zip(lines, kept, strict=True) if is_text]
    links = sum(line.sort in _LINKS for line in lines)
    restored = _DIGEST if may_be_digest and links >= FEWEST_LINKS else {_TEXT}
    return [line for line in lines if line.sort in restored]


_LINKS = frozenset({_LINK, _LABELLED_LINK})
_DIGEST = _LINKS | {_TEXT}


def _is_heading(lines: Sequence[Line], kept: Sequence[bool], boxes: frozenset[int], place: int) -> bool:
    """Tell whether a linked line is the heading of the paragraph that follows it."""
    line = lines[place]
    if line.listed or line.box in boxes or place + 1 == len(lines):
        return False
    following = lines[place + 1]
    if following.sort is not _TEXT or not kept[place + 1] or _may_head(following):
        return False
    if place == 0:
        return True
    before = lines[place - 1]
    is_row = before.sort is _LINK and not before.listed and not _is_sentence(before.text)
    return not is_row and not (before.sort is _TEXT and _may_head(before))


def _is_one_of_many(lines: Sequence[Line], kept: Sequence[bool], place: int) -> bool:
    """Tell whether a short line above links is one of several short lines of the text, such as hours or results."""
    if place > 0 and lines[place - 1].sort is _TEXT and _may_head(lines[place - 1]):
        return True
    earlier = (lines[number] for number in range(place - 1, -1, -1))
    before = next((line for line in earlier if line.sort is not _PROMOTION), None)
    if before is None or before.sort is not _TEXT or before.text.rstrip(_CLOSING).endswith((*_STOPS, *_COLONS)):
        return False
    after = next((later for later in range(place + 1, len(lines)) if lines[later].sort is _TEXT), None)
    return after is not None and kept[after] and _may_head(lines[after])


def _may_head(line: Line) -> bool:
    return not line.listed and is_short(line.text)


def _is_sentence(text: str) -> bool:
    end = text.rstrip(_CLOSING)
    return end.endswith(".") and not end.endswith("..") and text.count(" ") >= SENTENCE - 1


def _announced(lines: Sequence[Line]) -> frozenset[int]:
    """Return the linked lines of the lists that a sentence with a colon at its end stands before."""
    found: set[int] = set()
    for place, (line, following) in enumerate(pairwise(lines)):
        announces = line.sort is _TEXT and line.text.endswith(_COLONS) and not is_short(line.text)
        if following.sort is _LINK and (announces or place in found):
            found.add(place + 1)
    return frozenset(found)


def _boxes_of_links(lines: Sequence[Line]) -> frozenset[int]:
    """Return the boxes that hold links and no text but headings."""
    with_links = {line.box for line in lines if line.sort in _LINKS or line.sort is _INVITATION}
    with_text = {line.box for line in lines if line.sort is _TEXT and not _may_head(line)}
    return frozenset(with_links - with_text - {0})


def _letters(text: str) -> int:
    return len(text) - text.count(" ")
