"""Dates as this CMS writes them, Jalali and Gregorian, as moments in Tehran.

The forms are those seen verbatim on saved pages: day and month name or ``yyyy/mm/dd`` or ``dd-mm-yyyy``, the time
before or after or absent, a Gregorian date beside, ISO 8601 and RSS dates. Pure. A text is taken apart into times,
Jalali days and Gregorian days; whatever is ambiguous or impossible is an error with the text in it, never a guess.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import jdatetime

from asrcrawler.exceptions import DateError
from asrcrawler.persian import clean, to_latin_digits

TEHRAN = ZoneInfo("Asia/Tehran")
"""+04:30 in the summers before 1402, +03:30 since."""

JALALI_YEARS = range(1300, 1500)
GREGORIAN_YEARS = range(1900, 2101)
LONGEST_TEXT = 300  # characters; a date with its label has some 80

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

_ISO = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(?::(\d{2})(?:\.\d{1,9})?)?\s*(Z|[+-]\d{2}:?\d{2})?", re.ASCII | re.IGNORECASE
)
_OFFSET = re.compile(r"(?<=:\d\d)\s*(?:([+-])(\d{2}):?(\d{2})|GMT|UTC|Z)$", re.ASCII)
_TIME = re.compile(r"(?<![\d:])(\d{1,2}):(\d{2})(?::(\d{2}))?(?![\d:])", re.ASCII)
_DIGITS_DAY = re.compile(r"(?<![\d/.-])(\d{1,4})([/.-])(\d{1,2})\2(\d{1,4})(?![\d/])", re.ASCII)
_MONTH = "|".join([*_JALALI_MONTHS, *_GREGORIAN_MONTHS])
_NAMED_DAY = re.compile(rf"(?<!\d)(\d{{1,2}})[\s-]*({_MONTH})(?![^\W\d_])[\s,،-]*(\d{{4}})(?!\d)", re.IGNORECASE)
_NAMED_FIRST = re.compile(
    rf"(?<![^\W\d_])({'|'.join(_GREGORIAN_MONTHS)})\.?\s+(\d{{1,2}}),?\s+(\d{{4}})(?!\d)", re.IGNORECASE
)
_NEVER = re.compile(r"0{1,4}[/.-]0{1,2}[/.-]0{1,4}(?:\s*-?\s*0{1,2}:00(?::00)?)?", re.ASCII)
_ANY_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Moment:
    """A date as a page gives it."""

    at: datetime
    """Aware, in Asia/Tehran; midnight where the text gives no time."""
    jalali: str
    """``1401-11-04 22:54``, or ``1401-11-04`` where the text gives no time."""
    note: str | None = None
    """What is odd about it, for the log."""


@dataclass(frozen=True, slots=True)
class _Parts:
    """What was found in a text."""

    times: frozenset[time]
    jalali_days: frozenset[date]
    """As Gregorian dates."""
    gregorian_days: frozenset[date]


def read_moment(text: str) -> Moment | None:
    """Read one date in any form of this CMS; None where there is none (blank, or ``۰/۰۰/۰۰ - ۰۰:۰۰`` for «never»).

    Where a Jalali and a Gregorian day are both given and differ, the Jalali one counts and ``note`` says so. Raises
    :exc:`~asrcrawler.exceptions.DateError`, with the text in it, for an impossible date, for several different ones,
    and for a text with digits that form no date.
    """
    plain = _plain(text)
    if not _ANY_DIGIT.search(plain) or _NEVER.fullmatch(_without_label(plain)):
        return None
    if len(plain) > LONGEST_TEXT:
        raise _unreadable(text, "too long")
    if iso := _ISO.fullmatch(_without_label(plain)):
        return _from_iso(iso, text)
    offset, plain = _split_offset(plain)
    parts = _take_apart(plain, text)
    if len(parts.times) > 1 or len(parts.jalali_days) > 1 or len(parts.gregorian_days) > 1:
        raise _unreadable(text, "more than one")
    day = next(iter(parts.jalali_days or parts.gregorian_days), None)
    if day is None:
        raise _unreadable(text, "no day")
    return _moment(day, next(iter(parts.times), None), offset, _contradiction(parts, text))


def parse_day(text: str) -> date:
    """A day given by a person: Jalali (``1401/11/04``, ``1401-11-4``) or Gregorian (``2023-01-24``), any digits.

    Raises :exc:`~asrcrawler.exceptions.DateError` for anything else.
    """
    plain = _plain(text)
    match = _DIGITS_DAY.fullmatch(plain)
    if match is None:
        raise _unreadable(text, "neither a Jalali day such as 1401/11/04 nor a Gregorian one such as 2023-01-24")
    day, _ = _numbered_day(match, text)
    return day


def jalali(at: datetime, *, with_time: bool = True) -> str:
    """``at`` (aware) as ``1401-11-04 22:54``, or the day alone, in Tehran."""
    local = at.astimezone(TEHRAN)
    day = jdatetime.date.fromgregorian(date=local.date())
    text = f"{day.year:04}-{day.month:02}-{day.day:02}"
    return f"{text} {local:%H:%M}" if with_time else text


def _plain(text: str) -> str:
    return to_latin_digits(clean(text)).replace("‌", " ")


def _without_label(plain: str) -> str:
    label, colon, rest = plain.partition(":")
    return rest.strip() if colon and not _ANY_DIGIT.search(label) else plain


def _split_offset(plain: str) -> tuple[tzinfo | None, str]:
    match = _OFFSET.search(plain)
    if match is None:
        return None, plain
    if match[1] is None:
        return UTC, plain[: match.start()]
    ahead = timedelta(hours=int(match[2]), minutes=int(match[3]))
    if ahead >= timedelta(hours=24):
        return None, plain
    return timezone(ahead if match[1] == "+" else -ahead), plain[: match.start()]


def _take_apart(plain: str, text: str) -> _Parts:
    jalali_days: set[date] = set()
    gregorian_days: set[date] = set()
    times = {_time(match, text) for match in _TIME.finditer(plain)}
    plain = _TIME.sub(" | ", plain)
    for match in _NAMED_DAY.finditer(plain):
        name = match[2].lower()
        if name in _JALALI_MONTHS:
            jalali_days.add(_jalali_day(int(match[3]), _JALALI_MONTHS[name], int(match[1]), text))
        else:
            gregorian_days.add(_gregorian_day(int(match[3]), _GREGORIAN_MONTHS[name], int(match[1]), text))
    for match in _NAMED_FIRST.finditer(plain):
        gregorian_days.add(_gregorian_day(int(match[3]), _GREGORIAN_MONTHS[match[1].lower()], int(match[2]), text))
    for match in _DIGITS_DAY.finditer(plain):
        day, is_jalali = _numbered_day(match, text)
        (jalali_days if is_jalali else gregorian_days).add(day)
    return _Parts(frozenset(times), frozenset(jalali_days), frozenset(gregorian_days))


def _numbered_day(match: re.Match[str], text: str) -> tuple[date, bool]:
    """The day of ``yyyy/mm/dd`` or ``dd/mm/yyyy``, and whether it is Jalali: the years tell the calendars apart."""
    first, month, last = match[1], int(match[3]), match[4]
    year, day = (first, last) if len(first) == 4 else (last, first)
    if len(year) != 4 or len(day) > 2:
        raise _unreadable(text, "no four-digit year")
    if int(year) in JALALI_YEARS:
        return _jalali_day(int(year), month, int(day), text), True
    return _gregorian_day(int(year), month, int(day), text), False


def _jalali_day(year: int, month: int, day: int, text: str) -> date:
    if year not in JALALI_YEARS:
        raise _unreadable(text, "not a Jalali year")
    try:
        gregorian: date = jdatetime.date(year, month, day).togregorian()
    except ValueError:
        raise _unreadable(text, "no such day") from None
    return gregorian


def _gregorian_day(year: int, month: int, day: int, text: str) -> date:
    if year not in GREGORIAN_YEARS:
        raise _unreadable(text, "not a year")
    try:
        return date(year, month, day)
    except ValueError:
        raise _unreadable(text, "no such day") from None


def _time(match: re.Match[str], text: str) -> time:
    try:
        return time(int(match[1]), int(match[2]), int(match[3] or 0))
    except ValueError:
        raise _unreadable(text, "no such time") from None


def _from_iso(match: re.Match[str], text: str) -> Moment:
    year, month, day = map(int, match[1].split("-"))
    day_of = _jalali_day if year in JALALI_YEARS else _gregorian_day
    try:
        clock = time.fromisoformat(f"{match[2]}:{match[3] or '00'}")
        zone = datetime.strptime(match[4].upper(), "%z").tzinfo if match[4] else None
    except ValueError:
        raise _unreadable(text, "no such time") from None
    return _moment(day_of(year, month, day, text), clock, zone)


def _moment(day: date, clock: time | None, zone: tzinfo | None = None, note: str | None = None) -> Moment:
    local = datetime.combine(day, clock or time(), tzinfo=zone or TEHRAN)
    at = local.astimezone(TEHRAN) if zone else local
    return Moment(at, jalali(at, with_time=clock is not None), note)


def _contradiction(parts: _Parts, text: str) -> str | None:
    if not parts.jalali_days or not parts.gregorian_days or parts.jalali_days == parts.gregorian_days:
        return None
    (counts,), (other,) = parts.jalali_days, parts.gregorian_days
    return f"the Jalali date is {counts}, the Gregorian one {other}, in {_shown(text)}"


def _unreadable(text: str, why: str) -> DateError:
    return DateError(f"{_shown(text)}: {why}")


def _shown(text: str) -> str:
    return repr(" ".join(text[:200].split())[:80])
