"""Serve lists of articles: the front page, sections, categories, tags, and what has no usual date."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from asrcrawler.gone import Presence
from asrcrawler.items import Change
from asrcrawler.reader import plots
from asrcrawler.reader.addresses import scope_of, with_query
from asrcrawler.reader.again import ReadAgain
from asrcrawler.reader.asked import LONGEST_NAME, Front, Place
from asrcrawler.reader.errors import NotThere
from asrcrawler.reader.rendering import page
from asrcrawler.storage.articles import reading
from asrcrawler.storage.articles.gone import missed
from asrcrawler.storage.figures.changes import count_edits, count_gone
from asrcrawler.storage.figures.periods import count_published, span_published
from asrcrawler.storage.visits.runs import last_good_run, last_runs
from asrcrawler.text.calendar import day_of, midnight, next_midnight
from asrcrawler.text.persian import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from asrcrawler.reader.addresses import Scope
    from asrcrawler.storage.articles.reading import Item, Position, Slice

GONE_SHOWN = 3  # articles beside the front page
SECTIONS_SHOWN = 8  # of today, the most frequent ones
TAGS_SHOWN = 5  # of the week
PlaceAsked = Annotated[Place, Query()]
_NONE = {"category": "در این بخش خبری نیست.", "tag": "هیچ خبری این برچسب را ندارد."}
router = APIRouter(include_in_schema=False, route_class=ReadAgain)


@router.get("/")
def front(request: Request, asked: Annotated[Front, Query()]) -> Response:
    """Show the newest articles by day; those with a date in the future have a page of their own."""
    scope = scope_of(request)
    now = scope.now
    found = reading.published(scope.database, scope.sites, None, now, scope.position(asked), unique=asked.unique)
    days = list(by_day(found.items))
    of_day = [count_published(scope.database, scope.sites, [midnight(day), next_midnight(day)])[0] for day, _ in days]
    today = scope.library.today(scope.sites)
    [edits_today] = count_edits(scope.database, [midnight(day_of(now)), next_midnight(day_of(now))], sites=scope.sites)
    return page(
        request,
        "front.html",
        days=days,
        counts=of_day,
        today_s=today,
        outlets_today=sum(1 for outlet in scope.outlets if scope.library.of_today()[outlet.site]),
        edits_today=sum(edits_today.values()) - edits_today[Change.COSMETIC],
        gone_today=count_gone(scope.database, sites=scope.sites, since=midnight(day_of(now)))[Presence.GONE],
        last_gone=missed(scope.database, Presence.GONE, sites=scope.sites, limit=GONE_SHOWN),
        archive=scope.library.articles(scope.sites),
        hours=plots.hours(today.hours, now),
        future=reading.count_future(scope.database, scope.sites, now),
        undated=reading.has_undated(scope.database, scope.sites),
        is_top=asked.before is None and asked.after is None,
        compact=asked.view == "compact",
        unique=asked.unique,
        views=_views(scope, asked),
        **_of_outlet(scope),
        **turning(request, found),
    )


@router.get("/future")
def future(request: Request, asked: PlaceAsked) -> Response:
    scope = scope_of(request)
    found = reading.published(scope.database, scope.sites, scope.now, None, scope.position(asked))
    return _list(
        request,
        found,
        heading="خبرهایی با تاریخ آینده",
        note="صفحهٔ این خبرها روزی را نشان می‌دهد که هنوز نیامده است.",
    )


@router.get("/undated")
def undated(request: Request, asked: PlaceAsked) -> Response:
    scope = scope_of(request)
    found = reading.undated(scope.database, scope.site, asked.position)
    note = "در صفحهٔ این خبرها تاریخی پیدا نشد. به ترتیب کد خبر."
    return _list(request, found, heading="خبرهای بدون تاریخ", note=note)


@router.get("/sections")
def sections(request: Request) -> Response:
    scope = scope_of(request)
    return page(request, "sections.html", sections=scope.library.sections(scope.site))


@router.get("/category/{name:path}")
def category(request: Request, name: str, asked: PlaceAsked) -> Response:
    return _labelled(request, asked, "category", name, heading="بخش")


@router.get("/tag/{name:path}")
def tag(request: Request, name: str, asked: PlaceAsked) -> Response:
    return _labelled(request, asked, "tag", name, heading="برچسب")


def by_day(items: Iterable[Item]) -> Iterator[tuple[date, list[Item]]]:
    """Group articles by the day of their publication; leave out those without a date."""
    dated = ((day_of(item.published_at), item) for item in items if item.published_at is not None)
    for day, group in groupby(dated, lambda pair: pair[0]):
        yield day, [item for _, item in group]


def turning(request: Request, found: Slice) -> dict[str, Any]:
    """Give the addresses of the newer and the older slice; the rest of the query stays."""
    scope, items, path = scope_of(request), found.items, request.url.path
    kept = {
        name: request.query_params.getlist(name) for name in request.query_params if name not in {"before", "after"}
    }
    return {
        "newer_page": with_query(path, **kept, after=_beside(scope, items[0])) if found.newer and items else None,
        "older_page": with_query(path, **kept, before=_beside(scope, items[-1])) if found.older and items else None,
    }


def feed_path(address: str) -> str:
    """Give the address of the feed of a list.

    >>> feed_path("/1401/11/04?outlet=asr")
    '/1401/11/04.atom?outlet=asr'
    """
    path, mark, query = address.partition("?")
    return f"{path}.atom{mark}{query}"


def _beside(scope: Scope, item: Item) -> object:
    """Write where a slice begins: the code of an article, with its outlet where the list is of several."""
    outlet = scope.outlet_of(item)
    return item.code if scope.outlet or outlet is None else f"{outlet.name}:{item.code}"


def labelled(scope: Scope, kind: str, name: str, position: Position) -> tuple[str, Slice]:
    """Read the articles with a category or tag, and how its name is written. Raises :exc:`NotThere`."""
    wanted = clean(name)
    found = None
    if wanted and len(wanted) <= LONGEST_NAME:
        found = reading.labelled(scope.database, scope.site, kind, wanted, position)
    if found is None or not (found.items or found.newer):
        raise NotThere(_NONE[kind], "no such name")
    return wanted, found


def _labelled(request: Request, asked: Place, kind: str, name: str, *, heading: str) -> Response:
    scope = scope_of(request)
    wanted, found = labelled(scope, kind, name, asked.position)
    return _list(
        request,
        found,
        heading=wanted,
        label=heading,
        refine=scope.list_path("search", **{kind: wanted}),
        feed_path=scope.list_path(kind, f"{wanted}.atom"),
    )


def _list(request: Request, found: Slice, *, heading: str, **values: Any) -> Response:
    empty = {
        "label": None,
        "note": None,
        "refine": None,
        "feed_path": feed_path(with_query(request.url.path, outlet=request.query_params.getlist("outlet"))),
    }
    return page(
        request, "list.html", heading=heading, items=found.items, **{**empty, **values}, **turning(request, found)
    )


def _of_outlet(scope: Scope) -> dict[str, Any]:
    """Give what the page of a single outlet tells of it."""
    if scope.outlet is None:
        return {"recent": None}
    days, found = scope.library.recent(scope.site)
    span = span_published(scope.database, scope.site, scope.now)
    return {
        "recent": found,
        "month": plots.days(list(zip(days, found.days, strict=True)), "خبر"),
        "sections": found.sections.most_common(SECTIONS_SHOWN),
        "tags": found.tags.most_common(TAGS_SHOWN),
        "since": span[0] if span else None,
        "last_run": next(iter(last_runs(scope.database, scope.site, 1)), None),
        "last_good": last_good_run(scope.database, scope.site),
    }


def _views(scope: Scope, asked: Front) -> dict[str, str]:
    """Give the addresses of the front page shown otherwise: with leads, compact, with and without duplicates."""
    unique = 1 if asked.unique else None
    return {
        "full": scope.list_path(unique=unique),
        "compact": scope.list_path(view="compact", unique=unique),
        "unique": scope.list_path(view=asked.view, unique=1),
        "all": scope.list_path(view=asked.view),
    }
