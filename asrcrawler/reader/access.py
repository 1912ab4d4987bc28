"""Say who may read: those whose password is right, where passwords are asked for."""

from __future__ import annotations

from base64 import b64decode
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, PlainTextResponse, Response

from asrcrawler.reader.passwords import Passwords, TooManyError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from starlette.types import ASGIApp, Receive, Scope, Send

    from asrcrawler.reader.passwords import Hash

ALWAYS_FREE = ("/healthz", "/robots.txt")
"""What a monitor and a search engine ask for; neither has anything of the archive in it."""
METRICS = "/metrics"
BUSY_SECONDS = 2  # after which a visitor may try again when too many passwords wait to be checked

ASKED = {"WWW-Authenticate": 'Basic realm="asrcrawler", charset="UTF-8"', "Cache-Control": "no-store"}
BUSY = {"Retry-After": str(BUSY_SECONDS), "Cache-Control": "no-store"}


class Access:
    """An ASGI middleware that asks for a name and a password (basic authentication, RFC 7617)."""

    def __init__(self, app: ASGIApp, hashes: Mapping[str, Hash], *, free: Collection[str] = ALWAYS_FREE) -> None:
        """Wrap ``app``; ``hashes`` are the visitors by name, ``free`` the paths that are open to all."""
        self._app = app
        self._passwords = Passwords(hashes)
        self._free = frozenset(free)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = None
        if scope["type"] != "lifespan" and scope["path"] not in self._free:
            refusal = await self._refusal(scope)
        await (refusal or self._app)(scope, receive, send)

    async def _refusal(self, scope: Scope) -> Response | None:
        given = _credentials(Headers(scope=scope).get("authorization", ""))
        try:
            if given is not None and await self._passwords.admit(*given):
                return None
        except TooManyError:
            return _answer(scope, 503, BUSY, "اندکی بعد دوباره بیازمایید.", "too many passwords wait to be checked")
        return _answer(scope, 401, ASKED, "نام و گذرواژهٔ درست لازم است.", "a name and its password are needed here")


def _answer(scope: Scope, status: int, headers: Mapping[str, str], persian: str, english: str) -> Response:
    if scope["path"].startswith("/api/"):
        return JSONResponse({"error": english}, status, headers)
    return PlainTextResponse(f"{persian}\n{english}\n", status, headers)


def _credentials(header: str) -> tuple[str, str] | None:
    """Read name and password out of an Authorization header; None where it holds none.

    >>> _credentials("Basic c2FyYTphOmI=")
    ('sara', 'a:b')
    >>> _credentials("Bearer c2FyYTphOmI=")
    """
    scheme, _, rest = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, colon, password = b64decode(rest.strip(), validate=True).decode("utf-8").partition(":")
    except ValueError:  # neither base64 nor UTF-8
        return None
    return (name, password) if colon else None
