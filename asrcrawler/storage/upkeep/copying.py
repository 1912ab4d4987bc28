"""Copy an archive into another database, from and to SQLite or PostgreSQL.

Each table is read on both sides in the order of its keys and made equal: what is missing is written, what differs is
replaced, what the source no longer has is removed. So the same command continues a copy that was interrupted, and
brings an old one up to date. The index of words has another form on each database; it is not copied but made of the
articles that are written.
"""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache, partial
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import JSON, MetaData, String, and_, bindparam, delete, func, select

from asrcrawler.exceptions import CopyError
from asrcrawler.storage.engine.backend import backend_of
from asrcrawler.storage.engine.rows import insert_rows, upsert
from asrcrawler.storage.models import article, metadata, run, search_index, search_site, worker
from asrcrawler.storage.search import index

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from datetime import datetime

    from sqlalchemy import Connection, Delete, Row, Select, Table

    from asrcrawler.storage.engine.database import Database

BATCH = 500  # rows read at a time and written in one transaction; twice as many articles take 155 MiB of memory

_OWN = {search_site, search_index, worker}
"""Tables that each database has for itself."""


class _Run(NamedTuple):
    """The facts by which a run is recognised in any database."""

    id: int
    site: str
    started_at: datetime
    host: str
    process: str


class Copied(NamedTuple):
    """The counts of one table after the copy."""

    table: str
    rows: int
    """Rows on each side now."""
    written: int
    """Rows that were missing or differed."""
    removed: int
    """Rows that the source no longer had."""


def copy_archive(
    source: Database, target: Database, progress: Callable[[str, int, int], object] = lambda *_: None
) -> list[Copied]:
    """Make ``target`` hold what ``source`` holds at this moment; others may write to the source meanwhile.

    ``progress`` is told the table, how many of its rows were read since the last time, and how many there are in all
    tables together. Both databases have the schema. Raises :exc:`CopyError` before anything is written where ``target``
    holds anything but a copy of ``source``, and when somebody else begins to write there.
    """
    tables = [table for table in metadata.sorted_tables if table not in _OWN]
    tables.sort(key=lambda table: table is not run)  # first: by its runs a part of a copy is recognised
    with source.read() as reading:
        runs = _runs(reading)
        _refuse_other_data(source, target, runs, tables)
        counts = {table.name: _count(reading, table) for table in tables}
        total = sum(counts.values())
        sites = list(reading.scalars(select(run.c.site).distinct()))
        copying = _Copying(target, sites, runs)
        copied = []
        for table in tables:
            rows = _watched(_rows(reading, table), partial(progress, table.name), total)
            copied.append(copying.make_equal(table, rows))
    _compare(target, tables, counts)
    return copied


class _Copying:
    """A writer into ``target`` that stops when somebody else writes there."""

    def __init__(self, target: Database, sites: list[str], runs: set[_Run]) -> None:
        self._target = target
        self._sites = sites
        self._runs = runs

    def make_equal(self, table: Table, rows: Iterator[Row[Any]]) -> Copied:
        written = removed = 0
        with self._target.read() as reading:
            present = _count(reading, table)
            differences = _differences(rows, _rows(reading, table) if present else iter(()), _key_of(table))
            while portion := list(islice(differences, BATCH)):
                fresh = [row._asdict() for row, _ in portion if row is not None]
                surplus = [row for _, row in portion if row is not None]
                self._write(table, fresh, surplus, into_empty=not present)
                written, removed = written + len(fresh), removed + len(surplus)
        self._count_on(table)
        return Copied(table.name, present + written - removed, written, removed)

    def _write(self, table: Table, fresh: list[dict[str, Any]], surplus: list[Row[Any]], *, into_empty: bool) -> None:
        plain = _with_plain_nulls(table)
        with self._target.write(*self._sites) as connection:
            if strangers := _runs(connection) - self._runs:
                raise CopyError(
                    f"database {self._target.name}: a crawl began to write into it ({_named(strangers)});"
                    " the copy is not complete"
                )
            if table is article and not into_empty:
                for site, rows in _by_site([*fresh, *(row._asdict() for row in surplus)]).items():
                    index.leave(connection, site, _known(connection, site, {row["code"] for row in rows}))
            if surplus:
                connection.execute(_removal(table), [_key_parameters(table, row) for row in surplus])
            if into_empty:
                insert_rows(connection, plain, fresh)
            elif fresh:
                connection.execute(upsert(plain, connection.dialect), fresh)
            if table is article:
                for site, rows in _by_site(fresh).items():
                    index.enter(connection, site, rows)

    def _count_on(self, table: Table) -> None:
        """Let new rows have higher numbers than those that brought theirs with them."""
        if (column := table.autoincrement_column) is not None:
            with self._target.write() as connection:
                self._target.backend.number_on(connection, column)


def _refuse_other_data(source: Database, target: Database, runs: set[_Run], tables: Iterable[Table]) -> None:
    with target.read() as connection:
        own = _runs(connection)
        if strangers := own - runs:
            raise CopyError(
                f"database {target.name}: holds more than a copy of {source.name}: {_named(strangers)};"
                " nothing was copied"
            )
        if own:
            return
        for table in tables:
            if connection.execute(select(table).limit(1)).first():
                raise CopyError(
                    f"database {target.name}: holds rows ({table.name}) and no sign that they are a copy of"
                    f" {source.name}; nothing was copied"
                )


def _named(runs: set[_Run]) -> str:
    first = min(runs, key=lambda row: row.id)
    return f"a run on {first.site} of {first.started_at:%Y-%m-%d %H:%M} UTC"


def _compare(target: Database, tables: Iterable[Table], counts: dict[str, int]) -> None:
    with target.read() as connection:
        found = {table.name: _count(connection, table) for table in tables}
    if unequal := [f"{name} {found[name]} of {count}" for name, count in counts.items() if found[name] != count]:
        raise CopyError(f"database {target.name}: the copy has not the same number of rows: {', '.join(unequal)}")


def _differences(
    fresh: Iterator[Row[Any]], stale: Iterator[Row[Any]], key: Callable[[Row[Any]], tuple[Any, ...]]
) -> Iterator[tuple[Row[Any] | None, Row[Any] | None]]:
    """Compare two streams in the order of their keys: give (row to write, None) and (None, row to remove)."""
    new, old = next(fresh, None), next(stale, None)
    while new is not None or old is not None:
        if old is None or (new is not None and key(new) < key(old)):
            yield new, None
            new = next(fresh, None)
        elif new is None or key(old) < key(new):
            yield None, old
            old = next(stale, None)
        else:
            if tuple(new) != tuple(old):
                yield new, None
            new, old = next(fresh, None), next(stale, None)


def _watched(rows: Iterator[Row[Any]], progress: Callable[[int, int], object], total: int) -> Iterator[Row[Any]]:
    while portion := list(islice(rows, BATCH)):
        yield from portion
        progress(len(portion), total)


def _runs(connection: Connection) -> set[_Run]:
    return {_Run(*row) for row in connection.execute(select(*(run.c[name] for name in _Run._fields)))}


def _rows(connection: Connection, table: Table) -> Iterator[Row[Any]]:
    """Read every row in the order of the primary key, as Python compares it."""
    return iter(connection.execute(_in_order(connection, table), execution_options={"yield_per": BATCH}))


def _in_order(connection: Connection, table: Table) -> Select[Any]:
    as_in_python = backend_of(connection.dialect.name).in_order_of_python
    order = [
        as_in_python(column) if isinstance(column.type, String) else column for column in table.primary_key.columns
    ]
    return select(table).order_by(*order)


def _key_of(table: Table) -> Callable[[Row[Any]], tuple[Any, ...]]:
    places = [list(table.columns).index(column) for column in table.primary_key.columns]
    return lambda row: tuple(row[place] for place in places)


def _key_parameters(table: Table, row: Row[Any]) -> dict[str, Any]:
    return {f"old_{column.name}": getattr(row, column.name) for column in table.primary_key.columns}


def _removal(table: Table) -> Delete:
    key = table.primary_key.columns
    return delete(table).where(and_(*(column == bindparam(f"old_{column.name}") for column in key)))


def _by_site(rows: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row["site"]].append(row)
    return found


def _known(connection: Connection, site: str, codes: Collection[int]) -> list[int]:
    own = select(article.c.code).where(article.c.site == site, article.c.code.in_(codes))
    return list(connection.scalars(own))


def _count(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0


@lru_cache
def _with_plain_nulls(table: Table) -> Table:
    """Copy the description of a table so that unknown values of JSON columns are written as SQL's ``NULL``."""
    plain = table.to_metadata(MetaData())
    for column in plain.columns:
        if isinstance(column.type, JSON):
            column.type = JSON(none_as_null=True)
    return plain
