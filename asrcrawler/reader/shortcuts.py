"""Redirect from addresses of the site itself to the same article here."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from asrcrawler.reader.addresses import scope_of
from asrcrawler.reader.again import ReadAgain
from asrcrawler.reader.asked import Code
from asrcrawler.reader.errors import NotThere
from asrcrawler.samaneh.urls import code_of_short_path

router = APIRouter(include_in_schema=False, route_class=ReadAgain)


@router.get("/fa/news/{code}")
@router.get("/fa/news/{code}/{_:path}")
def as_on_the_site(request: Request, code: Code) -> Response:
    return _to(request, code)


@router.get("/{short}")
def short_link(request: Request, short: str) -> Response:
    code = code_of_short_path(f"/{short}")
    if code is None:
        raise NotThere("چنین صفحه‌ای نیست.", "no such page")
    return _to(request, code)


def _to(request: Request, code: int) -> Response:
    """Lead to an article, for good unless another outlet may have one of the same code."""
    scope = scope_of(request)
    address = scope.article_path({"code": code})
    return RedirectResponse(address, 301)
