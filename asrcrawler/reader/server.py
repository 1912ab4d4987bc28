"""Serve the reading room on a port until it is told to stop."""

from __future__ import annotations

import socket
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import uvicorn

from asrcrawler.exceptions import ReaderError
from asrcrawler.reader.app import create_app

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.types import ASGIApp

    from asrcrawler.reader.library import Library
    from asrcrawler.reader.passwords import Hash

BACKLOG = 512  # connections that wait to be accepted
MOST_CONNECTIONS = 400  # beyond these, visitors get 503 and may try again
STOP_SECONDS = 3  # for answers under way when the server stops
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can connect to ``host``."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def serve(
    library: Library,
    host: str,
    port: int,
    ready: Callable[[str], object],
    *,
    visitors: Mapping[str, Hash] | None = None,
    open_metrics: bool = False,
) -> None:
    """Serve until SIGINT or SIGTERM; call ``ready`` with the address. The rest is as for :func:`create_app`.

    Raises :exc:`ReaderError` where it cannot serve.
    """
    hosts = own_names(host, library.public_url)
    app = create_app(library, hosts=hosts, visitors=visitors, open_metrics=open_metrics)
    with _listening(host.strip("[]"), port) as listener:
        ready(f"http://{_in_address(host)}:{listener.getsockname()[1]}")
        server_of(app).run(sockets=[listener])


def server_of(app: ASGIApp) -> uvicorn.Server:
    """Make the HTTP server for the reading room."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            lifespan="off",
            limit_concurrency=MOST_CONNECTIONS,
            timeout_graceful_shutdown=STOP_SECONDS,
        )
    )


def own_names(host: str, public_url: str | None) -> set[str] | None:
    """List the host names that visitors may use: on loopback our own, elsewhere any."""
    if not is_loopback(host):
        return None
    public = urlsplit(public_url).hostname if public_url else None
    return {*LOOPBACK_NAMES, *(_in_address(name) for name in (host, public) if name)}


def _in_address(host: str) -> str:
    """Write ``host`` as in an address and in a Host header: an IPv6 address in brackets."""
    return f"[{host.strip('[]')}]" if ":" in host else host


def _listening(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(BACKLOG)
        except OSError:
            listener.close()
            raise
    except OSError as error:
        raise ReaderError(f"cannot serve on {host} port {port}: {error.strerror or error}") from error
    return listener
