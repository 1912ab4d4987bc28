"""Convert between moments, days in Tehran and Jalali days, and read a day that a person gives. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import jdatetime

from asrcrawler.exceptions import DateError, ImpossibleDateError
from asrcrawler.text.persian import clean, to_latin_digits

TEHRAN = ZoneInfo("Asia/Tehran")
"""+04:30 in the summers before 1402, +03:30 since."""

JALALI_YEARS = range(1300, 1500)
GREGORIAN_YEARS = range(1900, 2101)
JALALI_MONTHS = {
    "فروردین": 1,
    "اردیبهشت": 2,
    "خرداد": 3,
    "تیر": 4,
    "مرداد": 5,
    "امرداد": 5,
    "شهریور": 6,
    "مهر": 7,
    "آبان": 8,
    "ابان": 8,
    "آذر": 9,
    "اذر": 9,
    "دی": 10,
    "بهمن": 11,
    "اسفند": 12,
}
"""The number of each month, by every spelling of its name."""
LONGEST_RAW_TEXT = 10_000  # characters, with the indentation of a page's source
LONGEST_SHOWN = 80  # characters of a text in an error or a note
TOO_LONG = "too long for a date"

_NUMBERED_MONTH = re.compile(r"([0-9]{4})[/.-]([0-9]{1,2})")
_NAMED = re.compile(r"(?:([0-9]{1,2}) ?)?([^\W\d_]+) ?([0-9]{4})")
_YEAR = re.compile(r"[0-9]{4}")
NUMBERED_DAY = re.compile(r"(?<![0-9/.-])([0-9]{1,4})([/.-])([0-9]{1,2})\2([0-9]{1,4})(?![0-9/])")


@dataclass(frozen=True, slots=True)
class Days:
    """A day, a month or a year: its first day and its last."""

    first: date
    last: date


def parse_days(text: str) -> Days:
    """Read a day, a month or a year given by a person, in any digits.

    A day is Jalali (``1401/11/04``, ``1401-11-4``, ``۴ بهمن ۱۴۰۱``) or Gregorian (``2023-01-24``), a month is one
    without its day (``1401/11``, ``بهمن ۱۴۰۱``, ``2023-01``), a year four digits. Raises
    :exc:`~asrcrawler.exceptions.DateError`, with the text in it, for anything else.

    >>> parse_days("۴ بهمن ۱۴۰۱")
    Days(first=datetime.date(2023, 1, 24), last=datetime.date(2023, 1, 24))
    >>> parse_days("1401/11")
    Days(first=datetime.date(2023, 1, 21), last=datetime.date(2023, 2, 19))
    """
    try:
        line = one_line(text)
        if (match := NUMBERED_DAY.fullmatch(line)) is not None and len(match[1]) == 4 and len(match[4]) <= 2:
            day = numbered_day(match)
            return Days(day, day)
        if (match := _NUMBERED_MONTH.fullmatch(line)) is not None:
            return _month(int(match[1]), int(match[2]))
        if (match := _NAMED.fullmatch(line)) is not None and (month := JALALI_MONTHS.get(match[2])) is not None:
            if match[1] is None:
                return _month(int(match[3]), month)
            day = jalali_day(int(match[3]), month, int(match[1]))
            return Days(day, day)
        if _YEAR.fullmatch(line) is not None:
            return Days(_month(int(line), 1).first, _month(int(line), 12).last)
        raise DateError(
            "neither a Jalali day such as 1401/11/04 nor a Gregorian one such as 2023-01-24, nor a month or a year"
        )
    except DateError as error:
        raise about(text, error) from None


def parse_day(text: str) -> date:
    """Read a day given by a person; see :func:`parse_days`. Of a month or a year it is the first day.

    >>> parse_day("۱۴۰۱/۱۱/۰۴"), parse_day("2023-01-24"), parse_day("بهمن ۱۴۰۱")
    (datetime.date(2023, 1, 24), datetime.date(2023, 1, 24), datetime.date(2023, 1, 21))
    """
    return parse_days(text).first


def jalali(at: datetime, *, with_time: bool = True) -> str:
    """Write ``at`` (aware) as ``1401-11-04 22:54``, or the day alone, in Tehran.

    >>> jalali(datetime(2023, 1, 24, 22, 54, tzinfo=TEHRAN))
    '1401-11-04 22:54'
    """
    local = at.astimezone(TEHRAN)
    day = jalali_text(local.date())
    return f"{day} {local.hour:02}:{local.minute:02}" if with_time else day


def midnight(day: date) -> datetime:
    """Give the moment at which a day begins in Tehran."""
    return datetime.combine(day, time(), tzinfo=TEHRAN)


def next_midnight(day: date) -> datetime:
    """Give the moment at which a day ends in Tehran."""
    return midnight(day + timedelta(days=1))


def day_of(at: datetime) -> date:
    """Give the day in Tehran at a moment."""
    return at.astimezone(TEHRAN).date()


# --- what readers of dates are made of; their errors say why, and :func:`about` adds of which text


def is_jalali(match: re.Match[str]) -> bool:
    """Tell whether a :data:`NUMBERED_DAY` is Jalali; the years tell the calendars apart."""
    return any(len(part) == 4 and int(part) in JALALI_YEARS for part in (match[1], match[4]))


def numbered_day(match: re.Match[str]) -> date:
    """Give the day of ``yyyy/mm/dd`` or, Jalali only, ``dd-mm-yyyy``. Raises :exc:`DateError`, saying why."""
    first, last = match[1], match[4]
    year, day = (first, last) if len(first) == 4 else (last, first)
    if len(year) != 4 or len(day) > 2:
        raise DateError("no four-digit year")
    if is_jalali(match):
        return jalali_day(int(year), int(match[3]), int(day))
    if len(first) != 4:
        raise DateError("day and month of a Gregorian date cannot be told apart")
    return gregorian_day(int(year), int(match[3]), int(day))


def jalali_day(year: int, month: int, day: int) -> date:
    """Give the day of a Jalali date. Raises :exc:`ImpossibleDateError`, saying why."""
    if year not in JALALI_YEARS:
        raise ImpossibleDateError("not a Jalali year of our time")
    try:
        return _to_gregorian(year, month, day)
    except ValueError:
        raise ImpossibleDateError("no such day") from None


def gregorian_day(year: int, month: int, day: int) -> date:
    """Give the day of a Gregorian date. Raises :exc:`ImpossibleDateError`, saying why."""
    if year not in GREGORIAN_YEARS:
        raise ImpossibleDateError("not a year of our time")
    try:
        return date(year, month, day)
    except ValueError:
        raise ImpossibleDateError("no such day") from None


def one_line(text: str) -> str:
    """Put ``text`` into one line with Latin digits. Raises :exc:`DateError` for one that is too long."""
    if len(text) > LONGEST_RAW_TEXT:
        raise DateError(TOO_LONG)
    return to_latin_digits(clean(text))


@lru_cache(maxsize=1024)
def jalali_text(day: date) -> str:
    """Write a day as ``1401-11-04``."""
    shown = jdatetime.date.fromgregorian(date=day)
    return f"{shown.year:04}-{shown.month:02}-{shown.day:02}"


def about(text: str, error: DateError) -> DateError:
    """Make the error of the same kind that begins with the text it is about."""
    return type(error)(f"{quoted(text)}: {error}")


def quoted(text: str) -> str:
    """Quote the beginning of ``text`` in one line, for errors and notes."""
    return repr(" ".join(text[: 4 * LONGEST_SHOWN].split())[:LONGEST_SHOWN])


def _month(year: int, month: int) -> Days:
    """Give the days of a month; its year says of which calendar. Raises :exc:`DateError`, saying why."""
    day = jalali_day if year in JALALI_YEARS else gregorian_day
    following = (year + 1, 1) if month == 12 else (year, month + 1)
    return Days(day(year, month, 1), day(*following, 1) - timedelta(days=1))


# Neighbouring codes are of the same few days, so that most conversions have been made before.
@lru_cache(maxsize=1024)
def _to_gregorian(year: int, month: int, day: int) -> date:
    gregorian: date = jdatetime.date(year, month, day).togregorian()
    return gregorian
