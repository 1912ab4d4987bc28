"""Answer an address that leaves open which of several outlets it is about: lead to the only one, or offer a choice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, RedirectResponse

from asrcrawler.reader.addresses import page_path, scope_of, with_query
from asrcrawler.reader.errors import NotThere
from asrcrawler.reader.rendering import page
from asrcrawler.storage.articles import whereabouts
from asrcrawler.text.numbers import whole_number
from asrcrawler.text.persian import to_persian_digits

if TYPE_CHECKING:
    from fastapi import Request, Response

    from asrcrawler.outlets import Outlet
    from asrcrawler.reader.addresses import Scope
    from asrcrawler.reader.errors import Undecided

_LABELS = {"category": "بخش", "tag": "برچسب"}


def choose(request: Request, undecided: Undecided) -> Response:
    """Redirect to the only outlet that has what is asked for, or answer with a choice. Raises :exc:`NotThere`."""
    scope, path = scope_of(request), page_path(request)
    found, words = _having(request, scope, path, undecided.code)
    if path.startswith("/api/"):
        names = ", ".join(outlet.name for outlet in found)
        return JSONResponse({"error": f"give one outlet, outlet=NAME; there is: {names}"}, 400)
    if not found:
        raise NotThere("هیچ‌یک از رسانه‌های این بایگانی آن را ندارد.", "no outlet has it")
    if undecided.code is not None and not path.startswith("/news/"):
        path = f"/news/{undecided.code}"  # a short link, or an address as it is on the site
    query = [(name, value) for name, value in request.query_params.multi_items() if name != "outlet"]
    targets = [(outlet, with_query(_within(outlet, path), **dict(query))) for outlet in found]
    if len(targets) == 1:
        return RedirectResponse(targets[0][1], 302)
    return page(request, "choice.html", status=300, heading=words, targets=targets)


def _having(request: Request, scope: Scope, path: str, code: int | None) -> tuple[list[Outlet], str]:
    """Give the outlets that have what is asked for, and say what it is."""
    sites, typed = scope.all_sites, request.path_params.get("code")
    kind = path.split("/", 2)[1]
    if code is None and typed is not None:
        code = whole_number(str(typed))
    if code is not None:
        having = whereabouts.with_code(scope.database, sites, code)
        words = f"خبر {to_persian_digits(str(code))}"
    elif kind in _LABELS:
        name = str(request.path_params["name"])
        having, words = whereabouts.with_label(scope.database, sites, kind, name), f"{_LABELS[kind]} {name}"
    elif kind.startswith("undated"):
        having, words = whereabouts.without_date(scope.database, sites), "خبرهای بدون تاریخ"
    else:
        having, words = sites, "کدام رسانه؟"
    return [outlet for outlet in scope.everything if outlet.site in having], words


def _within(outlet: Outlet, path: str) -> str:
    """Write the address of a page of an outlet."""
    return (
        f"/health/{outlet.name}{path.removeprefix('/health')}"
        if path.startswith("/health")
        else f"/{outlet.name}{path}"
    )
