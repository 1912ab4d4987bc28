"""The kept pages: every one that a visit found is there, and unpacks to the bytes that were fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, select, update

from asrcrawler.clock import utcnow
from asrcrawler.exceptions import DamagedPageError
from asrcrawler.items import Outcome
from asrcrawler.storage.checks.finding import Finding, codes_by_site
from asrcrawler.storage.models import dictionary, ledger, page, visit
from asrcrawler.text.packing import Dictionary, unpack

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Connection, RowMapping

NAME = "pages"
AT_ONCE = 200  # pages, a megabyte packed
GONE = "the page that a visit found is not in the database"
STORED = str(Outcome.STORED)


def find(connection: Connection) -> Iterator[Finding]:
    """A finding for every code that found a damaged or missing page. Unpacks all pages, some 5,000 a second."""
    broken = dict(_broken(connection))
    for number, (site, text) in broken.items():
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


def repair(connection: Connection, findings: Sequence[Finding]) -> None:
    """Book the codes for another visit, and let go what is no longer what was fetched; then the page can come again."""
    now = utcnow()
    for site, codes in codes_by_site(findings).items():
        for code in codes:
            connection.execute(
                update(ledger)
                .where(ledger.c.site == site, ledger.c.code == code)
                .values(next_visit_at=now, etag=None, last_modified=None)  # the site is to send all of it
            )
    known = select(page.c.id).where(page.c.site == visit.c.site)
    connection.execute(
        update(visit).where(visit.c.page_id.is_not(None), visit.c.page_id.not_in(known)).values(page_id=None)
    )
    for number, _ in _broken(connection):
        connection.execute(update(visit).where(visit.c.page_id == number).values(page_id=None))
        connection.execute(page.delete().where(page.c.id == number))


def _broken(connection: Connection) -> Iterator[tuple[int, tuple[str, str]]]:
    """Id, site and fault of every page that is not what was fetched."""
    dictionaries = {row.id: Dictionary(*row) for row in connection.execute(select(dictionary.c.id, dictionary.c.data))}
    after = 0
    while True:
        rows = connection.execute(
            select(page).where(page.c.id > after).order_by(page.c.id).limit(AT_ONCE)
        ).mappings().all()  # fmt: skip
        for row in rows:
            if (text := _fault(row, dictionaries)) is not None:
                yield row["id"], (row["site"], text)
        if len(rows) < AT_ONCE:
            return
        after = rows[-1]["id"]


def _fault(row: RowMapping, dictionaries: Mapping[int, Dictionary]) -> str | None:
    if row["content"] is None:
        return "is gone, and it is an article" if row["outcome"] == STORED else None
    number = row["dictionary_id"]
    if number is not None and number not in dictionaries:
        return f"was packed with dictionary {number}, which is not in the database"
    try:
        unpack(
            row["content"], size=row["size"], digest=row["digest"], dictionary=dictionaries[number] if number else None
        )
    except DamagedPageError as error:
        return str(error)
    return None
