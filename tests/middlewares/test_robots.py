"""What is asked for robots.txt, and what its answer allows. Whole crawls of it are in the end-to-end tests."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from scrapy import Request
from scrapy.exceptions import DownloadCancelledError, DownloadTimeoutError, IgnoreRequest
from scrapy.http import Response

from asrcrawler.exceptions import RobotsForbidden, RobotsUnknown
from asrcrawler.middlewares.robots import RobotsMiddleware
from tests.crawler import crawler_for_tests

if TYPE_CHECKING:
    from collections.abc import Callable

RULES = b"User-agent: *\nDisallow: /fa/archive\n\nUser-agent: asrcrawler\nDisallow: /fa/send\n"
ARTICLE, SEND = "http://asrpress.ir/fa/news/5", "http://asrpress.ir/fa/send/5"


class Engine:
    """Answers for robots.txt."""

    def __init__(self, answer: Callable[[str], Response]) -> None:
        self._answer = answer
        self.asked: list[str] = []
        self.closed_for: list[str] = []

    async def download_async(self, request: Request) -> Response:
        self.asked.append(request.url)
        await asyncio.sleep(0)
        return self._answer(request.url)

    async def close_spider_async(self, *, reason: str) -> None:
        self.closed_for.append(reason)


def verdicts(engine: Engine, *urls: str, base: str = "http://asrpress.ir") -> list[type[BaseException] | None]:
    """What becomes of requests made at once: None where they may go on."""
    crawler = crawler_for_tests(ASR_BASE_URL=base)
    crawler.engine = engine  # type: ignore[assignment]
    robots = RobotsMiddleware.from_crawler(crawler)

    async def story() -> list[BaseException | None]:
        return await asyncio.gather(*(robots.process_request(Request(url)) for url in urls), return_exceptions=True)

    return [_kind(error) for error in asyncio.run(story())]


def _kind(error: BaseException | None) -> type[BaseException] | None:
    if error is None:
        return None
    assert isinstance(error, IgnoreRequest)  # of which Scrapy makes no error in its log
    return next(kind for kind in (RobotsForbidden, RobotsUnknown) if isinstance(error, kind))


def test_each_host_is_asked_once_and_its_rules_for_us_hold() -> None:
    engine = Engine(lambda url: Response(url, body=RULES))
    found = verdicts(engine, ARTICLE, SEND, ARTICLE, "http://www.asrpress.ir/fa/news/5")
    assert found == [None, RobotsForbidden, None, None]
    assert engine.asked == ["http://asrpress.ir/robots.txt", "http://www.asrpress.ir/robots.txt"]


@pytest.mark.parametrize("status", [301, 401, 403, 404, 410])
def test_a_site_without_rules_allows_everything(status: int) -> None:
    engine = Engine(lambda url: Response(url, status=status, body=b"User-agent: *\nDisallow: /"))
    assert verdicts(engine, ARTICLE) == [None]


def test_rules_that_a_proxy_passes_on_hold() -> None:
    assert verdicts(Engine(lambda url: Response(url, status=203, body=RULES)), SEND) == [RobotsForbidden]


def test_rules_that_have_moved_within_the_site_are_followed() -> None:
    secure = "https://www.asrpress.ir/robots.txt"
    moved = Response("http://asrpress.ir/robots.txt", status=301, headers={"Location": secure})
    engine = Engine(lambda url: Response(url, body=RULES) if url == secure else moved)
    assert verdicts(engine, SEND) == [RobotsForbidden]
    away = Response("http://asrpress.ir/robots.txt", status=301, headers={"Location": "http://elsewhere.example/"})
    engine = Engine(lambda url: away)
    assert (verdicts(engine, SEND), engine.asked) == ([None], ["http://asrpress.ir/robots.txt"])


def test_rules_that_lead_to_the_outlet_are_read_at_its_mirror() -> None:
    moved = Response("http://asrpress.ir/robots.txt", status=301, headers={"Location": "https://www.asrpress.ir/r.txt"})
    engine = Engine(lambda url: Response(url, body=RULES) if url.endswith("/r.txt") else moved.replace(url=url))
    assert verdicts(engine, "http://mirror.example/fa/send/5", base="http://mirror.example") == [RobotsForbidden]
    assert engine.asked == ["http://mirror.example/robots.txt", "http://mirror.example/r.txt"]


def test_a_ring_of_redirects_is_no_rule() -> None:
    engine = Engine(lambda url: Response(url, status=302, headers={"Location": "/robots.txt"}))
    assert (verdicts(engine, ARTICLE), len(engine.asked)) == ([None], 6)


def test_a_page_in_their_place_is_no_rule() -> None:
    assert verdicts(Engine(lambda url: Response(url, body=b"<html><body>\xd8\xae\xff\x00</body>" * 99)), ARTICLE) == [
        None
    ]


@pytest.mark.parametrize(("status", "reason"), [(429, "refused"), (500, "unreachable"), (503, "unreachable")])
def test_a_site_that_cannot_tell_is_left(status: int, reason: str) -> None:
    engine = Engine(lambda url: Response(url, status=status))
    assert verdicts(engine, ARTICLE, SEND) == [RobotsUnknown, RobotsUnknown]
    assert (len(engine.asked), engine.closed_for) == (1, [reason])


def test_rules_that_break_off_forbid_what_nobody_knows() -> None:
    engine = Engine(lambda url: Response(url, body=RULES, flags=["broken encoding"]))
    assert verdicts(engine, ARTICLE) == [RobotsUnknown]
    assert engine.closed_for == ["unreachable"]


@pytest.mark.parametrize(
    ("error", "verdict", "closed_for"),
    [(DownloadTimeoutError(), RobotsUnknown, ["unreachable"]), (DownloadCancelledError("too large"), None, [])],
)
def test_no_answer_and_one_without_end(
    error: Exception, verdict: type[BaseException] | None, closed_for: list[str]
) -> None:
    def fail(url: str) -> Response:
        raise error

    engine = Engine(fail)
    assert verdicts(engine, ARTICLE) == [verdict]
    assert engine.closed_for == closed_for
