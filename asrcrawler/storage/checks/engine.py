"""Check the files of the database itself, and its indexes.

An index that differs from its table can be made again from it. Other damage needs a person: it is one finding, however
many complaints there are.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy import func, select, text

from asrcrawler.storage.checks.finding import Finding
from asrcrawler.storage.models import article, revision

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

NAME = "engine"
MOST = 1_000  # complaints of SQLite; a broken file has thousands
ROUNDS = 10  # of making indexes anew: so many complaints about one can hide the others

_ABOUT_INDEX = re.compile(r"(?:missing from|entries in|entry in|differ from|of) index (\S+)$")
_INVALID_INDEXES = text(
    "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
    " WHERE c.relnamespace = current_schema()::regnamespace AND NOT (i.indisvalid AND i.indisready)"
    " ORDER BY c.relname"
)


def find(connection: Connection) -> Iterator[Finding]:
    if connection.dialect.name == "sqlite":
        yield from _sqlite(connection)
    else:
        yield from _postgresql(connection)


def repair(connection: Connection, _: Sequence[Finding]) -> int:
    """Make every index again that differs from its table; give their number."""
    renewed: set[str] = set()
    for _round in range(ROUNDS):
        fresh = [name for name in _indexes_to_renew(connection) if name not in renewed]
        if not fresh:
            break
        for name in fresh:
            quoted = connection.dialect.identifier_preparer.quote_identifier(name)
            what = "" if connection.dialect.name == "sqlite" else "INDEX "
            connection.exec_driver_sql(f"REINDEX {what}{quoted}")
            renewed.add(name)
    return len(renewed)


def _indexes_to_renew(connection: Connection) -> list[str]:
    if connection.dialect.name != "sqlite":
        return list(connection.scalars(_INVALID_INDEXES))
    return _sorted_out(_complaints(connection))[0]


def _sqlite(connection: Connection) -> Iterator[Finding]:
    indexes, others = _sorted_out(_complaints(connection))
    for name in indexes:
        yield Finding(NAME, f"the index {name} is out of step with its table; --repair makes it anew")
    if others:
        more = f" and {len(others) - 1} complaints more" if len(others) > 1 else ""
        yield Finding(NAME, f"{others[0]}{more}", damage=True)
    for table, row, parent, _ in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        yield Finding(NAME, f"row {row} of {table} points to a row of {parent} that is not there")


def _complaints(connection: Connection) -> list[str]:
    rows = connection.exec_driver_sql(f"PRAGMA integrity_check({MOST})").scalars()
    return [line for complaint in rows for line in str(complaint).splitlines() if line != "ok"]


def _sorted_out(complaints: list[str]) -> tuple[list[str], list[str]]:
    """Sort complaints: give the names of the indexes that differ from their tables, and the other complaints."""
    indexes, others = set(), []
    for complaint in complaints:
        if about := _ABOUT_INDEX.search(complaint):
            indexes.add(about[1])
        else:
            others.append(complaint)
    return sorted(indexes), others


def _postgresql(connection: Connection) -> Iterator[Finding]:
    """Find invalid indexes, and read all long texts: the server checks what it reads itself (``data_checksums``)."""
    for name in connection.scalars(_INVALID_INDEXES):
        yield Finding(NAME, f"the index {name} is not valid; REINDEX INDEX {name} makes it anew")
    for table in (article, revision):
        connection.execute(select(func.sum(func.length(table.c.body))))
