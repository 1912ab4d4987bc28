"""A site that is a table of answers, and writes down what it is asked for; also as the proxy of a crawl."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, ClassVar, Self

from asrcrawler.text.persian import to_persian_digits
from tests.samaneh.template import CODE, page

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer of the table."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class TableSite:
    """Serves ``answers``, by path with query, or by whole address where a proxy is asked; anything else is a 404."""

    def __init__(self, answers: Mapping[str, Reply], host: str = "127.0.0.1") -> None:
        self.answers = dict(answers)
        self.asked: list[str] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site.asked.append(self.path)
                reply = site.answers.get(self.path, Reply(status=404))
                self.send_response(reply.status)
                for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(reply.body)

            def log_message(self, *_: object) -> None:
                """Be quiet."""

        class Server(ThreadingHTTPServer):
            address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
            daemon_threads: ClassVar[bool] = True  # type: ignore[misc]

        self._server = Server((host, 0), Handler)
        self._thread = Thread(target=self._server.serve_forever, daemon=True)
        self.base_url = f"http://{f'[{host}]' if ':' in host else host}:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def article_page(code: int) -> Reply:
    """The page of an article of that code."""
    html = page().decode().replace(to_persian_digits(str(CODE)), to_persian_digits(str(code)))
    return Reply(html.replace(f"/fa/news/{CODE}", f"/fa/news/{code}").encode())
