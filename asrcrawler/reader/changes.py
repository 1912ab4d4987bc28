"""Serve the changes desk: what the site edited after publication, and what it took down."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, NamedTuple, TypeVar

from fastapi import APIRouter, Query, Request, Response

from asrcrawler.gone import Presence
from asrcrawler.items import Change
from asrcrawler.reader import difference, feed, plots
from asrcrawler.reader.addresses import path_to, scope_of
from asrcrawler.reader.again import ReadAgain
from asrcrawler.reader.asked import PAGE, DeskAsked, GoneAsked
from asrcrawler.reader.feed import Entry
from asrcrawler.reader.rendering import page
from asrcrawler.reader.words import CHANGES, shown
from asrcrawler.storage.articles import edits as stored_edits
from asrcrawler.storage.articles import gone as stored_gone
from asrcrawler.storage.articles.edits import TEXTUAL, ListedEdit
from asrcrawler.storage.figures.changes import count_by_site, count_edits, count_gone
from asrcrawler.text.calendar import day_of, midnight, next_midnight
from asrcrawler.text.persian import to_persian_digits

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator, Sequence
    from datetime import date

    from asrcrawler.outlets import Outlet
    from asrcrawler.reader.addresses import Scope
    from asrcrawler.reader.difference import Paragraph
    from asrcrawler.storage.articles.gone import Missed

DAYS = 14  # of the chart
MOST_SHOWN = 3  # outlets beside the list

EditsAsked = Annotated[DeskAsked, Query()]
DeletionsAsked = Annotated[GoneAsked, Query()]
router = APIRouter(include_in_schema=False, route_class=ReadAgain)
Row = TypeVar("Row")


class Shown(NamedTuple):
    """An edit, and the line that shows what it changed."""

    edit: ListedEdit
    field: str
    parts: Paragraph


@router.get("/changes")
def changes(request: Request, asked: EditsAsked) -> Response:
    """Show the edits by day, the latest first, each with a line of difference; cosmetic ones on demand."""
    scope = scope_of(request)
    found, behind = edits_asked(scope, asked, PAGE)
    counts = _counts_by_day(scope)
    by_day = list(_by_day([(_shown(edit), edit.replaced_at) for edit in found]))
    return page(
        request,
        "changes.html",
        days=by_day,
        counts=[_count_of(scope, day, asked, counts) for day, _ in by_day],
        chosen=asked.change,
        classes=_classes(scope, counts),
        chart=plots.days([(day, _textual(counted)) for day, counted in counts.items()], "ویرایش"),
        gone=count_gone(scope.database, sites=scope.sites),
        most=_most_headlines(scope),
        is_top=asked.behind is None,
        older_page=_further(scope, behind, "changes", **{"class": asked.change}),
        feed_path=scope.list_path("changes.atom", **{"class": asked.change}),
        api_path=_api_path(scope, "changes", **{"class": asked.change}),
    )


@router.get("/changes/gone")
def gone(request: Request, asked: DeletionsAsked) -> Response:
    """Show the articles that are gone, that wait for the look that proves it, or that came back."""
    scope = scope_of(request)
    found, behind = missed_asked(scope, asked, PAGE)
    return page(
        request,
        "gone.html",
        days=list(_by_day([(one, one.at) for one in found])),
        state=asked.state,
        gone=count_gone(scope.database, sites=scope.sites),
        is_top=asked.behind is None,
        older_page=_further(scope, behind, "changes", "gone", state=asked.state),
        feed_path=scope.list_path("changes", "gone.atom", state=asked.state),
        api_path=_api_path(scope, "gone", state=asked.state),
    )


@router.get("/changes.atom")
def changes_feed(request: Request, asked: EditsAsked) -> Response:
    scope = scope_of(request)
    found, behind = edits_asked(scope, asked, PAGE)
    entries = [
        Entry(
            site=edit.site,
            name=f"{edit.code}/edits/{edit.number}",
            title=f"ویرایش {CHANGES[edit.change]}: {shown(edit.title) or to_persian_digits(str(edit.code))}",
            path=scope.article_path(edit, "edits", edit.number),
            updated=edit.replaced_at,
            published=edit.replaced_at,
            url=edit.url,
            summary=_in_words(_shown(edit).parts),
        )
        for edit in found
    ]
    older = _further(scope, behind, "changes.atom", **{"class": asked.change})
    return feed.answer(request, f"ویرایش‌های {scope.name}", entries, older=older)


@router.get("/changes/gone.atom")
def gone_feed(request: Request, asked: DeletionsAsked) -> Response:
    scope = scope_of(request)
    found, behind = missed_asked(scope, asked, PAGE)
    said = {Presence.GONE: "حذف‌شده از سایت", Presence.WAITING: "در سایت پیدا نشد", Presence.BACK: "به سایت برگشت"}
    entries = [
        Entry(
            site=one.site,
            name=f"{one.code}/{one.state}/{one.number}",
            title=f"{said[one.state]}: {shown(one.title) or to_persian_digits(str(one.code))}",
            path=scope.article_path(one),
            updated=one.at,
            published=one.at,
            url=one.url,
            summary=one.lead,
            categories=one.category,
        )
        for one in found
    ]
    older = _further(scope, behind, "changes", "gone.atom", state=asked.state)
    return feed.answer(request, f"حذف‌شده‌های {scope.name}", entries, older=older)


def edits_asked(scope: Scope, asked: DeskAsked, size: int) -> tuple[list[ListedEdit], str | None]:
    """Read a slice of the edits asked for, and the place that the next one begins behind; None at the end."""
    behind = None
    if asked.behind is not None:
        at, code, number, outlet = asked.behind
        behind = stored_edits.Place(at, code, number, scope.site_of(outlet))
    wanted = TEXTUAL if asked.change is None else [asked.change]
    found = stored_edits.edits(scope.database, sites=scope.sites, changes=wanted, behind=behind, limit=size + 1)
    return found[:size], _place(scope, found[size - 1].place) if len(found) > size else None


def missed_asked(scope: Scope, asked: GoneAsked, size: int) -> tuple[list[Missed], str | None]:
    """Read a slice of the articles asked for that the site did not show, and the place behind it."""
    behind = None
    if asked.behind is not None:
        at, code, outlet = asked.behind
        behind = stored_gone.Place(at, code, scope.site_of(outlet))
    state = Presence(asked.state)
    found = stored_gone.missed(scope.database, state, sites=scope.sites, behind=behind, limit=size + 1)
    return found[:size], _place(scope, found[size - 1].place) if len(found) > size else None


def _shown(edit: ListedEdit) -> Shown:
    return Shown(edit, *difference.one_line(edit.before, edit.after))


def _in_words(parts: Paragraph) -> str:
    """Write a difference without colours: what went in brackets with a minus, what came with a plus."""
    signs = {"same": "{}", "deleted": "[−{}]", "inserted": "[+{}]"}
    return "".join(signs[part.mark].format(part.text) for part in parts)


def _by_day(found: Sequence[tuple[Row, datetime]]) -> Iterator[tuple[date, list[Row]]]:
    for day, group in groupby(found, lambda pair: day_of(pair[1])):
        yield day, [one for one, _ in group]


def _counts_by_day(scope: Scope) -> dict[date, Counter[Change]]:
    """Count the edits of the last :data:`DAYS` days by class, the first day first."""
    today = day_of(scope.now)
    days = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    edges = [*map(midnight, days), next_midnight(today)]
    return dict(zip(days, count_edits(scope.database, edges, sites=scope.sites), strict=True))


def _count_of(scope: Scope, day: date, asked: DeskAsked, known: dict[date, Counter[Change]]) -> int:
    counted = known.get(day)
    if counted is None:
        [counted] = count_edits(scope.database, [midnight(day), next_midnight(day)], sites=scope.sites)
    return sum(counted[change] for change in (TEXTUAL if asked.change is None else [asked.change]))


def _classes(scope: Scope, counts: dict[date, Counter[Change]]) -> list[tuple[str | None, str, int]]:
    """Give the classes to choose from: name, words, and how many edits today had."""
    today = counts[day_of(scope.now)]
    textual: tuple[str | None, str, int] = (None, "همه جز نگارشی", _textual(today))
    return [textual, *((str(change), words, today[change]) for change, words in CHANGES.items())]


def _most_headlines(scope: Scope) -> list[tuple[Outlet, int]]:
    """Give the outlets that edited the most headlines in a week; none where the list is of one."""
    if scope.outlet is not None:
        return []
    week_ago = midnight(day_of(scope.now) - timedelta(days=6))
    counts = scope.library.kept("headlines", lambda: count_by_site(scope.database, Change.HEADLINE, week_ago))
    found = [(outlet, counts[outlet.site]) for outlet in scope.outlets if counts[outlet.site]]
    return sorted(found, key=lambda pair: -pair[1])[:MOST_SHOWN]


def _api_path(scope: Scope, name: str, **query: object) -> str:
    """Give the address of the same list for machines."""
    outlets = [outlet.name for outlet in scope.outlets] if scope.is_of_several and scope.is_chosen else None
    return path_to("api", name, **query, outlet=outlets)


def _textual(counted: Counter[Change]) -> int:
    """Count the edits after which a text reads otherwise."""
    return sum(counted[change] for change in TEXTUAL)


def _place(scope: Scope, place: Sequence[object]) -> str:
    """Write a place in a list, as it is asked for; in a list of several outlets it ends with the name of one."""
    *rest, site = place
    parts = [part.isoformat() if isinstance(part, datetime) else str(part) for part in rest]
    if scope.outlet is None:
        parts += [outlet.name for outlet in scope.outlets if outlet.site == site]
    return ",".join(parts)


def _further(scope: Scope, behind: str | None, *parts: str, **query: object) -> str | None:
    """Give the address of the next slice, which begins behind a place."""
    return scope.list_path(*parts, **query, behind=behind) if behind else None
