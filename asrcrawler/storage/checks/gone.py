"""Check what is written about articles that are gone against the visits, and their latest visit against the ledger."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from sqlalchemy import and_, exists, select, union, update

from asrcrawler.gone import gone_since
from asrcrawler.items import Outcome
from asrcrawler.storage.checks.finding import Finding, codes_by_site
from asrcrawler.storage.engine.among import among
from asrcrawler.storage.models import article, gone, ledger, visit
from asrcrawler.storage.visits.gone import chunks, settle, stored, worked_out

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

NAME = "gone"
OTHERWISE = "the visits tell otherwise when its article was gone"
LATEST = "the latest visit of the article is not that of the ledger"


def find(connection: Connection) -> Iterator[Finding]:
    own = exists().where(article.c.site == visit.c.site, article.c.code == visit.c.code)
    missed = select(visit.c.site, visit.c.code).where(visit.c.outcome == str(Outcome.MISSING), own)
    marked = select(article.c.site, article.c.code).where(article.c.gone_at.is_not(None))
    told = select(gone.c.site, gone.c.code).where(
        exists().where(article.c.site == gone.c.site, article.c.code == gone.c.code)
    )
    every = sorted(connection.execute(union(missed, marked, told)).all())
    for site, codes in groupby(every, lambda row: row[0]):
        for chunk in chunks(code for _, code in codes):
            known, found = stored(connection, site, chunk), worked_out(connection, site, chunk)
            marks = select(article.c.code, article.c.gone_at).where(
                article.c.site == site, among(article.c.code, chunk)
            )
            for code, gone_at in sorted(connection.execute(marks).all()):
                if known.get(code) != found.get(code) or gone_at != gone_since(found.get(code, ())):
                    yield Finding(NAME, OTHERWISE, site, code)
    joined = and_(ledger.c.site == article.c.site, ledger.c.code == article.c.code)
    late = (
        select(article.c.site, article.c.code)
        .join_from(article, ledger, joined)
        .where(article.c.last_visit_at.is_distinct_from(ledger.c.visited_at), ledger.c.visited_at.is_not(None))
        .order_by(article.c.site, article.c.code)
    )
    for site, code in connection.execute(late):
        yield Finding(NAME, LATEST, site, code)


def repair(connection: Connection, findings: Sequence[Finding]) -> None:
    """Work it out again from the visits, and take the latest visit from the ledger."""
    for site, codes in codes_by_site(found for found in findings if found.text == OTHERWISE).items():
        settle(connection, site, codes)
    booked = select(ledger.c.visited_at).where(ledger.c.site == article.c.site, ledger.c.code == article.c.code)
    for site, codes in codes_by_site(found for found in findings if found.text == LATEST).items():
        for chunk in chunks(codes):
            late = article.c.site == site, among(article.c.code, chunk)
            connection.execute(update(article).where(*late).values(last_visit_at=booked.scalar_subquery()))
