"""Replace an index of words of an earlier folding or format, or one that still has words of earlier texts.

Another index is filled beside it, from the newest articles to the oldest, and takes over when it is full; then the old
one is dropped. Until then that one answers, if it is of today's format, else the new one with what it has. All of this
is done in steps of one short transaction each. The process may end after any of them: the next step, in whatever
process, goes on from there. Crawls and readers go on meanwhile.
"""

from __future__ import annotations

from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Select, delete, func, select

from asrcrawler.samaneh.urls import HIGHEST_CODE
from asrcrawler.storage.articles.selection import Selection, sites
from asrcrawler.storage.models import article, search_index
from asrcrawler.storage.search import index, indexes
from asrcrawler.storage.search.backend import backend_of
from asrcrawler.storage.search.indexes import CURRENT, FILLING, LEFT
from asrcrawler.storage.search.numbering import BEGINNING, CODES, DATED, FULL, UNIT, unit_of
from asrcrawler.text.persian import FOLDING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from asrcrawler.storage.engine.database import Database
    from asrcrawler.storage.search.indexes import Index

PAGE = 50  # articles read at a time
SPAN = 12
"""Bits of the half hours of a volume, some three months; fewer where it would have too many documents."""
LARGEST_VOLUME = 65_536  # documents, on average; for the beginning of a word, all of a volume is read
VOLUME = 16_384  # documents of a volume when an index is made anew because of that
TOO_WIDE = 2  # bits by which a volume is larger than it would be made today
LONGEST_STEP = 0.4  # seconds of one transaction, and one slice more; a crawl's batch may wait so long for it
BREATH = 0.15
"""Seconds between two steps: a SQLite database that is locked is asked for again every tenth of a second."""


class _Task(NamedTuple):
    """The step to be taken next."""

    begin: bool = False
    fill: Index | None = None
    leave: Sequence[Index] = ()
    drop: Index | None = None


def advance(database: Database) -> int | None:
    """Take the next step; give the number of articles it has indexed, or None where there was nothing left to do.

    Raises :exc:`~asrcrawler.exceptions.StorageError`.
    """
    with database.read() as connection:
        task = _task(connection, indexes.every(connection))
        is_full = task.fill is None or _is_full(connection, task.fill)
    if task.leave or task.begin:
        _arrange(database)
    elif task.fill is not None:
        return _take_over(database) if is_full else _fill(database, task.fill)
    elif task.drop is not None:
        _drop(database, task.drop)
    else:
        return None
    return 0


def complete(database: Database, progress: Callable[[int, int], object] = lambda *_: None) -> int:
    """Take every step that is left, with a pause after each; give the number of articles that were indexed.

    ``progress`` is told how many a step has indexed, and how many there are to index in all. Raises
    :exc:`~asrcrawler.exceptions.StorageError`.
    """
    total, done = left_to_fill(database), 0
    while (more := advance(database)) is not None:
        done += more
        progress(more, total)
        sleep(BREATH)
    return done


def clear(database: Database) -> None:
    """Take the steps that are left of dropping old indexes. Raises :exc:`~asrcrawler.exceptions.StorageError`."""
    with database.read() as connection:
        left = indexes.every(connection, {LEFT})
    for old in left:
        while not _drop(database, old):
            sleep(BREATH)


def left_to_fill(database: Database) -> int:
    """Count the articles that are not yet in the index that this version needs; 0 where it is full."""
    with database.read() as connection:
        task = _task(connection, indexes.every(connection))
        if not task.begin and task.fill is None:
            return 0
        every: int = connection.scalar(select(func.count()).select_from(article)) or 0
        if task.fill is None:
            return every
        return every - (connection.scalar(select(func.count()).select_from(task.fill.tables.document)) or 0)


def distrust(connection: Connection) -> None:
    """Have every index made anew; those that are full answer until then."""
    owned = indexes.owned(connection)
    indexes.change(connection, [one for one in owned if one.state == FILLING], state=LEFT)
    indexes.change(connection, [one for one in owned if one.state == CURRENT], stale=search_index.c.stale + 1)


def _task(connection: Connection, every: Sequence[Index]) -> _Task:
    wanted = FOLDING, backend_of(connection).FORMAT
    widest = _span(connection) + TOO_WIDE
    fit = [one for one in every if (one.version, one.format) == wanted and one.stale == 0 and one.span < widest]
    full = [one for one in fit if one.state == CURRENT][-1:]
    filling = [one for one in fit if one.state == FILLING][:1]
    surplus = [one for one in every if one.state == FILLING and (full or one not in filling)]
    surplus += [one for one in every if full and one.state == CURRENT and one not in full]
    if not full and not filling:
        return _Task(begin=True)  # before another is left, as one has to answer
    if surplus:
        return _Task(leave=surplus)
    if filling:
        return _Task(fill=filling[0])
    return _Task(drop=next((one for one in every if one.state == LEFT), None))


def _arrange(database: Database) -> None:
    with database.write() as connection:
        task = _task(connection, indexes.owned(connection))
        if task.leave:
            indexes.change(connection, task.leave, state=LEFT)
        elif task.begin:
            index.create(connection, FOLDING, _span(connection))


def _span(connection: Connection) -> int:
    """Choose the bits of a volume by how many articles there are in a year."""
    at = article.c.published_at
    count: int = connection.scalar(select(func.max(article.c.id))) or 0  # of the rows, as far as it matters
    first, last = (connection.scalar(select(end(at))) for end in (func.min, func.max))
    units = max((last - first) // UNIT, 1 << SPAN) if first and last else 1 << SPAN
    span = SPAN
    if (count << SPAN) // units > LARGEST_VOLUME:
        while span and (count << span) // units > VOLUME:
            span -= 1
    return span


def _is_full(connection: Connection, filling: Index) -> bool:
    return not _page(connection, filling.numbering.unit(filling.cursor), 1)


def _page(connection: Connection, below: int, most: int) -> list[dict[str, Any]]:
    """Read the newest articles of the units below another one, some ``most`` of them, and of each unit all."""
    at, code = article.c.published_at, article.c.code
    if below > DATED:
        end = _moment(below)
        dated = select(*index.READ).where(at.is_not(None) if end is None else at < end)
        if rows := _rows(connection, dated.order_by(at.desc()).limit(most)):
            lowest = _unit(rows[-1])
            if len(rows) < most:
                return rows
            if whole := [row for row in rows if _unit(row) > lowest]:
                return whole
            lower = () if lowest == DATED else (at >= _moment(lowest),)
            return _rows(connection, select(*index.READ).where(at < _moment(lowest + 1), *lower))
    highest = min((below << CODES) - 1, HIGHEST_CODE)
    undated = [
        select(*index.READ).where(article.c.site == site, at.is_(None)) for site in sites(connection, Selection())
    ]
    tops = [connection.scalar(one.with_only_columns(func.max(code)).where(code <= highest)) for one in undated]
    if (top := max((top for top in tops if top is not None), default=None)) is None:
        return []
    return [row for one in undated for row in _rows(connection, one.where(code.between(top >> CODES << CODES, top)))]


def _moment(unit: int) -> datetime | None:
    """Give the moment at which the half hour of a unit begins; None beyond all moments."""
    try:
        return BEGINNING + (unit - DATED) * UNIT
    except OverflowError:
        return None


def _rows(connection: Connection, wanted: Select[Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(wanted).mappings()]


def _unit(row: Mapping[str, Any]) -> int:
    return unit_of(row["published_at"], row["code"])


def _fill(database: Database, seen: Index) -> int:
    done = 0
    with database.write() as connection:
        deadline = monotonic() + LONGEST_STEP
        if seen not in indexes.owned(connection, seen):
            return 0  # another process is at it
        unit = seen.numbering.unit(seen.cursor)
        while page := _page(connection, unit, PAGE):
            done, unit = done + len(page), min(map(_unit, page))
            for site in sorted({row["site"] for row in page}):
                own = [row for row in page if row["site"] == site]
                index.put(connection, seen, index.number_of(connection, site), own)
            if monotonic() > deadline:
                break
        indexes.change(connection, [seen], cursor=seen.numbering.first(unit))
    return done


def _take_over(database: Database) -> int:
    with database.write() as connection:
        owned = indexes.owned(connection)
        filling = _task(connection, owned).fill
        if filling is None or not _is_full(connection, filling):
            return 0  # an article came in the meantime
        indexes.change(connection, [one for one in owned if one.state == CURRENT], state=LEFT)
        indexes.change(connection, [filling], state=CURRENT, cursor=FULL)
    return 0


def _drop(database: Database, old: Index) -> bool:
    """Drop a part of an old index; tell whether that was the last one."""
    with database.write() as connection:
        if not indexes.owned(connection, old):
            return True
        gone = backend_of(connection).drop_some(connection, old.tables)
        if gone:
            connection.execute(delete(search_index).where(search_index.c.id == old.id))
    return gone
