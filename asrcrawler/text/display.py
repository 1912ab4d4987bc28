"""Tell how text lies on a screen: its direction, and the cells of a terminal that it takes. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from unicodedata import bidirectional, category, east_asian_width

if TYPE_CHECKING:
    from collections.abc import Iterator

_RIGHT_TO_LEFT, _LEFT_TO_RIGHT = frozenset({"R", "AL"}), "L"
_WITHOUT_WIDTH = frozenset({"Mn", "Me", "Cf", "Cc"})
"""Combining marks, and what is not drawn: ZWNJ, bidi marks, controls."""
_WIDE = frozenset("WF")
_SHOWN = re.compile(r"\x1b\[[\d;]*m|.", re.DOTALL)
"""A character, or a sequence that sets how the next ones look."""


def direction(text: str) -> str:
    """Give ``rtl`` or ``ltr``, as most of the letters are; ``rtl`` where there are as many of both, or none.

    >>> direction("BBC: گفت‌وگو با نویسندهٔ کتاب"), direction("پاسخ: see the whole report")
    ('rtl', 'ltr')
    """
    kinds = [bidirectional(char) for char in text if char.isalpha()]
    leftwards = sum(kind in _RIGHT_TO_LEFT for kind in kinds)
    return "ltr" if kinds.count(_LEFT_TO_RIGHT) > leftwards else "rtl"


def cells(text: str) -> int:
    """Count the cells that ``text`` takes on a terminal.

    >>> cells("می‌شود"), cells("مُهر"), cells("漢字")
    (5, 3, 4)
    """
    return sum(_cells_of(shown) for shown in _SHOWN.findall(text))


def wrap(text: str, columns: int) -> list[str]:
    """Break ``text`` at its blanks into lines of at most so many cells; what is longer than a line is broken within.

    >>> wrap("بهای نفت گران شد", 9)
    ['بهای نفت', 'گران شد']
    """
    lines: list[str] = []
    line, filled = "", 0
    for word in text.split():
        for part in _parts(word, columns):
            taken = cells(part)
            if line and filled + 1 + taken > columns:
                lines.append(line)
                line, filled = "", 0
            line, filled = (f"{line} {part}", filled + 1 + taken) if line else (part, taken)
    return [*lines, line] if line else lines


def _parts(word: str, columns: int) -> Iterator[str]:
    """Yield ``word`` in parts that fit into a line: nearly always one."""
    part, filled = "", 0
    for shown in _SHOWN.findall(word):
        taken = _cells_of(shown)
        if part and filled + taken > columns:
            yield part
            part, filled = "", 0
        part, filled = part + shown, filled + taken
    yield part


def _cells_of(shown: str) -> int:
    if len(shown) > 1 or category(shown) in _WITHOUT_WIDTH:
        return 0
    return 2 if east_asian_width(shown) in _WIDE else 1
