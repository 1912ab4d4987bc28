"""Waiting because the site asked for it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from asrcrawler.crawl.pause import pause, pause_is_over, resume
from tests.crawler import crawler_for_tests

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class Engine:
    paused = False

    def pause(self) -> None:
        self.paused = True

    def unpause(self) -> None:
        self.paused = False


@pytest.fixture
def crawler() -> Crawler:
    crawler = crawler_for_tests()
    crawler.engine = Engine()  # type: ignore[assignment]
    return crawler


def test_without_a_pause_nobody_waits(crawler: Crawler) -> None:
    asyncio.run(asyncio.wait_for(pause_is_over(crawler), 1))


def test_a_pause_ends_by_itself(crawler: Crawler) -> None:
    async def story() -> list[bool]:
        pause(crawler, 0.02)
        waiting = asyncio.ensure_future(pause_is_over(crawler))
        await asyncio.sleep(0)
        early = waiting.done()
        await asyncio.wait_for(waiting, 1)
        return [early, crawler.engine.paused]

    assert asyncio.run(story()) == [False, False]


def test_a_longer_pause_keeps_those_waiting_who_wait_already(crawler: Crawler) -> None:
    async def story() -> bool:
        pause(crawler, 60).cancel()
        waiting = asyncio.ensure_future(pause_is_over(crawler))
        await asyncio.sleep(0)
        resume(crawler)
        pause(crawler, 60)
        await asyncio.sleep(0)
        still = not waiting.done()
        resume(crawler)
        await asyncio.wait_for(waiting, 1)
        return still

    assert asyncio.run(story())
