"""Make the address of every page, and tell which part of the archive a request is about.

Where the reading room shows several outlets, what belongs to one of them has its name as the first part of its address;
:class:`OutletPaths` takes it off before a page is chosen, so that every page is there for each outlet. With one outlet
the name may be there, and nothing leads to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import jdatetime

from asrcrawler.outlets import can_be_name
from asrcrawler.reader.errors import NoOutlet, Undecided
from asrcrawler.storage.articles.whereabouts import with_code

if TYPE_CHECKING:
    from datetime import datetime

    from fastapi import Request
    from starlette.types import ASGIApp, Receive, Send
    from starlette.types import Scope as Connection

    from asrcrawler.outlets import Outlet
    from asrcrawler.reader.asked import Place
    from asrcrawler.reader.library import Library
    from asrcrawler.storage import Database
    from asrcrawler.storage.articles.reading import Position
    from asrcrawler.storage.engine.among import Sites


OUTLET = "outlet"  # what the name of an outlet is called in the scope of a connection
OF_ALL = frozenset({"static", "healthz", "robots.txt", "opensearch.xml", "api"})
"""First parts of addresses that no outlet has of its own."""


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
    """Add a query to a path; what is None or empty is left out, and each value of a list given.

    >>> with_query("/search", q="oil gas", page=2, order=None)
    '/search?q=oil+gas&page=2'
    """
    given = {name: value for name, value in query.items() if value not in (None, "", [])}
    return f"{path}?{urlencode(given, doseq=True)}" if given else path


@dataclass(frozen=True, slots=True)
class Scope:
    """The part of the archive that a request is about, and the addresses within it."""

    library: Library
    outlets: tuple[Outlet, ...]
    """Those that it is about."""
    everything: tuple[Outlet, ...]
    """All outlets that the reading room shows."""
    is_chosen: bool = False
    """Whether the request names the outlets."""

    @property
    def database(self) -> Database:
        return self.library.database

    @property
    def now(self) -> datetime:
        return self.library.now

    @property
    def is_of_several(self) -> bool:
        """Tell whether the reading room shows several outlets."""
        return len(self.everything) > 1

    @property
    def outlet(self) -> Outlet | None:
        """The only outlet that the request is about."""
        return self.outlets[0] if len(self.outlets) == 1 else None

    @property
    def sites(self) -> Sites:
        """The site of the only outlet, or the sites of all."""
        return self.outlet.site if self.outlet else tuple(outlet.site for outlet in self.outlets)

    @property
    def all_sites(self) -> list[str]:
        """The sites that are looked through for what is asked for: also of outlets that are not followed any more."""
        return [outlet.site for outlet in (self.outlets if self.is_chosen else self.everything)]

    @property
    def only(self) -> Outlet:
        """The only outlet. Raises :exc:`~asrcrawler.reader.errors.Undecided` where there are several."""
        if self.outlet is None:
            raise Undecided
        return self.outlet

    @property
    def site(self) -> str:
        """The site of the only outlet; see :attr:`only`."""
        return self.only.site

    @property
    def name(self) -> str:
        """What the part is called: the site of the only outlet where it is alone, its title among others."""
        if self.outlet is None:
            return self.title
        return self.outlet.shown if self.is_of_several else self.outlet.site

    @property
    def title(self) -> str:
        """What the archive is an archive of."""
        return self.everything[0].site if len(self.everything) == 1 else "خبر"

    def outlet_of(self, item: Any) -> Outlet | None:
        """Give the outlet of an article, or of anything with a site."""
        site = _of(item, "site")
        return next((outlet for outlet in self.everything if outlet.site == site), self.outlet)

    def of_code(self, code: int) -> Scope:
        """Give the part that is of the only outlet with an article of this code; this one where none has it.

        Raises :exc:`~asrcrawler.reader.errors.Undecided` where several have it.
        """
        if self.outlet is not None:
            return self
        having = with_code(self.database, self.all_sites, code)
        if len(having) > 1:
            raise Undecided(code)
        found = tuple(outlet for outlet in self.everything if outlet.site in having)
        return replace(self, outlets=found or self.outlets[:1], is_chosen=True)

    def within(self, outlet: Outlet | None = None) -> Scope:
        """Give the part that is of an outlet; without one, of all that are followed."""
        followed = tuple(outlet for outlet in self.everything if outlet.followed)
        chosen = (outlet,) if outlet is not None else followed or self.everything
        return replace(self, outlets=chosen, is_chosen=outlet is not None)

    def position(self, asked: Place) -> Position:
        """Give the place in a list that is asked for."""
        beside = asked.after or asked.before
        if beside is None or self.outlet is not None:
            return asked.position
        if beside.outlet:
            return replace(asked.position, site=self.site_of(beside.outlet))
        own = with_code(self.database, self.all_sites, beside.code)
        return replace(asked.position, site=own[0] if len(own) == 1 else "")

    def site_of(self, name: str) -> str:
        """Give the site of an outlet by its name, of the only one whatever the name; empty where there is none."""
        if self.outlet is not None:
            return self.outlet.site
        return next((outlet.site for outlet in self.everything if outlet.name == name), "")

    def list_path(self, *parts: object, **query: object) -> str:
        """Write the address of a list, a day or a status page of this part of the archive; see :func:`path_to`."""
        if self.is_of_several and self.outlet is not None:
            name = self.outlet.name
            parts = ("health", name, *parts[1:]) if parts[:1] == ("health",) else (name, *parts)
        elif self.is_of_several and self.is_chosen:
            query |= {"outlet": [outlet.name for outlet in self.outlets]}
        return path_to(*parts, **query)

    def article_path(self, article: Any, *parts: object, **query: object) -> str:
        """Write the address of an article, or of what is below it; ``article`` is anything with its code and site."""
        code = _of(article, "code")
        if not self.is_of_several:
            return path_to("news", code, *parts, **query)
        outlet = self.outlet_of(article)
        if outlet is None:
            raise Undecided(code)
        return path_to(outlet.name, "news", code, *parts, **query)


def scope_of(request: Request) -> Scope:
    """Tell which part of the archive ``request`` is about. Raises :exc:`~asrcrawler.reader.errors.NoOutlet`."""
    library: Library = request.app.state.library
    shown = library.outlets()
    own = request.scope.get(OUTLET)
    names = [own] if own else [name for name in request.query_params.getlist("outlet") if name]
    if not names:
        return Scope(library, tuple(outlet for outlet in shown if outlet.followed) or shown, shown)
    for name in names:
        if name not in {outlet.name for outlet in shown}:
            raise NoOutlet(name, [outlet.name for outlet in shown], in_path=bool(own))
    return Scope(library, tuple(outlet for outlet in shown if outlet.name in names), shown, is_chosen=True)


def scope_at_hand(request: Request) -> Scope:
    """Give what is known of the archive without a look into it, for a page that tells of an error."""
    library: Library = request.app.state.library
    shown = library.outlets_at_hand()
    return Scope(library, tuple(outlet for outlet in shown if outlet.followed) or shown, shown)


def page_path(request: Request) -> str:
    """Give the path of the page that is asked for, without the name of an outlet."""
    path, prefix = request.scope["path"], request.scope.get("root_path", "")
    return str(path).removeprefix(prefix) or "/"


class OutletPaths:
    """An ASGI middleware that takes the name of an outlet off the path, and notes it for :func:`scope_of`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Connection, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            first, second, rest = (*scope["path"].removeprefix("/").split("/", 2), "", "")[:3]
            if first == "health" and can_be_name(second):
                scope = _within(scope, second, "/".join(("/health", rest)) if rest else "/health")
            elif can_be_name(first) and second not in OF_ALL:
                scope = _within(scope, first, "/" + "/".join(part for part in (second, rest) if part))
        await self._app(scope, receive, send)


def _within(scope: Connection, name: str, path: str) -> Connection:
    return {**scope, OUTLET: name, "app_root_path": "", "root_path": f"/{name}", "path": f"/{name}{path}"}


def _of(item: Any, name: str) -> Any:
    return item.get(name) if isinstance(item, Mapping) else getattr(item, name, None)


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
