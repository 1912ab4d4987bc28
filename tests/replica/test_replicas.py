"""Many outlets served from one thread."""

from __future__ import annotations

import re
import socket
import threading
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from asrcrawler.exceptions import ReplicaError
from asrcrawler.items import Outcome
from asrcrawler.replica import Fault, Replicas, invented, worlds

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.replica.conftest import Got
    from tests.replica_fixture import ServeOutlets

    Get = Callable[..., Got]


def test_a_hundred_outlets_in_one_thread(serve_outlets: ServeOutlets, get: Get) -> None:
    threads = threading.active_count()
    replicas = serve_outlets(100)
    assert threading.active_count() == threads + 1
    assert len({server.base_url for server in replicas.values()}) == len(replicas) == 100
    for name in ("asr", "narvanpress", list(replicas)[99]):
        server = replicas[name]
        code = server.world.newest(1)[0]
        page = get(server, f"/fa/news/{code}").text
        assert f'og:site_name" content="{server.world.outlet.site_name}"' in page
        assert server.truth(code).outcome is Outcome.STORED
        assert server.requests.codes == {code: 1}


def test_a_page_is_that_of_its_outlet(serve_outlets: ServeOutlets, get: Get) -> None:
    one, other = serve_outlets(2, density=1.0).values()
    code = next(code for code in range(101, 301) if one.world.is_visible(code) and other.world.is_visible(code))
    pages = [get(server, f"/fa/news/{code}").text for server in (one, other)]
    titles = [re.search('og:title" content="(.+?)"', page) for page in pages]
    assert titles[0]
    assert titles[1]
    assert titles[0][1] != titles[1][1]
    assert other.base_url not in pages[0]
    assert other.base_url in pages[1]


def test_an_outlet_is_served_as_is_its_habit(serve_outlets: ServeOutlets, get: Get) -> None:
    replicas = list(serve_outlets(4).values())
    articles = [f"/fa/news/{server.world.newest(1)[0]}" for server in replicas]
    answers = [get(*pair, Accept_Encoding="gzip") for pair in zip(replicas, articles, strict=True)]
    assert ["content-encoding" in answer.headers for answer in answers] == [False, True, False, False]
    assert ["etag" in answer.headers for answer in answers] == [True, True, False, True]
    assert [get(server, "/fa-sitemap-news").status for server in replicas] == [200, 200, 200, 404]


def test_one_clock_moves_them_all(serve_outlets: ServeOutlets) -> None:
    replicas = serve_outlets(3)
    start = replicas.clock
    assert replicas.advance(timedelta(days=-1)) == start - timedelta(days=1)
    assert {server.clock for server in replicas.values()} == {start - timedelta(days=1)}
    replicas.clock = start
    assert replicas["narvanpress"].clock == start


def test_a_fault_of_one_is_not_the_others(serve_outlets: ServeOutlets, get: Get) -> None:
    one, other = serve_outlets(2).values()
    one.faults.put_everywhere(Fault.NOT_FOUND)
    paths = [f"/fa/news/{server.world.newest(1)[0]}" for server in (one, other)]
    assert [get(one, paths[0]).status, get(other, paths[1]).status] == [404, 200]
    one.faults.clear()
    assert get(one, paths[0]).status == 200


def test_ports_follow_each_other_and_one_that_is_taken_leaves_none_open() -> None:
    two = worlds([invented(0), invented(1)], first=1, last=9)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ReplicaError, match=f"cannot serve on port {port}: "), Replicas(two, port=port - 1):
            pass
    with Replicas(two, port=port - 1) as replicas:
        assert [urlsplit(server.base_url).port for server in replicas.values()] == [port - 1, port]


def test_options_of_all_come_before_the_habits_of_each(get: Get) -> None:
    with Replicas(worlds([invented(1)], first=1, last=60), compress=False, crawl_delay=2) as replicas:
        server = replicas["narvanpress"]
        assert "Crawl-delay: 2" in get(server, "/robots.txt").text
        answer = get(server, f"/fa/news/{server.world.newest(1)[0]}", Accept_Encoding="gzip")
        assert "content-encoding" not in answer.headers
