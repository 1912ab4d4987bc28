"""Serve a world over HTTP, on loopback only, in a thread or in the calling one."""

from __future__ import annotations

import asyncio
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import unquote

from aiohttp import web

from asrcrawler.exceptions import ReplicaError
from asrcrawler.replica import hostile
from asrcrawler.replica.faults import ALTERING, CUTTING, Fault, Faults
from asrcrawler.replica.hosting import Hosting
from asrcrawler.replica.requestlog import RequestLog
from asrcrawler.replica.site import PAGES_KEPT, Reply, Site, code_of_path

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta

    from asrcrawler.replica.truth import Truth
    from asrcrawler.replica.world import World

HOST = "127.0.0.1"
SHORTEST_COMPRESSED = 500  # bytes
BACKLOG = 512


class ReplicaServer:
    """A server of the site of ``world``; a context manager that serves while it is open.

    ``port`` 0 takes a free one. The other options say how the site behaves: whether it compresses, answers conditional
    requests and has sitemaps, how many seconds its robots.txt asks for between requests, whether that is ``closed`` to
    all crawlers, how many seconds every answer takes, and how many pages are kept in memory, ready to be sent again.
    """

    def __init__(
        self,
        world: World,
        *,
        port: int = 0,
        compress: bool = False,
        conditional: bool = True,
        sitemaps: bool = True,
        crawl_delay: float | None = None,
        closed: bool = False,
        latency: float = 0.0,
        pages_kept: int = PAGES_KEPT,
    ) -> None:
        self.world = world
        self.faults = Faults()
        self.requests = RequestLog()
        self._port = port
        self._compress = compress
        self._habits: dict[str, Any] = {
            "conditional": conditional,
            "sitemaps": sitemaps,
            "crawl_delay": crawl_delay,
            "closed": closed,
            "pages_kept": pages_kept,
        }
        self._latency = latency
        self._hosting = Hosting([self])
        self._runner: web.ServerRunner | None = None
        self._site: Site | None = None

    # --- for tests

    @property
    def base_url(self) -> str:
        """The address, ``http://127.0.0.1:PORT``."""
        return f"http://{HOST}:{self._port}"

    @property
    def clock(self) -> datetime:
        """The present moment on the site. Set it to move the world on (or back)."""
        return self.world.now

    @clock.setter
    def clock(self, moment: datetime) -> None:
        self.world.now = moment

    def advance(self, span: timedelta) -> datetime:
        """Move the clock on, and give the new moment."""
        self.world.now = (self.world.now.astimezone(UTC) + span).astimezone(self.world.now.tzinfo)
        return self.world.now

    def truth(self, code: int, at: datetime | None = None) -> Truth:
        """Give :meth:`World.truth` with this server's address in it, without regard to faults."""
        return self.world.truth(code, at, base_url=self.base_url)

    def url(self, code: int) -> str:
        return f"{self.base_url}/fa/news/{code}"

    # --- serving

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def start(self) -> None:
        """Serve in another thread. Raises :exc:`~asrcrawler.exceptions.ReplicaError` when the port is taken."""
        self._hosting.start()

    def stop(self) -> None:
        """Stop serving and close open connections."""
        self._hosting.stop()

    def run(self, ready: Callable[[], None]) -> None:
        """Serve in this thread until interrupted, and call ``ready`` when that begins. Raises as :meth:`start` does."""
        self._hosting.run(ready)

    async def open(self) -> None:
        """Serve in the running event loop until :meth:`close`. Raises as :meth:`start` does."""
        runner = web.ServerRunner(web.Server(self._answer, access_log=None), handle_signals=False, shutdown_timeout=0.2)
        await runner.setup()
        try:
            await web.TCPSite(runner, HOST, self._port, backlog=BACKLOG).start()
        except OSError as error:
            await runner.cleanup()
            raise ReplicaError(f"cannot serve on port {self._port}: {error.strerror or error}") from None
        self._runner = runner
        self._port = runner.addresses[0][1]
        self._site = Site(self.world, self.base_url, **self._habits)

    async def close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    # --- answering

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        assert self._site is not None
        path = request.raw_path.partition("?")[0]
        if "%" in path:
            path = unquote(path)
        code = code_of_path(path)
        headers = request.headers
        self.requests.begin(
            path,
            code,
            headers.get("User-Agent", ""),
            conditional="If-None-Match" in headers or "If-Modified-Since" in headers,
            encoding=headers.get("Accept-Encoding", ""),
        )
        try:
            if self._latency:
                await asyncio.sleep(self._latency)
            return await self._answer_for(request, path, code)
        finally:
            self.requests.end()

    async def _answer_for(self, request: web.BaseRequest, path: str, code: int | None) -> web.StreamResponse:
        site = self._site
        assert site is not None
        rule = self.faults.meet(path if code is None else code)
        if rule is None:
            return self._response(site.answer(path, code), request)
        if rule.fault not in ALTERING:
            return await hostile.instead(rule, request, self.world.now)
        reply = site.answer(path, code, dirty=rule.fault is Fault.DIRTY_BYTES)
        match rule.fault:
            case Fault.SLOW:
                await asyncio.sleep(rule.seconds)
            case fault if fault in CUTTING:
                return hostile.cut(rule, reply.body, {"Content-Type": reply.content_type, **reply.headers}, request)
            case Fault.WRONG_CHARSET:
                return hostile.with_wrong_charset(reply.body)
        return self._response(reply, request)

    def _response(self, reply: Reply, request: web.BaseRequest) -> web.Response:
        headers = {"Content-Type": reply.content_type, **reply.headers}
        if "ETag" in headers and _is_fresh(request, headers):
            del headers["Content-Type"]
            return web.Response(status=304, headers=headers)
        body = reply.body
        if self._compress and len(body) >= SHORTEST_COMPRESSED and "gzip" in request.headers.get("Accept-Encoding", ""):
            headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
            body = hostile.compressed(body)
        return web.Response(status=reply.status, body=body, headers=headers)


def _is_fresh(request: web.BaseRequest, headers: dict[str, str]) -> bool:
    """Tell whether the client has what the site has."""
    known = request.headers.get("If-None-Match")
    if known is not None:
        return headers["ETag"] in (tag.strip() for tag in known.split(","))
    since = request.headers.get("If-Modified-Since")
    if since is None:
        return False
    try:
        return parsedate_to_datetime(headers["Last-Modified"]) <= parsedate_to_datetime(since)
    except (ValueError, TypeError):
        return False
