"""Serve the health page, and the codes behind its numbers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from asrcrawler.reader import plots
from asrcrawler.reader.addresses import scope_of
from asrcrawler.reader.again import ReadAgain
from asrcrawler.reader.asked import PAGE, CodesOf
from asrcrawler.reader.rendering import library_of, page
from asrcrawler.samaneh.urls import HIGHEST_CODE
from asrcrawler.storage.figures.codes import codes
from asrcrawler.storage.visits.ledger import unvisited_spans

CodesAsked = Annotated[CodesOf, Query()]
router = APIRouter(include_in_schema=False, route_class=ReadAgain)


@router.get("/health")
def health(request: Request) -> Response:
    return _standing(request, "health.html")


@router.get("/health/live")
def live(request: Request) -> Response:
    """Answer with the figures without the page around them; the page's script asks for them every few seconds."""
    return _standing(request, "health_live.html")


@router.get("/health/codes")
def codes_of(request: Request, asked: CodesAsked) -> Response:
    """List the codes whose last visit had an outcome, or those that were never visited as spans."""
    scope, standing = scope_of(request), library_of(request).standing()
    top = HIGHEST_CODE if asked.before is None else asked.before - 1
    found, spans, further = [], [], None
    if asked.outcome == "unvisited":
        last = min(top, standing.figures.newest)
        spans = unvisited_spans(scope.database, scope.site, standing.first, last, PAGE)
        further = spans[-1][0] if spans and spans[-1][0] > standing.first else None
    else:
        found = codes(scope.database, scope.site, asked.outcome, below=top + 1, limit=PAGE + 1)
        further = found[PAGE - 1].code if len(found) > PAGE else None
    return page(
        request,
        "codes.html",
        outcome=asked.outcome,
        standing=standing,
        codes=found[:PAGE],
        spans=spans,
        older_page=scope.list_path("health", "codes", outcome=asked.outcome, before=further) if further else None,
    )


def _standing(request: Request, template: str) -> Response:
    standing = library_of(request).standing()
    return page(
        request,
        template,
        standing=standing,
        figures=standing.figures,
        coverage=plots.stacks(standing.cells),
        articles=plots.counts(standing.days),
        lag=plots.lags(standing.days),
    )
