"""Make the address of every page, and tell which part of the archive a request is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import jdatetime

if TYPE_CHECKING:
    from datetime import datetime

    from fastapi import Request

    from asrcrawler.reader.library import Library
    from asrcrawler.storage import Database


def path_to(*parts: object, **query: object) -> str:
    """Write the address of a page: its parts, quoted, and its query without what is None or empty.

    A day becomes its Jalali year, month and day; a tuple is a Jalali year and month.

    >>> path_to(), path_to("tag", "a/b"), path_to("search", q="oil gas", page=2, order=None)
    ('/', '/tag/a%2Fb', '/search?q=oil+gas&page=2')
    >>> path_to(date(2023, 1, 24)), path_to((1401, 1))
    ('/1401/11/04', '/1401/01')
    """
    return with_query("/" + "/".join(_written(part) for part in parts), **query)


def with_query(path: str, **query: object) -> str:
    """Add a query to a path; what is None or empty is left out.

    >>> with_query("/search", q="oil gas", page=2, order=None)
    '/search?q=oil+gas&page=2'
    """
    given = {name: str(value) for name, value in query.items() if value not in {None, ""}}
    return f"{path}?{urlencode(given)}" if given else path


@dataclass(frozen=True, slots=True)
class Scope:
    """The part of the archive that a request is about, and the addresses within it."""

    library: Library

    @property
    def database(self) -> Database:
        return self.library.database

    @property
    def site(self) -> str:
        return self.library.site

    @property
    def now(self) -> datetime:
        return self.library.now

    def list_path(self, *parts: object, **query: object) -> str:
        """Write the address of a list, a day or a status page of this part of the archive; see :func:`path_to`."""
        return path_to(*parts, **query)

    def article_path(self, article: Any, *parts: object, **query: object) -> str:
        """Write the address of an article, or of what is below it; ``article`` is anything with its code."""
        code = article["code"] if isinstance(article, Mapping) else article.code
        return path_to("news", code, *parts, **query)


def scope_of(request: Request) -> Scope:
    """Tell which part of the archive ``request`` is about."""
    return Scope(request.app.state.library)


def base_url(request: Request) -> str:
    """Give the address under which the reading room is known, without a trailing slash."""
    library: Library = request.app.state.library
    return library.public_url or str(request.base_url).rstrip("/")


def _written(part: object) -> str:
    if isinstance(part, date):
        shown = jdatetime.date.fromgregorian(date=part)
        return f"{shown.year}/{shown.month:02}/{shown.day:02}"
    if isinstance(part, tuple):
        year, month = part
        return f"{year}/{month:02}"
    return quote(str(part), safe="")
