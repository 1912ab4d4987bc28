"""Dates as this CMS writes them, Jalali and Gregorian, as moments in Tehran.

The forms are those seen verbatim on saved pages: day and month name or ``yyyy/mm/dd`` or ``dd-mm-yyyy``, the time
before or after or absent, a Gregorian date beside, ISO 8601 and RSS dates. Pure. A text is taken apart into times,
Jalali days and Gregorian days; whatever is ambiguous or impossible is an error with the text in it, never a guess.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import NoReturn
from zoneinfo import ZoneInfo

import jdatetime

from asrcrawler.exceptions import DateError
from asrcrawler.text.persian import ZWNJ, clean, to_latin_digits

TEHRAN = ZoneInfo("Asia/Tehran")
"""+04:30 in the summers before 1402, +03:30 since."""

JALALI_YEARS = range(1300, 1500)
GREGORIAN_YEARS = range(1900, 2101)
LONGEST_TEXT = 300  # characters; a date with its label has some 80
LONGEST_RAW_TEXT = 10_000  # characters, with the indentation of the page's source
LONGEST_SHOWN = 80  # characters of a text in an error or a note

_JALALI_MONTHS = {
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
_GREGORIAN_MONTHS = {
    name: number
    for number, names in enumerate(
        ("january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
         "september sep sept", "october oct", "november nov", "december dec"),
        start=1,
    )
    for name in names.split()
}  # fmt: skip

_MONTH = "|".join([*_JALALI_MONTHS, *_GREGORIAN_MONTHS])
_ENGLISH_MONTH = "|".join(_GREGORIAN_MONTHS)
_NO_LETTER_BEFORE, _NO_LETTER_AFTER = r"(?<![^\W\d_])", r"(?![^\W\d_])"

_LABEL = re.compile(r"[^:\d]*:")
_OFFSET = re.compile(r"(?<=:[0-9]{2})\s*(?:([+-])([0-9]{2}):?([0-9]{2})|GMT\b|UTC\b|Z\b)(?![0-9:])", re.IGNORECASE)
_ISO_T = re.compile(r"(?<=[0-9]{2})T(?=[0-9]{2}:)", re.IGNORECASE)
_ISO_FRACTION = re.compile(r"(:[0-9]{2}:[0-9]{2})\.[0-9]{1,9}(?![0-9])")
_TIME = re.compile(r"(?<![0-9:])([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?(?![0-9:])")
_NUMBERED_DAY = re.compile(r"(?<![0-9/.-])([0-9]{1,4})([/.-])([0-9]{1,2})\2([0-9]{1,4})(?![0-9/])")
_NAMED_DAY = re.compile(
    rf"(?<![0-9])([0-9]{{1,2}})[\s-]*({_MONTH}){_NO_LETTER_AFTER}(?: ماه\b)?[\s,،.-]*([0-9]{{4}})(?![0-9])",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(
    rf"{_NO_LETTER_BEFORE}({_ENGLISH_MONTH})\.?\s+([0-9]{{1,2}}),?\s+([0-9]{{4}})(?![0-9])", re.IGNORECASE
)
_LATIN = re.compile("[a-z]", re.IGNORECASE)
_NEVER = re.compile(
    r"(?:0{1,2}:00(?::00)?[\s-]*)?0{1,4}(?P<dash>[/.-])0{1,2}(?P=dash)0{1,4}(?:[\s-]*0{1,2}:00(?::00)?)?"
)
_HALF_DAY = re.compile(r"(?<=[0-9])\s*[ap]\.?m\b|[قب]\s*\.\s*ظ|(?:قبل|بعد)\s*از\s*ظهر", re.IGNORECASE)
_UNREAD = re.compile(
    rf"[0-9]\s*[:/.-]\s*[0-9]|[0-9]\s*(?:{_MONTH}){_NO_LETTER_AFTER}|{_NO_LETTER_BEFORE}(?:{_MONTH})[\s,،.-]*[0-9]",
    re.IGNORECASE,
)
"""What looks like a date or a time and was not taken for one. A lone number (a code, a counter) is none of the two."""
_TOO_LONG = "too long for a date"
_TAKEN = " | "  # stands where a part was taken out, so that its neighbours do not grow together
_DASHES_AROUND = re.compile(r"[\s-]*\|[\s-]*")


@dataclass(frozen=True, slots=True)
class Moment:
    """A date as a page gives it."""

    at: datetime
    """Aware, in Asia/Tehran; where the text gives no time, the beginning of the day."""
    jalali: str
    """``1401-11-04 22:54``, or ``1401-11-04`` where the text gives no time."""
    note: str | None = None
    """What is odd about it, for the log."""


def read_moment(text: str) -> Moment | None:
    """Read one date in any form of this CMS; None where there is none: blank, or ``۰/۰۰/۰۰ - ۰۰:۰۰`` for «never».

    A time without an offset is Tehran's. Where a Jalali and a Gregorian day are both given and differ, the Jalali one
    counts and ``note`` says so. Raises :exc:`~asrcrawler.exceptions.DateError`, with the text in it, for an impossible
    date, for several different ones, and for any other text.
    """
    plain = _plain(text)
    if not any(map(str.isalnum, plain)) or _NEVER.fullmatch(plain):
        return None
    if len(plain) > LONGEST_TEXT:
        _refuse(text, _TOO_LONG)
    return _Reading(text).read(plain)


def parse_day(text: str) -> date:
    """A day given by a person: Jalali (``1401/11/04``, ``1401-11-4``) or Gregorian (``2023-01-24``), any digits.

    Raises :exc:`~asrcrawler.exceptions.DateError` for anything else.
    """
    match = _NUMBERED_DAY.fullmatch(_one_line(text))
    if match is None or len(match[1]) != 4 or len(match[4]) > 2:
        _refuse(text, "neither a Jalali day such as 1401/11/04 nor a Gregorian one such as 2023-01-24")
    return _Reading(text).numbered_day(match)


def jalali(at: datetime, *, with_time: bool = True) -> str:
    """``at`` (aware) as ``1401-11-04 22:54``, or the day alone, in Tehran."""
    local = at.astimezone(TEHRAN)
    day = _jalali_text(local.date())
    return f"{day} {local:%H:%M}" if with_time else day


class _Reading:
    """One text while it is being taken apart: what was found is taken out, and what remains must be no date."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._times: set[time] = set()
        self._jalali_days: set[date] = set()  # as Gregorian dates
        self._gregorian_days: set[date] = set()

    def read(self, plain: str) -> Moment:
        if _HALF_DAY.search(plain):
            self._refuse("a time of twelve hours")
        plain, zone = self._without_offset(_ISO_FRACTION.sub(r"\1", _ISO_T.sub(" ", plain)))
        plain = _DASHES_AROUND.sub(_TAKEN, _TIME.sub(self._take_time, plain))
        plain = _NAMED_DAY.sub(self._take_named_day, plain)
        if _LATIN.search(plain):
            plain = _MONTH_FIRST.sub(self._take_month_first, plain)
        plain = _NUMBERED_DAY.sub(self._take_numbered_day, plain)
        if _UNREAD.search(plain):
            self._refuse("a part of it is no date")
        return self._moment(zone)

    def _moment(self, zone: tzinfo) -> Moment:
        if any(len(found) > 1 for found in (self._times, self._jalali_days, self._gregorian_days)):
            self._refuse("more than one date or time")
        day = next(iter(self._jalali_days or self._gregorian_days), None)
        if day is None:
            self._refuse("no day, month and four-digit year")
        clock = next(iter(self._times), None)
        # By way of UTC: an hour that the clock change skipped becomes the one that the clocks showed instead.
        at = datetime.combine(day, clock or time(), tzinfo=zone).astimezone(UTC).astimezone(TEHRAN)
        return Moment(at, jalali(at, with_time=clock is not None), self._contradiction())

    def _contradiction(self) -> str | None:
        if not self._jalali_days or not self._gregorian_days or self._jalali_days == self._gregorian_days:
            return None
        (counts,), (other,) = self._jalali_days, self._gregorian_days
        return (
            f"the Jalali date {_jalali_text(counts)} is {counts}, the Gregorian one beside it {other}:"
            f" {_shown(self._text)}"
        )

    # --- parts

    def _without_offset(self, plain: str) -> tuple[str, tzinfo]:
        match = _OFFSET.search(plain)
        if match is None:
            return plain, TEHRAN
        rest = plain[: match.start()] + plain[match.end() :]
        if match[1] is None:
            return rest, UTC
        hours, minutes = int(match[2]), int(match[3])
        if hours >= 24 or minutes >= 60:
            self._refuse("no such offset")
        ahead = timedelta(hours=hours, minutes=minutes)
        return rest, timezone(ahead if match[1] == "+" else -ahead)

    def _take_time(self, match: re.Match[str]) -> str:
        try:
            self._times.add(time(int(match[1]), int(match[2]), int(match[3] or 0)))
        except ValueError:
            self._refuse("no such time")
        return _TAKEN

    def _take_named_day(self, match: re.Match[str]) -> str:
        name, day, year = match[2].lower(), int(match[1]), int(match[3])
        if name in _JALALI_MONTHS:
            self._jalali_days.add(self._jalali_day(year, _JALALI_MONTHS[name], day))
        else:
            self._gregorian_days.add(self._gregorian_day(year, _GREGORIAN_MONTHS[name], day))
        return _TAKEN

    def _take_month_first(self, match: re.Match[str]) -> str:
        self._gregorian_days.add(self._gregorian_day(int(match[3]), _GREGORIAN_MONTHS[match[1].lower()], int(match[2])))
        return _TAKEN

    def _take_numbered_day(self, match: re.Match[str]) -> str:
        days = self._jalali_days if _is_jalali(match) else self._gregorian_days
        days.add(self.numbered_day(match))
        return _TAKEN

    def numbered_day(self, match: re.Match[str]) -> date:
        """The day of ``yyyy/mm/dd`` or, Jalali only, ``dd-mm-yyyy``; the years tell the calendars apart."""
        first, month, last = match[1], int(match[3]), match[4]
        year, day = (first, last) if len(first) == 4 else (last, first)
        if len(year) != 4 or len(day) > 2:
            self._refuse("no four-digit year")
        if _is_jalali(match):
            return self._jalali_day(int(year), month, int(day))
        if len(first) != 4:
            self._refuse("day and month of a Gregorian date cannot be told apart")
        return self._gregorian_day(int(year), month, int(day))

    def _jalali_day(self, year: int, month: int, day: int) -> date:
        if year not in JALALI_YEARS:
            self._refuse("not a Jalali year of our time")
        try:
            return _to_gregorian(year, month, day)
        except ValueError:
            self._refuse("no such day")

    def _gregorian_day(self, year: int, month: int, day: int) -> date:
        if year not in GREGORIAN_YEARS:
            self._refuse("not a year of our time")
        try:
            return date(year, month, day)
        except ValueError:
            self._refuse("no such day")

    def _refuse(self, why: str) -> NoReturn:
        _refuse(self._text, why)


def _is_jalali(match: re.Match[str]) -> bool:
    return any(len(part) == 4 and int(part) in JALALI_YEARS for part in (match[1], match[4]))


def _one_line(text: str) -> str:
    if len(text) > LONGEST_RAW_TEXT:
        _refuse(text, _TOO_LONG)
    return to_latin_digits(clean(text))


def _plain(text: str) -> str:
    """``text`` in one line with Latin digits, without its label."""
    plain = _one_line(text).replace(ZWNJ, " ")
    label = _LABEL.match(plain)
    return plain[label.end() :].strip() if label else plain


# Neighbouring codes are of the same few days, so that most conversions have been made before.
@lru_cache(maxsize=1024)
def _to_gregorian(year: int, month: int, day: int) -> date:
    gregorian: date = jdatetime.date(year, month, day).togregorian()
    return gregorian


@lru_cache(maxsize=1024)
def _jalali_text(day: date) -> str:
    shown = jdatetime.date.fromgregorian(date=day)
    return f"{shown.year:04}-{shown.month:02}-{shown.day:02}"


def _refuse(text: str, why: str) -> NoReturn:
    # Not «from» the ValueError at hand: the sentence says it all.
    raise DateError(f"{_shown(text)}: {why}") from None


def _shown(text: str) -> str:
    return repr(" ".join(text[: 4 * LONGEST_SHOWN].split())[:LONGEST_SHOWN])
