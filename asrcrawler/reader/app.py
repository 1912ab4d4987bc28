"""Put the reading room together as an ASGI application."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import JSONResponse, Response
from starlette.staticfiles import StaticFiles

from asrcrawler import __version__
from asrcrawler.exceptions import StorageError
from asrcrawler.reader import (
    api,
    articles,
    changes,
    changes_api,
    dates,
    downloads,
    feed,
    lists,
    metrics,
    searching,
    shortcuts,
    watching,
)
from asrcrawler.reader.access import ALWAYS_FREE, METRICS, Access
from asrcrawler.reader.addresses import OutletPaths, page_path, scope_at_hand, scope_of, with_query
from asrcrawler.reader.choosing import choose
from asrcrawler.reader.errors import NoArticle, NoOutlet, NotThere, Undecided, problem
from asrcrawler.reader.knowledge import known_of
from asrcrawler.reader.rendering import page
from asrcrawler.reader.security import Guard

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from starlette.types import ASGIApp

    from asrcrawler.reader.library import Library
    from asrcrawler.reader.passwords import Hash

SHORTEST_COMPRESSED = 1_000  # bytes
COMPRESSION = 5  # of 9; more takes longer and saves little

_ERRORS = {
    400: "نشانی نامعتبر است",
    404: "یافت نشد",
    405: "این کار شدنی نیست",
    500: "خطایی در برنامه رخ داد",
    503: "بایگانی چند لحظه در دسترس نیست",
}
_ADVICE = {
    404: "شاید نشانی ناقص است، یا این خبر هنوز بایگانی نشده است.",
    500: "جزئیات در گزارش سرور است.",
    503: "پایگاه داده باز نشد یا پاسخ نداد. ده ثانیهٔ دیگر دوباره بیازمایید؛ علت در گزارش سرور ثبت شده است.",
}

log = logging.getLogger(__name__)


def create_app(
    library: Library,
    *,
    hosts: Collection[str] | None = None,
    visitors: Mapping[str, Hash] | None = None,
    open_metrics: bool = False,
) -> ASGIApp:
    """Make the application for ``library``.

    ``hosts`` are the host names it answers to, None for any; ``visitors`` those whose password is asked for, None where
    anyone may read; ``open_metrics`` spares ``/metrics`` the password.
    """
    app = FastAPI(
        title="asrcrawler",
        summary=f"The archive of {library.site}" if library.site else "An archive of news",
        version=__version__,
        docs_url=None,  # these pages load their scripts from another host
        redoc_url=None,
        openapi_url="/api/openapi.json",
        exception_handlers={
            NotThere: _not_there,
            NoArticle: _no_article,
            NoOutlet: _no_outlet,
            Undecided: _undecided,
            RequestValidationError: _not_valid,
            HTTPException: _http_error,
            StorageError: _out_of_reach,
            Exception: _failed,
        },
    )
    app.state.library = library
    app.openapi = lambda: api.openapi(app)  # type: ignore[method-assign]
    app.mount("/static", StaticFiles(packages=[("asrcrawler.reader", "static")]))
    # The shortcuts come last: a short link is any single word.
    for part in (
        watching,
        metrics,
        feed,
        changes,
        searching,
        downloads,
        api,
        changes_api,
        lists,
        articles,
        dates,
        shortcuts,
    ):
        app.include_router(part.router)
    app.add_middleware(GZipMiddleware, minimum_size=SHORTEST_COMPRESSED, compresslevel=COMPRESSION)
    inner: ASGIApp = OutletPaths(app)
    if visitors is not None:
        inner = Access(inner, visitors, free=(*ALWAYS_FREE, METRICS) if open_metrics else ALWAYS_FREE)
    return Guard(inner, hosts)  # outermost: the answer to an error of ours is made outside the other middleware


def _answer(request: Request, status: int, persian: str, english: str, heading: str | None = None) -> Response:
    if request.url.path.startswith("/api/"):
        return JSONResponse({"error": english}, status)
    values: dict[str, Any] = {"heading": heading or _ERRORS.get(status, _ERRORS[400]), "day": None}
    if page_path(request) == "/goto":
        values |= {"heading": "تاریخ نامعتبر است", "day": request.query_params.get("day", "")}
    again = with_query(request.url.path, **request.query_params)
    response = page(
        request,
        "error.html",
        scope=scope_at_hand(request),
        status=status,
        code=status,
        message=persian,
        again=again,
        **values,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


async def _not_there(request: Request, error: Any) -> Response:
    return _answer(request, 404, error.persian, str(error))


async def _no_outlet(request: Request, error: Any) -> Response:
    return _answer(request, error.status, error.persian, str(error))


async def _undecided(request: Request, error: Any) -> Response:
    try:
        return await run_in_threadpool(choose, request, error)
    except NotThere as nowhere:
        return await _not_there(request, nowhere)
    except StorageError as out_of_reach:
        return await _out_of_reach(request, out_of_reach)


async def _no_article(request: Request, error: Any) -> Response:
    if request.url.path.startswith("/api/"):
        return _answer(request, 404, error.persian, str(error))
    try:
        known = await run_in_threadpool(lambda: known_of(scope_of(request), error.code))
    except StorageError as out_of_reach:
        return await _out_of_reach(request, out_of_reach)
    return _answer(request, 404, known, str(error), heading="این خبر در بایگانی نیست")


async def _not_valid(request: Request, error: Any) -> Response:
    return _answer(request, *problem(error.errors()))


async def _http_error(request: Request, error: Any) -> Response:
    return _answer(request, error.status_code, _ADVICE.get(error.status_code, ""), str(error.detail))


async def _out_of_reach(request: Request, error: Any) -> Response:
    log.warning("%s: %s", request.url.path, error)
    response = _answer(request, 503, _ADVICE[503], "the archive is out of reach; the server's log says why")
    response.headers["Retry-After"] = "10"
    return response


async def _failed(request: Request, _: Any) -> Response:
    """Answer after an error of ours; the server logs the error itself."""
    return _answer(request, 500, _ADVICE[500], "internal error")
