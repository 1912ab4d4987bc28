"""The dictionaries that pages are packed with: learnt from the site's own pages, kept as long as the pages."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, insert, select, update

from asrcrawler.clock import utcnow
from asrcrawler.exceptions import DamagedCaptureError
from asrcrawler.items import Outcome
from asrcrawler.storage.models import dictionary as dictionary_table
from asrcrawler.storage.models import page
from asrcrawler.storage.visits.runs import writing
from asrcrawler.text.packing import Dictionary, Trained, compress, train, unpack

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

    from asrcrawler.storage.engine.database import Database

FEWEST_CAPTURES = (
    100  # articles of which a dictionary is learnt; below it, it would know single pages and not the frame
)
SAMPLE = 200  # newest pages that are looked at: 18 MB while it is learnt, a second or two
SAMPLE_BYTES = 32 * 1024 * 1024  # … and no more than that, however large they are
WORN = 1.5  # when the newest pages take so much more room than others did, the frame is a new one

_REPACK = (
    update(page)
    .where(page.c.id == bindparam("own_id"))
    .values(content=bindparam("packed"), dictionary_id=bindparam("packed_with"))
)


def newest_dictionary(database: Database, site: str) -> Dictionary | None:
    """The one that pages are packed with now."""
    table = dictionary_table
    with database.read() as connection:
        row = connection.execute(
            select(table.c.id, table.c.data).where(table.c.site == site).order_by(table.c.id.desc()).limit(1)
        ).first()
        return Dictionary(*row) if row else None


def dictionary(connection: Connection, number: int) -> Dictionary | None:
    """A dictionary by its id."""
    table = dictionary_table
    row = connection.execute(select(table.c.id, table.c.data).where(table.c.id == number)).first()
    return Dictionary(*row) if row else None


def dictionaries(database: Database, site: str) -> dict[int, bytes]:
    """All of a site's dictionaries by id."""
    table = dictionary_table
    with database.read() as connection:
        rows = connection.execute(select(table.c.id, table.c.data).where(table.c.site == site))
        return {row.id: row.data for row in rows}


def captures_to_learn_from(database: Database, site: str) -> int:
    """How many pages ask for a dictionary, up to :data:`SAMPLE`.

    Where there is none yet, that is the articles kept so far. Where there is one, it is none, until the newest pages
    take far more room with it than those did that it was tried on.
    """
    table = dictionary_table
    with database.read() as connection:
        known = connection.execute(
            select(table.c.id, table.c.share).where(table.c.site == site).order_by(table.c.id.desc()).limit(1)
        ).first()
        if known is None:
            return connection.scalar(select(func.count()).select_from(_newest(site, page.c.id).subquery())) or 0
        newest = _newest(site, page.c.size, func.length(page.c.content).label("packed"))
        sample = newest.where(page.c.dictionary_id == known.id).subquery()
        count, size, packed = connection.execute(
            select(func.count(), func.sum(sample.c.size), func.sum(sample.c.packed))
        ).one()
        return count if count >= FEWEST_CAPTURES and packed > WORN * known.share * size else 0


def learn(database: Database, site: str, *, run_id: int | None = None) -> Dictionary | None:
    """Learn a dictionary from the newest articles, store it, and pack those again with it; None where it cannot be.

    Takes a second or two and reads and writes beside a crawl; what is packed meanwhile is packed as before.
    """
    sample = _sample(database, site)
    found = train(list(sample.values()))
    if found is None:
        return None
    return _store(database, site, found, sample, run_id)


def _sample(database: Database, site: str) -> dict[int, bytes]:
    """Bodies by page id."""
    sample: dict[int, bytes] = {}
    room = SAMPLE_BYTES
    known: dict[int | None, Dictionary | None] = {None: None}
    with database.read() as connection:
        for row in connection.execute(_newest(site, *page.c)).mappings():
            number = row["dictionary_id"]
            if number not in known:
                known[number] = dictionary(connection, number)
            if room < row["size"]:
                continue
            with suppress(DamagedCaptureError):  # one of these is for ``scrapy db check`` to tell
                sample[row["id"]] = unpack(
                    row["content"], size=row["size"], digest=row["digest"], dictionary=known[number]
                )
                room -= row["size"]
    return sample


def _store(database: Database, site: str, found: Trained, sample: dict[int, bytes], run_id: int | None) -> Dictionary:
    values = {"site": site, "trained_at": utcnow(), "pages": found.pages, "share": found.share, "data": found.data}
    new = Dictionary(0, found.data)
    packed = {own: compress(body, new) for own, body in sample.items()}  # before others have to wait
    with writing(database, run_id, site) as connection:
        number = connection.execute(insert(dictionary_table).returning(dictionary_table.c.id), values).scalar_one()
        repacked = [{"own_id": own, "packed": content, "packed_with": number} for own, content in packed.items()]
        connection.execute(_REPACK, repacked)
    return Dictionary(number, found.data)


def _newest(site: str, *columns: ColumnElement[object]):  # type: ignore[no-untyped-def]
    return (
        select(*columns)
        .where(page.c.site == site, page.c.outcome == str(Outcome.STORED), page.c.content.is_not(None))
        .order_by(page.c.id.desc())
        .limit(SAMPLE)
    )
