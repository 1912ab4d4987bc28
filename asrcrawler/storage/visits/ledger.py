"""Answer what planning asks of the ledger, each question by an index, whatever the archive's size."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import and_, func, insert, or_, select, text, update

from asrcrawler.items import Outcome
from asrcrawler.policy import LONGEST_NEXT_VISIT, OLD_REVISIT
from asrcrawler.storage.models import article, gone, ledger
from asrcrawler.storage.visits import counters
from asrcrawler.storage.visits.coverage import gaps
from asrcrawler.storage.visits.gone import OPEN
from asrcrawler.storage.visits.runs import writing

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from asrcrawler.spans import Span
    from asrcrawler.storage.engine.database import Database

CHUNK = 500  # values in one IN list
_NEVER_VISITED = {"outcome": None, "first_visit_at": None, "next_visit_at": None}


class Known(NamedTuple):
    """What the ledger knows of a code."""

    outcome: Outcome | None
    """None: listed and never visited."""
    visited_at: datetime | None


class Validators(NamedTuple):
    """What a conditional request sends."""

    etag: str | None
    last_modified: str | None


def known(database: Database, site: str, codes: Sequence[int]) -> dict[int, Known]:
    """Read the last visits of ``codes``; a code that the ledger does not have is left out."""
    found: dict[int, Known] = {}
    with database.read() as connection:
        for start in range(0, len(codes), CHUNK):
            rows = connection.execute(
                select(ledger.c.code, ledger.c.outcome, ledger.c.visited_at).where(
                    ledger.c.site == site, ledger.c.code.in_(codes[start : start + CHUNK])
                )
            )
            for code, outcome, visited_at in rows:
                found[code] = Known(Outcome(outcome) if outcome else None, visited_at)
    return found


def validators(database: Database, site: str, codes: Sequence[int]) -> dict[int, Validators]:
    """Read what a conditional request for each of ``codes`` can send; codes without are left out."""
    found: dict[int, Validators] = {}
    with database.read() as connection:
        for start in range(0, len(codes), CHUNK):
            rows = connection.execute(
                select(ledger.c.code, ledger.c.etag, ledger.c.last_modified).where(
                    ledger.c.site == site,
                    ledger.c.outcome == str(Outcome.STORED),
                    ledger.c.code.in_(codes[start : start + CHUNK]),
                )
            )
            found.update({row.code: Validators(row.etag, row.last_modified) for row in rows if any(row[1:])})
    return found


def due(
    database: Database,
    site: str,
    now: datetime,
    outcomes: Collection[Outcome],
    limit: int,
    *,
    exclude: Collection[int] = (),
) -> list[int]:
    """Find codes whose last visit ended with one of these outcomes and whose next one is due, the longest due first.

    ``exclude`` are codes that are being visited and not written yet.
    """
    wanted = (
        select(ledger.c.code)
        .where(ledger.c.site == site, ledger.c.outcome.in_([str(outcome) for outcome in outcomes]))
        .order_by(ledger.c.next_visit_at, ledger.c.code.desc())
        .limit(limit + len(exclude))
    )
    found: list[int] = []
    with database.read() as connection:
        for span in spans_due(now):
            if len(found) < limit:
                found += [code for code in connection.scalars(wanted.where(span)) if code not in exclude]
    return found[:limit]


def missed(database: Database, site: str, now: datetime, limit: int, *, exclude: Collection[int] = ()) -> list[int]:
    """Find codes that are missing though an article of them is stored, and whose next visit is due, the longest due
    first.
    """
    own = gone.c.site == site, gone.c.state.in_(OPEN), ledger.c.outcome == str(Outcome.MISSING)
    due_first = (
        select(ledger.c.code)
        .join_from(gone, ledger, and_(ledger.c.site == gone.c.site, ledger.c.code == gone.c.code))
        .where(*own, or_(*spans_due(now)))
        .order_by(ledger.c.next_visit_at, ledger.c.code.desc())
        .limit(limit + len(exclude))
    )
    with database.read() as connection:
        return [code for code in connection.scalars(due_first) if code not in exclude][:limit]


def old(database: Database, site: str, now: datetime, limit: int, *, exclude: Collection[int] = ()) -> list[int]:
    """Find settled codes with a stored article, gone or not, whose turn it is: the last visit longest ago first.

    A visit puts a code at the end, so that all are visited in turn, none more often than the policy's
    :data:`~asrcrawler.policy.OLD_REVISIT`.
    """
    settled = select(ledger.c.visited_at, ledger.c.code).where(ledger.c.site == site, ledger.c.next_visit_at.is_(None))
    there = settled.where(text("outcome = 'stored'"))  # as it stands in the condition of the index
    missing = (
        settled.where(ledger.c.outcome == str(Outcome.MISSING))
        .join(gone, and_(gone.c.site == ledger.c.site, gone.c.code == ledger.c.code))
        .where(gone.c.site == site, gone.c.state.in_(OPEN))
    )
    found: list[tuple[datetime, int]] = []
    with database.read() as connection:
        for codes in (there, missing):
            for turn in (ledger.c.visited_at > now, ledger.c.visited_at <= now - OLD_REVISIT):  # ahead: a wrong clock
                latest_last = codes.where(turn).order_by(ledger.c.visited_at).limit(limit + len(exclude))
                found += [(min(row.visited_at, now), row.code) for row in connection.execute(latest_last)]
    return [code for _, code in sorted(found) if code not in exclude][:limit]


def spans_due(now: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Give the ranges of the index whose next visit is due at ``now``, see :func:`~asrcrawler.policy.is_due`.

    Separately, because no database reads them in order with ``OR`` between them.
    """
    return ledger.c.next_visit_at <= now, ledger.c.next_visit_at > now + LONGEST_NEXT_VISIT


def listed_unvisited(
    database: Database, site: str, limit: int, *, below: int | None = None, exclude: Collection[int] = ()
) -> list[int]:
    """Find codes that the site lists and that were never visited, newest first; only those ``below`` a code if it is
    given.
    """
    own = ledger.c.site == site, ledger.c.outcome.is_(None)
    with database.read() as connection:
        found = connection.scalars(
            select(ledger.c.code)
            .where(*own, *([ledger.c.code < below] if below is not None else []))
            .order_by(ledger.c.code.desc())
            .limit(limit + len(exclude))
        )
        return [code for code in found if code not in exclude][:limit]


def unvisited_spans(database: Database, site: str, first: int, last: int, limit: int) -> list[Span]:
    """Find spans of never visited codes within ``first`` … ``last``, newest first: at least ``limit`` codes, or all."""
    spans: list[Span] = []
    wanted = limit
    with database.read() as connection:
        for span in gaps(connection, site, first, last):
            if wanted <= 0:
                break
            spans.append(span)
            wanted -= span[1] - span[0] + 1
    return spans


def newest_known(database: Database, site: str) -> int:
    """Find the highest code that has an article, or is listed and waits for its first visit; 0 for none."""
    with database.read() as connection:
        return newest_in(connection, site)


def newest_in(connection: Connection, site: str) -> int:
    """Do what :func:`newest_known` does, within an open transaction."""
    stored = connection.scalar(select(func.max(article.c.code)).where(article.c.site == site))
    listed = connection.scalar(select(func.max(ledger.c.code)).where(ledger.c.site == site, ledger.c.outcome.is_(None)))
    return max(stored or 0, listed or 0)


def record_listed(
    database: Database, site: str, codes: Iterable[int], at: datetime, *, run_id: int | None = None
) -> int:
    """Write down that the site lists ``codes``; give how many of them are new to the ledger.

    What the ledger knows of a code stays, and so does the time it was first listed.
    """
    wanted = list(dict.fromkeys(codes))
    added = 0
    with writing(database, run_id, site) as connection:
        for start in range(0, len(wanted), CHUNK):
            here = ledger.c.site == site, ledger.c.code.in_(wanted[start : start + CHUNK])
            rows = connection.execute(select(ledger.c.code, ledger.c.listed_at).where(*here))
            present = {row.code: row.listed_at for row in rows}
            if None in present.values():
                connection.execute(update(ledger).where(*here, ledger.c.listed_at.is_(None)).values(listed_at=at))
            fresh = [code for code in wanted[start : start + CHUNK] if code not in present]
            if fresh:
                connection.execute(insert(ledger), [{"site": site, "code": code, "listed_at": at} for code in fresh])
                counters.move(connection, site, (), [{"code": code, **_NEVER_VISITED} for code in fresh])
            added += len(fresh)
    return added
