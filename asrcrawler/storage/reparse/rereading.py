"""Select the captures that are worth another reading, with the visits that found them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, select

from asrcrawler.clock import utcnow
from asrcrawler.http.completeness import UNENDED
from asrcrawler.items import Outcome, StoredCapture
from asrcrawler.policy import has_come
from asrcrawler.samaneh.urls import HIGHEST_CODE
from asrcrawler.spans import merge
from asrcrawler.storage.models import page, visit
from asrcrawler.storage.visits.articles import STALE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, RowMapping

    from asrcrawler.spans import Span
    from asrcrawler.storage.engine.database import Database

CODES_AT_ONCE = 100  # some 400 KB of packed captures
STORED, UNREADABLE = str(Outcome.STORED), str(Outcome.UNREADABLE)
NOT_MODIFIED = 304


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which captures to read again; everything that is given has to hold."""

    site: str
    codes: Sequence[Span] | None = None
    since: datetime | None = None
    """Fetched then or later."""
    unreadable: bool = False
    """Only those that could not be read."""


class CodeHistory(NamedTuple):
    """The visits of one code, and those of their captures that are worth another reading."""

    code: int
    visits: list[RowMapping]
    """All of them, the first one first; those of a clock that was ahead before all others."""
    captures: list[StoredCapture]
    """The one that the stored article was read in, then each later one that could not be read."""
    lost: bool
    """Whether the capture that the stored article was read in is not kept; no other can replace it."""


def count(database: Database, wanted: Wanted) -> int:
    """Count the codes that have captures among those ``wanted``."""
    with database.read() as connection:
        return sum(
            connection.scalar(select(func.count(visit.c.code.distinct())).where(*_wanted_visits(wanted, *span))) or 0
            for span in _spans(wanted)
        )


def histories(database: Database, wanted: Wanted) -> Iterator[list[CodeHistory]]:
    """Read the wanted codes in ascending order, a portion at a time; no transaction stays open between portions."""
    for first, last in _spans(wanted):
        while first <= last:
            with database.read() as connection:
                codes = list(
                    connection.scalars(
                        select(visit.c.code)
                        .where(*_wanted_visits(wanted, first, last))
                        .distinct()
                        .order_by(visit.c.code)
                        .limit(CODES_AT_ONCE)
                    )
                )
                found = _read(connection, wanted, codes)
            if found:
                yield found
            if len(codes) < CODES_AT_ONCE:
                break
            first = codes[-1] + 1


def capture_of_stored(connection: Connection, site: str, code: int) -> StoredCapture | None:
    """Find the capture that the stored article was read in; None where it is not kept."""
    captures = (capture for history in _read(connection, Wanted(site=site), [code]) for capture in history.captures)
    return next((capture for capture in captures if capture.outcome == STORED), None)


def _spans(wanted: Wanted) -> Sequence[Span]:
    return [(1, HIGHEST_CODE)] if wanted.codes is None else merge(wanted.codes)


def _wanted_visits(wanted: Wanted, first: int, last: int) -> Iterator[ColumnElement[bool]]:
    yield visit.c.site == wanted.site
    yield visit.c.code.between(first, last)
    yield visit.c.page_id.is_not(None)
    yield visit.c.outcome.in_([UNREADABLE] if wanted.unreadable else [STORED, UNREADABLE])


def _read(connection: Connection, wanted: Wanted, codes: Sequence[int]) -> list[CodeHistory]:
    columns = [column for column in visit.c if column is not visit.c.headers]
    rows = connection.execute(
        select(*columns).where(visit.c.site == wanted.site, visit.c.code.in_(codes)).order_by(visit.c.id)
    ).mappings()
    visits: dict[int, list[RowMapping]] = {code: [] for code in codes}
    now = utcnow()
    for row in sorted(rows, key=lambda row: (has_come(row["at"], now), row["at"], row["id"])):
        visits[row["code"]].append(row)
    chosen = {code: _chosen(wanted, its) for code, its in visits.items()}
    captures = _captures(connection, [row["id"] for its in chosen.values() for row in its])
    found = []
    for code, its in visits.items():
        own = [captures[row["id"]] for row in chosen[code] if row["id"] in captures]
        found.append(CodeHistory(code, its, own, lost=not own and bool(chosen[code])))
    return [history for history in found if history.captures or history.lost]


def _chosen(wanted: Wanted, visits: Sequence[RowMapping]) -> list[RowMapping]:
    """Choose the last visit that found an article, and those after it whose page could not be read."""
    last = max((place for place, row in enumerate(visits) if saw_article(row)), default=None)
    later = visits if last is None else visits[last + 1 :]
    chosen = [row for row in later if row["outcome"] == UNREADABLE and row["page_id"] is not None]
    if last is not None and not wanted.unreadable:
        chosen.insert(0, visits[last])
    return [row for row in chosen if wanted.since is None or row["at"] >= wanted.since]


def saw_article(row: RowMapping) -> bool:
    """Tell whether the stored text was read in the capture of this visit.

    The answer «not modified» is about the capture of an earlier visit; so is a page without its end that reads the
    same.
    """
    if row["outcome"] != STORED or row["http_status"] == NOT_MODIFIED or row["change"] == STALE:
        return False
    return bool(row["reason"] != UNENDED or row["change"] is not None)


def _captures(connection: Connection, visits: Sequence[int]) -> dict[int, StoredCapture]:
    columns = (
        visit.c.id, visit.c.code, visit.c.at, visit.c.outcome, visit.c.url, visit.c.http_status, visit.c.headers,
        page.c.size, page.c.digest, page.c.content, page.c.dictionary_id,
    )  # fmt: skip
    rows = connection.execute(
        select(*columns)
        .join(page, page.c.id == visit.c.page_id)
        .where(visit.c.id.in_(visits), page.c.content.is_not(None))
    )
    return {row.id: StoredCapture(*row) for row in rows}
