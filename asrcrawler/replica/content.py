"""Hold an article as its editor wrote it: clean text with its structure, before any page is made of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from asrcrawler.items import Kind

if TYPE_CHECKING:
    from datetime import datetime

CELLS = " | "
"""Separator of the cells of a table row in a body's text."""


class BlockKind(StrEnum):
    """The kinds of blocks in a body."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    LIST = "list"
    QUOTE = "quote"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Block:
    """A block of a body; each of its lines is a paragraph of the stored text."""

    kind: BlockKind
    lines: tuple[str, ...]
    """One line, or the items of a list, or the rows of a table with cells separated by ``" | "``."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of an article: its path on the site and its caption."""

    path: str
    caption: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """One text of an article, clean as :func:`asrcrawler.text.persian.clean` would leave it."""

    title: str
    lead: str | None = None
    blocks: tuple[Block, ...] = ()
    kicker: str | None = None
    category: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    author: str | None = None
    pictures: tuple[Picture, ...] = ()
    """The lead picture first; it has no caption of its own."""
    media: tuple[str, ...] = ()
    """Paths of a video's files."""
    kind: Kind = Kind.ARTICLE
    published_at: datetime | None = None
    """Moment of publication, aware. Only for an article that a test puts into a world; else the world decides."""

    @property
    def body(self) -> str | None:
        """The text as it is stored: paragraphs separated by a blank line."""
        return "\n\n".join(line for block in self.blocks for line in block.lines) or None

    @property
    def identity(self) -> tuple[str, str | None, str | None]:
        """Title, lead and body, which two codes must share to be duplicates."""
        return self.title, self.lead, self.body

    def renamed(self, old: str, new: str) -> Content:
        """Give the same text with the name ``new`` wherever it says ``old``."""

        def text(line: str) -> str:
            return line.replace(old, new)

        return replace(
            self,
            title=text(self.title),
            lead=self.lead and text(self.lead),
            kicker=self.kicker and text(self.kicker),
            author=self.author and text(self.author),
            blocks=tuple(Block(block.kind, tuple(map(text, block.lines))) for block in self.blocks),
            pictures=tuple(Picture(image.path, image.caption and text(image.caption)) for image in self.pictures),
        )


def paragraphs(*lines: str) -> tuple[Block, ...]:
    """Make blocks of plain paragraphs."""
    return tuple(Block(BlockKind.PARAGRAPH, (line,)) for line in lines)
