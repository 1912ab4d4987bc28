"""Telling a watchdog that a run went well, and only then."""

from __future__ import annotations

import asyncio
import logging
import socket
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from scrapy.exceptions import NotConfigured

from asrcrawler.extensions.ping import Ping
from tests.crawler import crawler_for_tests

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def watchdog(status: int = 200) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """An address on loopback, and what was asked there: path and User-Agent."""
    asked: list[tuple[str, str]] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.path, self.headers["User-Agent"]))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/ping/abc", asked
        server.shutdown()


def end_a_run(url: str, exit_status: int, reason: str = "finished") -> None:
    crawler = crawler_for_tests(ASR_PING_URL=url)
    ping = Ping.from_crawler(crawler)
    crawler.stats.set_value("asr/exit_status", exit_status)
    crawler.stats.set_value("finish_reason", reason)
    asyncio.run(ping.engine_stopped())


def test_a_good_run_is_told_once_and_in_our_name() -> None:
    with watchdog() as (url, asked):
        end_a_run(url, 0)
    [(path, agent)] = asked
    assert path == "/ping/abc"
    assert agent.startswith("asrcrawler/")


@pytest.mark.parametrize(
    ("exit_status", "reason"),
    [
        (1, "database failed"),
        (75, "refused"),
        (0, "another run at work"),
        (0, "database held by another program"),
    ],
)
def test_silence_tells_of_any_other(exit_status: int, reason: str) -> None:
    with watchdog() as (url, asked):
        end_a_run(url, exit_status, reason)
    assert asked == []


def test_a_watchdog_that_complains_or_is_gone_is_one_warning(caplog: pytest.LogCaptureFixture) -> None:
    with socket.socket() as closed, watchdog(status=500) as (url, asked), caplog.at_level(logging.WARNING):
        closed.bind(("127.0.0.1", 0))
        for address in (url, f"http://127.0.0.1:{closed.getsockname()[1]}/"):
            end_a_run(address, 0)
    assert len(asked) == 1
    assert [record.getMessage().partition(": ")[0] for record in caplog.records] == [
        "The watchdog could not be told"
    ] * 2


def test_what_speaks_no_http_and_what_is_no_address_is_one_warning_too(caplog: pytest.LogCaptureFixture) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute, caplog.at_level(logging.WARNING):

        def answer() -> None:
            connection, _ = mute.accept()
            with connection:
                connection.sendall(b"220 mail.example ESMTP\r\n")

        Thread(target=answer, daemon=True).start()
        end_a_run(f"http://127.0.0.1:{mute.getsockname()[1]}/", 0)
        end_a_run("http://127.0.0.1/a ping", 0)
    assert len(caplog.records) == 2


def test_without_an_address_there_is_nothing_to_do() -> None:
    with pytest.raises(NotConfigured):
        Ping.from_crawler(crawler_for_tests(ASR_PING_URL=""))
