"""Check the ledger against the articles: what is booked as stored is there, and what is there is booked."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, exists, func, insert, select, update

from asrcrawler.clock import utcnow
from asrcrawler.items import Outcome
from asrcrawler.storage.checks.finding import Finding, codes_by_site
from asrcrawler.storage.models import article, visit
from asrcrawler.storage.models import ledger as ledger_table
from asrcrawler.storage.visits.counters import recount

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

NAME = "ledger"


class Fault(Enum):
    """What can be wrong with a row of the ledger, as it is told."""

    NO_ARTICLE = "booked as stored, and there is no article"
    NOT_BOOKED = "an article that the ledger does not know"
    NO_ROW = "a visit that the ledger does not know"


_same_code = and_(ledger_table.c.site == article.c.site, ledger_table.c.code == article.c.code)


def find(connection: Connection) -> Iterator[Finding]:
    stored = ledger_table.c.outcome == str(Outcome.STORED)
    without = select(ledger_table.c.site, ledger_table.c.code).where(stored, ~exists().where(_same_code))
    for site, code in connection.execute(without.order_by(ledger_table.c.site, ledger_table.c.code)):
        yield _finding(Fault.NO_ARTICLE, site, code)
    unbooked = select(article.c.site, article.c.code).where(~exists().where(_same_code))
    for site, code in connection.execute(unbooked.order_by(article.c.site, article.c.code)):
        yield _finding(Fault.NOT_BOOKED, site, code)
    known = exists().where(ledger_table.c.site == visit.c.site, ledger_table.c.code == visit.c.code)
    booked_article = exists().where(article.c.site == visit.c.site, article.c.code == visit.c.code)
    lost = select(visit.c.site, visit.c.code).where(~known, ~booked_article).distinct()
    for site, code in connection.execute(lost.order_by(visit.c.site, visit.c.code)):
        yield _finding(Fault.NO_ROW, site, code)


def repair(connection: Connection, findings: Sequence[Finding]) -> None:
    """Book every one of these codes for a visit by the next run."""
    now = utcnow()
    for site, codes in codes_by_site(found for found in findings if found.fault is Fault.NO_ARTICLE).items():
        for code in codes:
            connection.execute(
                update(ledger_table)
                .where(ledger_table.c.site == site, ledger_table.c.code == code)
                .values(
                    outcome=str(Outcome.FAILED),
                    reason="its article was lost",
                    next_visit_at=now,
                    streak=1,
                    etag=None,  # the site is not to answer that nothing has changed since
                    last_modified=None,
                )
            )
    for site, codes in codes_by_site(found for found in findings if found.fault is Fault.NOT_BOOKED).items():
        for code in codes:
            connection.execute(insert(ledger_table), _booked(connection, site, code) | {"next_visit_at": now})
    for site, codes in codes_by_site(found for found in findings if found.fault is Fault.NO_ROW).items():
        for code in codes:
            connection.execute(insert(ledger_table), _last_visit(connection, site, code) | {"next_visit_at": now})
    recount(connection, codes_by_site(findings).keys())


def _finding(fault: Fault, site: str, code: int) -> Finding:
    return Finding(NAME, fault.value, site, code, fault=fault)


def _booked(connection: Connection, site: str, code: int) -> dict[str, Any]:
    """Work out the row of an article that is not booked, as far as the article tells."""
    row = connection.execute(select(article).where(article.c.site == site, article.c.code == code)).one()
    return {
        "site": site,
        "code": code,
        "outcome": str(Outcome.STORED),
        "first_visit_at": row.first_seen_at,
        "visited_at": row.last_visit_at or row.last_seen_at,
        "streak": 1,
        "visits": _visits(connection, site, code),
    }


def _last_visit(connection: Connection, site: str, code: int) -> dict[str, Any]:
    """Work out the row of a code that has visits and no article."""
    visits = select(visit).where(visit.c.site == site, visit.c.code == code)
    first = connection.execute(visits.order_by(visit.c.id).limit(1)).one()
    last = connection.execute(visits.order_by(visit.c.id.desc()).limit(1)).one()
    return {
        "site": site,
        "code": code,
        "outcome": last.outcome,
        "reason": last.reason,
        "http_status": last.http_status,
        "first_visit_at": first.at,
        "visited_at": last.at,
        "streak": 1,
        "visits": _visits(connection, site, code),
        "run_id": last.run_id,
    }


def _visits(connection: Connection, site: str, code: int) -> int:
    """Count the visits of a code: at least one, for there was one."""
    counted = connection.scalar(select(func.count()).where(visit.c.site == site, visit.c.code == code))
    return max(counted or 0, 1)
