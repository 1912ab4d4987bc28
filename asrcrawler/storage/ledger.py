"""What planning asks of the ledger. Every question is answered by an index, whatever the archive's size."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, insert, select, update

from asrcrawler.items import Outcome
from asrcrawler.storage.coverage import gaps
from asrcrawler.storage.models import article, ledger

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from asrcrawler.storage.coverage import Span
    from asrcrawler.storage.database import Database

CHUNK = 500  # values in one IN list


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
    """The last visits of ``codes``; a code the ledger does not have is left out."""
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
    """What the stored answers of ``codes`` can be asked for conditionally; other codes are left out."""
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
    database: Database, site: str, now: datetime, outcomes: Collection[Outcome], limit: int
) -> list[int]:  # fmt: skip
    """Codes whose last visit ended so and whose next one is due, the longest due first."""
    with database.read() as connection:
        return list(
            connection.scalars(
                select(ledger.c.code)
                .where(
                    ledger.c.site == site,
                    ledger.c.next_visit_at <= now,
                    ledger.c.outcome.in_([str(outcome) for outcome in outcomes]),
                )
                .order_by(ledger.c.next_visit_at, ledger.c.code.desc())
                .limit(limit)
            )
        )


def listed_unvisited(database: Database, site: str, limit: int) -> list[int]:
    """Codes the site names and that were never visited, newest first."""
    with database.read() as connection:
        return list(
            connection.scalars(
                select(ledger.c.code)
                .where(ledger.c.site == site, ledger.c.outcome.is_(None))
                .order_by(ledger.c.code.desc())
                .limit(limit)
            )
        )


def unvisited_spans(database: Database, site: str, first: int, last: int, limit: int) -> list[Span]:
    """Spans of never visited codes within ``first`` … ``last``, newest first, with at least ``limit`` codes or all."""
    spans: list[Span] = []
    wanted = limit
    with database.read() as connection:
        for span in gaps(connection, site, first, last):
            spans.append(span)
            wanted -= span[1] - span[0] + 1
            if wanted <= 0:
                break
    return spans


def newest_stored(database: Database, site: str) -> int:
    """The highest code with an article; 0 for none."""
    with database.read() as connection:
        return connection.scalar(select(func.max(article.c.code)).where(article.c.site == site)) or 0


def record_listed(database: Database, site: str, codes: Iterable[int], at: datetime) -> None:
    """Write down that the site names ``codes``; what the ledger knows of them stays."""
    wanted = list(dict.fromkeys(codes))
    with database.write() as connection:
        for start in range(0, len(wanted), CHUNK):
            chunk = wanted[start : start + CHUNK]
            here = ledger.c.site == site, ledger.c.code.in_(chunk)
            present = set(connection.scalars(select(ledger.c.code).where(*here)))
            connection.execute(update(ledger).where(*here, ledger.c.listed_at.is_(None)).values(listed_at=at))
            if fresh := [{"site": site, "code": code, "listed_at": at} for code in chunk if code not in present]:
                connection.execute(insert(ledger), fresh)
