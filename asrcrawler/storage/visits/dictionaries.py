"""Train and store the dictionaries that captures are packed with, a site at a time; none is ever removed."""

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

FEWEST_CAPTURES = 100  # articles that a dictionary is trained on; of fewer it learns single pages, not their frame
SAMPLE = 200  # newest captures that it is trained on: 18 MB in memory, a second or two
SAMPLE_BYTES = 32 * 1024 * 1024  # at most, however large they are
WORN = 1.5  # the newest captures take so many times the room that others did: the site has a new frame

_REPACK = (
    update(page)
    .where(page.c.id == bindparam("own_id"))
    .values(content=bindparam("packed"), dictionary_id=bindparam("packed_with"))
)


def newest_dictionary(database: Database, site: str) -> Dictionary | None:
    """Read the dictionary that captures are packed with now."""
    table = dictionary_table
    with database.read() as connection:
        row = connection.execute(
            select(table.c.id, table.c.data).where(table.c.site == site).order_by(table.c.id.desc()).limit(1)
        ).first()
        return Dictionary(*row) if row else None


def dictionary(connection: Connection, number: int) -> Dictionary | None:
    """Read a dictionary by its id."""
    table = dictionary_table
    row = connection.execute(select(table.c.id, table.c.data).where(table.c.id == number)).first()
    return Dictionary(*row) if row else None


def dictionaries(database: Database, site: str) -> dict[int, bytes]:
    """Read all dictionaries of a site, by id."""
    table = dictionary_table
    with database.read() as connection:
        rows = connection.execute(select(table.c.id, table.c.data).where(table.c.site == site))
        return {row.id: row.data for row in rows}


def captures_to_learn_from(database: Database, site: str) -> int:
    """Count the captures that need a dictionary, up to :data:`SAMPLE`.

    Without a dictionary, these are the captures of articles. With one, there are none until the newest captures take
    far more room with it than those that it was measured on.
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
    """Train a dictionary on the newest articles, store it and pack their captures again with it.

    None where it cannot be trained. Takes a second or two while others read and write; what is packed meanwhile is
    packed as before.
    """
    sample = _sample(database, site)
    found = train(list(sample.values()))
    if found is None:
        return None
    return _store(database, site, found, sample, run_id)


def _sample(database: Database, site: str) -> dict[int, bytes]:
    """Read the bodies to train on, by the id of their capture."""
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
