"""Dates in every form of the CMS; what is impossible or ambiguous is an error, never a guess."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import thread_time

import jdatetime
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asrcrawler.exceptions import DateError
from asrcrawler.samaneh.dates import Moment, read_moment
from asrcrawler.text.calendar import LONGEST_SHOWN, TEHRAN, jalali, parse_day
from asrcrawler.text.persian import to_persian_digits

MONTHS = "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند".split()
WEEKDAYS = ["دوشنبه", "سه‌شنبه", "چهارشنبه", "پنجشنبه", "جمعه", "شنبه", "یک شنبه"]


def read(text: str) -> Moment:
    moment = read_moment(text)
    assert moment is not None
    return moment


@pytest.mark.parametrize(
    ("text", "iso", "shown"),
    [
        (
            "تاریخ انتشار: ۲۲:۵۴ - ۰۴ بهمن ۱۴۰۱ - 24 January 2023",
            "2023-01-24T22:54:00+03:30",
            "1401-11-04 22:54",
        ),
        ("تاریخ انتشار: پنجشنبه ۲۸ ارديبهشت ۱۳۹۶ - ۲۲:۵۷", "2017-05-18T22:57:00+04:30", "1396-02-28 22:57"),
        (
            "تاریخ انتشار: ۲۳ بهمن ۱۳۸۹ - ۰۹:۰۵- 12 February 2011",
            "2011-02-12T09:05:00+03:30",
            "1389-11-23 09:05",
        ),
        ("تاریخ انتشار: ۳۰ تير ۱۳۹۷ - ۰۰:۲۰   21 July 2018", "2018-07-21T00:20:00+04:30", "1397-04-30 00:20"),
        ("۲۲ آبان ۱۳۹۷ - ۰۸:۳۰", "2018-11-13T08:30:00+03:30", "1397-08-22 08:30"),
        ("تاریخ انتشار: ۱۰:۲۳ - ۱۲-۰۴-۱۳۹۳", "2014-07-03T10:23:00+04:30", "1393-04-12 10:23"),
        ("به روز شده در: ۰۳ آذر ۱۴۰۳ - ۰۸:۵۲", "2024-11-23T08:52:00+03:30", "1403-09-03 08:52"),
        ("تاریخ انتشار : ۱۴۰۴/۰۲/۲۵", "2025-05-15T00:00:00+03:30", "1404-02-25"),
        ("21 Jul 2018 08:39:54 +0430", "2018-07-21T08:39:54+04:30", "1397-04-30 08:39"),
        ("۱۳۹۶/۰۲/۲۸ - ۲۲:۵۷", "2017-05-18T22:57:00+04:30", "1396-02-28 22:57"),
        ("2026-10-01T15:45:01+03:30", "2026-10-01T15:45:01+03:30", "1405-07-09 15:45"),
    ],
)
def test_every_form_seen_on_the_site(text: str, iso: str, shown: str) -> None:
    moment = read(text)
    assert (moment.at.isoformat(), moment.jalali, moment.note) == (iso, shown, None)
    assert moment.at.tzinfo is TEHRAN


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("Sat, 21 Jul 2018 04:09:54 GMT", "2018-07-21T08:39:54+04:30"),
        ("Sat, 21 Jul 2018 04:09:54 +0000 (UTC)", "2018-07-21T08:39:54+04:30"),
        ("2026-10-01T12:15:01.250Z", "2026-10-01T15:45:01+03:30"),
        ("2026-10-01T20:45:00Z", "2026-10-02T00:15:00+03:30"),
        ("2018-07-21T08:39", "2018-07-21T08:39:00+04:30"),
        ("۱۴۰۱-۱۱-۰۴T۲۲:۵۴:۰۰+۰۳:۳۰", "2023-01-24T22:54:00+03:30"),
        ("January 24, 2023 22:54", "2023-01-24T22:54:00+03:30"),
        ("24 JAN 2023 - 22:54", "2023-01-24T22:54:00+03:30"),
        ("۱۰:۲۳-۱۲-۰۴-۱۳۹۳", "2014-07-03T10:23:00+04:30"),
        ("سه\u200cشنبه۴بهمن‌ماه ۱۴۰۱ ساعت ۲۲:۵۴", "2023-01-24T22:54:00+03:30"),
        ("۱۴ امرداد ۱۳۹۹", "2020-08-04T00:00:00+04:30"),
        ("\u202b۴ بهمن\u00a0۱۴۰۱\u202c\n\t\u200f۲۲:۵۴", "2023-01-24T22:54:00+03:30"),
        ("٤ بهمن ١٤٠١ - ٢٢:٥٤", "2023-01-24T22:54:00+03:30"),
        ("۱۴۰۱/۱۱/۰۴ - ۰۴ بهمن ۱۴۰۱ - ۲۲:۵۴ (۲۲:۵۴)", "2023-01-24T22:54:00+03:30"),
        ("۴ بهمن ۱۴۰۱ - ۲۲:۵۴ کد خبر: ۳۲۹۱۱", "2023-01-24T22:54:00+03:30"),
        ("۳۰ اسفند ۱۴۰۳ - ۰۰:۰۰", "2025-03-20T00:00:00+03:30"),
    ],
)
def test_further_forms(text: str, iso: str) -> None:
    assert read(text).at.isoformat() == iso


@pytest.mark.parametrize(
    "text",
    ["", " \u00a0\u200f\n", "-", "تاریخ انتشار: ", "۰/۰۰/۰۰ - ۰۰:۰۰", "ویرایش: ۰/۰۰/۰۰ - ۰۰:۰۰", "0000-00-00 00:00:00"],
)
def test_blank_and_never_are_no_date(text: str) -> None:
    assert read_moment(text) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("۳۱ مهر ۱۴۰۱ - ۱۲:۰۰", "no such day"),
        ("۳۰ اسفند ۱۴۰۲", "no such day"),
        ("۱۴۰۱/۱۳/۰۱", "no such day"),
        ("۱۴۰۱/۰۰/۱۰", "no such day"),
        ("29 February 2023", "no such day"),
        ("۴ بهمن ۱۴۰۱ - ۲۴:۰۰", "no such time"),
        ("۴ بهمن ۱۴۰۱ - ۲۵:۶۱", "no such time"),
        ("۴ بهمن ۱۴۰۱ - ۲۲:۵۴:۶۰", "no such time"),
        ("2023-01-24T24:00:00+03:30", "no such time"),
        ("2023-01-24T10:00:00+99:00", "no such offset"),
        ("۴ بهمن ۱۴۰۱ - ۷:۵", "a part of it is no date"),
        ("۴ بهمن ۰۱", "a part of it is no date"),
        ("۲۲:۵۴ - ۰۴ بهمن ۰۱ - 24 January 2023", "a part of it is no date"),
        ("۰۱/۱۱/۰۴", "no four-digit year"),
        ("۱۴۰۱/۱۱/۲۰۲۳", "no four-digit year"),
        ("۴ بهمن ۱۲۹۹", "not a Jalali year of our time"),
        ("24 January 1401", "not a year of our time"),
        ("0001-01-01T00:00:00Z", "not a year of our time"),
        ("9999-12-31T23:59:59-12:00", "not a year of our time"),
        ("03/04/2023", "day and month of a Gregorian date cannot be told apart"),
        ("2023-01-24 10:20 PM", "a time of twelve hours"),
        ("۴ بهمن ۱۴۰۱ - ۱۰:۲۰ ب.ظ", "a time of twelve hours"),
        ("۴ بهمن ۱۴۰۱ - ۱۰:۲۰ - ۱۱:۲۰", "more than one date or time"),
        ("۱۴۰۱/۱۱/۰۴ - ۱۴۰۱/۱۱/۰۵", "more than one date or time"),
        ("24 January 2023 25 January 2023", "more than one date or time"),
        ("۲۲:۵۴", "no day, month and four-digit year"),
        ("دیروز", "no day, month and four-digit year"),
        ("۳۲۹۱۱", "no day, month and four-digit year"),
        ("۴ بهمن ۱۴۰۱ " * 40, "too long for a date"),
    ],
)
def test_what_is_impossible_or_ambiguous_is_refused_with_its_text(text: str, why: str) -> None:
    with pytest.raises(DateError) as refused:
        read_moment(text)
    assert str(refused.value) == f"{text.strip()[:LONGEST_SHOWN]!r}: {why}"


def test_a_contradiction_is_noted_and_the_jalali_day_counts() -> None:
    text = "۲۲:۵۴ - ۰۴ بهمن ۱۴۰۱ - 25 January 2023"
    moment = read(text)
    assert (moment.at.isoformat(), moment.jalali) == ("2023-01-24T22:54:00+03:30", "1401-11-04 22:54")
    assert moment.note == f"the Jalali date 1401-11-04 is 2023-01-24, the Gregorian one beside it 2023-01-25: {text!r}"


class TestWhenTheClocksChange:
    def test_an_hour_that_came_twice_is_its_first(self) -> None:
        moment = read("۳۰ شهریور ۱۳۹۷ - ۲۳:۳۰")
        assert moment.at.isoformat() == "2018-09-21T23:30:00+04:30"

    def test_an_hour_that_was_skipped_is_what_the_clocks_showed(self) -> None:
        moment = read("۲ فروردین ۱۳۹۶ - ۰۰:۲۰")
        assert (moment.at.isoformat(), moment.jalali) == ("2017-03-22T01:20:00+04:30", "1396-01-02 01:20")

    def test_a_day_without_a_midnight_begins_at_one(self) -> None:
        moment = read("۱۳۹۶/۰۱/۰۲")
        assert (moment.at.isoformat(), moment.jalali) == ("2017-03-22T01:00:00+04:30", "1396-01-02")

    def test_there_is_no_summer_time_since_1402(self) -> None:
        assert read("۱ تیر ۱۴۰۱ - ۱۲:۰۰").at.utcoffset() == timedelta(hours=4, minutes=30)
        assert read("۱ تیر ۱۴۰۲ - ۱۲:۰۰").at.utcoffset() == timedelta(hours=3, minutes=30)


# --- any moment, in every form

moments = st.datetimes(datetime(1950, 1, 1), datetime(2099, 12, 31), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda moment: moment.replace(second=0, microsecond=0).astimezone(TEHRAN)
)
Form = Callable[[datetime, jdatetime.date], str]
LOCAL_FORMS: list[Form] = [
    lambda at, day: f"تاریخ انتشار: {at:%H:%M} - {day.day:02} {MONTHS[day.month - 1]} {day.year} - {at:%d %B %Y}",
    lambda at, day: f"{WEEKDAYS[at.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year} - {at:%H:%M}",
    lambda at, day: f"{day.day} {MONTHS[day.month - 1]} {day.year} - {at:%H:%M}- {at:%d %b %Y}",
    lambda at, day: f"{day.day} {MONTHS[day.month - 1].replace('ی', 'ي')} {day.year} {at:%H:%M:%S}",
    lambda at, day: f"{day.year}/{day.month:02}/{day.day:02} - {at:%H:%M}",
    lambda at, day: f"{at:%H:%M} - {day.day:02}-{day.month:02}-{day.year}",
    lambda at, day: f"{at:%Y-%m-%d %H:%M}",
]
FIXED_FORMS: list[Form] = [
    lambda at, day: at.isoformat(),
    lambda at, day: at.astimezone(UTC).isoformat(),
    lambda at, day: f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.000Z}",
    lambda at, day: f"{at:%a, %d %b %Y %H:%M:%S %z}",
    lambda at, day: f"{at.astimezone(UTC):%d %B %Y %H:%M} GMT",
]


@given(moments, st.sampled_from(FIXED_FORMS), st.booleans())
def test_any_moment_with_an_offset_is_read_back(at: datetime, form: Form, persian: bool) -> None:
    text = form(at, jdatetime.date.fromgregorian(date=at.date()))
    moment = read(to_persian_digits(text) if persian else text)
    assert moment.at.astimezone(UTC) == at.astimezone(UTC)
    assert (moment.jalali, moment.note) == (jalali(at), None)


@given(moments, st.sampled_from(LOCAL_FORMS), st.booleans())
def test_any_moment_on_a_tehran_clock_is_read_back(at: datetime, form: Form, persian: bool) -> None:
    first_of_two = at.replace(fold=0)
    text = form(at, jdatetime.date.fromgregorian(date=at.date()))
    moment = read(to_persian_digits(text) if persian else text)
    assert moment.at.astimezone(UTC) == first_of_two.astimezone(UTC)
    assert (moment.jalali, moment.note) == (jalali(at), None)


@given(moments)
def test_a_jalali_text_is_read_back(at: datetime) -> None:
    assert read(jalali(at)).jalali == jalali(at)
    assert parse_day(jalali(at, with_time=False)) == at.date()


# --- hostile texts

PIECES = [
    *MONTHS, "January", "feb", "may", "1401", "2023", "۱۲", "۳۱", "0", "24", ":", "-", "/", ".", "T", "Z", "+03:30",
    "+", " ", "\u200c", "تاریخ انتشار", "،", "\x00", "PM", "²", "१२", "٫",
]  # fmt: skip


def refusal(reads: Callable[[str], object], text: str) -> str | None:
    try:
        reads(text)
    except DateError as error:
        return str(error)
    return None


@given(st.one_of(st.text(max_size=400), st.lists(st.sampled_from(PIECES), max_size=40).map("".join)))
def test_any_text_is_a_moment_no_date_or_a_date_error(text: str) -> None:
    begun = thread_time()
    for reads in (read_moment, parse_day):
        error = refusal(reads, text)
        assert error is None or error.isprintable()
    assert thread_time() - begun < 0.5


@pytest.mark.parametrize("piece", ["1", ":", "۱۲:۳۴ ", "- ", "ب", "\ud800"])
def test_a_huge_text_is_refused_at_once(piece: str) -> None:
    text = piece * 1_000_000
    begun = thread_time()
    for reads in (read_moment, parse_day):
        error = refusal(reads, text)
        assert error is not None
        assert len(error) < 600
    assert thread_time() - begun < 0.5
