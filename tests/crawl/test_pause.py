"""Waiting because the site asked for it."""

from __future__ import annotations

import asyncio

import pytest

from asrcrawler.crawl.pause import DATABASE, SITE, Pause
from tests.crawler import crawler_for_tests


class Engine:
    paused = False

    def pause(self) -> None:
        self.paused = True

    def unpause(self) -> None:
        self.paused = False


@pytest.fixture
def engine() -> Engine:
    return Engine()


@pytest.fixture
def pause(engine: Engine) -> Pause:
    crawler = crawler_for_tests()
    crawler.engine = engine  # type: ignore[assignment]
    return Pause(crawler)


def test_without_a_pause_nobody_waits(pause: Pause) -> None:
    asyncio.run(asyncio.wait_for(pause.over(), 1))


def test_a_pause_ends_by_itself(pause: Pause, engine: Engine) -> None:
    async def story() -> list[bool]:
        pause.begin(0.02)
        waiting = asyncio.ensure_future(pause.over())
        await asyncio.sleep(0)
        early = waiting.done()
        await asyncio.wait_for(waiting, 1)
        return [early, engine.paused]

    assert asyncio.run(story()) == [False, False]


def test_a_longer_pause_keeps_those_waiting_who_wait_already(pause: Pause) -> None:
    async def story() -> bool:
        pause.begin(60).cancel()
        waiting = asyncio.ensure_future(pause.over())
        await asyncio.sleep(0)
        pause.resume()
        pause.begin(60)
        await asyncio.sleep(0)
        still = not waiting.done()
        pause.resume()
        await asyncio.wait_for(waiting, 1)
        return still

    assert asyncio.run(story())


def test_a_pause_that_two_want_ends_with_the_second(pause: Pause, engine: Engine) -> None:
    pause.hold(DATABASE)
    pause.hold(SITE)
    pause.resume()
    still = engine.paused
    pause.resume(DATABASE)
    assert (still, engine.paused) == (True, False)
