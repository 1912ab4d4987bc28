"""Write articles: Persian reports on seven subjects, galleries, videos, daily notices. Equal draws give equal texts."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from asrcrawler.items import Kind
from asrcrawler.replica.content import Block, BlockKind, Content, Picture
from asrcrawler.replica.draws import between, pick
from asrcrawler.replica.grammar import Grammar, Memo, written
from asrcrawler.replica.words import common, culture, economy, notices, politics, science, society, sport, world

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

SUBJECTS: tuple[ModuleType, ...] = (politics, economy, sport, society, culture, science, world)

KICKER_SHARE = 0.4
LEAD_SHARE = 0.9
TAGS_SHARE = 0.85
BYLINE_SHARE = 0.08
SECTION_SHARE = 0.6
TEXTLESS_SHARE = 0.35
"""Share of galleries and videos that have pictures or a film and no text."""


class Writer:
    """A writer of one article: its subject, its draws, and what was decided in it so far."""

    def __init__(self, subject: ModuleType, rnd: Callable[[], float]) -> None:
        self.subject = subject
        self.rnd = rnd
        self._grammar = grammar_of(subject)
        self._memo: Memo = {}

    def write(self, rule: str) -> str:
        return written(self._grammar[rule], self.rnd, self._memo)

    def fill(self, line: str) -> str:
        return written(self._grammar.once(line), self.rnd, self._memo)

    def maybe(self, probability: float, rule: str) -> str | None:
        return self.write(rule) if self.rnd() < probability else None

    def paragraph(self) -> str:
        return " ".join([self.write("sentence") for _ in range(between(self.rnd, 1, 3))])

    def category(self) -> tuple[str, ...]:
        name = self.subject.NAME
        return (name, pick(self.rnd, self.subject.SECTIONS)) if self.rnd() < SECTION_SHARE else (name,)

    def tags(self) -> tuple[str, ...]:
        if self.rnd() >= TAGS_SHARE:
            return ()
        wanted = between(self.rnd, 1, 6)
        return tuple(dict.fromkeys(pick(self.rnd, self.subject.TAGS) for _ in range(wanted)))


@cache
def grammar_of(subject: ModuleType) -> Grammar:
    return Grammar([common.GRAMMAR, subject.GRAMMAR])


def headline(subject: ModuleType, kind: Kind, rnd: Callable[[], float]) -> str:
    """Write the headline of :func:`report` or :func:`gallery_or_video` for the same draws."""
    return Writer(subject, rnd).write(_HEADLINES[kind])


def report(subject: ModuleType, rnd: Callable[[], float], pictures: tuple[str, ...]) -> Content:
    """Write a news report with its first picture as the lead picture."""
    writer = Writer(subject, rnd)
    title = writer.write("headline")
    return Content(
        title=title,
        kicker=writer.maybe(KICKER_SHARE, "kicker"),
        lead=writer.maybe(LEAD_SHARE, "lead"),
        blocks=tuple(_blocks(writer)),
        category=writer.category(),
        tags=writer.tags(),
        author=writer.maybe(BYLINE_SHARE, "signature"),
        pictures=_captioned(writer, pictures),
    )


def gallery_or_video(subject: ModuleType, kind: Kind, rnd: Callable[[], float], files: tuple[str, ...]) -> Content:
    """Write a gallery of ``files``, or a video of the one file, with little text or none."""
    writer = Writer(subject, rnd)
    title = writer.write(_HEADLINES[kind])
    lead = writer.write("lead")
    is_gallery = kind is Kind.GALLERY
    textless = rnd() < TEXTLESS_SHARE
    return Content(
        kind=kind,
        title=title,
        lead=lead,
        blocks=() if textless else (Block(BlockKind.PARAGRAPH, (writer.write("opening"),)),),
        category=writer.category(),
        tags=writer.tags(),
        pictures=tuple(Picture(path, writer.write("caption")) for path in files) if is_gallery else (),
        media=() if is_gallery else files,
    )


def notice(rnd: Callable[[], float]) -> Content:
    """Write the day's prices, prayer times or weather of a town: always the same words with other numbers."""
    writer = Writer(notices, rnd)
    number = int(rnd() * len(notices.FRAMES))
    title, lead, lines = notices.FRAMES[number]
    day = writer.write("day")
    filled = [writer.fill(line.replace("{day}", day)) for line in (title, lead, *lines)]
    return Content(
        title=filled[0],
        lead=filled[1],
        blocks=tuple(Block(BlockKind.PARAGRAPH, (line,)) for line in filled[2:]),
        category=(notices.NAME, notices.SECTIONS[number]),
        tags=writer.tags(),
    )


def _blocks(writer: Writer) -> list[Block]:
    rnd = writer.rnd
    blocks = [_paragraph(f"{writer.write('opening')} {writer.write('sentence')}")]
    for _ in range(between(rnd, 3, 9)):
        blocks.append(_paragraph(writer.paragraph()))
        if rnd() < 0.12:
            blocks.append(_special(writer))
    if rnd() < 0.5:
        blocks.append(_paragraph(writer.write("ending")))
    return blocks


def _special(writer: Writer) -> Block:
    rnd = writer.rnd
    match int(rnd() * 4):
        case 0:
            return Block(BlockKind.HEADING, (writer.write("heading"),))
        case 1:
            items = dict.fromkeys(writer.write("item") for _ in range(between(rnd, 3, 6)))
            return Block(BlockKind.LIST, tuple(items))
        case 2:
            return Block(BlockKind.QUOTE, (writer.write("quote"),))
        case _:
            rows = [writer.write("row") for _ in range(between(rnd, 2, 5))]
            return Block(BlockKind.TABLE, (writer.write("row_head"), *rows))


def _captioned(writer: Writer, paths: tuple[str, ...]) -> tuple[Picture, ...]:
    return tuple(Picture(path, writer.write("caption") if index else None) for index, path in enumerate(paths))


def _paragraph(line: str) -> Block:
    return Block(BlockKind.PARAGRAPH, (line,))


_HEADLINES = {Kind.ARTICLE: "headline", Kind.GALLERY: "gallery_headline", Kind.VIDEO: "video_headline"}
