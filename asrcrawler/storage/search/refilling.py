"""Replace an index of words of an earlier folding or format, or one that still has words of earlier texts.

Another index is filled beside it, in the order of the keys, and takes over when it is full; then the old one is
dropped. All of this is done in steps of one short transaction each. The process may end after any of them: the next
step, in whatever process, goes on from there. Crawls and readers go on meanwhile.
"""

from __future__ import annotations

from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import delete, func, select

from asrcrawler.storage.articles.selection import Selection, sites
from asrcrawler.storage.models import article, search_index
from asrcrawler.storage.search import index, indexes
from asrcrawler.storage.search.backend import backend_of
from asrcrawler.storage.search.indexes import CURRENT, FILLING, FULL, LEFT
from asrcrawler.text.persian import FOLDING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection

    from asrcrawler.storage.engine.database import Database
    from asrcrawler.storage.search.indexes import Index

PAGE = 50  # articles read at a time
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
        place = _place(connection, task.fill) if task.fill else None
    if task.leave or task.begin:
        _arrange(database)
    elif task.fill is not None:
        return _fill(database, task.fill, place) if place else _take_over(database)
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
    fit = [one for one in every if (one.version, one.format) == wanted and one.stale == 0]
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
            index.create(connection, FOLDING)


def _place(connection: Connection, filling: Index) -> str | None:
    """Choose the site whose articles are next; None where all are in the index.

    The keys of a site without a number come after all others.
    """
    bases = index.bases(connection)
    stored = sites(connection, Selection())
    for site in sorted((site for site in stored if site in bases), key=bases.__getitem__):
        if _page(connection, site, bases[site], filling.cursor, 1):
            return site
    return next((site for site in stored if site not in bases), None)


def _fill(database: Database, seen: Index, site: str) -> int:
    done = 0
    with database.write(site) as connection:
        deadline = monotonic() + LONGEST_STEP
        if seen not in indexes.every(connection, {FILLING}):
            return 0  # another process is at it
        base, cursor = index.base_of(connection, site), seen.cursor
        while page := _page(connection, site, base, cursor, PAGE):
            index.put(connection, seen, base, page)
            done, cursor = done + len(page), base + page[-1]["code"]
            if monotonic() > deadline:
                break
        else:
            cursor = base + index.CODES - 1  # what the site has from now on goes into both
        indexes.change(connection, [seen], cursor=cursor)
    return done


def _take_over(database: Database) -> int:
    with database.write() as connection:
        owned = indexes.owned(connection)
        filling = _task(connection, owned).fill
        if filling is None or _place(connection, filling):
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


def _page(connection: Connection, site: str, base: int, cursor: int, most: int) -> list[dict[str, Any]]:
    beyond = max(cursor - base, -1)
    if beyond >= index.CODES - 1:
        return []
    rows = select(*index.READ).where(article.c.site == site, article.c.code > beyond).order_by(article.c.code)
    return [dict(row) for row in connection.execute(rows.limit(most)).mappings()]
