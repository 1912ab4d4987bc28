"""Render templates as answers. Whatever is put into a template is escaped; nothing here marks text as safe."""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from asrcrawler.items import Change
from asrcrawler.reader import difference, verdict, words
from asrcrawler.reader.addresses import page_path, scope_of, with_query
from asrcrawler.text.calendar import TEHRAN, day_of
from asrcrawler.text.display import direction
from asrcrawler.text.persian import to_persian_digits

if TYPE_CHECKING:
    from datetime import datetime

    from fastapi import Request

    from asrcrawler.reader.addresses import Scope
    from asrcrawler.reader.library import Library

_HIDDEN = re.compile(r"[\u0000-\u0020\u007f-\u00a0\u061c\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ud800-\udfff]")
"""What cannot be seen in an address and can make it look like another one: controls, blanks, bidi marks."""

LONGEST_HOST = 60  # characters of an address that are shown
OF_A_BODY = {"content-length", "content-type", "content-disposition"}  # headers that an answer without one has not
CACHE = "no-cache"  # keep it, and ask whether it has changed


def library_of(request: Request) -> Library:
    found: Library = request.app.state.library
    return found


def page(request: Request, template: str, *, status: int = 200, scope: Scope | None = None, **values: Any) -> Response:
    """Answer with an HTML page; a browser that has the same one already is told so."""
    scope = scope or scope_of(request)
    given = {"scope": scope, "path": page_path(request), "today": day_of(scope.now), "now": scope.now}
    given |= {"list_path": scope.list_path, "article_path": scope.article_path}
    text = _environment.get_template(template).render(**given | values)
    return unchanged_or(request, HTMLResponse(text, status))


def unchanged_or(request: Request, response: Response) -> Response:
    """Add an ETag to ``response``; answer 304 in its place where the client has it already.

    A browser puts the headers of a 304 in the place of those it has, so that a policy of its own has to be among them.
    """
    if response.status_code != 200:
        return response
    etag = f'W/"{blake2b(bytes(response.body), digest_size=12).hexdigest()}"'
    response.headers.update({"ETag": etag, "Cache-Control": CACHE})
    if etag in (tag.strip() for tag in request.headers.get("if-none-match", "").split(",")):
        stays = {name: value for name, value in response.headers.items() if name not in OF_A_BODY}
        return Response(status_code=304, headers=stays)
    return response


def web_address(url: str | None) -> str | None:
    """Give ``url`` if it leads to the web, with invisible characters spelt out; None for a script and the like.

    >>> web_address("http://example.org/a b")
    'http://example.org/a%20b'
    >>> web_address("javascript:alert(1)")
    """
    try:
        parts = urlsplit((url or "").strip())
        if parts.scheme not in {"http", "https"} or not parts.hostname or _HIDDEN.search(parts.netloc):
            return None
    except ValueError:
        return None
    return _HIDDEN.sub(lambda hidden: quote(hidden[0], errors="replace"), parts.geturl())


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")[:LONGEST_HOST]


def _machine(at: datetime) -> str:
    """Write a moment for the ``datetime`` of a <time>."""
    return at.astimezone(TEHRAN).isoformat(timespec="seconds")


def _made() -> Environment:
    environment = Environment(
        loader=PackageLoader("asrcrawler.reader"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "shown": words.shown,
        "shown_in_row": words.shown_in_row,
        "digits": lambda value: to_persian_digits(str(value)),
        "number": words.number,
        "duration": words.duration,
        "size": words.size,
        "moment": words.moment,
        "day_of": day_of,
        "day_in_words": words.day_in_words,
        "short_day": words.short_day,
        "gregorian": words.gregorian_in_words,
        "short_moment": words.short_moment,
        "clock": words.clock,
        "machine": _machine,
        "web_address": web_address,
        "host": _host,
        "direction": direction,
        "change": lambda change: words.CHANGES[Change(change)],
    }
    environment.globals |= {
        "with_query": with_query,
        "relative_day": words.relative_day,
        "relative_moment": words.relative_moment,
        "month_in_words": words.month_in_words,
        "has_time": words.has_time,
        "percentage": words.percentage,
        "kinds": words.KINDS,
        "outcome_words": words.OUTCOMES,
        "outcome_meanings": words.OUTCOME_MEANINGS,
        "state_words": words.STATES,
        "end_words": words.ENDS,
        "failure": words.failure,
        "field_words": words.FIELDS,
        "place_words": words.PLACES,
        "fallen": words.fallen,
        "thousands": words.thousands,
        "sentence": verdict.sentence,
        "told": verdict.told,
        "sort_of": difference.sort_of,
        "side": difference.side,
        "in_a_row": difference.in_a_row,
    }
    return environment


_environment = _made()
