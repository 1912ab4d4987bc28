"""List what changes on a site between two visits, and find a moment after which something of each kind does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from asrcrawler.replica.registry import Entry
    from asrcrawler.replica.world import World


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed: codes, in order."""

    published: list[int]
    edited: list[int]
    """Those that could be read before as well as now, with another text."""
    deleted: list[int]


def changes_between(world: World, since: datetime, until: datetime) -> Changes:
    """List what is another on the site at ``until`` than it was at ``since``."""
    return _between(_entries(world), since, until)


def before_changes(worlds: Sequence[World]) -> datetime:
    """Find the latest moment after which in each world an article is edited and one deleted that could be read then.

    What counts is what shows by the world's present. Raises :exc:`ValueError` where nothing is edited or deleted.
    """
    histories = [(world.now, _entries(world)) for world in worlds]
    moments = {moment for now, entries in histories for moment in _moments(entries) if moment <= now}
    for moment in sorted(moments, reverse=True):
        before = moment - timedelta(seconds=1)
        if all(_has_both(_between(entries, before, now)) for now, entries in histories):
            return before.astimezone(worlds[0].now.tzinfo)
    raise ValueError("there is no moment after which each outlet edits an article and deletes one")


def _entries(world: World) -> list[Entry]:
    codes = {*range(world.first, world.last + 1), *world.given()}
    return [world.entry(code) for code in sorted(codes) if world.is_article(code)]


def _between(entries: Iterable[Entry], since: datetime, until: datetime) -> Changes:
    found = Changes([], [], [])
    for entry in entries:
        before, after = entry.is_visible(since), entry.is_visible(until)
        if before and not after:
            found.deleted.append(entry.code)
        elif after and not before:
            found.published.append(entry.code)
        elif after and entry.revision(since) != entry.revision(until):
            found.edited.append(entry.code)
    return found


def _moments(entries: Iterable[Entry]) -> Iterable[datetime]:
    for entry in entries:
        yield from (edit.at for edit in entry.edits)
        if entry.deleted_at is not None:
            yield entry.deleted_at


def _has_both(found: Changes) -> bool:
    return bool(found.edited and found.deleted)
