"""Count edits by class and day, and articles that are gone."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from sqlalchemy import case, func, select

from asrcrawler.gone import Presence
from asrcrawler.items import Change
from asrcrawler.storage.engine.among import of_sites
from asrcrawler.storage.models import gone, revision

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from asrcrawler.storage.engine.among import Sites
    from asrcrawler.storage.engine.database import Database


def count_edits(database: Database, edges: Sequence[datetime], *, sites: Sites | None = None) -> list[Counter[Change]]:
    """Count the edits by class between each two neighbouring ``edges`` (ascending): of some sites, or of all.

    Reads the entries of an index that lie between the first edge and the last one.
    """
    cells: list[Counter[Change]] = [Counter() for _ in edges[1:]]
    if not cells:
        return []
    at = revision.c.replaced_at
    cell = case(*((at < end, number) for number, (_, end) in enumerate(pairwise(edges)))).label("cell")
    wanted = [revision.c.change.in_([str(change) for change in Change]), at >= edges[0], at < edges[-1]]
    wanted += [of_sites(revision.c.site, sites)] if sites is not None else []
    placed = select(revision.c.change, cell).where(*wanted).subquery()
    counts = select(placed.c.change, placed.c.cell, func.count()).group_by(placed.c.change, placed.c.cell)
    with database.read() as connection:
        for change, number, count in connection.execute(counts):
            cells[number][Change(change)] = count
    return cells


def count_by_site(database: Database, change: Change, since: datetime) -> Counter[str]:
    """Count the edits of a class from a moment on, by site."""
    wanted = revision.c.change == str(change), revision.c.replaced_at >= since
    counts = select(revision.c.site, func.count().label("edits")).where(*wanted).group_by(revision.c.site)
    with database.read() as connection:
        return Counter({row.site: row.edits for row in connection.execute(counts)})


def count_gone(database: Database, *, sites: Sites | None = None, since: datetime | None = None) -> Counter[Presence]:
    """Count the disappearances of articles by their state: of some sites, or of all.

    ``since``: only those that came into it at this moment or later.
    """
    counts = select(gone.c.state, func.count()).group_by(gone.c.state)
    if sites is not None:
        counts = counts.where(of_sites(gone.c.site, sites))
    if since is not None:
        counts = counts.where(gone.c.state.in_([str(state) for state in Presence]), gone.c.at >= since)
    with database.read() as connection:
        return Counter({Presence(state): count for state, count in connection.execute(counts)})
