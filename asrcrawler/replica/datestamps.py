"""Write dates in the forms in which this CMS prints them.

Shares no code with the parser, so that it cannot share its errors.
"""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

import jdatetime

from asrcrawler.replica.timeline import TEHRAN
from asrcrawler.replica.variations import DateForm

if TYPE_CHECKING:
    from datetime import date, datetime

MONTHS = "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند".split()
ARABIC_MONTHS = "فروردين ارديبهشت خرداد تير مرداد شهريور مهر آبان آذر دي بهمن اسفند".split()
WEEKDAYS = "دوشنبه سه‌شنبه چهارشنبه پنجشنبه جمعه شنبه یکشنبه".split()
"""Weekdays from Monday, as Python counts."""
GREGORIAN_MONTHS = (
    "January February March April May June July August September October November December".split()
)  # fmt: skip
NEVER = "0/00/00 - 00:00"
_IMPOSSIBLE_DAY = {True: 31, False: 32}
"""Days that the month does not have, by whether it has 30 days or fewer."""


@lru_cache(maxsize=4096)
def jalali_day(day: date) -> tuple[int, int, int]:
    """Give year, month and day in the Jalali calendar."""
    found = jdatetime.date.fromgregorian(date=day)
    return found.year, found.month, found.day


def stamp(at: datetime, *, with_time: bool = True) -> str:
    """Write a moment as it is stored: ``1401-11-04 22:54``."""
    local = at.astimezone(TEHRAN)
    year, month, day = jalali_day(local.date())
    return (
        f"{year}-{month:02}-{day:02} {local.hour:02}:{local.minute:02}" if with_time else f"{year}-{month:02}-{day:02}"
    )


def meta_stamp(at: datetime, *, impossible: bool = False) -> str:
    """Write a moment as the head of older pages has it, in Latin digits: ``1401/11/04 - 22:54``."""
    local = at.astimezone(TEHRAN)
    year, month, day = jalali_day(local.date())
    return f"{year}/{month:02}/{_impossible(month) if impossible else day:02} - {local.hour:02}:{local.minute:02}"


def jalali_part(at: datetime, form: DateForm) -> str:
    """Write the Jalali date and time of ``form``, in Latin digits."""
    local = at.astimezone(TEHRAN)
    year, month, day = jalali_day(local.date())
    time = f"{local.hour:02}:{local.minute:02}"
    match form:
        case DateForm.TARGET | DateForm.CONTRADICTORY:
            return f"{time} - {day:02} {MONTHS[month - 1]} {year}"
        case DateForm.WEEKDAY:
            return f"{WEEKDAYS[local.weekday()]} {day:02} {ARABIC_MONTHS[month - 1]}  {year} - {time}"
        case DateForm.SPACED | DateForm.GLUED:
            return f"{day:02} {ARABIC_MONTHS[month - 1]} {year} - {time}"
        case DateForm.TIME_FIRST:
            return f"{time} - {day:02}-{month:02}-{year}"
        case DateForm.DAY_ONLY:
            return f"{year}/{month:02}/{day:02}"
        case DateForm.TWELVE_HOURS:
            half = "ب.ظ" if local.hour >= 12 else "ق.ظ"
            return f"{day:02} {MONTHS[month - 1]} {year} ساعت {local.hour % 12 or 12:02}:{local.minute:02} {half}"
        case DateForm.IMPOSSIBLE:
            return f"{_impossible(month):02} {MONTHS[month - 1]} {year} - {time}"
        case _:
            return f"{day:02} {MONTHS[month - 1]} {year} - {time}"


def gregorian_part(at: datetime, form: DateForm) -> str:
    """Write the Gregorian date that ``form`` puts after the Jalali one, with its separator, if it has one."""
    local = at.astimezone(TEHRAN)
    match form:
        case DateForm.TARGET:
            return f" - {_gregorian(local)}"
        case DateForm.GLUED:
            return f"- {_gregorian(local)}"
        case DateForm.SPACED:
            return f"   {_gregorian(local)}"
        case DateForm.CONTRADICTORY:
            return f" - {_gregorian(local + timedelta(days=1 + local.minute % 30))}"
        case _:
            return ""


def list_stamp(at: datetime) -> str:
    """Write a moment as the titles of list links have it: ``15:22 - 1396/03/03``."""
    local = at.astimezone(TEHRAN)
    year, month, day = jalali_day(local.date())
    return f"{local.hour:02}:{local.minute:02} - {year}/{month:02}/{day:02}"


def feed_stamp(at: datetime) -> str:
    """Write a moment as the feed has it: ``21 Jul 2018 08:39:54 +0430``."""
    local = at.astimezone(TEHRAN)
    return f"{local.day:02} {GREGORIAN_MONTHS[local.month - 1][:3]} {local:%Y %H:%M:%S %z}"


def _gregorian(local: datetime) -> str:
    return f"{local.day:02} {GREGORIAN_MONTHS[local.month - 1]} {local.year}"


def _impossible(month: int) -> int:
    return _IMPOSSIBLE_DAY[month > 6]
