"""Check the captures: each is there, unpacks to the bytes that were fetched, and has the end of its document.

An article that was read in a page that breaks off may be half an article.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from enum import Enum, auto
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import and_, select, update

from asrcrawler.clock import utcnow
from asrcrawler.exceptions import DamagedCaptureError
from asrcrawler.http.completeness import UNENDED, has_end
from asrcrawler.items import Outcome
from asrcrawler.storage.checks.finding import Finding, codes_by_site
from asrcrawler.storage.models import dictionary, ledger, page, visit
from asrcrawler.storage.reparse.rereading import saw_article
from asrcrawler.storage.visits.articles import BROKEN_PAGE
from asrcrawler.storage.visits.counters import recount
from asrcrawler.text.packing import Dictionary, unpack

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Connection, RowMapping

NAME = "captures"
AT_ONCE = 200  # captures, a megabyte packed
BATCH = 2_000  # visits read at a time
GONE = "the capture that a visit found is not in the database"
STORED = str(Outcome.STORED)


class Fault(Enum):
    """What can be wrong with a capture."""

    DAMAGED = auto()
    """Its bytes are not those that were fetched."""
    BREAKS_OFF = auto()
    """Its document has no end."""


class _Faulty(NamedTuple):
    """A capture with a fault."""

    page_id: int
    site: str
    fault: Fault
    text: str = ""


def find(connection: Connection) -> Iterator[Finding]:
    """Find each code with a damaged or missing capture, and each stored article that was read in one without an end.

    Unpacks all captures, some 5,000 a second, and holds only the ids of those without an end in memory.
    """
    unended = array("q")
    for number, site, fault, text in _faults(connection):
        if fault is Fault.BREAKS_OFF:
            unended.append(number)
            continue
        codes = connection.scalars(
            select(visit.c.code)
            .where(visit.c.site == site, visit.c.page_id == number)
            .distinct()
            .order_by(visit.c.code)
        )
        for code in list(codes) or [None]:
            yield Finding(NAME, f"its capture {text}" if code else f"capture {number} {text}", site, code)
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
    """Book the codes for another visit, and drop the damaged captures, so that the same bytes can be kept again."""
    again = {"next_visit_at": utcnow(), "etag": None, "last_modified": None}  # the site is to send all of it
    failed = {"outcome": str(Outcome.FAILED), "reason": BROKEN_PAGE, "streak": 1}
    _book(connection, [found for found in findings if found.fault is not Fault.BREAKS_OFF], again)
    _book(connection, [found for found in findings if found.fault is Fault.BREAKS_OFF], again | failed)
    known = select(page.c.id).where(page.c.site == visit.c.site)
    connection.execute(
        update(visit).where(visit.c.page_id.is_not(None), visit.c.page_id.not_in(known)).values(page_id=None)
    )
    for number, _, fault, _ in _faults(connection):
        if fault is Fault.DAMAGED:
            connection.execute(update(visit).where(visit.c.page_id == number).values(page_id=None))
            connection.execute(page.delete().where(page.c.id == number))
    recount(connection, codes_by_site(findings).keys())


def _book(connection: Connection, findings: Sequence[Finding], values: Mapping[str, object]) -> None:
    for site, codes in codes_by_site(findings).items():
        for code in codes:
            connection.execute(update(ledger).where(ledger.c.site == site, ledger.c.code == code).values(values))


def _broken_off(connection: Connection, unended: array[int]) -> Iterator[Finding]:
    """Find the articles whose text was read in one of these captures, their ids ascending.

    Left out are those that were taken although their pages have no end (:mod:`asrcrawler.http.completeness`), and those
    whose last visit did not find them: they are booked, or gone.
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
            yield Finding(NAME, BROKEN_PAGE, site, code, fault=Fault.BREAKS_OFF)


def _faults(connection: Connection) -> Iterator[_Faulty]:
    """Go through all captures by their ids, and give those with a fault."""
    dictionaries = {row.id: Dictionary(*row) for row in connection.execute(select(dictionary.c.id, dictionary.c.data))}
    after = 0
    while True:
        rows = connection.execute(
            select(page).where(page.c.id > after).order_by(page.c.id).limit(AT_ONCE)
        ).mappings().all()  # fmt: skip
        for row in rows:
            try:
                body = _unpacked(row, dictionaries)
            except DamagedCaptureError as error:
                yield _Faulty(row["id"], row["site"], Fault.DAMAGED, str(error))
            else:
                if body is not None and row["outcome"] == STORED and not has_end(body):
                    yield _Faulty(row["id"], row["site"], Fault.BREAKS_OFF)
        if len(rows) < AT_ONCE:
            return
        after = rows[-1]["id"]


def _unpacked(row: RowMapping, dictionaries: Mapping[int, Dictionary]) -> bytes | None:
    """Unpack the bytes of a capture; None where they were dropped. Raises :exc:`DamagedCaptureError`."""
    if row["content"] is None:
        if row["outcome"] == STORED:
            raise DamagedCaptureError("is gone, and it is an article")
        return None
    number = row["dictionary_id"]
    if number is not None and number not in dictionaries:
        raise DamagedCaptureError(f"was packed with dictionary {number}, which is not in the database")
    return unpack(
        row["content"], size=row["size"], digest=row["digest"], dictionary=dictionaries[number] if number else None
    )
