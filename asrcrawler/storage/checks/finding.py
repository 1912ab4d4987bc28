"""Describe what a check finds."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable


class Finding(NamedTuple):
    """One thing that is wrong, at one code where it has one."""

    check: str
    text: str
    site: str | None = None
    code: int | None = None
    damage: bool = False
    """Whether the database's own files are damaged, so that only a person can repair them."""

    def __str__(self) -> str:
        """Write one line for people.

        >>> print(Finding("labels", "its labels are not those of its lists", "asrpress.ir", 32911))
        labels: asrpress.ir 32911: its labels are not those of its lists
        """
        where = " ".join(str(part) for part in (self.site, self.code) if part is not None)
        return f"{self.check}: {where}: {self.text}" if where else f"{self.check}: {self.text}"


def codes_by_site(findings: Iterable[Finding]) -> dict[str, list[int]]:
    """List every code that findings are about, once and in ascending order."""
    codes: dict[str, set[int]] = defaultdict(set)
    for found in findings:
        if found.site is not None and found.code is not None:
            codes[found.site].add(found.code)
    return {site: sorted(some) for site, some in codes.items()}
