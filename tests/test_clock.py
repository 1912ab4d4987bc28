"""The time, and a time that is pretended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from asrcrawler.clock import pretend_it_is, utcnow

if TYPE_CHECKING:
    from collections.abc import Iterator

SECOND = timedelta(seconds=1)
MOMENT = datetime.fromisoformat("2023-01-24T22:54:00+03:30")


@pytest.fixture(autouse=True)
def real_time_afterwards() -> Iterator[None]:
    yield
    pretend_it_is(None)


def test_a_pretended_time_goes_on_from_its_moment() -> None:
    pretend_it_is(MOMENT)
    first = utcnow()
    assert first.tzinfo is UTC
    assert MOMENT <= first < MOMENT + SECOND
    assert utcnow() > first


def test_none_is_the_real_time() -> None:
    pretend_it_is(MOMENT)
    pretend_it_is(None)
    assert abs(utcnow() - datetime.now(UTC)) < SECOND
