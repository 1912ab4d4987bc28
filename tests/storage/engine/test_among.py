"""One of many whole numbers, in one statement."""

from __future__ import annotations

from sqlalchemy import select

from asrcrawler.storage import Database, models
from asrcrawler.storage.engine.among import among, of_codes
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


def test_a_statement_that_is_kept_takes_other_values_each_time(database: Database) -> None:
    label = models.label
    rows = [{"site": site, "kind": "tag", "name": "پل", "code": code} for site in ("a.ir", "b.ir") for code in range(5)]
    kept = select(label.c.code).where(*of_codes(label), ~among(label.c.code, "others")).order_by(label.c.code)
    with database.write() as connection:
        insert_rows(connection, label, rows)
        for codes, others, found in (({3, 1, 9}, [], [1, 3]), (range(2, 5), {3}, [2, 4]), ([], [], [])):
            assert list(connection.scalars(kept, {"site": "b.ir", "codes": codes, "others": others})) == found
