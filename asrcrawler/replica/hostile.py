"""Answers of a failing or hostile site, one function a :class:`~asrcrawler.replica.faults.Fault`."""

from __future__ import annotations

import gzip
import socket
import struct
import zlib
from datetime import UTC, timedelta
from email.utils import format_datetime
from functools import cache
from typing import TYPE_CHECKING

from aiohttp import web

from asrcrawler.replica.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from asrcrawler.replica.faults import Rule

HUGE_SIZE = 50 * 1024 * 1024  # bytes
OTHER_HOST = "http://elsewhere.invalid/fa/news/1"
HTML = "text/html; charset=utf-8"

_CHUNK = ("<p>" + "این صفحه پایانی ندارد. " * 40 + "</p>\n").encode() * 16
_CHALLENGE = """<!DOCTYPE html><html><head><title>در حال انتقال...</title><meta name="robots" content="noindex"></head>
<body><noscript>برای دیدن این صفحه جاوااسکریپت را روشن کنید</noscript>
<script>document.cookie = "__arcsjs=0a1b2c3d4e; path=/"; window.location.reload();</script>
<p>ArvanCloud</p></body></html>"""

Answer = web.StreamResponse


async def instead(rule: Rule, request: web.BaseRequest, now: datetime) -> Answer:
    """The answer that takes the place of the usual one."""
    return await _INSTEAD[rule.fault](rule, request, now)


def with_wrong_charset(body: bytes) -> web.Response:
    """The page, in UTF-8, with windows-1256 declared in header and meta."""
    lied = body.replace(b"charset=UTF-8", b"charset=windows-1256").replace(
        b'charset="UTF-8"', b'charset="windows-1256"'
    )
    return web.Response(body=lied, headers={"Content-Type": "text/html; charset=windows-1256"})


async def truncated(body: bytes, request: web.BaseRequest) -> Answer:
    """Half of the body that was announced, then the end of the connection."""
    response = web.StreamResponse(headers={"Content-Type": HTML, "Content-Length": str(len(body))})
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return response


async def _error_500(rule: Rule, request: web.BaseRequest, now: datetime) -> Answer:
    return web.Response(status=500, text="<html><body>Internal Server Error</body></html>", content_type="text/html")


async def _retry_seconds(rule: Rule, request: web.BaseRequest, now: datetime) -> Answer:
    return web.Response(status=503, text="busy", headers={"Retry-After": f"{rule.seconds:.0f}"})


async def _retry_date(rule: Rule, request: web.BaseRequest, now: datetime) -> Answer:
    later = (now + timedelta(seconds=rule.seconds)).astimezone(UTC)
    return web.Response(status=503, text="busy", headers={"Retry-After": format_datetime(later, usegmt=True)})


async def _too_many(rule: Rule, request: web.BaseRequest, now: datetime) -> Answer:
    return web.Response(status=429, text="too many requests", headers={"Retry-After": f"{rule.seconds:.0f}"})


async def _forbidden(rule: Rule, request: web.BaseRequest, now: datetime) -> Answer:
    return web.Response(status=403, text="<html><body>403 Forbidden</body></html>", content_type="text/html")


async def _reset(rule: Rule, request: web.BaseRequest, now: datetime) -> Answer:
    transport = request.transport
    if transport is not None:
        endpoint: socket.socket = transport.get_extra_info("socket")
        endpoint.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # close with RST, not FIN
        transport.abort()
    return web.Response()


async def _empty(rule: Rule, request: web.BaseRequest, now: datetime) -> Answer:
    return web.Response(body=b"", headers={"Content-Type": HTML})


async def _challenge(rule: Rule, request: web.BaseRequest, now: datetime) -> Answer:
    return web.Response(
        text=_CHALLENGE, headers={"Content-Type": HTML, "Server": "ArvanCloud", "Set-Cookie": "__arcsjs=0a1b; path=/"}
    )


async def _challenge_redirect(rule: Rule, request: web.BaseRequest, now: datetime) -> Answer:
    headers = {"Location": request.raw_path, "Server": "ArvanCloud", "Set-Cookie": "__arcsjs=0a1b; path=/"}
    return web.Response(status=307, headers=headers)


async def _other_host(rule: Rule, request: web.BaseRequest, now: datetime) -> Answer:
    return web.Response(status=302, headers={"Location": OTHER_HOST})


async def _huge(rule: Rule, request: web.BaseRequest, now: datetime) -> Answer:
    response = web.StreamResponse(headers={"Content-Type": HTML})
    await response.prepare(request)
    for _ in range(HUGE_SIZE // len(_CHUNK)):
        await response.write(_CHUNK)
    return response


async def _gzip_bomb(rule: Rule, request: web.BaseRequest, now: datetime) -> Answer:
    return web.Response(body=_bomb(), headers={"Content-Type": HTML, "Content-Encoding": "gzip"})


@cache
def _bomb() -> bytes:
    """50 MB of blanks as gzip; made in pieces, so that it costs us no memory."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    piece = b" " * 1024 * 1024
    return b"".join([squeeze.compress(piece) for _ in range(HUGE_SIZE // len(piece))]) + squeeze.flush()


def compressed(body: bytes) -> bytes:
    return gzip.compress(body, compresslevel=1, mtime=0)


_INSTEAD: dict[Fault, Callable[[Rule, web.BaseRequest, datetime], Awaitable[Answer]]] = {
    Fault.ERROR_500: _error_500,
    Fault.RETRY_SECONDS: _retry_seconds,
    Fault.RETRY_DATE: _retry_date,
    Fault.TOO_MANY: _too_many,
    Fault.FORBIDDEN: _forbidden,
    Fault.RESET: _reset,
    Fault.EMPTY: _empty,
    Fault.CHALLENGE: _challenge,
    Fault.CHALLENGE_REDIRECT: _challenge_redirect,
    Fault.OTHER_HOST: _other_host,
    Fault.HUGE: _huge,
    Fault.GZIP_BOMB: _gzip_bomb,
}
