"""Read dates as this CMS writes them, Jalali and Gregorian, as moments in Tehran.

The forms are those seen verbatim on saved pages: day and month name or ``yyyy/mm/dd`` or ``dd-mm-yyyy``, the time
before or after or absent, a Gregorian date beside, ISO 8601 and RSS dates. Pure. A text is taken apart into times,
Jalali days and Gregorian days; whatever is ambiguous or impossible is an error with the text in it, never a guess.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from asrcrawler.exceptions import DateError, ImpossibleDateError
from asrcrawler.text.calendar import (
    JALALI_MONTHS,
    NUMBERED_DAY,
    TEHRAN,
    TOO_LONG,
    about,
    gregorian_day,
    is_jalali,
    jalali,
    jalali_day,
    jalali_text,
    numbered_day,
    one_line,
    quoted,
)
from asrcrawler.text.persian import ZWNJ

LONGEST_TEXT = 300  # characters; a date with its label has some 80

_GREGORIAN_MONTHS = {
    name: number
    for number, names in enumerate(
        ("january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
         "september sep sept", "october oct", "november nov", "december dec"),
        start=1,
    )
    for name in names.split()
}  # fmt: skip

_MONTH = "|".join([*JALALI_MONTHS, *_GREGORIAN_MONTHS])
_ENGLISH_MONTH = "|".join(_GREGORIAN_MONTHS)
_NO_LETTER_BEFORE, _NO_LETTER_AFTER = r"(?<![^\W\d_])", r"(?![^\W\d_])"

_LABEL = re.compile(r"[^:\d]*:")
_OFFSET = re.compile(r"(?<=:[0-9]{2})\s*(?:([+-])([0-9]{2}):?([0-9]{2})|GMT\b|UTC\b|Z\b)(?![0-9:])", re.IGNORECASE)
_ISO_T = re.compile(r"(?<=[0-9]{2})T(?=[0-9]{2}:)", re.IGNORECASE)
_ISO_FRACTION = re.compile(r"(:[0-9]{2}:[0-9]{2})\.[0-9]{1,9}(?![0-9])")
_TIME = re.compile(r"(?<![0-9:])([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?(?![0-9:])")
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
    counts and ``note`` says so. Raises :exc:`~asrcrawler.exceptions.DateError`, with the text in it, for several
    different dates and for any other text, :exc:`~asrcrawler.exceptions.ImpossibleDateError` for a date that cannot be.
    """
    try:
        plain = _plain(text)
        if not any(map(str.isalnum, plain)) or _NEVER.fullmatch(plain):
            return None
        if len(plain) > LONGEST_TEXT:
            raise DateError(TOO_LONG)
        return _Reading(text).read(plain)
    except DateError as error:
        raise about(text, error) from None


class _Reading:
    """Take a text apart: each date that is found is taken out, and what remains must be no date."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._times: set[time] = set()
        self._jalali_days: set[date] = set()  # as Gregorian dates
        self._gregorian_days: set[date] = set()

    def read(self, plain: str) -> Moment:
        is_latin = _LATIN.search(plain) is not None
        if (is_latin or "ظ" in plain) and _HALF_DAY.search(plain):
            raise DateError("a time of twelve hours")
        if is_latin:
            plain = _ISO_T.sub(" ", plain)
        if "." in plain:
            plain = _ISO_FRACTION.sub(r"\1", plain)
        plain, zone = self._without_offset(plain)
        plain = _DASHES_AROUND.sub(_TAKEN, _TIME.sub(self._take_time, plain))
        plain = _NAMED_DAY.sub(self._take_named_day, plain)
        if is_latin and _LATIN.search(plain):
            plain = _MONTH_FIRST.sub(self._take_month_first, plain)
        plain = NUMBERED_DAY.sub(self._take_numbered_day, plain)
        if _UNREAD.search(plain):
            raise DateError("a part of it is no date")
        return self._moment(zone)

    def _moment(self, zone: tzinfo) -> Moment:
        if any(len(found) > 1 for found in (self._times, self._jalali_days, self._gregorian_days)):
            raise DateError("more than one date or time")
        day = next(iter(self._jalali_days or self._gregorian_days), None)
        if day is None:
            raise DateError("no day, month and four-digit year")
        clock = next(iter(self._times), None)
        # By way of UTC: an hour that the clock change skipped becomes the one that the clocks showed instead.
        at = datetime.combine(day, clock or time(), tzinfo=zone).astimezone(UTC).astimezone(TEHRAN)
        return Moment(at, jalali(at, with_time=clock is not None), self._contradiction())

    def _contradiction(self) -> str | None:
        if not self._jalali_days or not self._gregorian_days or self._jalali_days == self._gregorian_days:
            return None
        (counts,), (other,) = self._jalali_days, self._gregorian_days
        return (
            f"the Jalali date {jalali_text(counts)} is {counts}, the Gregorian one beside it {other}:"
            f" {quoted(self._text)}"
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
            raise ImpossibleDateError("no such offset")
        ahead = timedelta(hours=hours, minutes=minutes)
        return rest, timezone(ahead if match[1] == "+" else -ahead)

    def _take_time(self, match: re.Match[str]) -> str:
        try:
            self._times.add(time(int(match[1]), int(match[2]), int(match[3] or 0)))
        except ValueError:
            raise ImpossibleDateError("no such time") from None
        return _TAKEN

    def _take_named_day(self, match: re.Match[str]) -> str:
        name, day, year = match[2].lower(), int(match[1]), int(match[3])
        if name in JALALI_MONTHS:
            self._jalali_days.add(jalali_day(year, JALALI_MONTHS[name], day))
        else:
            self._gregorian_days.add(gregorian_day(year, _GREGORIAN_MONTHS[name], day))
        return _TAKEN

    def _take_month_first(self, match: re.Match[str]) -> str:
        self._gregorian_days.add(gregorian_day(int(match[3]), _GREGORIAN_MONTHS[match[1].lower()], int(match[2])))
        return _TAKEN

    def _take_numbered_day(self, match: re.Match[str]) -> str:
        days = self._jalali_days if is_jalali(match) else self._gregorian_days
        days.add(numbered_day(match))
        return _TAKEN


def _plain(text: str) -> str:
    """Give ``text`` in one line with Latin digits, without its label."""
    plain = one_line(text).replace(ZWNJ, " ")
    label = _LABEL.match(plain)
    return plain[label.end() :].strip() if label else plain
