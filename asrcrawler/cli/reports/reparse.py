"""Tell what ``scrapy reparse`` found when it read the captures again."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from asrcrawler.cli.reports.figures import number

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from asrcrawler.storage.reparse.rewriting import Difference, Rewritten

LONGEST = 60  # characters of a value in the list
FIELD_WIDTH, KIND_WIDTH = 18, 10

WORDS = {
    "same": "read as before",
    "better": "read otherwise than before",
    "restored": "of articles that were gone, put back",
    "readable": "could not be read before and now can",
    "unreadable": "still cannot be read",
    "worse": "read worse than before; what is stored stays",
    "damaged": "damaged or gone; scrapy db check names them",
}
"""What reading captures again can come to, in the order it is told."""


@dataclass(slots=True)
class Tally:
    """Counts over a whole run of ``scrapy reparse``."""

    captures: Counter[str] = field(default_factory=Counter)
    fields: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Changes by field of an article and kind of article."""
    codes: int = 0

    def add(self, codes: int, rewritten: Rewritten) -> None:
        self.codes += codes
        self.captures.update(rewritten.counts)
        self.fields.update((difference.field, difference.kind) for difference in rewritten.differences)


def listed(differences: Iterable[Difference]) -> list[str]:
    """List the differences, a line each: code, field, old value and new value, shortened."""
    return [
        f"{found.code}  {found.field:<{FIELD_WIDTH}}{_short(found.before)} → {_short(found.after)}"
        for found in differences
    ]


def summary(site: str, tally: Tally, kinds: Sequence[str], *, dry_run: bool) -> list[str]:
    """Write the counts: captures by what became of them, changes by field and kind."""
    lines = [f"{number(tally.captures.total())} captures of {number(tally.codes)} codes of {site} read again"]
    lines += [f"  {number(tally.captures[name]):>10}  {words}" for name, words in WORDS.items() if tally.captures[name]]
    if tally.fields:
        shown = [kind for kind in kinds if any(of == kind for _, of in tally.fields)]
        heads = "".join(f"{kind:>{KIND_WIDTH}}" for kind in shown)
        lines += ["", f"  {'Changed':<{FIELD_WIDTH}}{heads}"]
        for name in dict.fromkeys(name for name, _ in tally.fields):
            counts = "".join(f"{number(tally.fields[name, kind]):>{KIND_WIDTH}}" for kind in shown)
            lines.append(f"  {name:<{FIELD_WIDTH}}{counts}")
    if dry_run:
        lines += ["", "Nothing was written (--dry-run)."]
    return lines


def _short(value: Any) -> str:
    if value in (None, []):
        return "—"
    text = " ".join(str(value).split())
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({number(len(text))} characters)"
