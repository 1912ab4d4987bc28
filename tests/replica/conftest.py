"""A server, and a client that follows no redirect and hides no failure."""

from __future__ import annotations

import http.client
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from asrcrawler.replica import ReplicaServer


@dataclass(frozen=True)
class Got:
    """An answer as it came."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@pytest.fixture
def get() -> Callable[..., Got]:
    """``get(server, path, **headers)``"""

    def fetch(server: ReplicaServer, path: str, **headers: str) -> Got:
        connection = http.client.HTTPConnection(urlsplit(server.base_url).netloc, timeout=10)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request("GET", quote(path, safe="/%"), headers=named)
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Got(answer.status, found, answer.read())
        finally:
            connection.close()

    return fetch
