"""Keep how many codes, articles and earlier texts there are, in the transaction that changes them.

Codes are counted by their outcome in blocks of :data:`BLOCK` codes, booked visits and first visits by the hour. Whoever
changes rows that are counted calls :func:`move`, or :func:`recount` where a site is changed as a whole.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from enum import StrEnum, auto
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, literal, select, true

from asrcrawler.storage.engine.backend import backend_of
from asrcrawler.storage.engine.rows import add_rows
from asrcrawler.storage.models import article, counter, ledger, revision

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from sqlalchemy import Connection, Select

BLOCK = 1_024  # codes; never to be changed: archives have been counted by it

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR = timedelta(hours=1)


class What(StrEnum):
    """What is counted, of one site."""

    CODES = auto()
    """Codes in the ledger, by block and outcome."""
    BOOKED = auto()
    """Codes with a next visit, by its hour and the outcome of the last one."""
    FIRST = auto()
    """Visited codes, by the hour of the first visit."""
    ARTICLES = auto()
    REVISIONS = auto()


_CODES, _BOOKED, _FIRST = str(What.CODES), str(What.BOOKED), str(What.FIRST)  # hashed faster than members of an Enum


def hour_of(moment: datetime) -> int:
    """Count the full hours from 1970 to a moment.

    >>> hour_of(datetime(1970, 1, 2, 0, 59, tzinfo=UTC))
    24
    """
    return (moment - _EPOCH) // _HOUR


def start_of(hour: int) -> datetime:
    """Give the moment with which an hour of :func:`hour_of` begins."""
    return _EPOCH + hour * _HOUR


def _places(rows: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, int, str]]:
    """Give kind, place and name of every counter that counts one of these rows of the ledger."""
    for row in rows:
        outcome = row["outcome"] or ""
        yield _CODES, row["code"] // BLOCK, outcome
        if (next_visit_at := row["next_visit_at"]) is not None:
            yield _BOOKED, hour_of(next_visit_at), outcome
        if (first_visit_at := row["first_visit_at"]) is not None:
            yield _FIRST, hour_of(first_visit_at), ""


def move(
    connection: Connection,
    site: str,
    before: Iterable[Mapping[str, Any]],
    after: Iterable[Mapping[str, Any]],
    *,
    articles: int = 0,
    revisions: int = 0,
) -> None:
    """Count rows of the ledger that were ``before`` and are now as ``after``, and so many new articles and earlier
    texts. The transaction writes about ``site``.
    """
    moved = Counter(_places(after))
    moved.subtract(Counter(_places(before)))
    moved.update({(str(What.ARTICLES), 0, ""): articles, (str(What.REVISIONS), 0, ""): revisions})
    changes = [(site, *place, by) for place, by in sorted(moved.items()) if by]
    add_rows(connection, counter, [dict(zip(_COLUMNS, change, strict=True)) for change in changes], "number")


def drop_empty(connection: Connection, site: str) -> None:
    """Delete the counters of hours in which no visit is booked any more; once a run, so that they do not add up."""
    booked = counter.c.what == str(What.BOOKED), counter.c.site == site
    connection.execute(delete(counter).where(*booked, counter.c.number == 0))


def recount(connection: Connection, sites: Collection[str]) -> None:
    """Count everything of some sites anew. The transaction writes about them."""
    connection.execute(delete(counter).where(counter.c.site.in_(sites)))
    for counts in counted_anew(connection, sites):
        connection.execute(insert(counter).from_select(counter.columns.keys(), counts))


def counted_anew(connection: Connection, sites: Collection[str] | None = None) -> list[Select[Any]]:
    """State the queries that count the rows themselves, of some sites or of all, with the columns of the counters."""
    hour = backend_of(connection.dialect.name).hour_of
    outcome, nothing = func.coalesce(ledger.c.outcome, ""), literal("")
    next_visit, first_visit = ledger.c.next_visit_at, ledger.c.first_visit_at
    counts = []
    for what, table, place, name, condition in (
        (What.CODES, ledger, ledger.c.code // BLOCK, outcome, true()),
        (What.BOOKED, ledger, hour(next_visit), outcome, next_visit.is_not(None)),
        (What.FIRST, ledger, hour(first_visit), nothing, first_visit.is_not(None)),
        (What.ARTICLES, article, literal(0), nothing, true()),
        (What.REVISIONS, revision, literal(0), nothing, true()),
    ):
        placed = select(table.c.site, place.label("place"), name.label("name")).where(condition)
        rows = (placed if sites is None else placed.where(table.c.site.in_(sites))).subquery()
        key = rows.c.site, rows.c.place, rows.c.name
        counted = select(rows.c.site, literal(str(what)), rows.c.place, rows.c.name, func.count()).group_by(*key)
        counts.append(counted)
    return counts


_COLUMNS = counter.columns.keys()
