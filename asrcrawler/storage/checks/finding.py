"""Describe one thing that is wrong with an archive."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from enum import Enum


class Finding(NamedTuple):
    """One thing that is wrong, at one code where it has one."""

    check: str
    text: str
    site: str | None = None
    code: int | None = None
    damage: bool = False
    """Whether the database's own files are damaged, so that only a person can help."""
    fault: Enum | None = None
    """Which fault of its check it is, where they are repaired in different ways."""

    def __str__(self) -> str:
        """Write one line for people.

        >>> print(Finding("labels", "its labels are not those of its lists", "asrpress.ir", 32911))
        labels: asrpress.ir 32911: its labels are not those of its lists
        """
        where = " ".join(str(part) for part in (self.site, self.code) if part is not None)
        return f"{self.check}: {where}: {self.text}" if where else f"{self.check}: {self.text}"


def codes_by_site(findings: Iterable[Finding]) -> dict[str, list[int]]:
    """Give every code that findings are about, once, in ascending order."""
    codes: dict[str, set[int]] = defaultdict(set)
    for found in findings:
        if found.site is not None and found.code is not None:
            codes[found.site].add(found.code)
    return {site: sorted(some) for site, some in codes.items()}
