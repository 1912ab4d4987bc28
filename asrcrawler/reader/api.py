"""Serve the JSON API, which ``/api/openapi.json`` describes. An article has the fields of an exported one."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, FastAPI, Query, Request, Response
from fastapi.openapi.utils import get_openapi

from asrcrawler.cli.reports.status import as_json, iso
from asrcrawler.export.contract import REVISIONS, export_schema
from asrcrawler.reader.addresses import base_url, with_query
from asrcrawler.reader.again import ReadAgain
from asrcrawler.reader.asked import Code, Listed, Nothing
from asrcrawler.reader.rendering import library_of, page, unchanged_or
from asrcrawler.storage.articles import reading
from asrcrawler.storage.articles.reading import Position

if TYPE_CHECKING:
    from collections.abc import Mapping

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
_NOT_FOUND: Answers = {404: {"description": "not in the archive"}}


@router.get("/api", include_in_schema=False)
def about(request: Request) -> Response:
    """Show the page for people who write programs."""
    library = library_of(request)
    newest = reading.newest(library.database, library.site, library.now, 1)
    return page(request, "api.html", base=base_url(request), example=newest[0].code if newest else None)


@router.get(
    "/api/articles", summary="Articles, the highest code first", responses=described(listed("articles", ARTICLE))
)
def articles(request: Request, asked: Annotated[Listed, Query()]) -> Response:
    library = library_of(request)
    selection = asked.selection(library.site, unique=asked.unique)
    found = reading.selected(library.database, selection, Position(before=asked.before, limit=asked.limit))
    following = None
    if len(found) == asked.limit:
        following = with_query("/api/articles", **{**request.query_params, "before": found[-1]["code"]})
    return answer(request, {"articles": found, "next": following})


@router.get("/api/articles/{code}", summary="One article", responses=described(ARTICLE) | _NOT_FOUND)
def article(request: Request, code: Code, _: NothingAsked) -> Response:
    return answer(request, library_of(request).article(code))


@router.get(
    "/api/articles/{code}/revisions",
    summary="The earlier texts of an article, the first one first",
    responses=described({"type": "object", "properties": {REVISIONS: _TEXTS}, "required": [REVISIONS]}) | _NOT_FOUND,
)
def earlier_texts(request: Request, code: Code, _: NothingAsked) -> Response:
    found = library_of(request).article(code, revisions=True)
    return answer(request, {"revisions": found[REVISIONS]})


@router.get(
    "/api/categories",
    summary="The names of all categories",
    responses=described(listed("categories", {"type": "string"})),
)
def categories(request: Request, _: NothingAsked) -> Response:
    library = library_of(request)
    return answer(request, {"categories": library.categories(), "next": None})


@router.get("/api/status", summary="How the archive stands", responses=described({"type": "object"}))
def status(request: Request, _: NothingAsked) -> Response:
    """What ``scrapy status --json`` says, and the figures of the health page."""
    library = library_of(request)
    standing = library.standing()
    said = as_json(
        library.site, standing.figures, standing.sources, standing.runs, first_code=standing.first, now=standing.at
    )
    more = {
        "working": standing.is_working,
        "last_good_run_at": iso(standing.last_good.ended_at) if standing.last_good else None,
        "lag_p95": standing.figures.lag_p95,
        "due_by_outcome": {name or "listed": count for name, count in standing.due.items()},
        "cells": [{name: getattr(cell, name) for name in SHOWN_CELLS} for cell in standing.cells],
        "days": [{"day": day.day.isoformat(), "articles": day.articles, "lag": day.lag} for day in standing.days],
    }
    return answer(request, said | more)


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
