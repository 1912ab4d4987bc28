"""Answer as a failing or hostile site does, for each :class:`~asrcrawler.replica.faults.Fault`."""

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

_BLOCKED = "<html><body>403 Forbidden</body></html>"
_NOT_FOUND = "<html><body>404 Not Found</body></html>"
_ARVAN = {"Server": "ArvanCloud", "Set-Cookie": "__arcsjs=0a1b; path=/"}


async def instead(rule: Rule, request: web.BaseRequest, now: datetime) -> web.StreamResponse:
    """Make the answer that replaces the usual one."""
    match rule.fault:
        case Fault.RESET:
            return _reset(request)
        case Fault.HUGE:
            return await _huge(request)
        case Fault.GZIP_BOMB:
            return web.Response(body=_bomb(), headers={"Content-Type": HTML, "Content-Encoding": "gzip"})
        case Fault.CHALLENGE:
            return web.Response(text=_CHALLENGE, headers={"Content-Type": HTML, **_ARVAN})
        case Fault.CHALLENGE_REDIRECT:
            return web.Response(status=307, headers={"Location": request.raw_path, **_ARVAN})
        case Fault.OTHER_HOST:
            return web.Response(status=302, headers={"Location": OTHER_HOST})
        case Fault.EMPTY:
            return web.Response(body=b"", headers={"Content-Type": HTML})
        case _:
            return _refusal(rule, now)


def with_wrong_charset(body: bytes) -> web.Response:
    """Make the page, in UTF-8, with windows-1256 declared in header and meta."""
    lied = body.replace(b"charset=UTF-8", b"charset=windows-1256")
    lied = lied.replace(b'charset="UTF-8"', b'charset="windows-1256"')
    return web.Response(body=lied, headers={"Content-Type": "text/html; charset=windows-1256"})


def cut(rule: Rule, body: bytes, headers: dict[str, str], request: web.BaseRequest) -> web.Response:
    """A part of the answer with this body and these headers, then the end of the connection."""
    length = len(body)
    if rule.fault in {Fault.CUT_GZIP, Fault.CUT_GZIP_CLOSED}:
        body, headers = compressed(body), headers | {"Content-Encoding": "gzip"}
    part = body[: int(len(body) * rule.share)]
    match rule.fault:
        case Fault.TRUNCATED:
            headers = headers | {"Content-Length": str(length)}
        case Fault.CUT_PAGE | Fault.CUT_GZIP:
            headers = headers | {"Content-Length": str(len(part))}
        case Fault.CUT_CHUNKS:
            headers = headers | {"Transfer-Encoding": "chunked"}
            part = b"%x\r\n%b\r\n" % (len(part), part)
    lines = ["HTTP/1.1 200 OK", "Connection: close", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    if request.transport is not None:
        request.transport.write("\r\n".join(lines).encode() + part)
        request.transport.close()
    return web.Response()


def compressed(body: bytes) -> bytes:
    return gzip.compress(body, compresslevel=1, mtime=0)


def _refusal(rule: Rule, now: datetime) -> web.Response:
    """Make an answer that says by its status what is wrong."""
    match rule.fault:
        case Fault.FORBIDDEN:
            return web.Response(status=403, text=_BLOCKED, headers={"Content-Type": HTML})
        case Fault.NOT_FOUND:
            return web.Response(status=404, text=_NOT_FOUND, headers={"Content-Type": HTML})
        case Fault.TOO_MANY:
            return web.Response(status=429, text="too many requests", headers={"Retry-After": f"{rule.seconds:.0f}"})
        case Fault.RETRY_SECONDS:
            return web.Response(status=503, text="busy", headers={"Retry-After": f"{rule.seconds:.0f}"})
        case Fault.RETRY_DATE:
            later = (now + timedelta(seconds=rule.seconds)).astimezone(UTC)
            return web.Response(status=503, text="busy", headers={"Retry-After": format_datetime(later, usegmt=True)})
        case _:
            return web.Response(status=500, text="Internal Server Error")


def _reset(request: web.BaseRequest) -> web.Response:
    transport = request.transport
    if transport is not None:
        endpoint: socket.socket = transport.get_extra_info("socket")
        endpoint.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # closes with RST, not FIN
        transport.abort()
    return web.Response()


async def _huge(request: web.BaseRequest) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": HTML})
    await response.prepare(request)
    for _ in range(HUGE_SIZE // len(_CHUNK)):
        await response.write(_CHUNK)
    return response


@cache
def _bomb() -> bytes:
    """Compress 50 MB of blanks with gzip, in pieces, so that it takes us no memory."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    piece = b" " * 1024 * 1024
    return b"".join([squeeze.compress(piece) for _ in range(HUGE_SIZE // len(piece))]) + squeeze.flush()
