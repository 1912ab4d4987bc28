"""Answer searches of people and of machines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from xml.sax.saxutils import escape

from fastapi import APIRouter, Query, Request, Response
from pydantic import ValidationError
from starlette.responses import RedirectResponse

from asrcrawler.cli.reports.search import as_json
from asrcrawler.reader.addresses import base_url, path_to, scope_of, with_query
from asrcrawler.reader.again import ReadAgain
from asrcrawler.reader.api import answer, described, listed
from asrcrawler.reader.asked import LAST_PAGE, Searched, SearchedExactly
from asrcrawler.reader.downloads import MOST_HITS
from asrcrawler.reader.errors import problem
from asrcrawler.reader.jumps import code_of_address, code_typed
from asrcrawler.reader.rendering import page
from asrcrawler.storage.articles.selection import Selection
from asrcrawler.storage.articles.whereabouts import with_code
from asrcrawler.storage.search import search
from asrcrawler.storage.search.nearest import nearest
from asrcrawler.text.calendar import day_of

if TYPE_CHECKING:
    from asrcrawler.reader.addresses import Scope
    from asrcrawler.storage.search import Results

HITS = 20  # on a page
OPENSEARCH = """\
<?xml version="1.0" encoding="UTF-8"?>
<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">
<ShortName>{site}</ShortName><Description>بایگانی {site}</Description><InputEncoding>UTF-8</InputEncoding>
<Url type="text/html" template="{base}/search?q={{searchTerms}}"/>
</OpenSearchDescription>
"""

_PIECES = {
    "type": "array",
    "items": {"type": "object", "properties": {"text": {"type": "string"}, "hit": {"type": "boolean"}}},
    "description": "the text in pieces; hit: this one is what was searched for",
}
_HIT = {
    "type": "object",
    "properties": {
        **{name: {"type": "string"} for name in ("site", "url", "kind")},
        **{
            name: {"type": ["string", "null"]}
            for name in ("outlet", "kicker", "lead", "published_at", "published_jalali", "gone_at")
        },
        **{name: {"type": "array", "items": {"type": "string"}} for name in ("category", "tags")},
        "code": {"type": "integer"},
        "score": {"type": "number"},
        "title": _PIECES,
        "snippet": _PIECES,
    },
}

_TOTAL = {
    "type": "integer",
    "description": "articles that were found; where total_is_exact is false, there may be more",
}
_BACK = {
    "type": ["string", "null"],
    "format": "date-time",
    "description": "nothing that was published before was searched; with its day as until, a search goes on (but while"
    " the index of words is being made, as after an update)",
}

router = APIRouter(tags=["archive"], route_class=ReadAgain)


@router.get("/search", include_in_schema=False)
def search_page(request: Request) -> Response:
    """Show the form, and below it what was found or what is wrong. The address holds everything that was asked."""
    scope, query = scope_of(request), request.query_params
    form: dict[str, Any] = {
        "given": query,
        "names": scope.library.categories(scope.all_sites),
        "hits": None,
        "total": 0,
        "number": 1,
    }
    form |= {"total_is_exact": True, "searched_back_to": None}
    form |= {"newer_page": None, "older_page": None, "problem": None}
    form |= {
        "without": lambda name: _page_address(request, **{name: None}),
        "ordered": lambda order: _page_address(request, order=order),
    }
    try:
        asked = Searched.model_validate(query)
    except ValidationError as error:
        status, persian, _ = problem([{**found, "loc": ("query", *found["loc"])} for found in error.errors()])
        return page(request, "search.html", **form | {"status": status, "problem": persian})
    if not asked.model_fields_set - {"order", "page"}:
        return page(request, "search.html", **form)
    number = asked.page
    if asked.model_fields_set <= {"q", "outlet"} and (article := _article_meant(scope, query.get("q", ""))) is not None:
        return RedirectResponse(article, 303)
    found, further = _found(scope, asked, HITS)
    form |= {
        "hits": found.hits,
        "total": found.total,
        "total_is_exact": found.total_is_exact,
        "searched_back_to": found.searched_back_to,
        "before": found.searched_back_to
        and not found.awaits_index
        and _page_address(request, until=day_of(found.searched_back_to)),
        "number": number,
        "newer_page": _page_address(request, page=number - 1) if number > 1 else None,
        "older_page": _page_address(request, page=number + 1) if further else None,
        "files": {
            kind: _page_address(request, path=scope.list_path(f"search.{kind}").partition("?")[0])
            for kind in ("csv", "jsonl", "atom")
        },
        "proposal": None
        if found.total or found.searched_back_to
        else nearest(scope.database, asked.q, Selection(sites=scope.all_sites)),
        "most_in_file": MOST_HITS,
    }
    return page(request, "search.html", **form)


@router.get(
    "/api/search",
    summary="Full-text search",
    responses=described(listed("hits", _HIT, total=_TOTAL, total_is_exact={"type": "boolean"}, searched_back_to=_BACK)),
)
def search_for_machines(request: Request, asked: Annotated[SearchedExactly, Query()]) -> Response:
    found, further = _found(scope_of(request), asked, asked.limit)
    following = _page_address(request, page=asked.page + 1) if further else None
    return answer(request, as_json(found) | {"next": following})


@router.get("/opensearch.xml", include_in_schema=False)
def opensearch(request: Request) -> Response:
    """Describe the search, so that a browser can search here from its address bar."""
    text = OPENSEARCH.format(site=escape(scope_of(request).title), base=escape(base_url(request)))
    return Response(text, media_type="application/opensearchdescription+xml")


def _found(scope: Scope, asked: Searched, size: int) -> tuple[Results, bool]:
    """Search for what was asked, with so many hits on a page; tell whether there is a further page."""
    offset = (asked.page - 1) * size
    selection = asked.selection(scope.all_sites)
    found = search(scope.database, asked.q, selection, order=asked.order, offset=offset, limit=size)
    return found, asked.page < LAST_PAGE and found.goes_on


def _article_meant(scope: Scope, words: str) -> str | None:
    """Give the address of the article that is meant by a code that is stored, or by an address of a site."""
    code = code_typed(words)
    having = with_code(scope.database, scope.all_sites, code) if code is not None else []
    if code is None:
        codes = {site: code_of_address(words, site) for site in scope.all_sites}
        having = [site for site, found in codes.items() if found is not None]
        code = next((found for found in codes.values() if found is not None), None)
    if code is None or not having:
        return None
    return scope.article_path({"code": code, "site": having[0]}) if len(having) == 1 else path_to("news", code)


def _page_address(request: Request, path: str | None = None, **changed: object) -> str:
    """Write the address of the same search with something changed; unless told, its first page."""
    query = {name: request.query_params.getlist(name) for name in request.query_params}
    return with_query(path or request.url.path, **{**query, "page": None, **changed})
