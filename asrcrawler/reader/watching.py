"""Serve the health page, and the codes behind its numbers."""

from __future__ import annotations

from collections import Counter
from functools import partial
from statistics import median
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request, Response

from asrcrawler.reader import plots
from asrcrawler.reader.addresses import scope_of
from asrcrawler.reader.again import ReadAgain
from asrcrawler.reader.asked import PAGE, CodesOf
from asrcrawler.reader.rendering import page
from asrcrawler.storage.figures.codes import codes
from asrcrawler.storage.visits.ledger import unvisited_spans

if TYPE_CHECKING:
    from asrcrawler.outlets import Outlet
    from asrcrawler.reader.addresses import Scope
    from asrcrawler.reader.health import Standing

REASONS = 12  # the most frequent ones, to choose from
CodesAsked = Annotated[CodesOf, Query()]
router = APIRouter(include_in_schema=False, route_class=ReadAgain)


@router.get("/health")
def health(request: Request) -> Response:
    return _standing(request, "health.html")


@router.get("/health/live")
def live(request: Request) -> Response:
    """Answer with the figures without the page around them; the page's script asks for them every few seconds."""
    return _standing(request)


@router.get("/health/codes")
def codes_of(request: Request, asked: CodesAsked) -> Response:
    """List the codes whose last visit had an outcome, or those that were never visited as spans."""
    scope = scope_of(request)
    standing = scope.library.standing(scope.only)
    found, spans, further = [], [], None
    reasons: Counter[str] = Counter()
    if asked.outcome == "unvisited":
        last = min(asked.below - 1, standing.figures.newest)
        spans = unvisited_spans(scope.database, scope.site, standing.first, last, PAGE)
        further = spans[-1][0] if spans and spans[-1][0] > standing.first else None
    else:
        wanted = partial(codes, scope.database, scope.site, asked.outcome, reason=asked.reason)
        found = wanted(below=asked.below, limit=PAGE + 1)
        reasons = scope.library.reasons(scope.site, asked.outcome)
        further = found[PAGE - 1].code if len(found) > PAGE else None
    address = partial(scope.list_path, "health", outcome=asked.outcome)
    return page(
        request,
        "codes.html",
        outcome=asked.outcome,
        reason=asked.reason,
        reasons=[(reason, count, address("codes", reason=reason)) for reason, count in reasons.most_common(REASONS)],
        file=address("codes.csv", reason=asked.reason),
        standing=standing,
        codes=found[:PAGE],
        spans=spans,
        older_page=address("codes", reason=asked.reason, before=further) if further else None,
    )


def _standing(request: Request, around: str | None = None) -> Response:
    """Answer with the figures, within the template ``around`` them."""
    scope = scope_of(request)
    if scope.outlet is None:
        return _table(request, around, scope)
    standing = scope.library.standing(scope.only)
    return page(
        request,
        around or "health_live.html",
        live="health_live.html",
        standing=standing,
        queue=scope.library.queue([scope.only]),
        figures=standing.figures,
        coverage=plots.stacks(standing.cells),
        articles=plots.counts(standing.days),
        lag=plots.lags(standing.days),
    )


def _table(request: Request, around: str | None, scope: Scope) -> Response:
    """Show how several outlets stand, the worst first."""
    standings = sorted(scope.library.standings(scope.outlets), key=_how_bad)
    given = [standing for _, standing in standings]
    lags = [standing.figures.lag_median for standing in given if standing.figures.lag_median is not None]
    return page(
        request,
        around or "outlets_live.html",
        live="outlets_live.html",
        standings=[(outlet, standing, plots.share(standing)) for outlet, standing in standings],
        queue=scope.library.queue(scope.outlets),
        judgements=Counter(standing.judgement for standing in given),
        articles=sum(standing.figures.articles for standing in given),
        visited=sum(standing.visited for standing in given),
        total=sum(standing.total for standing in given),
        due=sum(sum(standing.due.values()) for standing in given),
        lag=median(lags) if lags else None,
        at=min(standing.at for standing in given),
    )


def _how_bad(found: tuple[Outlet, Standing]) -> tuple[int, int, float]:
    """Put standstill before other problems, among those alike the one with the most, and the longest lag."""
    _, standing = found
    worst = ("bad", "warn", "good").index(standing.judgement)
    return worst, -len(standing.problems), -(standing.figures.lag_median or 0)
