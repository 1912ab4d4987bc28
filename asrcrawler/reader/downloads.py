"""Serve lists as files: the articles of a search, the codes with an outcome. Streamed, bounded."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import StreamingResponse

from asrcrawler.export import Options, csvtext, jsonl
from asrcrawler.export.contract import EXPORT_FIELDS
from asrcrawler.reader.addresses import scope_of
from asrcrawler.reader.again import ReadAgain
from asrcrawler.reader.asked import CodesOf, Searched
from asrcrawler.storage.articles.export import export_articles
from asrcrawler.storage.articles.selection import Selection
from asrcrawler.storage.figures.codes import Visited, codes
from asrcrawler.storage.search import search
from asrcrawler.storage.visits.ledger import unvisited_spans

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from asrcrawler.reader.addresses import Scope

MOST_HITS = 1_000  # in a file: as many as the pages of a search show
AT_ONCE = 100  # hits whose articles are read and sent together
MOST_CODES = 100_000  # in a file; of codes with an outcome, ``scrapy status --outcome`` lists all
CODES_AT_ONCE = 1_000
CSV = "text/csv; charset=utf-8"

CodesAsked = Annotated[CodesOf, Query()]
SearchAsked = Annotated[Searched, Query()]
router = APIRouter(include_in_schema=False, route_class=ReadAgain)


@router.get("/search.csv")
def as_csv(request: Request, asked: SearchAsked) -> StreamingResponse:
    """Answer with CSV for spreadsheets."""
    return _file(_csv(_articles(scope_of(request), asked), EXPORT_FIELDS), "search.csv", CSV)


@router.get("/search.jsonl")
def as_json_lines(request: Request, asked: SearchAsked) -> StreamingResponse:
    """Answer with JSON Lines."""
    return _file(_json_lines(scope_of(request), asked), "search.jsonl", "application/x-ndjson")


@router.get("/health/codes.csv")
def codes_as_csv(request: Request, asked: CodesAsked) -> StreamingResponse:
    """Answer with the codes whose last visit had an outcome, or with the spans of those never visited."""
    scope = scope_of(request)
    name = f"{scope.only.name}-{asked.outcome}.csv"
    if asked.outcome == "unvisited":
        return _file(_csv(_spans(scope, asked), ("first", "last")), name, CSV)
    return _file(_csv(_codes(scope, asked), Visited._fields), name, CSV)


def _file(chunks: Iterator[bytes], name: str, media_type: str) -> StreamingResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-cache"}
    return StreamingResponse(chunks, media_type=media_type, headers=headers)


def _csv(portions: Iterable[Iterable[dict[str, Any]]], names: Sequence[str]) -> Iterator[bytes]:
    header = BytesIO()
    csvtext.write_rows([], header, names, bom=True)
    yield header.getvalue()
    for portion in portions:
        rows = BytesIO()
        csvtext.write_rows(portion, rows, names, bom=True)
        yield rows.getvalue()[len(header.getvalue()) :]


def _json_lines(scope: Scope, asked: Searched) -> Iterator[bytes]:
    for articles in _articles(scope, asked):
        lines = BytesIO()
        jsonl.write(articles, lines, Options())
        yield lines.getvalue()


def _codes(scope: Scope, asked: CodesOf) -> Iterator[list[dict[str, Any]]]:
    below = asked.below
    for _ in range(0, MOST_CODES, CODES_AT_ONCE):
        found = codes(scope.database, scope.site, asked.outcome, reason=asked.reason, below=below, limit=CODES_AT_ONCE)
        yield [one._asdict() | {"capture": one.capture.hex() if one.capture else None} for one in found]
        if len(found) < CODES_AT_ONCE:
            return
        below = found[-1].code


def _spans(scope: Scope, asked: CodesOf) -> Iterator[list[dict[str, Any]]]:
    standing = scope.library.standing(scope.only)
    top = min(asked.below - 1, standing.figures.newest)
    found = unvisited_spans(scope.database, scope.site, standing.first, top, MOST_CODES)
    yield [{"first": first, "last": last} for first, last in found]


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
