"""Slowing down, waiting and leaving, as the site asks for it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import pytest
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
    """A back-off, and a site that answers."""

    def __init__(self, crawler: Crawler, engine: Engine) -> None:
        self.backoff = BackOff.from_crawler(crawler)
        self.engine = engine
        self.archive = Archive.of(crawler)

    @property
    def delay(self) -> float:
        self.backoff.request_reached_downloader()
        return self.engine.downloader.slots["asrpress.ir"].delay

    async def answer(self, outcome: Outcome, *, status: int | None = None, retry_after: str | None = None) -> None:
        if status is not None:
            headers = {"Retry-After": retry_after} if retry_after else {}
            self.backoff.response_received(Response("http://asrpress.ir/fa/news/5", status=status, headers=headers))
        item: Any = Article(site="asrpress.ir", code=5, url="u", short_url="s")
        if outcome is not Outcome.STORED:
            fetch = Fetch(at=NOW, status=status)
            item = Absence(site="asrpress.ir", code=5, outcome=outcome, reason="why", fetch=fetch)
        self.backoff.item_scraped(item)
        await asyncio.sleep(0)


@pytest.fixture
def scene() -> Scene:
    crawler = crawler_for_tests(DOWNLOAD_DELAY=1)
    engine = Engine()
    crawler.engine = engine  # type: ignore[assignment]
    return Scene(crawler, engine)


def test_a_longer_crawl_delay_is_taken_over_and_a_shorter_one_is_not(scene: Scene) -> None:
    scene.backoff.robots_parsed(Robots(0.2))  # type: ignore[arg-type]
    assert scene.delay == 1
    scene.backoff.robots_parsed(Robots(7))  # type: ignore[arg-type]
    assert scene.delay == 7
    scene.backoff.robots_parsed(Robots(9999))  # type: ignore[arg-type]
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
        await scene.answer(Outcome.REFUSED, status=403)

    asyncio.run(story())
    assert scene.engine.closed_for == ["refused"]


def test_fifteen_failures_in_a_row_end_it_too(scene: Scene) -> None:
    async def story() -> None:
        for _ in range(14):
            await scene.answer(Outcome.FAILED)
        assert scene.engine.closed_for == []
        await scene.answer(Outcome.FAILED)

    asyncio.run(story())
    assert scene.engine.closed_for == ["unreachable"]


def test_a_refusal_of_one_page_slows_down_once_and_an_overload_is_not_counted_twice(scene: Scene) -> None:
    async def story() -> list[float]:
        delays = []
        for status in (403, 429, None):
            await scene.answer(Outcome.REFUSED, status=status)
            delays.append(scene.delay)
        return delays

    assert asyncio.run(story()) == [2, 4, 8]


def test_an_overloaded_feed_or_robots_txt_slows_down_too(scene: Scene) -> None:
    scene.backoff.response_received(Response("http://asrpress.ir/robots.txt", status=503))
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
