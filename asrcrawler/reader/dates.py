"""Serve the calendar: all years, a year, a month, a day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import jdatetime
from fastapi import APIRouter, Query, Request, Response
from starlette.convertors import Convertor, register_url_convertor
from starlette.responses import RedirectResponse

from asrcrawler.reader import calendars, feed
from asrcrawler.reader.addresses import scope_of
from asrcrawler.reader.again import ReadAgain
from asrcrawler.reader.asked import PAGE, GoTo, Place
from asrcrawler.reader.calendars import Cell
from asrcrawler.reader.errors import NotThere
from asrcrawler.reader.lists import feed_path, turning
from asrcrawler.reader.rendering import page
from asrcrawler.reader.words import (
    JALALI_MONTHS,
    WEEKDAYS_FROM_SATURDAY,
    day_in_words,
    gregorian_in_words,
    month_in_words,
)
from asrcrawler.storage.articles import reading
from asrcrawler.storage.articles.reading import Position
from asrcrawler.storage.figures.periods import codes_around, count_published, periods, span_published, unvisited
from asrcrawler.text.calendar import JALALI_YEARS, day_of, midnight, next_midnight
from asrcrawler.text.numbers import whole_number
from asrcrawler.text.persian import to_persian_digits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asrcrawler.reader.addresses import Scope
    from asrcrawler.storage.figures.periods import Period

MOST_YEARS = 40  # in the calendar; an article may carry any date
THOUSAND = 1_000


class _Typed(Convertor[int]):
    """A number in a path, in the digits of any keyboard."""

    regex = "[0-9۰-۹٠-٩]{1,9}"

    def convert(self, value: str) -> int:
        return whole_number(value)

    def to_string(self, value: int) -> str:
        return str(value)


class _Year(_Typed):
    """A year in a path: four digits, so that a short link of digits alone, which has six, is none."""

    regex = "[0-9۰-۹٠-٩]{4}"


register_url_convertor("typed", _Typed())
register_url_convertor("year", _Year())
router = APIRouter(include_in_schema=False, route_class=ReadAgain)


@router.get("/calendar")
def calendar(request: Request) -> Response:
    """Show a table of years and months with the number of articles in each."""
    scope = scope_of(request)
    span = span_published(scope.database, scope.sites, scope.now)
    years: list[int] = []
    rows: list[list[Cell]] = []
    if span is not None:
        first, last = (_jalali(day_of(moment)).year for moment in span)
        years = list(range(max(first, last - MOST_YEARS + 1), last + 1))
        months = [(year, month) for year in years for month in range(1, 13)]
        cells = scope.library.kept(f"calendar {scope.sites}", lambda: _month_cells(scope, months))
        rows = [cells[12 * place : 12 * place + 12] for place in range(len(years))]
    return page(
        request,
        "calendar.html",
        rows=list(zip(years, rows, strict=True))[::-1],
        months=JALALI_MONTHS,
        in_thousands=max((cell.articles for row in rows for cell in row), default=0) >= THOUSAND,
        since=month_in_words(*_month_of(day_of(span[0]))) if span else None,
        archive=scope.library.articles(scope.sites),
        future=reading.count_future(scope.database, scope.sites, scope.now),
        undated=reading.has_undated(scope.database, scope.sites),
    )


@router.get("/{year:year}")
def year(request: Request, year: int) -> Response:
    """Show the days of a year, a small table for each month."""
    if year not in JALALI_YEARS:
        raise NotThere("چنین سالی در تقویم نیست.", "no such year")
    scope = scope_of(request)
    months = [_days_of(year, month) for month in range(1, 13)]
    days = [day for month in months for day in month]
    shown = scope.library.kept(f"year {scope.sites} {year}", lambda: _day_cells(scope, days))
    cells = dict(zip(days, shown, strict=True))
    before, after = reading.published_around(scope.database, scope.sites, midnight(days[0]), next_midnight(days[-1]))
    return page(
        request,
        "year.html",
        year=year,
        months=[
            (name, (year, number), _weeks(days, [cells[day] for day in days]), sum(cells[day].articles for day in days))
            for number, (name, days) in enumerate(zip(JALALI_MONTHS, months, strict=True), 1)
        ],
        week=WEEKDAYS_FROM_SATURDAY,
        total=sum(cell.articles for cell in cells.values()),
        waiting=sum("hx" in cell.shade for cell in cells.values()),
        earlier=_year_of(scope, before),
        later=_year_of(scope, after),
    )


@router.get("/{year:typed}/{month:typed}")
def month(request: Request, year: int, month: int) -> Response:
    """Show a calendar with the number of articles of each day."""
    days = _days_of(year, month)
    scope = scope_of(request)
    cells = _day_cells(scope, days)
    before, after = reading.published_around(scope.database, scope.sites, midnight(days[0]), next_midnight(days[-1]))
    return page(
        request,
        "month.html",
        heading=month_in_words(year, month),
        year=year,
        gregorian=(gregorian_in_words(days[0]), gregorian_in_words(days[-1])),
        week=WEEKDAYS_FROM_SATURDAY,
        weeks=_weeks(days, cells),
        total=sum(cell.articles for cell in cells),
        waiting=sum("hx" in cell.shade for cell in cells),
        earlier=_month_link(scope, before),
        later=_month_link(scope, after),
    )


@router.get("/{year:typed}/{month:typed}/{number:typed}.atom")
def day_feed(request: Request, year: int, month: int, number: int) -> Response:
    scope, day = scope_of(request), _day_of(year, month, number)
    top = Position(limit=PAGE)
    found = reading.published(scope.database, scope.sites, midnight(day), next_midnight(day), top)
    return feed.answer(request, day_in_words(day), feed.of_articles(scope, found.items))


@router.get("/{year:typed}/{month:typed}/{number:typed}")
def day(request: Request, year: int, month: int, number: int, asked: Annotated[Place, Query()]) -> Response:
    scope, day = scope_of(request), _day_of(year, month, number)
    first, end = midnight(day), next_midnight(day)
    found = reading.published(scope.database, scope.sites, first, end, scope.position(asked))
    before, after = reading.published_around(scope.database, scope.sites, first, end)
    return page(
        request,
        "day.html",
        heading=day_in_words(day),
        gregorian=gregorian_in_words(day),
        month=(year, month),
        items=found.items,
        count=count_published(scope.database, scope.sites, [first, end])[0],
        earlier=_day_link(scope, before),
        later=_day_link(scope, after),
        feed_path=feed_path(scope.list_path(day)),
        **turning(request, found),
    )


@router.get("/goto")
def goto(request: Request, asked: Annotated[GoTo, Query()]) -> Response:
    """Redirect from the form for a day, in either calendar, to the page of the day, or of the month or year."""
    scope = scope_of(request)
    if asked.day is None:
        return RedirectResponse(scope.list_path(), 303)
    first, last = asked.day.first, asked.day.last
    year, month = _month_of(first)
    if first == last:
        return RedirectResponse(scope.list_path(first), 303)
    return RedirectResponse(scope.list_path((year, month) if _month_of(last) == (year, month) else year), 303)


def _month_cells(scope: Scope, months: Sequence[tuple[int, int]]) -> list[Cell]:
    days = [_days_of(*month) for month in months]
    found, shades = _counted(scope, [*(midnight(own[0]) for own in days), next_midnight(days[-1][-1])])
    today = day_of(scope.now)
    cells = []
    for month, own, period, shade in zip(months, days, found, shades, strict=True):
        marked = "hf" if own[0] > today else shade + (" today" if own[0] <= today <= own[-1] else "")
        words = calendars.in_words(month_in_words(*month), period.articles, shade)
        path = scope.list_path(month) if period.articles else None
        cells.append(Cell(JALALI_MONTHS[month[1] - 1], path, period.articles, marked, words))
    return cells


def _day_cells(scope: Scope, days: Sequence[date]) -> list[Cell]:
    found, shades = _counted(scope, [*map(midnight, days), next_midnight(days[-1])])
    today = day_of(scope.now)
    cells = []
    for day, period, shade in zip(days, found, shades, strict=True):
        marked = "hf" if day > today and not period.articles else shade + (" today" if day == today else "")
        words = calendars.in_words(day_in_words(day, weekday=False), period.articles, shade)
        path = scope.list_path(day) if period.articles else None
        cells.append(Cell(to_persian_digits(str(_jalali(day).day)), path, period.articles, marked, words))
    return cells


def _counted(scope: Scope, edges: Sequence[datetime]) -> tuple[list[Period], list[str]]:
    """Count the articles of periods, and tell which of them were visited."""
    found = periods(scope.database, scope.sites, edges)
    if scope.outlet is None:  # the codes of several outlets say nothing of what was not visited
        return found, calendars.shades(found, [None] * len(found), [])
    before, after = codes_around(scope.database, scope.site, edges[0], edges[-1])
    if before is None:
        before = (scope.outlet.first_code or scope.library.first_code) - 1
    own = calendars.spans(found, before, after)
    waiting = unvisited(scope.database, scope.site, [span for span in own if span is not None])
    return found, calendars.shades(found, own, waiting)


def _weeks(days: Sequence[date], cells: Sequence[Cell]) -> list[list[Cell | None]]:
    """Put the days of a month into weeks, which begin on Saturday."""
    row: list[Cell | None] = [*[None] * ((days[0].weekday() + 2) % 7), *cells]
    row += [None] * (-len(row) % 7)
    return [row[place : place + 7] for place in range(0, len(row), 7)]


def _day_of(year: int, month: int, number: int) -> date:
    """Find a day by its Jalali numbers. Raises :exc:`~asrcrawler.reader.errors.NotThere`."""
    days = _days_of(year, month)
    if not 1 <= number <= len(days):
        raise NotThere("چنین روزی در تقویم نیست.", "no such day")
    return days[number - 1]


def _days_of(year: int, month: int) -> list[date]:
    """List the days of a Jalali month. Raises :exc:`NotThere`."""
    if year not in JALALI_YEARS or not 1 <= month <= 12:
        raise NotThere("چنین ماهی در تقویم نیست.", "no such month")
    first: date = jdatetime.date(year, month, 1).togregorian()
    following = jdatetime.date(year + month // 12, month % 12 + 1, 1).togregorian()
    return [first + timedelta(days=back) for back in range((following - first).days)]


def _jalali(day: date) -> jdatetime.date:
    return jdatetime.date.fromgregorian(date=day)


def _month_of(day: date) -> tuple[int, int]:
    shown = _jalali(day)
    return shown.year, shown.month


def _day_link(scope: Scope, at: datetime | None) -> tuple[str, str] | None:
    return (day_in_words(day_of(at), weekday=False), scope.list_path(day_of(at))) if at else None


def _month_link(scope: Scope, at: datetime | None) -> tuple[str, str] | None:
    if at is None:
        return None
    shown = _month_of(day_of(at))
    return month_in_words(*shown), scope.list_path(shown)


def _year_of(scope: Scope, at: datetime | None) -> tuple[str, str] | None:
    if at is None:
        return None
    shown = _jalali(day_of(at)).year
    return to_persian_digits(str(shown)), scope.list_path(shown)
