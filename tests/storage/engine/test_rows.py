"""Many rows at once into a table of either database."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta, timezone

import pytest
from sqlalchemy import func, select

from asrcrawler.exceptions import StorageError, UnstorableError
from asrcrawler.storage import Database, models
from asrcrawler.storage.engine.rows import insert_rows, upsert_rows
from asrcrawler.storage.search import indexes
from tests.storage.samples import NOON, SITE, rows

VISIT = {"site": SITE, "code": 7, "at": NOON, "outcome": "stored", "size": 3, "headers": {"etag": "«الف»\t\\N"}}


def test_values_come_back_as_they_went_in(database: Database) -> None:
    elsewhere = NOON.astimezone(timezone(timedelta(hours=3, minutes=30)))
    written = [VISIT, VISIT | {"code": 8, "at": elsewhere, "headers": None}]
    with database.write(SITE) as connection:
        insert_rows(connection, models.visit, written)
        insert_rows(connection, models.visit, [])
        insert_rows(connection, models.dictionary, [_dictionary(b"\x00\t\\N\xff")])
    found = rows(database, models.visit)
    assert [(row["code"], row["at"], row["headers"]) for row in found] == [(7, NOON, VISIT["headers"]), (8, NOON, None)]
    [dictionary] = rows(database, models.dictionary)
    assert (dictionary["data"], dictionary["share"]) == (b"\x00\t\\N\xff", 0.25)


def test_a_row_that_is_there_makes_way(database: Database) -> None:
    with database.write(SITE) as connection:
        [index] = indexes.every(connection)
        upsert_rows(connection, models.ledger, [_booked(7, "missing"), _booked(8, "stored")])
        upsert_rows(connection, models.ledger, [_booked(7, "stored"), _booked(9, "failed")])
        upsert_rows(connection, models.ledger, [])
        for _ in range(2):
            upsert_rows(connection, index.tables.compound, [{"glued": "گفتوگو", "words": "گفت وگو"}])
    assert {row["code"]: row["outcome"] for row in rows(database, models.ledger)} == {
        7: "stored",
        8: "stored",
        9: "failed",
    }
    assert rows(database, index.tables.compound) == [{"glued": "گفتوگو", "words": "گفت وگو"}]


@pytest.mark.parametrize("wrong", [{"at": NOON.replace(tzinfo=None)}, {"outcome": None}, {"headers": object()}])
def test_a_wrong_value_is_told_from_a_database_that_fails(database: Database, wrong: dict[str, object]) -> None:
    with pytest.raises(UnstorableError), database.write(SITE) as connection:
        insert_rows(connection, models.visit, [VISIT, VISIT | wrong])
    assert rows(database, models.visit) == []


def test_a_connection_that_is_cut_is_not_used_again(postgresql_url: str) -> None:
    with closing(Database(postgresql_url)) as database:
        database.prepare()
        with pytest.raises(StorageError):
            _insert_while_it_is_cut(database)
        with database.write(SITE) as connection:
            insert_rows(connection, models.visit, [VISIT])
        assert len(rows(database, models.visit)) == 1


def _insert_while_it_is_cut(database: Database) -> None:
    with database.write(SITE) as connection:
        process = connection.scalar(select(func.pg_backend_pid()))
        with database.write() as other:
            other.execute(select(func.pg_terminate_backend(process)))
        insert_rows(connection, models.visit, [VISIT])


def _dictionary(data: bytes) -> dict[str, object]:
    return {"site": SITE, "trained_at": NOON, "pages": 4, "share": 0.25, "data": data}


def _booked(code: int, outcome: str) -> dict[str, object]:
    given = {
        "site": SITE,
        "code": code,
        "outcome": outcome,
        "visited_at": NOON,
        "streak": 1,
        "unchanged": 0,
        "visits": 1,
    }
    return {column.name: given.get(column.name) for column in models.ledger.columns}
