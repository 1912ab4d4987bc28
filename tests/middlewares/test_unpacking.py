"""The middleware beside Scrapy's own, in the order of the settings."""

from __future__ import annotations

import gzip
import zlib
from typing import Any

import pytest
from scrapy import Request
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import HtmlResponse, Response

from asrcrawler.crawl.answers import BROKEN
from asrcrawler.http.encodings import DECODERS
from asrcrawler.middlewares.unpacking import UnpackingMiddleware
from tests.crawler import crawler_for_tests

URL = "http://asrpress.ir/fa/news/7"
PAGE = ("<html>" + "متن خبر " * 900 + "</html>").encode()


def received(
    body: bytes, *encodings: str, method: str = "GET", flags: list[str] | None = None, **settings: Any
) -> Response:
    """What comes out of the two middlewares, the inner one first as Scrapy calls them."""
    crawler = crawler_for_tests(**settings)
    headers: dict[str, Any] = {"Content-Type": "text/html; charset=utf-8", "ETag": '"1"'}
    if encodings:
        headers["Content-Encoding"] = list(encodings)
    request = Request(URL, method=method)
    response: Response = HtmlResponse(URL, body=body, headers=headers, flags=flags)
    for middleware in (UnpackingMiddleware.from_crawler(crawler), HttpCompressionMiddleware.from_crawler(crawler)):
        response = middleware.process_response(request, response)  # type: ignore[assignment]
    return response


def test_it_stands_inside_of_scrapys_own() -> None:
    crawler = crawler_for_tests()
    own = crawler.settings["DOWNLOADER_MIDDLEWARES"]["asrcrawler.middlewares.unpacking.UnpackingMiddleware"]
    base = crawler.settings["DOWNLOADER_MIDDLEWARES_BASE"]
    scrapys = base["scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware"]
    assert scrapys < own < base["scrapy.downloadermiddlewares.stats.DownloaderStats"]
    assert crawler.settings.getbool("DOWNLOAD_FAIL_ON_DATALOSS")


def test_no_encoding_is_accepted_that_cannot_be_checked() -> None:
    request = Request(URL)
    HttpCompressionMiddleware.from_crawler(crawler_for_tests()).process_request(request)
    offered = (request.headers["Accept-Encoding"] or b"").decode().split(", ")
    assert offered
    assert set(offered) <= set(DECODERS)


def test_a_whole_answer_is_unpacked_without_a_flag() -> None:
    response = received(gzip.compress(PAGE), "gzip", flags=["partial"])
    assert (response.body, response.flags) == (PAGE, ["partial"])
    assert "Content-Encoding" not in response.headers
    assert response.headers["ETag"] == b'"1"'


def test_an_answer_without_an_encoding_is_left_alone() -> None:
    response = received(PAGE)
    assert (response.body, response.flags) == (PAGE, [])


@pytest.mark.parametrize("cut", [1, 4, 8, 200])
def test_a_stream_without_its_end_is_flagged_and_as_much_of_it_handed_on(cut: int) -> None:
    response = received(gzip.compress(PAGE)[:-cut], "gzip", flags=["partial"])
    assert response.flags == ["partial", BROKEN]
    assert PAGE.startswith(response.body)
    assert "Content-Encoding" not in response.headers


@pytest.mark.parametrize("body", [b"", PAGE, gzip.compress(PAGE, mtime=0)[:5]])
def test_what_is_no_stream_at_all_does_not_raise(body: bytes) -> None:
    response = received(body, "gzip")
    assert (response.body, response.flags) == (b"", [BROKEN])


def test_nested_encodings_in_several_headers() -> None:
    response = received(gzip.compress(zlib.compress(PAGE)), "deflate", "gzip")
    assert (response.body, response.flags) == (PAGE, [])


def test_an_unknown_encoding_stays_in_the_header(caplog: pytest.LogCaptureFixture) -> None:
    response = received(PAGE, "utf-8")
    assert (response.body, response.flags) == (PAGE, [])
    assert response.headers["Content-Encoding"] == b"utf-8"
    assert "cannot decode the response" in caplog.text


def test_a_bomb_is_ignored_as_before() -> None:
    with pytest.raises(IgnoreRequest, match="DOWNLOAD_MAXSIZE"):
        received(gzip.compress(b" " * 100_000), "gzip", DOWNLOAD_MAXSIZE=50_000)
    assert len(received(gzip.compress(b" " * 100_000), "gzip", DOWNLOAD_MAXSIZE=0).body) == 100_000


def test_an_answer_without_a_body_by_its_method_is_left_alone() -> None:
    response = received(b"", "gzip", method="HEAD")
    assert (response.flags, response.headers["Content-Encoding"]) == ([], b"gzip")
