from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import literal, select

from asrcrawler.exceptions import UnstorableError
from asrcrawler.storage.engine.types import UtcDateTime
from asrcrawler.text.calendar import TEHRAN

if TYPE_CHECKING:
    from asrcrawler.storage import Database


def through(database: Database, moment: datetime) -> datetime | None:
    with database.read() as connection:
        return connection.scalar(select(literal(moment, UtcDateTime())))


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2024, 5, 1, 12, 30, 15, 123456, tzinfo=UTC),
        datetime(2018, 7, 21, 0, 20, tzinfo=TEHRAN),
        datetime(2018, 7, 21, 0, 20, tzinfo=timezone(timedelta(hours=-11))),
        datetime(1, 1, 1, tzinfo=UTC),
    ],
)
def test_a_moment_comes_back_as_the_same_one_in_utc(database: Database, moment: datetime) -> None:
    found = through(database, moment)
    assert found == moment
    assert found is not None
    assert found.tzinfo is UTC


def test_a_moment_without_its_zone_is_refused(database: Database) -> None:
    with pytest.raises(UnstorableError, match="a moment without its zone"):
        through(database, datetime(2024, 5, 1))  # noqa: DTZ001 - the fault under test
