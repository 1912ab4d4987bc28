"""One of many whole numbers, in one statement."""

from __future__ import annotations

from sqlalchemy import select

from asrcrawler.storage import Database, models
from asrcrawler.storage.engine.among import among
from asrcrawler.storage.engine.rows import insert_rows

MANY = 40_000  # more than SQLite takes in one statement, each by itself


def test_any_number_of_values_may_be_asked_for(database: Database) -> None:
    band = models.band.c
    lowest = -(2**63)
    with database.write() as connection:
        insert_rows(connection, models.band, [{"key": key, "code": 1} for key in range(lowest, lowest + 5)])
        wanted = select(band.key).where(among(band.key, range(lowest + 3, lowest + MANY)))
        assert sorted(connection.scalars(wanted)) == [lowest + 3, lowest + 4]
        assert connection.scalars(select(band.key).where(among(band.key, []))).all() == []
