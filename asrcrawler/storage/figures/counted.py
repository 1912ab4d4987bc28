"""Read what is counted: of all sites at once, and without reading what the counters count."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import case, func, or_, select

from asrcrawler.policy import LONGEST_NEXT_VISIT
from asrcrawler.storage.models import counter, ledger
from asrcrawler.storage.visits.counters import BLOCK, What, hour_of, start_of

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import Connection

    from asrcrawler.storage.engine.database import Database


@dataclass(slots=True)
class Counts:
    """What there is of a site."""

    numbers: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """What is counted, by :class:`What` and name."""
    due: Counter[str] = field(default_factory=Counter)
    """Codes whose visit is due, by the outcome of the last one."""

    def total(self, what: What) -> int:
        return self.numbers[what].total()


def counts(database: Database, sites: Collection[str], now: datetime) -> defaultdict[str, Counts]:
    """Read the counts of ``sites``, of all of them by the same queries; a site of which nothing is counted has zeros.

    Of the ledger, the rows of two hours are read: of this one, and of the one with which visits are further ahead than
    the policy's longest wait, and so due.
    """
    this, ahead = hour_of(now), hour_of(now + LONGEST_NEXT_VISIT)
    place, number = counter.c.place, counter.c.number
    due = func.sum(case((or_(place < this, place > ahead), number), else_=0))
    key = counter.c.site, counter.c.what, counter.c.name
    wanted = [str(what) for what in What if what is not What.FIRST]
    written = (
        select(*key, func.sum(number), due).where(counter.c.site.in_(sites), counter.c.what.in_(wanted)).group_by(*key)
    )
    at, last = ledger.c.next_visit_at, (ledger.c.site, ledger.c.outcome)
    booked = select(*last, func.count()).where(ledger.c.site.in_(sites)).group_by(*last)
    parts = at.between(start_of(this), now), (at > now + LONGEST_NEXT_VISIT) & (at < start_of(ahead + 1))
    found: defaultdict[str, Counts] = defaultdict(Counts)
    with database.read() as connection:
        for site, what, name, total, whole_hours in connection.execute(written):
            found[site].numbers[what][name] = total
            found[site].due[name] += whole_hours if what == What.BOOKED else 0
        for part in parts:
            for site, outcome, total in connection.execute(booked.where(part)):
                found[site].due[outcome or ""] += total
    for own in found.values():
        own.due = +own.due  # without zeros
    return found


def count_articles(database: Database) -> Counter[str]:
    """Count the articles of each site."""
    counted = select(counter.c.site, counter.c.number).where(counter.c.what == str(What.ARTICLES))
    with database.read() as connection:
        return Counter({row.site: row.number for row in connection.execute(counted)})


def count_visited(connection: Connection, site: str, first: int, since: int, until: int) -> int:
    """Count the visited codes from ``first`` on, without those first visited between two full hours, both included.

    Of those below ``first`` it is not known when they were first visited: such an hour is taken to have none of them.
    """
    block = first // BLOCK
    own, number = counter.c.site == site, func.coalesce(func.sum(counter.c.number), 0)
    from_block = select(number).where(
        own, counter.c.what == str(What.CODES), counter.c.place >= block, counter.c.name != ""
    )
    later = select(number).where(own, counter.c.what == str(What.FIRST), counter.c.place.between(since, until))
    all_visited, fresh = (connection.scalar(query) or 0 for query in (from_block, later))
    return max(all_visited - count_few(connection, site, block * BLOCK, first - 1).total() - fresh, 0)


def count_few(connection: Connection, site: str, first: int, last: int) -> Counter[str]:
    """Count the visited ones of a few codes by outcome.

    They are not counted by the database, because SQLite would read all codes by the index that has their outcomes.
    """
    rows = select(ledger.c.outcome).where(ledger.c.site == site, ledger.c.code.between(first, last))
    return Counter(outcome for outcome in connection.scalars(rows) if outcome is not None)


def count_by_cell(
    connection: Connection, site: str, first: int, last: int, width: int
) -> defaultdict[int, Counter[str]]:
    """Count the visited codes of the blocks ``first`` … ``last`` by outcome, in cells of ``width`` blocks."""
    blocks = counter.c.what == str(What.CODES), counter.c.place.between(first, last), counter.c.name != ""
    cell = ((counter.c.place - first) // width).label("cell")
    rows = select(cell, counter.c.name, counter.c.number).where(counter.c.site == site, *blocks).subquery()
    key = rows.c.cell, rows.c.name
    found: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for number, name, codes in connection.execute(select(*key, func.sum(rows.c.number)).group_by(*key)):
        found[number][name] = codes
    return found
