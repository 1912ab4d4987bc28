"""Days and moments in Tehran, in both calendars."""

from datetime import UTC, date, datetime, timedelta

import pytest

from asrcrawler.exceptions import DateError
from asrcrawler.text.calendar import TEHRAN, Days, day_of, jalali, midnight, parse_day, parse_days


@pytest.mark.parametrize(
    "text",
    [
        "1401/11/04",
        "1401-11-04",
        "۱۴۰۱/۱۱/۰۴",
        " ۱۴۰۱/۱۱/۴ ",
        "2023-01-24",
        "2023/1/24",
        "۴ بهمن ۱۴۰۱",
        "4 بهمن 1401",
        "۴بهمن۱۴۰۱",
        "۴ بهمن  ۱۴۰۱",
    ],
)
def test_a_day_is_read_in_either_calendar(text: str) -> None:
    assert parse_day(text) == date(2023, 1, 24)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "140",
        "1401/13",
        "بهمن",
        "۴ بهمن",
        "۳۱ بهمن ۱۴۰۱",
        "4 January 2023",
        "1850",
        "04-11-1401",
        "24-01-2023",
        "1401/13/01",
        "1401/11/04 10:00",
        "01/11/04",
    ],
)
def test_anything_else_is_no_day(text: str) -> None:
    with pytest.raises(DateError, match=repr(text)):
        parse_day(text)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("1401/07", date(2022, 9, 23), date(2022, 10, 22)),
        ("۱۴۰۱/۷", date(2022, 9, 23), date(2022, 10, 22)),
        ("مهر ۱۴۰۱", date(2022, 9, 23), date(2022, 10, 22)),
        ("1403/12", date(2025, 2, 19), date(2025, 3, 20)),
        ("2023-02", date(2023, 2, 1), date(2023, 2, 28)),
        ("۱۴۰۱", date(2022, 3, 21), date(2023, 3, 20)),
        ("2023", date(2023, 1, 1), date(2023, 12, 31)),
        ("۳ مهر ۱۴۰۱", date(2022, 9, 25), date(2022, 9, 25)),
        ("1498/12", date(2120, 2, 20), date(2120, 3, 20)),
    ],
)
def test_a_month_and_a_year_are_their_days(text: str, first: date, last: date) -> None:
    assert parse_days(text) == Days(first, last)
    assert parse_day(text) == first


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
