"""Serve the pages that people read: lists of articles, an article, an edit."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any

import jdatetime
from fastapi import APIRouter, Query, Request, Response
from starlette.convertors import Convertor, register_url_convertor
from starlette.responses import RedirectResponse

from asrcrawler.reader import difference
from asrcrawler.reader.again import ReadAgain
from asrcrawler.reader.asked import LONGEST_NAME, Code, GoTo, NotThere, Place, address
from asrcrawler.reader.rendering import library_of, page
from asrcrawler.reader.words import (
    WEEK,
    blocks,
    day_in_words,
    day_path,
    gregorian_in_words,
    month_in_words,
    month_path,
)
from asrcrawler.samaneh.urls import code_of_short_path
from asrcrawler.storage.articles import reading
from asrcrawler.storage.figures.census import newest_publication
from asrcrawler.text.calendar import JALALI_YEARS, day_of, midnight
from asrcrawler.text.numbers import whole_number
from asrcrawler.text.persian import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from asrcrawler.storage.articles.reading import Item, Slice

EDITS_SHOWN = 50
DAY = timedelta(days=1)
PlaceAsked = Annotated[Place, Query()]


class _Typed(Convertor[int]):
    """A number in a path, in the digits of any keyboard."""

    regex = "[0-9۰-۹٠-٩]{1,9}"

    def convert(self, value: str) -> int:
        return whole_number(value)

    def to_string(self, value: int) -> str:
        return str(value)


register_url_convertor("typed", _Typed())
router = APIRouter(include_in_schema=False, route_class=ReadAgain)


@router.get("/")
def front(request: Request, asked: PlaceAsked) -> Response:
    """Show the newest articles; those with a date in the future have a page of their own."""
    library, place = library_of(request), asked.position
    now = library.now
    found = reading.published(library.database, library.site, None, now, place)
    return page(
        request,
        "front.html",
        days=list(by_day(found.items)),
        future=reading.count_future(library.database, library.site, now),
        undated=not found.older and reading.has_undated(library.database, library.site),
        **_turning("/", found),
        is_top=place.before is None and place.after is None,
        today=day_of(now),
    )


@router.get("/future")
def future(request: Request, asked: PlaceAsked) -> Response:
    library = library_of(request)
    found = reading.published(library.database, library.site, library.now, None, asked.position)
    return _list(
        request,
        found,
        heading="خبرهایی با تاریخ آینده",
        note="صفحهٔ این خبرها روزی را نشان می‌دهد که هنوز نیامده است.",
    )


@router.get("/undated")
def undated(request: Request, asked: PlaceAsked) -> Response:
    library = library_of(request)
    found = reading.undated(library.database, library.site, asked.position)
    return _list(request, found, heading="خبرهای بی‌تاریخ", note="در صفحهٔ این خبرها تاریخی یافت نشد. به ترتیب کد خبر.")


@router.get("/sections")
def sections(request: Request) -> Response:
    library = library_of(request)
    return page(request, "sections.html", names=library.categories())


@router.get("/category/{name:path}")
def category(request: Request, name: str, asked: PlaceAsked) -> Response:
    return _labelled(request, asked, "category", name, heading="بخش", none="در این بخش خبری نیست.")


@router.get("/tag/{name:path}")
def tag(request: Request, name: str, asked: PlaceAsked) -> Response:
    return _labelled(request, asked, "tag", name, heading="برچسب", none="هیچ خبری این برچسب را ندارد.")


@router.get("/news/{code}")
def article(request: Request, code: Code) -> Response:
    library, wanted = library_of(request), code
    found = library.article(wanted)
    return page(
        request,
        "article.html",
        article=found,
        blocks=blocks(found["body"]),
        relatives=reading.relatives(library.database, library.site, wanted),
        edits=reading.edits(library.database, library.site, wanted, EDITS_SHOWN),
    )


@router.get("/news/{code}/edits/{number}")
def edit(request: Request, code: Code, number: Code) -> Response:
    """Show word by word what replaced the text with this number."""
    library, wanted, which = library_of(request), code, number
    texts = reading.edit(library.database, library.site, wanted, which)
    if texts is None:
        raise NotThere("این ویرایش در بایگانی نیست.", "no such edit")
    before, after = texts
    lines = [(name, difference.words(before[key], after[key])) for key, name in _LINES]
    lists = [(name, difference.names(before[key], after[key])) for key, name in _LISTS]
    return page(
        request,
        "edit.html",
        article=library.article(wanted),
        edit=before,
        lines=[(name, parts) for name, parts in lines if difference.changed(parts)],
        body=list(_with_gaps(difference.paragraphs(before["body"], after["body"]))),
        lists=[(name, parts) for name, parts in lists if difference.changed(parts)],
    )


@router.get("/calendar")
def calendar(request: Request) -> Response:
    """Show the month of the newest articles."""
    library = library_of(request)
    newest = _month_of(newest_publication(library.database, library.site, library.now) or library.now)
    assert newest is not None
    return RedirectResponse(newest[1], 303)


@router.get("/{year:typed}/{month:typed}")
def month(request: Request, year: int, month: int) -> Response:
    """Show a calendar with the number of articles of each day."""
    days = _days_of(year, month)
    library = library_of(request)
    edges = [midnight(day) for day in [*days, days[-1] + DAY]]
    counts = reading.count_published(library.database, library.site, edges)
    before, after = reading.published_around(library.database, library.site, edges[0], edges[-1])
    return page(
        request,
        "month.html",
        heading=month_in_words(year, month),
        week=WEEK,
        blanks=(days[0].weekday() + 2) % 7,  # weeks begin on Saturday
        days=[(number, day_path(day), count) for number, (day, count) in enumerate(zip(days, counts, strict=True), 1)],
        most=max(counts),
        total=sum(counts),
        earlier=_month_of(before),
        later=_month_of(after),
    )


@router.get("/{year:typed}/{month:typed}/{number:typed}")
def day(request: Request, year: int, month: int, number: int, asked: PlaceAsked) -> Response:
    days = _days_of(year, month)
    if not 1 <= number <= len(days):
        raise NotThere("چنین روزی در تقویم نیست.", "no such day")
    day = days[number - 1]
    library, first, end = library_of(request), midnight(day), midnight(day + DAY)
    found = reading.published(library.database, library.site, first, end, asked.position)
    before, after = reading.published_around(library.database, library.site, first, end)
    return page(
        request,
        "day.html",
        heading=day_in_words(day),
        gregorian=gregorian_in_words(day),
        month=(month_in_words(year, month), month_path(year, month)),
        items=found.items,
        count=reading.count_published(library.database, library.site, [first, end])[0],
        earlier=_day_of(before),
        later=_day_of(after),
        **_turning(day_path(day), found),
    )


@router.get("/goto")
def goto(asked: Annotated[GoTo, Query()]) -> Response:
    """Redirect from the form for a day, in either calendar, to the page of the day."""
    return RedirectResponse(day_path(asked.day) if asked.day else "/", 303)


@router.get("/fa/news/{code}")
@router.get("/fa/news/{code}/{_:path}")
def as_on_the_site(code: Code) -> Response:
    """Redirect from a path of the site to the same article here."""
    return RedirectResponse(f"/news/{code}", 301)


@router.get("/{short}")
def short_link(short: str) -> Response:
    code = code_of_short_path(f"/{short}")
    if code is None:
        raise NotThere("چنین صفحه‌ای نیست.", "no such page")
    return RedirectResponse(f"/news/{code}", 301)


_LINES = (("kicker", "روتیتر"), ("title", "تیتر"), ("lead", "لید"))
_LISTS = (("category", "بخش"), ("tags", "برچسب‌ها"))


def by_day(items: Iterable[Item]) -> Iterator[tuple[date, list[Item]]]:
    """Group articles by the day of their publication; leave out those without a date."""
    dated = ((day_of(item.published_at), item) for item in items if item.published_at is not None)
    for day, group in groupby(dated, lambda pair: pair[0]):
        yield day, [item for _, item in group]


def _labelled(request: Request, asked: Place, kind: str, name: str, *, heading: str, none: str) -> Response:
    wanted = clean(name)
    if not wanted or len(wanted) > LONGEST_NAME:
        raise NotThere(none, "no such name")
    library = library_of(request)
    found = reading.labelled(library.database, library.site, kind, wanted, asked.position)
    if not found.items and not found.newer:
        raise NotThere(none, "no such name")
    return _list(request, found, heading=wanted, label=heading, refine=address("/search", **{kind: wanted}))


def _list(request: Request, found: Slice, *, heading: str, **values: Any) -> Response:
    empty = {"label": None, "note": None, "refine": None}
    return page(
        request,
        "list.html",
        heading=heading,
        items=found.items,
        **{**empty, **values},
        **_turning(request.url.path, found),
    )


def _turning(path: str, found: Slice) -> dict[str, Any]:
    """Give the addresses of the newer and the older slice."""
    items = found.items
    return {
        "newer_page": address(path, after=items[0].code) if found.newer and items else None,
        "older_page": address(path, before=items[-1].code) if found.older and items else None,
    }


def _with_gaps(paragraphs: list[difference.Paragraph]) -> Iterator[tuple[int, difference.Paragraph | None]]:
    """Give the paragraphs, each as (0, parts); of those far from any change only their number: (how many, None)."""
    touched = [difference.changed(parts) for parts in paragraphs]
    skipped = 0
    for place, parts in enumerate(paragraphs):
        if any(touched[max(place - 1, 0) : place + 2]):
            if skipped:
                yield skipped, None
            skipped = 0
            yield 0, parts
        else:
            skipped += 1
    if skipped:
        yield skipped, None


def _days_of(year: int, month: int) -> list[date]:
    """List the days of a Jalali month. Raises :exc:`NotThere`."""
    if year not in JALALI_YEARS or not 1 <= month <= 12:
        raise NotThere("چنین ماهی در تقویم نیست.", "no such month")
    first: date = jdatetime.date(year, month, 1).togregorian()
    following = jdatetime.date(year + month // 12, month % 12 + 1, 1).togregorian()
    return [first + timedelta(days=back) for back in range((following - first).days)]


def _day_of(at: datetime | None) -> tuple[str, str] | None:
    return (day_in_words(day_of(at), weekday=False), day_path(day_of(at))) if at else None


def _month_of(at: datetime | None) -> tuple[str, str] | None:
    if at is None:
        return None
    shown = jdatetime.date.fromgregorian(date=day_of(at))
    return month_in_words(shown.year, shown.month), month_path(shown.year, shown.month)
