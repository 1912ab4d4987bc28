"""Limit what a browser may load from the reading room, who may ask it, and how much."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from collections.abc import Collection

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LONGEST_ADDRESS = 4_000  # bytes of path and query

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",  # the texts are their publisher's, and belong to no search engine here
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class Guard:
    """An ASGI middleware that answers only GET and HEAD, addresses of limited length, and the given host names.

    A page of another site can make a browser ask us by a name that leads to 127.0.0.1 (DNS rebinding), and would be
    allowed to read the answer. So on loopback only our own names are answered.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str] | None) -> None:
        """Wrap ``app``; ``hosts`` are the names answered, without port, None for any."""
        self._app = app
        self._hosts = None if hosts is None else frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        if scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}  # the server leaves out the body of an answer to HEAD
        refusal = self._refusal(scope)
        await (refusal or self._app)(scope, receive, send_with_headers)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        if "transfer-encoding" in headers and "content-length" in headers:
            # A proxy may go by the other one, and take for the next request what we take for the body (RFC 9112 6.1).
            # httptools refuses this by itself; h11 goes by the encoding and keeps the connection.
            return PlainTextResponse("a request has one length\n", 400, {"Connection": "close"})
        if self._hosts is not None and _host(headers.get("host", "")) not in self._hosts:
            return PlainTextResponse("this name is not served here\n", 421)
        if scope["method"] != "GET":
            return PlainTextResponse("only GET and HEAD are answered here\n", 405, {"Allow": "GET, HEAD"})
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > LONGEST_ADDRESS:
            return PlainTextResponse("the address is too long\n", 414)
        return None


def _host(value: str) -> str:
    """Read the name in a Host header, without its port."""
    name, colon, port = value.rpartition(":")
    return (name if colon and port.isdigit() else value).lower()
