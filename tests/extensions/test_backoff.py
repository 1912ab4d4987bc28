"""Slowing down, waiting and leaving, as the site asks for it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import pytest
from scrapy import signals
from scrapy.http import Response

from asrcrawler.clock import utcnow
from asrcrawler.crawl.archive import Archive
from asrcrawler.extensions import backoff
from asrcrawler.extensions.backoff import BackOff
from asrcrawler.items import Absence, Article, Fetch, Outcome
from tests.crawler import crawler_for_tests

if TYPE_CHECKING:
    from collections.abc import Callable

    from scrapy.crawler import Crawler

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Engine:
    """Notes what is asked of it; the real one runs in the end-to-end tests."""

    class Slot:
        delay = 0.0

    class Downloader:
        def __init__(self) -> None:
            self.slots = {"asrpress.ir": Engine.Slot()}

    def __init__(self) -> None:
        self.downloader = Engine.Downloader()
        self.closed_for: list[str] = []
        self.paused = False
        self.pauses = 0

    async def close_spider_async(self, *, reason: str) -> None:
        self.closed_for.append(reason)

    def pause(self) -> None:
        self.paused = True
        self.pauses += 1

    def unpause(self) -> None:
        self.paused = False


class Robots:
    def __init__(self, delay: float | None) -> None:
        self._delay = delay

    def crawl_delay(self, user_agent: str) -> float | None:
        return self._delay


class Scene:
    """A back-off that hears the crawler's signals, and a site that answers."""

    def __init__(self, crawler: Crawler, engine: Engine) -> None:
        self.backoff = BackOff.from_crawler(crawler)
        self.engine = engine
        self.archive = Archive.of(crawler)
        self.tell = crawler.signals.send_catch_log

    @property
    def delay(self) -> float:
        self.tell(signals.request_reached_downloader)
        return self.engine.downloader.slots["asrpress.ir"].delay

    async def answer(self, outcome: Outcome, *, status: int | None = None, retry_after: str | None = None) -> None:
        if status is not None:
            headers = {"Retry-After": retry_after} if retry_after else {}
            response = Response("http://asrpress.ir/fa/news/5", status=status, headers=headers)
            self.tell(signals.response_received, response=response)
        item: Any = Article(site="asrpress.ir", code=5, url="u", short_url="s")
        if outcome is not Outcome.STORED:
            fetch = Fetch(at=NOW, status=status)
            item = Absence(site="asrpress.ir", code=5, outcome=outcome, reason="why", fetch=fetch)
        self.tell(signals.item_scraped, item=item)
        await asyncio.sleep(0)


@pytest.fixture
def scene() -> Scene:
    crawler = crawler_for_tests(DOWNLOAD_DELAY=1, EXTENSIONS={}, EXTENSIONS_BASE={})
    engine = Engine()
    crawler.engine = engine  # type: ignore[assignment]
    return Scene(crawler, engine)


def test_a_longer_crawl_delay_is_taken_over_and_a_shorter_one_is_not(scene: Scene) -> None:
    scene.tell(signals.robots_parsed, robotparser=Robots(0.2))
    assert scene.delay == 1
    scene.tell(signals.robots_parsed, robotparser=Robots(7))
    assert scene.delay == 7
    scene.tell(signals.robots_parsed, robotparser=Robots(9999))
    assert scene.delay == 60


def test_overload_doubles_the_delay_and_good_answers_halve_it_again(scene: Scene) -> None:
    async def story() -> list[float]:
        delays = []
        for outcome, status in [
            (Outcome.FAILED, 503),
            (Outcome.REFUSED, 429),
            (Outcome.FAILED, 500),  # trouble of one page, not of the site
            (Outcome.STORED, 200),
            (Outcome.STORED, 200),
            (Outcome.STORED, 200),
        ]:
            await scene.answer(outcome, status=status)
            delays.append(scene.delay)
        return delays

    assert asyncio.run(story()) == [2, 4, 4, 2, 1, 1]


def test_five_refusals_in_a_row_end_the_crawl(scene: Scene) -> None:
    async def story() -> None:
        for outcome in [Outcome.REFUSED] * 4 + [Outcome.STORED] + [Outcome.REFUSED] * 4:
            await scene.answer(outcome, status=403)
        assert scene.engine.closed_for == []
        await scene.answer(Outcome.REFUSED, status=403)
        assert scene.engine.closed_for == ["refused"]
        await scene.answer(Outcome.REFUSED, status=403)

    asyncio.run(story())
    assert scene.engine.closed_for == ["refused"]


@pytest.mark.parametrize("outcome", [Outcome.MISSING, Outcome.UNREADABLE])
def test_codes_without_an_article_are_no_trouble(scene: Scene, outcome: Outcome) -> None:
    async def story() -> None:
        for _ in range(20):
            await scene.answer(outcome, status=200)

    asyncio.run(story())
    assert (scene.engine.closed_for, scene.delay) == ([], 1)


def test_a_refusal_without_an_answer_slows_down(scene: Scene) -> None:
    forbidden = Absence(site="asrpress.ir", code=5, outcome=Outcome.REFUSED, reason="forbidden by robots.txt")
    scene.tell(signals.item_scraped, item=forbidden)
    assert scene.delay == 2


def test_fifteen_failures_in_a_row_end_it_too(scene: Scene) -> None:
    async def story() -> None:
        for _ in range(14):
            await scene.answer(Outcome.FAILED)
        assert scene.engine.closed_for == []
        await scene.answer(Outcome.FAILED)

    asyncio.run(story())
    assert scene.engine.closed_for == ["unreachable"]


def test_pages_that_lack_nothing_but_their_end_are_answers(scene: Scene) -> None:
    async def story() -> None:
        reading = Article(site="asrpress.ir", code=5, url="u", short_url="s")
        for _ in range(40):
            scene.backoff.item_scraped(
                Absence(site="asrpress.ir", code=5, outcome=Outcome.FAILED, reason="why", reading=reading)
            )
        await asyncio.sleep(0)

    asyncio.run(story())
    assert scene.engine.closed_for == []


def test_a_refusal_of_one_page_slows_down_once_and_an_overload_is_not_counted_twice(scene: Scene) -> None:
    async def story() -> list[float]:
        delays = []
        for status in (403, 429, None):
            await scene.answer(Outcome.REFUSED, status=status)
            delays.append(scene.delay)
        return delays

    assert asyncio.run(story()) == [2, 4, 8]


def test_an_overloaded_feed_or_robots_txt_slows_down_too(scene: Scene) -> None:
    scene.tell(signals.response_received, response=Response("http://asrpress.ir/robots.txt", status=503))
    assert scene.delay == 2


@pytest.mark.parametrize(
    "said",
    [lambda: "1", lambda: format_datetime(utcnow() + timedelta(seconds=1.9), usegmt=True)],
    ids=["seconds", "date"],
)
def test_a_short_retry_after_pauses(scene: Scene, monkeypatch: pytest.MonkeyPatch, said: Callable[[], str]) -> None:
    until = backoff.seconds_until
    monkeypatch.setattr(backoff, "seconds_until", lambda moment: until(moment) / 20)

    async def story() -> None:
        await scene.answer(Outcome.FAILED, status=503, retry_after=said())
        assert scene.engine.paused
        await asyncio.sleep(0.15)
        assert not scene.engine.paused
        assert (scene.engine.pauses, scene.engine.closed_for) == (1, [])

    asyncio.run(story())


def test_a_crawl_that_ends_waits_for_no_pause(scene: Scene) -> None:
    async def story() -> None:
        scene.tell(signals.spider_closed)  # harmless without one
        await scene.answer(Outcome.FAILED, status=503, retry_after="100")
        assert scene.engine.paused
        scene.tell(signals.spider_closed)
        assert not scene.engine.paused

    asyncio.run(story())


def test_of_two_pauses_the_longer_one_holds(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backoff, "seconds_until", lambda moment: (moment - utcnow()).total_seconds() / 100)

    async def story() -> list[bool]:
        for seconds in ("5", "30", "10"):
            await scene.answer(Outcome.FAILED, status=503, retry_after=seconds)
        await asyncio.sleep(0.15)
        early = scene.engine.paused
        await asyncio.sleep(0.25)
        return [early, scene.engine.paused]

    assert asyncio.run(story()) == [True, False]


def test_a_long_retry_after_ends_the_crawl(scene: Scene) -> None:
    asyncio.run(scene.answer(Outcome.FAILED, status=503, retry_after="3600"))
    assert scene.engine.closed_for == ["asked to wait"]
    assert scene.archive.asked_to_wait_until is not None
    assert scene.engine.pauses == 0


@pytest.mark.parametrize(
    ("own", "given", "delay"),
    [(None, "project", 1.0), (3.0, "project", 3.0), (0.0, "project", 0.0), (3.0, "cmdline", 1.0)],
)
def test_the_delay_of_an_outlet_is_its_own_unless_one_is_given_with_the_command(
    own: float | None, given: str, delay: float
) -> None:
    crawler = crawler_for_tests(EXTENSIONS={}, EXTENSIONS_BASE={})
    crawler.settings.frozen = False
    crawler.settings.set("DOWNLOAD_DELAY", 1, priority=given)
    engine = Engine()
    crawler.engine = engine  # type: ignore[assignment]
    scene = Scene(crawler, engine)
    scene.archive.outlet = replace(scene.archive.outlet, delay=own)
    scene.tell(signals.spider_opened, spider=crawler.spider)
    assert scene.delay == delay
    scene.tell(signals.robots_parsed, robotparser=Robots(2.0))
    assert scene.delay == max(2.0, delay)
