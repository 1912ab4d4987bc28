"""The places that name codes, asked through the crawler's own engine."""

from __future__ import annotations

import asyncio
import gzip
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
from scrapy.exceptions import (
    CloseSpider,
    DownloadCancelledError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.http import Response

from asrcrawler.crawl.archive import Archive
from asrcrawler.crawl.listings import Listings
from asrcrawler.crawl.memory import Named
from asrcrawler.endings import REFUSED, UNREACHABLE
from asrcrawler.exceptions import RobotsForbidden
from tests.crawler import crawler_for_tests

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from scrapy import Request

T = TypeVar("T")

BASE = "http://asrpress.ir"
MIRROR = "http://mirror.example"
FEED = b"<rss><item><link>http://asrpress.ir/fa/news/12/x</link></item><item><link>/fa/news/11</link></item></rss>"
HOME = b'<a href="/fa/news/14/slug">a</a><a href="/fa/news/13">b</a><a href="http://elsewhere.example/fa/news/99">c</a>'
RECENT = b"<urlset><url><loc>http://asrpress.ir/fa/news/15</loc></url></urlset>"
INDEX = b"<sitemapindex><sitemap><loc>http://asrpress.ir/fa-sitemap-news-1401-11</loc></sitemap></sitemapindex>"


class Site:
    """Answers in the engine's place: a path → an answer or what the network raises."""

    paused = False
    whatever_comes: Response | None = None
    """What is there of an answer that was cut short."""

    def __init__(self, answers: dict[str, Any], base: str) -> None:
        self._answers = answers
        self._base = base
        self.asked: list[str] = []

    async def download_async(self, request: Request) -> Response:
        self.asked.append(request.url)
        answer = self._answers.get(request.url.removeprefix(self._base), 404)
        if self.whatever_comes is not None and not request.meta.get("download_fail_on_dataloss", True):
            answer = self.whatever_comes
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, Response):
            return answer.replace(url=request.url)
        status, body = (answer, b"") if isinstance(answer, int) else (200, answer)
        return Response(request.url, status=status, body=body)


def listings(answers: dict[str, Any], base: str = BASE) -> tuple[Listings, Site]:
    crawler = crawler_for_tests(ASR_BASE_URL=base)
    site = Site(answers, base)
    crawler.engine = site  # type: ignore[assignment]
    return Listings(crawler, Archive.of(crawler)), site


def answer_of(asked: Awaitable[T]) -> T:
    async def wait() -> T:
        return await asked

    return asyncio.run(wait())


def test_feed_home_and_sitemaps_name_codes() -> None:
    answers = {"/fa/rss/allnews": FEED, "/fa": HOME, "/fa-sitemap-news": RECENT, "/fa-sitemap-newsarchive": INDEX}
    places, site = listings(answers)

    async def ask_all() -> None:
        asked = places.site
        assert await asked.feed() == [12, 11]
        assert await asked.home() == [14, 13]
        assert await asked.recent() == [15]
        assert await asked.archive(None) == Named([], ["/fa-sitemap-news-1401-11"])

    asyncio.run(ask_all())
    assert [url.removeprefix(BASE) for url in site.asked] == list(answers)


def test_a_file_of_the_archive_is_asked_for_by_its_own_address() -> None:
    places, site = listings({"/fa-sitemap-news-1401-11": RECENT})
    assert answer_of(places.site.archive("/fa-sitemap-news-1401-11")) == Named([15], [])
    assert answer_of(places.site.archive(f"{BASE}/fa-sitemap-news-1401-11")) == Named([15], [])
    assert site.asked == [f"{BASE}/fa-sitemap-news-1401-11"] * 2


def test_what_an_index_names_counts_from_where_it_was_found_and_is_remembered_without_the_base() -> None:
    moved = Response(BASE, status=302, headers={"Location": "https://www.asrpress.ir/maps/index.xml"})
    places, site = listings({"/fa-sitemap-newsarchive": moved, "/maps/index.xml": INDEX}, MIRROR)
    assert answer_of(places.site.archive(None)) == Named([], ["/fa-sitemap-news-1401-11"])
    assert site.asked == [f"{MIRROR}/fa-sitemap-newsarchive", f"{MIRROR}/maps/index.xml"]
    files = b"<sitemap><loc>1.xml</loc></sitemap><sitemap><loc>//www.mirror.example/2.xml</loc></sitemap>"
    relative = b"<sitemapindex>" + files + b"</sitemapindex>"
    places, _ = listings({"/maps/index.xml": relative}, MIRROR)
    assert answer_of(places.site.archive("/maps/index.xml")) == Named(
        [], ["/maps/1.xml", "http://www.mirror.example/2.xml"]
    )


def test_at_a_mirror_nothing_is_asked_of_the_outlet_or_of_another_base() -> None:
    places, site = listings({"/1.xml": RECENT, "/fa/rss/allnews": FEED, "/fa": HOME}, MIRROR)

    async def ask() -> None:
        asked = places.site
        assert await asked.archive("http://www.asrpress.ir/1.xml") == Named([15], [])
        assert await asked.archive("http://127.0.0.1:8765/1.xml") == Named()  # of an earlier base
        assert await asked.feed() == [12, 11]
        assert await asked.home() == [14, 13]

    asyncio.run(ask())
    assert site.asked == [f"{MIRROR}/1.xml", f"{MIRROR}/fa/rss/allnews", f"{MIRROR}/fa"]


@pytest.mark.parametrize("answer", [500, 503, 408, DownloadTimeoutError(), OSError("cable cut")])
def test_a_file_that_does_not_answer_now_is_none(answer: object) -> None:
    places, _ = listings({"/1.xml": answer})
    assert answer_of(places.site.archive("/1.xml")) is None


@pytest.mark.parametrize(
    "answer",
    [
        404,
        410,
        400,
        301,
        RobotsForbidden("by robots.txt"),
        IgnoreRequest("unpacks to more"),
        DownloadCancelledError("8 MB"),
    ],
)
def test_a_file_that_is_not_there_names_nothing(answer: object) -> None:
    places, _ = listings({"/1.xml": answer})
    assert answer_of(places.site.archive("/1.xml")) == Named()


@pytest.mark.parametrize("answer", [404, 500, RobotsForbidden("Forbidden by robots.txt"), DownloadTimeoutError()])
def test_a_place_that_does_not_answer_does_not_tell(answer: object) -> None:
    places, _ = listings({"/fa/rss/allnews": answer, "/fa": HOME, "/fa-sitemap-news": answer})

    async def ask() -> None:
        asked = places.site
        assert await asked.feed() is None
        assert await asked.recent() is None
        assert await asked.home() == [14, 13]

    asyncio.run(ask())


def test_a_site_of_which_nothing_answers_ends_the_run(caplog: pytest.LogCaptureFixture) -> None:
    places, _ = listings({"/fa/rss/allnews": DownloadTimeoutError(), "/fa": DownloadTimeoutError()})

    async def ask() -> None:
        assert await places.site.feed() is None
        await places.site.home()

    with pytest.raises(CloseSpider) as found:
        asyncio.run(ask())
    assert found.value.reason == UNREACHABLE
    assert "neither its feed nor its home page answered" in caplog.text


@pytest.mark.parametrize(
    "answer",
    [
        Response(BASE, status=403),
        Response(BASE, status=429),
        Response(BASE, status=200, body=b"<script>__arcsjs</script>"),
    ],
)
def test_a_refusal_ends_the_run(answer: Response) -> None:
    places, _ = listings({"/fa/rss/allnews": answer})
    with pytest.raises(CloseSpider) as found:
        answer_of(places.site.feed())
    assert found.value.reason == REFUSED


def test_redirects_within_the_site_are_followed_and_others_are_not() -> None:
    moved = Response(BASE, status=301, headers={"Location": "/fa/"})
    away = Response(BASE, status=302, headers={"Location": "http://elsewhere.example/"})
    places, site = listings({"/fa": moved, "/fa/": HOME, "/fa-sitemap-news": away})
    assert answer_of(places.site.home()) == [14, 13]
    assert answer_of(places.site.recent()) is None
    assert site.asked == [f"{BASE}/fa", f"{BASE}/fa/", f"{BASE}/fa-sitemap-news"]


@pytest.mark.parametrize(
    "headers", [{"Location": "/fa"}, {"Location": "/fa?1", "Set-Cookie": ["a=b", "__arcsjs=f00; Path=/"]}]
)
def test_a_redirect_to_itself_or_of_a_challenge_is_a_refusal(headers: dict[str, Any]) -> None:
    places, site = listings({"/fa": Response(BASE, status=307, headers=headers)})
    with pytest.raises(CloseSpider) as found:
        answer_of(places.site.home())
    assert found.value.reason == REFUSED
    assert site.asked == [f"{BASE}/fa"]


def test_places_that_robots_txt_forbids_end_the_run_as_refused(caplog: pytest.LogCaptureFixture) -> None:
    forbidden = RobotsForbidden("Forbidden by robots.txt")
    places, _ = listings({"/fa/rss/allnews": forbidden, "/fa": forbidden})

    async def ask() -> None:
        assert await places.site.feed() is None
        await places.site.home()

    with pytest.raises(CloseSpider) as found:
        asyncio.run(ask())
    assert found.value.reason == REFUSED
    assert "robots.txt of the site forbids us its feed and its home page" in caplog.text


def test_a_feed_without_articles_is_told(caplog: pytest.LogCaptureFixture) -> None:
    places, _ = listings({"/fa/rss/allnews": b"<html>maintenance</html>"})
    assert answer_of(places.site.feed()) == []
    assert "names no article" in caplog.text


@pytest.mark.parametrize("answer", [500, 502, IgnoreRequest("/robots.txt/feed unpacks to more than DOWNLOAD_MAXSIZE")])
def test_a_site_that_answers_with_nothing_of_use_ends_the_run(answer: object) -> None:
    places, _ = listings({"/fa/rss/allnews": answer, "/fa": answer})

    async def ask() -> None:
        assert await places.site.feed() is None
        await places.site.home()

    with pytest.raises(CloseSpider) as found:
        asyncio.run(ask())
    assert found.value.reason == UNREACHABLE


def test_a_ring_of_redirects_ends() -> None:
    one, other = (Response(BASE, status=302, headers={"Location": path}) for path in ("/fa", "/fa/rss/allnews"))
    places, site = listings({"/fa/rss/allnews": one, "/fa": other})
    assert answer_of(places.site.feed()) is None
    assert len(site.asked) == 6


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        (gzip.compress(RECENT), [15]),
        (RECENT[:-20], [15]),
        (gzip.compress(RECENT)[:20], []),
        (b"<html>maintenance</html>", []),
    ],
    ids=["a gzip file", "cut", "a cut gzip file", "a page"],
)
def test_a_sitemap_in_any_state(body: bytes, codes: list[int]) -> None:
    places, _ = listings({"/fa-sitemap-news": body})
    assert answer_of(places.site.recent()) == codes


CUT_FEED = b"<rss><item><link>http://asrpress.ir/fa/news/12/x</link></item><item><link>http://asrpress.ir/fa/news/1"


@pytest.mark.parametrize(
    "answer",
    [
        CUT_FEED,
        Response(BASE, body=FEED, flags=["broken encoding"]),
        Response(BASE, body=FEED, flags=["dataloss"]),
    ],
    ids=["without its end", "damaged", "cut short"],
)
def test_a_feed_that_breaks_off_is_no_window_and_what_it_names_is_told_with_home(
    answer: Any, caplog: pytest.LogCaptureFixture
) -> None:
    places, _ = listings({"/fa/rss/allnews": answer, "/fa": HOME})

    async def ask() -> None:
        assert await places.site.feed() is None
        found = await places.site.home() or []
        assert found == ([12, 14, 13] if answer is CUT_FEED else [12, 11, 14, 13])  # never the half code 1

    asyncio.run(ask())
    assert "answer breaks off" in caplog.text


def test_what_a_feed_that_breaks_off_names_is_told_also_without_home() -> None:
    places, _ = listings({"/fa/rss/allnews": CUT_FEED, "/fa": 404})

    async def ask() -> None:
        assert await places.site.feed() is None
        assert await places.site.home() == [12]

    asyncio.run(ask())


def test_a_whole_feed_that_was_ended_by_the_connection_is_a_window() -> None:
    places, _ = listings({"/fa/rss/allnews": Response(BASE, body=FEED, flags=["partial"])})
    assert answer_of(places.site.feed()) == [12, 11]


def test_an_answer_that_was_cut_short_each_time_is_taken_as_far_as_it_came() -> None:
    places, site = listings({"/fa/rss/allnews": ResponseDataLossError(), "/fa": HOME})
    site.whatever_comes = Response(BASE, body=CUT_FEED, flags=["dataloss"])

    async def ask() -> None:
        assert await places.site.feed() is None
        assert await places.site.home() == [12, 14, 13]

    asyncio.run(ask())


@pytest.mark.parametrize(
    ("answer", "is_whole"),
    [
        (RECENT, True),
        (RECENT[:-9], False),
        (gzip.compress(RECENT, mtime=0), True),
        (gzip.compress(RECENT[:-9], mtime=0), False),
        (gzip.compress(RECENT, mtime=0)[:-20], False),
        (gzip.compress(RECENT, mtime=0)[:12], False),
        (Response(BASE, body=RECENT, flags=["broken encoding"]), False),
        (Response(BASE, status=203, body=RECENT), True),
    ],
)
def test_a_file_of_the_archive_says_whether_it_is_whole(answer: Any, is_whole: bool) -> None:
    places, _ = listings({"/fa-sitemap-newsarchive": answer})
    found = answer_of(places.site.archive(None))
    assert found is not None
    assert found.is_whole is is_whole
    assert found.codes == [15] or not is_whole
