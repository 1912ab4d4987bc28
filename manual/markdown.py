"""Write the few forms of Markdown that the pages are made of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MADE = "<!-- Made by `python -m manual` from the code; what is written here is lost. -->"


def code(text: str) -> str:
    """Write a code span.

    >>> code("--codes A-B")
    '`--codes A-B`'
    """
    return f"`{text}`"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Write a table, a row a line.

    >>> table(["a"], [["x | y"]])
    ['| a |', '|---|', '| x \\\\| y |']
    """
    lines = [_row(heads), "|" + "---|" * len(heads)]
    return lines + [_row(row) for row in rows]


def anchor(heading: str, separator: str = "-") -> str:
    """Give the anchor that GitHub makes of a heading; MkDocs is told to do the same.

    >>> anchor("An exported article"), anchor("`scrapy db`")
    ('an-exported-article', 'scrapy-db')
    """
    return re.sub(r"[^\w\s\u200c-]", "", heading.lower()).strip().replace(" ", separator)


def page(title: str, *parts: Iterable[str]) -> str:
    """Write a page of paragraphs, tables and headings, with an empty line between two parts."""
    whole = [[f"# {title}", "", MADE], *map(list, parts)]
    return "\n\n".join("\n".join(part) for part in whole if part) + "\n"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"
