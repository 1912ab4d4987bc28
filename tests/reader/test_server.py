"""What the server does with the bytes of a connection."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

import pytest

from asrcrawler.reader.app import create_app
from asrcrawler.reader.server import server_of

if TYPE_CHECKING:
    from asrcrawler.reader.library import Library

PATIENCE = 20  # seconds, for a machine that is busy
NEXT = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def answers(library: Library, method: str, *headers: str) -> list[int]:
    """The statuses that one connection is given until it is closed, for a request and another one behind it."""
    lines = (f"{method} /healthz HTTP/1.1", "Host: localhost", *headers, "", "0", "", "")
    given = asyncio.run(_exchange(library, "\r\n".join(lines).encode() + NEXT))
    return [int(answer[:3]) for answer in given.split(b"HTTP/1.1 ")[1:]]


async def _exchange(library: Library, sent: bytes) -> bytes:
    server = server_of(create_app(library, hosts={"localhost"}))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        reader, writer = await asyncio.open_connection(*listener.getsockname())
        try:
            writer.write(sent)
            return await asyncio.wait_for(reader.read(), PATIENCE)
        finally:
            writer.close()
            server.should_exit = True
            await serving


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
@pytest.mark.parametrize(
    "headers",
    [
        ("Content-Length: 5", "Transfer-Encoding: chunked"),
        ("transfer-encoding: Chunked", "content-length: 0"),
        ("Content-Length: 5", "Transfer-Encoding:", " chunked"),
        ("Content-Length: 5", "Content-Length: 5", "Transfer-Encoding: chunked", "Connection: keep-alive"),
    ],
)
def test_a_request_of_two_lengths_is_refused_and_what_follows_it_is_not_read(
    library: Library, method: str, headers: tuple[str, ...]
) -> None:
    assert answers(library, method, *headers) == [400]


@pytest.mark.parametrize(
    "headers",
    [
        ("Content-Length: 5", "Content-Length: 6"),
        ("Content-Length: 5", "Transfer-Encoding : chunked"),
        ("Content-Length: 5", "Transfer-Encoding: xchunked"),
        ("Content-Length: 5", "Transfer-Encoding: gzip, chunked"),
    ],
)
def test_so_is_one_whose_length_cannot_be_told(library: Library, headers: tuple[str, ...]) -> None:
    assert answers(library, "GET", *headers) == [400]


@pytest.mark.parametrize("header", ["Content-Length: 5", "Transfer-Encoding: chunked"])
def test_a_body_of_one_length_is_passed_over(library: Library, header: str) -> None:
    assert answers(library, "GET", header) == [200, 200]
