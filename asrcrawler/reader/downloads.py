"""Serve the hits of a search as a file: whole articles, streamed, bounded."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import StreamingResponse

from asrcrawler.export import Options, csvtext, jsonl
from asrcrawler.reader.addresses import scope_of
from asrcrawler.reader.again import ReadAgain
from asrcrawler.reader.asked import Searched
from asrcrawler.storage.articles.export import export_articles
from asrcrawler.storage.articles.selection import Selection
from asrcrawler.storage.search import search

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asrcrawler.reader.addresses import Scope

MOST_HITS = 1_000  # in a file: as many as the pages of a search show
AT_ONCE = 100  # hits whose articles are read and sent together

SearchAsked = Annotated[Searched, Query()]
router = APIRouter(include_in_schema=False, route_class=ReadAgain)


@router.get("/search.csv")
def as_csv(request: Request, asked: SearchAsked) -> StreamingResponse:
    """Answer with CSV for spreadsheets."""
    return _file(_csv(scope_of(request), asked), "search.csv", "text/csv; charset=utf-8")


@router.get("/search.jsonl")
def as_json_lines(request: Request, asked: SearchAsked) -> StreamingResponse:
    """Answer with JSON Lines."""
    return _file(_json_lines(scope_of(request), asked), "search.jsonl", "application/x-ndjson")


def _file(chunks: Iterator[bytes], name: str, media_type: str) -> StreamingResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-cache"}
    return StreamingResponse(chunks, media_type=media_type, headers=headers)


def _csv(scope: Scope, asked: Searched) -> Iterator[bytes]:
    options = Options(bom=True)
    header = BytesIO()
    csvtext.write([], header, options)
    yield header.getvalue()
    for articles in _articles(scope, asked):
        rows = BytesIO()
        csvtext.write(articles, rows, options)
        yield rows.getvalue()[len(header.getvalue()) :]


def _json_lines(scope: Scope, asked: Searched) -> Iterator[bytes]:
    for articles in _articles(scope, asked):
        lines = BytesIO()
        jsonl.write(articles, lines, Options())
        yield lines.getvalue()


def _articles(scope: Scope, asked: Searched) -> Iterator[list[dict[str, object]]]:
    """Give the articles found in the order of the hits, some at a time."""
    selection = asked.selection(scope.all_sites)
    for offset in range(0, MOST_HITS, AT_ONCE):
        hits = search(scope.database, asked.q, selection, order=asked.order, offset=offset, limit=AT_ONCE).hits
        wanted = Selection(sites=list({hit.site for hit in hits}), codes=[(hit.code, hit.code) for hit in hits])
        articles = export_articles(scope.database, wanted) if hits else []
        found = {(article["site"], article["code"]): article for article in articles}
        yield [found[hit.site, hit.code] for hit in hits if (hit.site, hit.code) in found]
        if len(hits) < AT_ONCE:
            return
