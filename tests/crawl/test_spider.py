"""The base spider: codes → requests, answers → one item each. Through a real crawler's settings and spider."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from scrapy import Request
from scrapy.exceptions import (
    CannotResolveHostError,
    CloseSpider,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.http import HtmlResponse, Response
from scrapy.utils.project import get_project_settings
from twisted.python.failure import Failure

from asrcrawler.config import Config
from asrcrawler.crawl import spider as module
from asrcrawler.crawl.answers import BROKEN
from asrcrawler.crawl.archive import Archive
from asrcrawler.endings import DATABASE_FAILED
from asrcrawler.exceptions import RobotsForbidden, RobotsUnknown, SpiderArgumentError, StorageError
from asrcrawler.items import Absence, Article, Capture, Outcome, Redirect
from asrcrawler.outlets import new_outlet
from asrcrawler.spiders.asr import AsrSpider
from asrcrawler.storage.visits.ledger import Known, Validators
from tests.crawler import crawler_for_tests
from tests.samaneh.template import CODE, TITLE, URL, page

if TYPE_CHECKING:
    from collections.abc import Iterator


class Engine:
    """Notes whether the spider waits; the real one runs in the end-to-end tests."""

    paused = False

    def needs_backout(self) -> bool:
        return False


def spider_with(**arguments: str) -> AsrSpider:
    crawler = crawler_for_tests()
    crawler.engine = Engine()  # type: ignore[assignment]
    return AsrSpider.from_crawler(crawler, **arguments)


def requests_of(spider: AsrSpider, most: int = 100) -> list[Request]:
    async def collect() -> list[Request]:
        found: list[Request] = []
        async for request in spider.start():
            found.append(request)
            if len(found) == most:
                break
        return found

    return asyncio.run(collect())


def items(results: Iterator[Any]) -> Any:
    (only,) = list(results)
    return only


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"system": "x"}, "spider argument `system`: 'x' is not known; there are `codes`, `limit` and `since`"),
        ({"limit": "0"}, "spider argument `limit`: '0' is not a whole number of 1 or more"),
        ({"codes": "9-1"}, "spider argument `codes`: '9-1' has a range that runs backwards: 9-1"),
    ],
)
def test_a_wrong_argument_is_one_sentence(arguments: dict[str, str], sentence: str) -> None:
    with pytest.raises(SpiderArgumentError) as found:
        spider_with(**arguments)
    assert str(found.value) == sentence


@pytest.mark.parametrize(
    ("given", "agent"),
    [
        ({}, "(news archive)"),
        ({"ASR_CONTACT": " you@example.org\n"}, "(news archive; you@example.org)"),
        ({"ASR_CONTACT": "you@example.org", "USER_AGENT": "Own/1.0"}, "Own/1.0"),
    ],
)
def test_whoever_runs_it_is_named_to_the_site(given: dict[str, str], agent: str) -> None:
    settings = get_project_settings()
    settings.update({"ASR_CONTACT": ""} | given, priority="cmdline")
    AsrSpider.update_settings(settings)
    assert settings["USER_AGENT"].endswith(agent)


def test_codes_become_requests_in_their_order() -> None:
    spider = spider_with(codes="32911,32950-32952")
    requests = requests_of(spider)
    assert [request.url for request in requests] == [
        f"http://asrpress.ir/fa/news/{code}" for code in (32911, 32950, 32951, 32952)
    ]
    assert [request.cb_kwargs["code"] for request in requests] == [32911, 32950, 32951, 32952]
    assert all(request.dont_filter for request in requests)
    assert (spider.asked, spider.planned) == (4, 4)


def test_a_range_of_millions_is_drawn_one_by_one() -> None:
    spider = spider_with(codes="1-1000000000")
    assert [request.cb_kwargs["code"] for request in requests_of(spider, most=3)] == [1, 2, 3]
    assert (spider.asked, spider.planned) == (3, 10**9)


def test_what_was_visited_since_then_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    before, after = noon - timedelta(seconds=1), noon + timedelta(seconds=1)
    ledger = {2: before, 3: noon, 4: None, 25: after, 44: after}

    async def known(_: Archive, codes: list[int]) -> dict[int, Known]:
        return {code: Known(Outcome.STORED, ledger[code]) for code in codes if code in ledger}

    monkeypatch.setattr(Archive, "known", known)
    asked = [request.cb_kwargs["code"] for request in requests_of(spider_with(codes="1-44", since=noon.isoformat()))]
    assert asked == [code for code in range(1, 45) if code not in {3, 25, 44}]


def test_a_limit_ends_the_drawing() -> None:
    spider = spider_with(codes="1-1000", limit="2")
    assert [request.cb_kwargs["code"] for request in requests_of(spider)] == [1, 2]
    assert spider.planned == 2


def test_a_database_that_fails_while_a_run_is_planned_ends_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise StorageError("database sqlite:///x: disk full")

    monkeypatch.setattr("asrcrawler.crawl.archive.Archive.ask", fail)
    monkeypatch.setattr("asrcrawler.crawl.listings.Listings._feed", fail)
    with pytest.raises(CloseSpider) as found:
        requests_of(spider_with())
    assert found.value.reason == DATABASE_FAILED
    assert caplog.messages == ["database sqlite:///x: disk full"]


def test_the_sweep_ends_where_the_archive_begins_or_at_the_code_that_this_crawl_was_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    crawler = spider_with().crawler
    config, outlet = Config.from_settings(crawler.settings), replace(new_outlet("asr"), first_code=300)
    assert Archive(outlet, replace(config, first_code=None), crawler).outlet.begins_at == 300
    assert Archive(outlet, replace(config, first_code=1), crawler).outlet.begins_at == 1


def test_a_request_says_what_is_stored() -> None:
    spider = spider_with()
    request = spider.visit(7, validators=Validators(etag='"a"', last_modified="Sun, 01 Mar 2026 13:00:00 GMT"))
    assert request.headers["If-None-Match"] == b'"a"'
    assert request.headers["If-Modified-Since"] == b"Sun, 01 Mar 2026 13:00:00 GMT"
    assert request.cb_kwargs == {"code": 7, "redirects": (), "conditional": True}
    assert spider.visit(7).cb_kwargs["conditional"] is False


def test_a_page_becomes_an_article() -> None:
    response = HtmlResponse(URL, body=page(), headers={"ETag": '"b"'})
    article = items(spider_with().parse_answer(response, code=CODE, redirects=(), conditional=False))
    assert isinstance(article, Article)
    assert (article.site, article.code, article.title) == ("asrpress.ir", CODE, TITLE)
    assert article.fetch is not None
    assert (article.fetch.status, article.fetch.etag, article.fetch.size) == (200, '"b"', len(page()))


@pytest.mark.parametrize(
    ("response", "outcome", "reason"),
    [
        (Response(URL, status=404), Outcome.MISSING, "404"),
        (Response(URL, status=403), Outcome.REFUSED, "status 403"),
        (Response(URL, status=502), Outcome.FAILED, "status 502"),
        (Response(URL, body=page().replace("۴۳۲۱".encode(), "۷".encode())), Outcome.UNREADABLE, "page of code 7"),
        (Response(URL, body=b"\x00\xff" * 50), Outcome.UNREADABLE, "no news code on the page"),
    ],
)
def test_any_other_answer_becomes_one_absence(response: Response, outcome: Outcome, reason: str) -> None:
    absence = items(spider_with().parse_answer(response, code=CODE, redirects=(), conditional=False))
    assert isinstance(absence, Absence)
    assert (absence.code, absence.outcome, absence.reason) == (CODE, outcome, reason)


@pytest.mark.parametrize(
    ("body", "flags", "reads"),
    [
        (page()[:-7], [], True),
        (page()[:-7], ["partial"], False),
        (page(), ["dataloss"], False),
        (page(), [BROKEN], False),
    ],
)
def test_flags_of_the_transfer_are_heeded(body: bytes, flags: list[str], reads: bool) -> None:
    response = HtmlResponse(URL, body=body, flags=flags)
    absence = items(spider_with().parse_answer(response, code=CODE, redirects=(), conditional=False))
    assert (absence.outcome, absence.reason) == (Outcome.FAILED, "answer breaks off")
    assert (absence.reading is not None) is reads


def test_a_whole_page_that_was_ended_by_the_connection_is_an_article() -> None:
    response = HtmlResponse(URL, body=page(), flags=["partial"])
    assert isinstance(items(spider_with().parse_answer(response, code=CODE, redirects=(), conditional=False)), Article)


def test_a_redirect_is_asked_for_as_the_same_code() -> None:
    response = Response(URL, status=301, headers={"Location": f"/fa/news/{CODE}/slug"})
    earlier = Redirect(datetime(2026, 3, 1, tzinfo=UTC), 302, f"{URL}/", f"/fa/news/{CODE}")
    request = items(spider_with().parse_answer(response, code=CODE, redirects=(earlier,), conditional=False))
    assert isinstance(request, Request)
    assert (request.url, request.cb_kwargs["code"]) == (f"{URL}/slug", CODE)
    first, second = request.cb_kwargs["redirects"]
    assert first == earlier
    assert second[1:] == (301, URL, f"/fa/news/{CODE}/slug")


def test_a_page_knows_the_redirects_that_led_to_it() -> None:
    step = Redirect(datetime(2026, 3, 1, tzinfo=UTC), 301, URL, f"{URL}/slug")
    response = HtmlResponse(f"{URL}/slug", body=page())
    article = items(spider_with().parse_answer(response, code=CODE, redirects=(step,), conditional=False))
    assert isinstance(article, Article)
    assert article.fetch is not None
    assert isinstance(article.fetch.capture, Capture)
    assert article.fetch.capture.redirects == (step,)


def test_an_error_of_ours_costs_one_page_and_not_the_run(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(module, "judge", fail)
    absence = items(spider_with().parse_answer(Response(URL, body=page()), code=CODE, redirects=(), conditional=False))
    assert (absence.outcome, absence.reason) == (Outcome.UNREADABLE, "parser error")
    assert f"Code {CODE}: the parser failed on {URL}" in caplog.text


@pytest.mark.parametrize(
    ("error", "outcome", "reason"),
    [
        (DownloadCancelledError(), Outcome.UNREADABLE, "larger than DOWNLOAD_MAXSIZE"),
        (DownloadTimeoutError(), Outcome.FAILED, "timeout"),
        (DownloadConnectionRefusedError(), Outcome.FAILED, "connection refused"),
        (CannotResolveHostError(), Outcome.FAILED, "no such host"),
        (ResponseDataLossError(), Outcome.FAILED, "answer breaks off"),
        (RobotsForbidden("Forbidden by robots.txt"), Outcome.REFUSED, "forbidden by robots.txt"),
        (RobotsUnknown("unreachable", "no answer"), Outcome.FAILED, "not asked: no answer"),
        (IgnoreRequest("/robots.txt-is-long unpacks to more"), Outcome.UNREADABLE, "larger than DOWNLOAD_MAXSIZE"),
        (OSError("cable cut"), Outcome.FAILED, "OSError: cable cut"),
    ],
)
def test_no_answer_becomes_one_absence(error: Exception, outcome: Outcome, reason: str) -> None:
    failure = Failure(error)  # type: ignore[no-untyped-call]
    failure.request = spider_with().visit(CODE)  # type: ignore[attr-defined]
    absence = items(spider_with().parse_failure(failure))
    assert (absence.code, absence.outcome, absence.reason) == (CODE, outcome, reason)


def test_what_a_person_should_know_is_logged_and_a_missing_code_is_not(caplog: pytest.LogCaptureFixture) -> None:
    spider = spider_with()
    odd = page(date='<div class="news_pdate_c">۳۱ مهر ۱۴۰۱ - ۱۰:۲۰</div>')
    list(spider.parse_answer(Response(URL, body=odd), code=CODE, redirects=(), conditional=False))
    list(spider.parse_answer(Response(URL, status=404), code=CODE, redirects=(), conditional=False))
    list(spider.parse_answer(Response(URL, status=403), code=CODE, redirects=(), conditional=False))
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) == 2
    assert "۳۱ مهر ۱۴۰۱" in lines[0]
    assert lines[1] == f"Code {CODE}: refused, status 403"
