"""Number the documents of an index by the time of publication, and share them out to volumes. Pure.

A number is a unit and a slot within it. The unit of a dated article is its half an hour, so that days, which begin at a
whole or half hour in Tehran, are spans of numbers; that of an undated one is its code, 64 of them together, below all
half hours. Of a unit, the slot tells site and code as far as it can; where it is taken, another one is tried, and at
last one of a later unit: of thousands of articles with the same date, some are in the wrong half an hour. A volume is
2^n units that follow each other.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

UNIT = timedelta(minutes=30)
BEGINNING = datetime(1900, 1, 1, tzinfo=UTC)
"""Nothing was published before."""
DATED = 2**26
"""The unit of :data:`BEGINNING`; what is below has no date."""
CODES = 6  # bits of a code that undated articles of one unit differ in
OF_A_SITE = 4_096  # slots of a unit, as far as there are enough
APART = 67  # slots between the same codes of two sites, where the slots are too few: more than undated ones of a unit
TURNS, STEP = 8, 7  # slots of a unit that are tried, and how far apart they are
PARTS = 64  # of a volume
LETTERS = 1_792  # volumes with a letter of their own; of two that share one the numbers tell which is meant
FIRST_LETTER = 0x100  # two bytes of UTF-8, as the last one

EMPTY, FULL = 2**63 - 1, -1
"""The cursor before the first document, which is the newest, and after the last one."""


class Place(NamedTuple):
    """A document: its number, the number of its site, its code, and its signs."""

    number: int
    site: int
    code: int
    signs: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[int, int, int]:
        """Give what the table of the documents has."""
        return self[:3]


class Numbering(NamedTuple):
    """How an index numbers its documents."""

    slots: int
    """Bits of a slot."""
    span: int
    """Bits of the units of a volume."""

    def first(self, unit: int) -> int:
        """Give the lowest number of a unit."""
        return unit << self.slots

    def unit(self, number: int) -> int:
        return number >> self.slots

    def of(self, published_at: datetime | None, site: int, code: int) -> int:
        """Give the number of an article, if it is free."""
        slot = (site * (OF_A_SITE + APART) + code % OF_A_SITE) % (1 << self.slots)
        return self.first(unit_of(published_at, code)) + slot

    def another(self, number: int, turn: int) -> int:
        """Give a number in the place of one that is taken: of the same unit in the first turns, then of later ones."""
        later, step = divmod(turn, TURNS)
        unit = self.unit(number)
        return self.first(unit + later) + (number - self.first(unit) + step * STEP) % (1 << self.slots)

    def volume(self, number: int) -> int:
        return number >> (self.slots + self.span)

    def part(self, number: int) -> int:
        """Number the part of a volume: of all parts, the volumes one after the other."""
        return number >> self.part_bits

    @property
    def part_bits(self) -> int:
        return self.slots + self.span - (PARTS.bit_length() - 1)

    def moment(self, number: int) -> datetime | None:
        """Give the moment at which the unit of a number begins; None below all dates."""
        unit = min(self.unit(number), unit_of(datetime.max.replace(tzinfo=UTC), 0)) - DATED
        return BEGINNING + unit * UNIT if unit >= 0 else None


def unit_of(published_at: datetime | None, code: int) -> int:
    """Give the unit of an article."""
    if published_at is None:
        return code >> CODES
    return DATED + max(published_at - BEGINNING, timedelta()) // UNIT


def letter(volume: int) -> str:
    """Give what every word of a volume begins with."""
    return chr(FIRST_LETTER + volume % LETTERS)
