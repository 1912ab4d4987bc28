"""Read a grammar (see :mod:`asrcrawler.replica.words`) and write texts with it."""

from __future__ import annotations

import re
from itertools import cycle
from typing import TYPE_CHECKING, Any, TypeAlias

from asrcrawler.replica.draws import draws

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Memo: TypeAlias = dict[str, Any]
"""What was decided so far in an article: for a sticky rule its text, for an unrepeating rule the frames left."""

if TYPE_CHECKING:
    Rnd: TypeAlias = Callable[[], float]
    Add: TypeAlias = Callable[[str], None]

_RULE = re.compile(r"\[([*!]?)(\w+)\]")
_SLOT = re.compile(r"\{([^{}]+)\}")
_RANGE = re.compile(r"(=?)(\d+)-(\d+)")
PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
STICKY, UNREPEATING = "*", "!"
ORDERS = 64
_ORDER = 601


class Numbers:
    """A slot for a whole number between two bounds."""

    __slots__ = ("_latin", "_least", "_span")

    def __init__(self, least: int, most: int, *, latin: bool) -> None:
        self._least = least
        self._span = most - least + 1
        self._latin = latin

    def write(self, rnd: Rnd, memo: Memo, add: Add) -> None:
        text = str(self._least + int(rnd() * self._span))
        add(text if self._latin else text.translate(PERSIAN_DIGITS))


class Rule:
    """A named choice between frames.

    It writes piece by piece, with one call for each rule and no text put together in between, which is faster.
    """

    __slots__ = ("frames", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self.frames: list[Frame] = []

    def write(self, rnd: Rnd, memo: Memo, add: Add) -> None:
        for part in self.frames[int(rnd() * len(self.frames))]:
            kind = part.__class__
            if kind is str:
                add(part)
            elif kind is tuple:
                add(part[int(rnd() * len(part))])
            else:
                part.write(rnd, memo, add)


class StickyRule(Rule):
    """A rule whose text is chosen once in an article."""

    __slots__ = ()

    def write(self, rnd: Rnd, memo: Memo, add: Add) -> None:
        text: str | None = memo.get(self.name)
        if text is None:
            pieces: list[str] = []
            super().write(rnd, memo, pieces.append)
            text = memo[self.name] = "".join(pieces)
        add(text)


class UnrepeatingRule(Rule):
    """A rule that repeats a frame in an article only after all its frames were used, in one of a few random orders."""

    __slots__ = ("_orders",)

    def write(self, rnd: Rnd, memo: Memo, add: Add) -> None:
        ways: Iterator[Frame] | None = memo.get(self.name)
        if ways is None:
            ways = memo[self.name] = cycle(self._orders[int(rnd() * ORDERS)])
        for part in next(ways):
            kind = part.__class__
            if kind is str:
                add(part)
            elif kind is tuple:
                add(part[int(rnd() * len(part))])
            else:
                part.write(rnd, memo, add)

    def settle(self) -> None:
        """Fix the orders, once all frames are there."""
        self._orders = [_shuffled(self.frames, draws(0, number, _ORDER)) for number in range(ORDERS)]


Frame: TypeAlias = tuple[Any, ...]
"""The parts of one way to write a rule: texts, rules, :class:`Numbers`, and tuples of texts to choose from."""

_KINDS = {"": Rule, STICKY: StickyRule, UNREPEATING: UnrepeatingRule}


def written(rule: Rule, rnd: Rnd, memo: Memo) -> str:
    """Write one text of this rule; ``memo`` has what was decided before, and receives what is decided now."""
    pieces: list[str] = []
    rule.write(rnd, memo, pieces.append)
    return "".join(pieces)


class Grammar:
    """The rules of several grammar texts together; a later text adds its lines to a rule of an earlier one."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._rules: dict[str, Rule] = {}
        sections = [section for text in texts for section in _sections(text)]
        for mark, name, _ in sections:
            self._rules.setdefault(name, _KINDS[mark](name))
        words: dict[str, list[str]] = {}
        for _, name, lines in sections:
            words.setdefault(name, []).extend(lines)
        self._words = {
            name: tuple(lines)
            for name, lines in words.items()
            if type(self._rules[name]) is Rule and not any(map(_SLOT.search, lines))
        }
        for name, lines in words.items():
            self._rules[name].frames = [self.frame(line) for line in lines]
        for rule in self._rules.values():
            if isinstance(rule, UnrepeatingRule):
                rule.settle()

    def __getitem__(self, name: str) -> Rule:
        return self._rules[name]

    def frame(self, line: str) -> Frame:
        """Prepare ``line`` for writing. Raises :exc:`KeyError` for a slot that no rule fills."""
        pieces = _SLOT.split(line)
        parts = [piece if index % 2 == 0 else self._slot(piece) for index, piece in enumerate(pieces)]
        return tuple(part for part in parts if part != "")

    def once(self, line: str) -> Rule:
        """Make a rule with ``line`` as its only frame."""
        rule = Rule("")
        rule.frames.append(self.frame(line))
        return rule

    def _slot(self, name: str) -> Rule | Numbers | tuple[str, ...]:
        numbers = _RANGE.fullmatch(name)
        if numbers:
            return Numbers(int(numbers[2]), int(numbers[3]), latin=bool(numbers[1]))
        return self._words.get(name) or self._rules[name]


def _shuffled(frames: Sequence[Frame], rnd: Rnd) -> tuple[Frame, ...]:
    return tuple(sorted(frames, key=lambda _: rnd()))


def _sections(text: str) -> Iterator[tuple[str, str, list[str]]]:
    mark, name, lines = "", "", list[str]()
    for line in filter(None, map(str.strip, text.splitlines())):
        head = _RULE.fullmatch(line)
        if head is None:
            lines.append(line)
            continue
        if name:
            yield mark, name, lines
        mark, name, lines = head[1], head[2], []
    if name:
        yield mark, name, lines
