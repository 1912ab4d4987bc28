"""No outlet is called like a part of an address of the reading room, of today or planned."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI

from asrcrawler.outlets import RESERVED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.testclient import TestClient

PLANNED = frozenset(
    "api ar calendar category changes edits en fa feed future gone goto health live metrics news outlet outlets queue"
    " search sections similar static status stories story tag topic topics undated work".split()
)


def paths_of(routes: list[Any], prefix: str = "") -> Iterator[str]:
    """Every address of an application, with those of the routers that it includes."""
    for route in routes:
        path = prefix + getattr(route, "path", "")
        yield path
        inner = getattr(route, "original_router", None) or getattr(route, "app", None)
        if inner is not None and hasattr(inner, "routes"):
            yield from paths_of(inner.routes, path)


def test_every_first_and_second_part_of_an_address_is_reserved(client: TestClient) -> None:
    app: Any = client.app
    while not isinstance(app, FastAPI):
        app = app._app
    parts = {part for path in paths_of(app.routes) for part in path.split("/")[1:3]}
    words = {part for part in parts if re.fullmatch("[a-z][a-z0-9_]*", part)}  # {outlet} and search.csv can be no name
    assert {"static", "search", "api", "articles", "health", "live", "news", "fa", "category"} <= words
    assert words | PLANNED <= RESERVED
