"""Edit texts as editors do: change a published article, or rewrite an agency's report for another code."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from asrcrawler.items import Change
from asrcrawler.replica.content import Block, BlockKind, Content
from asrcrawler.replica.draws import pick
from asrcrawler.replica.grammar import PERSIAN_DIGITS
from asrcrawler.replica.newsroom import Writer

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

TO_BE_CONTINUED = "این خبر تکمیل می‌شود."
FEWEST_TO_DROP = 5
"""Least number of paragraphs of a text that may lose one; a shorter text gets one more, so that it stays the same
report."""

_PLAIN_AND = re.compile(r"(?<![،؛:.]) و ")
_NUMBER = re.compile("[۰-۹]{2,}")
_SYNONYMS = (
    ("گفت:", "بیان داشت:"),
    ("افزود:", "اضافه کرد:"),
    ("همچنین", "هم"),
    ("خبر داد", "سخن گفت"),
    ("بیش از", "بالغ بر"),
)
_CORRECTIONS = (
    ("آغاز شد", "آغاز می‌شود"),
    ("به پایان می‌رسد", "به پایان نمی‌رسد"),
    ("خبر داد", "سخن گفت"),
    ("اختصاص ", "درخواست "),
    ("هشدار درباره", "نگرانی از"),
    ("تأکید", "اصرار"),
    ("چه کسی", "کدام نهاد"),
    ("پاسخ روشنی", "پاسخ قانع‌کننده‌ای"),
    ("نباید از", "نمی‌توان از"),
    ("به چشم می‌آید", "دیده می‌شود"),
    ("می‌گوید", "معتقد است"),
    ("گفت:", "توضیح داد:"),
    ("گزارش خود اعلام کرد", "گزارش خود مدعی شد"),
    ("این خلاصه", "این چکیده"),
    ("منتشر می‌کند", "منتشر خواهد کرد"),
    ("موافق‌اند", "مخالف‌اند"),
    ("ادامه دارد", "متوقف شده است"),
    ("بیشتر می‌شود", "کمتر می‌شود"),
)
"""What editors change in a headline or a lead. No phrase on the right holds one of the left, so that edits never lead
back to an earlier text."""
LEAST_SHARE_LEFT = 0.8
"""Share of a figure that is left of it, at least, when it is corrected."""


def edited(content: Content, change: Change, subject: ModuleType, rnd: Callable[[], float]) -> Content:
    """Edit ``content`` by an edit of class ``change``, and of no weightier one; the result always differs."""
    writer = Writer(subject, rnd)
    match change:
        case Change.HEADLINE:
            title = _corrected(content.title, writer)
            return replace(content, title=title or f"{content.title}؛ {writer.write('claim')}")
        case Change.LEAD:
            return replace(content, lead=_with_other_lead(content.lead, writer))
        case Change.BODY:
            return _with_other_body(content, writer)
        case Change.TAGS:
            return replace(content, tags=_other_tags(content.tags, subject))
        case Change.COSMETIC:
            return _polished(content)


def rewritten(content: Content, subject: ModuleType, rnd: Callable[[], float]) -> Content:
    """Rewrite ``content`` as another outlet would publish the same report: a near duplicate."""
    writer = Writer(subject, rnd)
    kind = rnd()
    if kind < 0.3:
        return _with_new_headline(content, writer)
    if kind < 0.55:
        return _with_other_paragraphs(_with_new_headline(content, writer), writer)
    if kind < 0.8:
        return _with_small_edits(content, rnd)
    return _with_small_edits(_with_new_headline(content, writer), rnd)


def _with_new_headline(content: Content, writer: Writer) -> Content:
    fresh = writer.write("headline")
    return replace(content, title=fresh if fresh != content.title else f"{fresh}؛ {writer.write('claim')}")


def _with_other_lead(lead: str | None, writer: Writer) -> str:
    if lead is None:
        return writer.write("lead")
    return _corrected(lead, writer) or f"{lead} {writer.write('claim')}."


def _corrected(line: str, writer: Writer) -> str | None:
    """Change a phrase or a figure of a line; None where it has none that can be changed."""
    ways = [line.replace(old, new, 1) for old, new in _CORRECTIONS if old in line]
    if _NUMBER.search(line):
        ways.append(_with_less(line, writer.rnd))
    return pick(writer.rnd, ways) if ways else None


def _with_less(line: str, rnd: Callable[[], float]) -> str:
    """Correct the first figure of a line downwards: never twice to the same."""

    def less(found: re.Match[str]) -> str:
        figure = int(found[0])
        return str(figure - 1 - int(rnd() * (1 - LEAST_SHARE_LEFT) * (figure - 1))).translate(PERSIAN_DIGITS)

    return _NUMBER.sub(less, line, count=1)


def _with_other_body(content: Content, writer: Writer) -> Content:
    if not content.blocks:
        return replace(content, blocks=(_paragraph(writer.paragraph()),))
    if writer.rnd() < 0.4:
        fresh = _with_another_number(content, writer.rnd)
        if fresh is not None:
            return fresh
    return _with_other_paragraphs(content, writer)


def _with_other_paragraphs(content: Content, writer: Writer) -> Content:
    blocks = content.blocks
    if len(blocks) >= FEWEST_TO_DROP and writer.rnd() < 0.5:
        shorter = sorted(range(1, len(blocks)), key=lambda place: len("".join(blocks[place].lines)))[: len(blocks) // 2]
        dropped = pick(writer.rnd, shorter)
        return replace(content, blocks=blocks[:dropped] + blocks[dropped + 1 :])
    place = 1 + int(writer.rnd() * len(blocks))
    return replace(content, blocks=(*blocks[:place], _paragraph(writer.write("sentence")), *blocks[place:]))


def _with_another_number(content: Content, rnd: Callable[[], float]) -> Content | None:
    """Correct a figure in one paragraph; None where there is none to correct."""
    places = [index for index, block in enumerate(content.blocks) if _NUMBER.search(block.lines[0])]
    if not places:
        return None
    place = pick(rnd, places)
    block = content.blocks[place]
    return _with_block(content, place, Block(block.kind, (_with_less(block.lines[0], rnd), *block.lines[1:])))


def _with_small_edits(content: Content, rnd: Callable[[], float]) -> Content:
    """Change a word here and a figure there, in at most two paragraphs."""
    edits = 0
    for place, block in enumerate(content.blocks):
        old, new = pick(rnd, _SYNONYMS)
        line = block.lines[0].replace(old, new, 1)
        if line != block.lines[0] and edits < 2:
            edits += 1
            content = _with_block(content, place, Block(block.kind, (line, *block.lines[1:])))
    corrected = _with_another_number(content, rnd)
    if corrected is not None:
        return corrected
    return content if edits else _with_block(content, 0, _paragraph(f"{content.blocks[0].lines[0]} {TO_BE_CONTINUED}"))


def _with_block(content: Content, place: int, block: Block) -> Content:
    return replace(content, blocks=(*content.blocks[:place], block, *content.blocks[place + 1 :]))


def _other_tags(tags: tuple[str, ...], subject: ModuleType) -> tuple[str, ...]:
    unused = [tag for tag in subject.TAGS if tag not in tags]
    return (*tags, unused[0]) if unused else tags[:-1]


def _polished(content: Content) -> Content:
    """Add a comma or drop a full stop, which search folding ignores."""
    for place, block in enumerate(content.blocks):
        if block.kind is not BlockKind.PARAGRAPH:
            continue
        line = _PLAIN_AND.sub("، و ", block.lines[0], count=1)
        if line != block.lines[0]:
            return _with_block(content, place, _paragraph(line))
    title = content.title
    return replace(content, title=title.removesuffix(".") if title.endswith(".") else title + ".")


def _paragraph(line: str) -> Block:
    return Block(BlockKind.PARAGRAPH, (line,))
