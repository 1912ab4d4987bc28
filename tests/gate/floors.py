"""The file of floors: what it holds, what was measured against it, and whether it was lowered without a reason."""

from __future__ import annotations

import json
import subprocess
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.extraction import ours
from benchmarks.extraction.pages import FIELDS, corpus_digest, replica_pages
from benchmarks.extraction.real import real_pages
from benchmarks.extraction.score import score

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchmarks.extraction.pages import Page

PATH = Path(__file__).with_name("floors.json")
SAMPLE = 60  # pages of the replica; enough to meet every variation, read in a tenth of a second
CORPORA = ("real", "replica")


@dataclass(frozen=True, slots=True)
class Floor:
    """The least that counts as well for one corpus."""

    digest: str
    """Of its pages and their truth: other pages need a floor of their own."""
    fields: dict[str, float]
    """Least share of exact values."""
    body_f1: float
    """Of the worst body."""
    lowered: dict[str, str] = field(default_factory=dict)
    """What of this was once higher → why it had to be lowered. Written by hand."""


def pages_of(corpus: str) -> list[Page]:
    """The pages of a corpus; none of the real ones where they are not at hand."""
    return real_pages() if corpus == "real" else replica_pages(SAMPLE)


def measure(pages: Sequence[Page], found: Sequence[Mapping[str, Any]]) -> Floor:
    """What was reached, rounded down, as the floor that it would make."""
    reached = score(pages, found)
    fields = {name: _down(reached.fields[name]) for name in FIELDS}
    return Floor(corpus_digest(pages), fields, _down(reached.worst_f1))


def read(pages: Sequence[Page]) -> list[dict[str, Any]]:
    return [ours.read(page) for page in pages]


def load(text: str) -> dict[str, Floor]:
    return {name: Floor(**stored) for name, stored in json.loads(text).items()}


def dump(floors: Mapping[str, Floor]) -> str:
    return json.dumps({name: asdict(floor) for name, floor in floors.items()}, ensure_ascii=False, indent=2) + "\n"


def below(reached: Floor, floor: Floor) -> list[str]:
    """What was not reached, a line each."""
    return [
        f"{name} is {value}, below its floor of {least}"
        for name, value, least in _pairs(reached, floor)
        if value < least
    ]


def lowered_without_reason(before: Mapping[str, Floor], now: Mapping[str, Floor]) -> list[str]:
    """What stands lower now than ``before``, or not at all, with no new reason written down for it."""
    found = []
    for name, old in before.items():
        new = now.get(name)
        if new is None:
            found.append(f"the floors of {name} pages are gone")
            continue
        for part, value, least in _pairs(new, old):
            reason = new.lowered.get(part, "").strip()
            if value < least and reason in {"", old.lowered.get(part, "").strip()}:
                found.append(
                    f"{part} of {name} pages was lowered from {least} to {value} without a reason in `lowered`"
                )
    return found


def committed(path: Path = PATH) -> list[str]:
    """The texts of the file at each commit that changed it, newest first; empty without git or its history."""
    folder = path.parent
    try:
        changes = _git(folder, "log", "--format=%H", "--", path.name).split()
        return [_git(folder, "show", f"{change}:./{path.name}") for change in changes]
    except (OSError, subprocess.CalledProcessError):
        return []


def _git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True, text=True).stdout


def _pairs(one: Floor, other: Floor) -> list[tuple[str, float, float]]:
    fields = [(name, one.fields.get(name, 0.0), value) for name, value in other.fields.items()]
    return [*fields, ("body_f1", one.body_f1, other.body_f1)]


def _down(share: float) -> float:
    return int(share * 10_000) / 10_000
