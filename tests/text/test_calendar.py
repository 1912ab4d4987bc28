"""Days and moments in Tehran, in both calendars."""

from datetime import UTC, date, datetime, timedelta

import pytest

from asrcrawler.exceptions import DateError
from asrcrawler.text.calendar import TEHRAN, day_of, jalali, midnight, parse_day


@pytest.mark.parametrize("text", ["1401/11/04", "1401-11-04", "۱۴۰۱/۱۱/۰۴", " ۱۴۰۱/۱۱/۴ ", "2023-01-24", "2023/1/24"])
def test_a_day_is_read_in_either_calendar(text: str) -> None:
    assert parse_day(text) == date(2023, 1, 24)


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "1401", "1401/11", "04-11-1401", "24-01-2023", "1401/13/01", "1401/11/04 10:00", "01/11/04"],
)
def test_anything_else_is_no_day(text: str) -> None:
    with pytest.raises(DateError, match=repr(text)):
        parse_day(text)


def test_the_jalali_text_is_tehrans_whatever_the_zone() -> None:
    at = datetime(2018, 7, 20, 19, 50, tzinfo=UTC)
    assert jalali(at) == "1397-04-30 00:20"
    assert jalali(at, with_time=False) == "1397-04-30"


@pytest.mark.parametrize(
    ("day", "begins"),
    [
        (date(2023, 1, 24), datetime(2023, 1, 23, 20, 30, tzinfo=UTC)),
        (date(2018, 7, 21), datetime(2018, 7, 20, 19, 30, tzinfo=UTC)),
        (date(2017, 3, 22), datetime(2017, 3, 21, 20, 30, tzinfo=UTC)),  # its clocks went from 24:00 to 01:00
    ],
)
def test_a_day_begins_when_the_clocks_of_tehran_say_so(day: date, begins: datetime) -> None:
    assert midnight(day).astimezone(UTC) == begins
    assert midnight(day).tzinfo is TEHRAN
    assert day_of(begins) == day
    assert day_of(begins - timedelta(seconds=1)) == day - timedelta(days=1)
