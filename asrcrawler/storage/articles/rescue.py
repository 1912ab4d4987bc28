"""Read what can be read of many codes where the database is damaged, and name the others."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, TypeVar

from asrcrawler.exceptions import DamagedError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")

logger = logging.getLogger(__name__)

UNREADABLE = (DamagedError, ValueError)
"""What the database says of damage that it sees, and what is raised where a value in it is none any more."""


class Losses:
    """The codes that could not be read, each named in the log."""

    def __init__(self) -> None:
        self.codes: list[tuple[str, int]] = []

    def add(self, site: str, code: int) -> None:
        self.codes.append((site, code))
        logger.warning("code %d of %s is damaged in the database and left out", code, site)


def around_damage(read: Callable[[Sequence[int]], list[T]], site: str, codes: Sequence[int], losses: Losses) -> list[T]:
    """Read ``codes``; where that fails, read each half of them, down to the single code."""
    try:
        return read(codes)
    except UNREADABLE:
        if len(codes) == 1:
            losses.add(site, codes[0])
            return []
    middle = len(codes) // 2
    return [found for half in (codes[:middle], codes[middle:]) for found in around_damage(read, site, half, losses)]
