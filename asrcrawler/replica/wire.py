"""Write the reports of an agency that several outlets print, as they are or reworked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from asrcrawler.replica import newsroom
from asrcrawler.replica.draws import draws, mix
from asrcrawler.replica.outlets import ASR

if TYPE_CHECKING:
    from types import ModuleType

    from asrcrawler.replica.content import Content

AGENCY = "خبرگزاری نمونه"
"""The name by which the agency's texts call it."""
_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
_TEXT, _SUBJECT, _PICTURES = 701, 702, 703
MOST_PICTURES = 3


@dataclass(frozen=True, slots=True)
class Wire:
    """An agency that sends one report after the other, numbered, at an even pace."""

    seed: int = 1
    every: timedelta = timedelta(hours=2)

    def number_at(self, moment: datetime) -> int:
        """Give the number of the latest report at ``moment``."""
        return (moment - _BEGINNING) // self.every

    def sent_at(self, number: int) -> datetime:
        return _BEGINNING + number * self.every

    def subject(self, number: int) -> ModuleType:
        """Give the grammar of the report's subject."""
        return newsroom.SUBJECTS[mix(self.seed, number, _SUBJECT) % len(newsroom.SUBJECTS)]

    def report(self, number: int) -> Content:
        """Write the report of this number; the paths of its pictures are empty, as each outlet has its own."""
        return _report(self, number)


@lru_cache(maxsize=512)
def _report(wire: Wire, number: int) -> Content:
    pictures = ("",) * (mix(wire.seed, number, _PICTURES) % (MOST_PICTURES + 1))
    report = newsroom.report(wire.subject(number), draws(wire.seed, number, _TEXT), pictures)
    return report.renamed(ASR.title, AGENCY)
