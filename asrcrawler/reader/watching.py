"""Serve the health page."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from asrcrawler.reader import plots
from asrcrawler.reader.again import ReadAgain
from asrcrawler.reader.rendering import library_of, page

router = APIRouter(include_in_schema=False, route_class=ReadAgain)


@router.get("/health")
def health(request: Request) -> Response:
    return _standing(request, "health.html")


@router.get("/health/live")
def live(request: Request) -> Response:
    """Answer with the figures without the page around them; the page's script asks for them every few seconds."""
    return _standing(request, "health_live.html")


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
