"""Many rows at once into a table of either database."""

from __future__ import annotations

from datetime import timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from asrcrawler.exceptions import UnstorableError
from asrcrawler.storage import models
from asrcrawler.storage.rows import insert_rows, upsert_rows
from tests.storage.samples import NOON, SITE, rows

if TYPE_CHECKING:
    from asrcrawler.storage import Database

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
        upsert_rows(connection, models.ledger, [_booked(7, "missing"), _booked(8, "stored")])
        upsert_rows(connection, models.ledger, [_booked(7, "stored"), _booked(9, "failed")])
        upsert_rows(connection, models.ledger, [])
        for _ in range(2):
            upsert_rows(connection, models.search_compound, [{"glued": "گفتوگو", "words": "گفت وگو"}])
    assert {row["code"]: row["outcome"] for row in rows(database, models.ledger)} == {
        7: "stored",
        8: "stored",
        9: "failed",
    }
    assert rows(database, models.search_compound) == [{"glued": "گفتوگو", "words": "گفت وگو"}]


@pytest.mark.parametrize("wrong", [{"at": NOON.replace(tzinfo=None)}, {"outcome": None}, {"headers": object()}])
def test_a_wrong_value_is_told_from_a_database_that_fails(database: Database, wrong: dict[str, object]) -> None:
    with pytest.raises(UnstorableError), database.write(SITE) as connection:
        insert_rows(connection, models.visit, [VISIT, VISIT | wrong])
    assert rows(database, models.visit) == []


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
