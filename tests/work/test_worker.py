"""The parts of a worker that need no crawl; the whole: ``tests/end_to_end/test_work.py``."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from asrcrawler.work.naming import OutletNames, named_after
from asrcrawler.work.worker import summary, worst

if TYPE_CHECKING:
    from collections.abc import Iterable


@pytest.mark.parametrize(
    ("statuses", "status"),
    [([], 0), ([0, 0], 0), ([0, 75], 75), ([75, 1, 0], 1), ([2, 75], 1)],
)
def test_the_worst_is_1_before_75_before_0(statuses: Iterable[int], status: int) -> None:
    assert worst(Counter(statuses)) == status


def test_one_line_tells_of_all_runs() -> None:
    assert summary(3, Counter()) == "3 runs at work; 0 made"
    assert summary(0, Counter([0, 0, 75, 1])) == "0 runs at work; 4 made: 2 ended with 0, 1 with 1, 1 with 75"


def test_what_a_run_logs_bears_the_name_of_its_outlet_in_tasks_and_threads_too(
    caplog: pytest.LogCaptureFixture,
) -> None:
    logger = logging.getLogger("asrcrawler.somewhere")

    async def run(outlet: str) -> None:
        with named_after(outlet):
            await asyncio.gather(asyncio.to_thread(logger.warning, "thread"), asyncio.sleep(0))
            logger.warning("task")

    async def both() -> None:
        await asyncio.gather(run("one"), run("two"))
        logger.warning("outside")

    caplog.handler.addFilter(names := OutletNames())
    try:
        asyncio.run(both())
    finally:
        caplog.handler.removeFilter(names)
    assert sorted((record.name, record.message) for record in caplog.records) == [
        ("asrcrawler.somewhere", "outside"), ("one", "task"), ("one", "thread"), ("two", "task"), ("two", "thread"),
    ]  # fmt: skip
