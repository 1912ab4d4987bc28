"""Measure the space that the database takes, and what is left of its disk."""

from __future__ import annotations

from shutil import disk_usage
from typing import TYPE_CHECKING, NamedTuple

from asrcrawler.storage.upkeep.care import size

if TYPE_CHECKING:
    from asrcrawler.storage.engine.database import Database


class Space(NamedTuple):
    """Space in bytes."""

    taken: int
    """By the database."""
    free: int | None
    """On the disk of its file; None where a server keeps it."""


def space(database: Database) -> Space:
    """Measure the database and what is left of its disk."""
    free = None if database.path is None else disk_usage(database.path.parent).free
    return Space(size(database), free)
