"""Check the captures: each that a visit found is there, unpacks to the bytes that were fetched, and is a whole page.

What was stored of a page that breaks off may be half an article.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import and_, select, update

from asrcrawler.clock import utcnow
from asrcrawler.exceptions import DamagedPageError
from asrcrawler.http.completeness import UNENDED, has_end
from asrcrawler.items import Outcome
from asrcrawler.storage.checks.finding import Finding, codes_by_site
from asrcrawler.storage.models import dictionary, ledger, page, visit
from asrcrawler.storage.reparse.rereading import saw_article
from asrcrawler.storage.visits.batch import BROKEN_PAGE
from asrcrawler.text.packing import Dictionary, unpack

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Connection, RowMapping

NAME = "pages"
AT_ONCE = 200  # pages, a megabyte packed
BATCH = 2_000  # visits read at a time
GONE = "the page that a visit found is not in the database"
STORED = str(Outcome.STORED)


class _Fault(NamedTuple):
    """A capture that is not what was fetched, or (``text`` None) does not reach the end of its document."""

    page_id: int
    site: str
    text: str | None


def find(connection: Connection) -> Iterator[Finding]:
    """Find every code with a damaged or missing capture, and every stored article whose capture breaks off.

    Unpacks all captures, some 5,000 a second, and holds no more than the ids of those that break off.
    """
    unended = array("q")
    for number, site, text in _faults(connection):
        if text is None:
            unended.append(number)
            continue
        codes = connection.scalars(
            select(visit.c.code)
            .where(visit.c.site == site, visit.c.page_id == number)
            .distinct()
            .order_by(visit.c.code)
        )
        for code in list(codes) or [None]:
            yield Finding(NAME, f"its page {text}" if code else f"page {number} {text}", site, code)
    missing = (
        select(visit.c.site, visit.c.code)
        .outerjoin(page, and_(page.c.id == visit.c.page_id, page.c.site == visit.c.site))
        .where(visit.c.page_id.is_not(None), page.c.id.is_(None))
        .distinct()
        .order_by(visit.c.site, visit.c.code)
    )
    for site, code in connection.execute(missing):
        yield Finding(NAME, GONE, site, code)
    if unended:
        yield from _broken_off(connection, unended)


def repair(connection: Connection, findings: Sequence[Finding]) -> None:
    """Book the codes for another visit, and drop captures that are not what was fetched: they can come again then."""
    again = {"next_visit_at": utcnow(), "etag": None, "last_modified": None}  # the site is to send all of it
    failed = {"outcome": str(Outcome.FAILED), "reason": BROKEN_PAGE, "streak": 1}
    _book(connection, [found for found in findings if found.text != BROKEN_PAGE], again)
    _book(connection, [found for found in findings if found.text == BROKEN_PAGE], again | failed)
    known = select(page.c.id).where(page.c.site == visit.c.site)
    connection.execute(
        update(visit).where(visit.c.page_id.is_not(None), visit.c.page_id.not_in(known)).values(page_id=None)
    )
    for number, _, text in _faults(connection):
        if text is not None:
            connection.execute(update(visit).where(visit.c.page_id == number).values(page_id=None))
            connection.execute(page.delete().where(page.c.id == number))


def _book(connection: Connection, findings: Sequence[Finding], values: Mapping[str, object]) -> None:
    for site, codes in codes_by_site(findings).items():
        for code in codes:
            connection.execute(update(ledger).where(ledger.c.site == site, ledger.c.code == code).values(values))


def _broken_off(connection: Connection, unended: array[int]) -> Iterator[Finding]:
    """Find every article whose text was read in one of these captures; their ids are in ascending order.

    One that was taken although its page has no end (:mod:`asrcrawler.http.completeness`) is as whole as it can be, and
    one whose last visit did not find it is booked, or gone.
    """
    names = ("site", "code", "page_id", "outcome", "http_status", "change", "reason")
    rows = connection.execute(
        select(*(visit.c[name] for name in names))
        .join(ledger, and_(ledger.c.site == visit.c.site, ledger.c.code == visit.c.code))
        .where(ledger.c.outcome == STORED, visit.c.outcome == STORED)
        .order_by(visit.c.site, visit.c.code, visit.c.id),
        execution_options={"yield_per": BATCH},
    ).mappings()
    for (site, code), visits in groupby(rows, key=lambda row: (row["site"], row["code"])):
        last = None
        for row in visits:
            last = row if saw_article(row) else last
        if last is None or last["page_id"] is None or last["reason"] == UNENDED:
            continue
        place = bisect_left(unended, last["page_id"])
        if place < len(unended) and unended[place] == last["page_id"]:
            yield Finding(NAME, BROKEN_PAGE, site, code)


def _faults(connection: Connection) -> Iterator[_Fault]:
    """Go through all captures, by their ids."""
    dictionaries = {row.id: Dictionary(*row) for row in connection.execute(select(dictionary.c.id, dictionary.c.data))}
    after = 0
    while True:
        rows = connection.execute(
            select(page).where(page.c.id > after).order_by(page.c.id).limit(AT_ONCE)
        ).mappings().all()  # fmt: skip
        for row in rows:
            try:
                body = _unpacked(row, dictionaries)
            except DamagedPageError as error:
                yield _Fault(row["id"], row["site"], str(error))
            else:
                if body is not None and row["outcome"] == STORED and not has_end(body):
                    yield _Fault(row["id"], row["site"], None)
        if len(rows) < AT_ONCE:
            return
        after = rows[-1]["id"]


def _unpacked(row: RowMapping, dictionaries: Mapping[int, Dictionary]) -> bytes | None:
    """Give the bytes of a capture; None where they were dropped. Raises :exc:`DamagedPageError`."""
    if row["content"] is None:
        if row["outcome"] == STORED:
            raise DamagedPageError("is gone, and it is an article")
        return None
    number = row["dictionary_id"]
    if number is not None and number not in dictionaries:
        raise DamagedPageError(f"was packed with dictionary {number}, which is not in the database")
    return unpack(
        row["content"], size=row["size"], digest=row["digest"], dictionary=dictionaries[number] if number else None
    )
