"""Serve the JSON API, which ``/api/openapi.json`` describes. An article has the fields of an exported one."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, FastAPI, Query, Request, Response
from fastapi.openapi.utils import get_openapi

from asrcrawler.cli.reports.status import as_json, iso
from asrcrawler.export.contract import REVISIONS, export_schema
from asrcrawler.reader.addresses import base_url, scope_of, with_query
from asrcrawler.reader.again import ReadAgain
from asrcrawler.reader.asked import Code, Listed, Nothing, OutletsAsked
from asrcrawler.reader.errors import NoOutlet
from asrcrawler.reader.rendering import page, unchanged_or
from asrcrawler.storage.articles import reading
from asrcrawler.storage.articles.reading import Position

if TYPE_CHECKING:
    from collections.abc import Mapping

    from asrcrawler.outlets import Outlet
    from asrcrawler.reader.health import Standing

SHOWN_CELLS = ("first", "last", "outcomes")


router = APIRouter(tags=["archive"], route_class=ReadAgain)


NothingAsked = Annotated[Nothing, Query()]
Answers = dict[int | str, dict[str, Any]]


def described(schema: dict[str, Any]) -> Answers:
    """Describe the answers of a path."""
    error = {"type": "object", "properties": {"error": {"type": "string"}}, "required": ["error"]}
    wrong = {"description": "what is wrong, in one line", "content": {"application/json": {"schema": error}}}
    good = {"description": "OK", "content": {"application/json": {"schema": schema}}}
    return {200: good, 400: wrong, "default": wrong}


def listed(name: str, schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Describe an answer that has a list and the address of the next slice."""
    following = {"type": ["string", "null"], "description": "address of what comes next; null at the end"}
    properties = {name: {"type": "array", "items": schema}, **more, "next": following}
    return {"type": "object", "properties": properties, "required": list(properties)}


ARTICLE = {"$ref": "#/components/schemas/Article"}
_TEXTS = export_schema(revisions=True)["properties"][REVISIONS]
_OUTLET = {
    "type": "object",
    "properties": {
        **{name: {"type": "string"} for name in ("name", "site")},
        "title": {"type": ["string", "null"]},
        "followed": {"type": "boolean", "description": "false: it was removed, and its articles stay"},
        "enabled": {"type": "boolean"},
        "articles": {"type": "integer"},
    },
}
_OUTLETS = listed("outlets", _OUTLET)
_NOT_FOUND: Answers = {404: {"description": "not in the archive"}}


@router.get("/api", include_in_schema=False)
def about(request: Request) -> Response:
    """Show the page for people who write programs."""
    scope = scope_of(request)
    newest = reading.newest(scope.database, scope.sites, scope.now, 1)
    return page(request, "api.html", base=base_url(request), example=newest[0].code if newest else None)


@router.get(
    "/api/articles", summary="Articles, the highest code first", responses=described(listed("articles", ARTICLE))
)
def articles(request: Request, asked: Annotated[Listed, Query()]) -> Response:
    scope = scope_of(request)
    outlets, before = list(scope.outlets if scope.is_chosen else scope.everything), asked.before
    if before is not None and scope.outlet is None:
        names = [outlet.name for outlet in outlets]
        if before.outlet not in names:
            raise NoOutlet(before.outlet, names, in_path=False)
        outlets = outlets[names.index(before.outlet) :]
    found: list[dict[str, Any]] = []
    for outlet in outlets:
        selection = asked.selection([outlet.site], unique=asked.unique)
        position = Position(before=before.code if before else None, limit=asked.limit - len(found))
        found += reading.selected(scope.database, selection, position)
        before = None
        if len(found) == asked.limit:
            break
    following = None
    if len(found) == asked.limit:
        last, query = found[-1], {name: request.query_params.getlist(name) for name in request.query_params}
        beside = last["code"] if scope.outlet else f"{last['outlet']}:{last['code']}"
        following = with_query("/api/articles", **{**query, "before": beside})
    return answer(request, {"articles": found, "next": following})


@router.get("/api/articles/{code}", summary="One article", responses=described(ARTICLE) | _NOT_FOUND)
def article(request: Request, code: Code, _: Annotated[OutletsAsked, Query()]) -> Response:
    scope = scope_of(request).of_code(code)
    return answer(request, scope.library.article(scope.site, code))


@router.get(
    "/api/articles/{code}/revisions",
    summary="The earlier texts of an article, the first one first",
    responses=described({"type": "object", "properties": {REVISIONS: _TEXTS}, "required": [REVISIONS]}) | _NOT_FOUND,
)
def earlier_texts(request: Request, code: Code, _: Annotated[OutletsAsked, Query()]) -> Response:
    scope = scope_of(request).of_code(code)
    found = scope.library.article(scope.site, code, revisions=True)
    return answer(request, {"revisions": found[REVISIONS]})


@router.get(
    "/api/categories",
    summary="The names of all categories",
    responses=described(listed("categories", {"type": "string"})),
)
def categories(request: Request, _: Annotated[OutletsAsked, Query()]) -> Response:
    scope = scope_of(request)
    return answer(request, {"categories": scope.library.categories(scope.all_sites), "next": None})


@router.get("/api/outlets", summary="The outlets, with how many articles each has", responses=described(_OUTLETS))
def outlets(request: Request, _: NothingAsked) -> Response:
    scope = scope_of(request)
    counts = scope.library.articles_by_site()
    stated = ("name", "site", "title", "followed", "enabled")
    return answer(
        request,
        {
            "outlets": [
                {name: getattr(outlet, name) for name in stated} | {"articles": counts[outlet.site]}
                for outlet in scope.everything
            ],
            "next": None,
        },
    )


@router.get("/api/status", summary="How the archive stands", responses=described({"type": "object"}))
def status(request: Request, _: Annotated[OutletsAsked, Query()]) -> Response:
    """What ``scrapy status --json`` says, and the figures of the health page; of several outlets, a list of them."""
    scope = scope_of(request)
    said = [{"outlet": outlet.name} | _status(outlet, own) for outlet, own in scope.library.standings(scope.outlets)]
    return answer(request, said[0] if scope.outlet else {"outlets": said})


def _status(outlet: Outlet, standing: Standing) -> dict[str, Any]:
    said = as_json(
        outlet.site, standing.figures, standing.sources, standing.runs, first_code=standing.first, now=standing.at
    )
    return said | {
        "working": standing.is_working,
        "last_good_run_at": iso(standing.last_good.ended_at) if standing.last_good else None,
        "lag_p95": standing.figures.lag_p95,
        "due_by_outcome": {name or "listed": count for name, count in standing.due.items()},
        "cells": [{name: getattr(cell, name) for name in SHOWN_CELLS} for cell in standing.cells],
        "days": [{"day": day.day.isoformat(), "articles": day.articles, "lag": day.lag} for day in standing.days],
    }


def answer(request: Request, data: Mapping[str, Any]) -> Response:
    """Answer with ``data`` as JSON; moments are in ISO 8601."""
    text = json.dumps(data, ensure_ascii=False, default=_as_text)
    return unchanged_or(request, Response(text.encode(errors="replace"), media_type="application/json"))


def openapi(app: FastAPI) -> dict[str, Any]:
    """Make the description once, with the published schema of an article in it."""
    if not app.openapi_schema:
        described = get_openapi(title=app.title, version=app.version, summary=app.summary, routes=app.routes)
        schema = {name: value for name, value in export_schema().items() if name != "$schema"}
        described["components"]["schemas"]["Article"] = schema
        app.openapi_schema = described
    return app.openapi_schema


def _as_text(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    raise TypeError(f"no JSON for {value!r}")
