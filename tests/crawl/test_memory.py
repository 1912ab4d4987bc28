"""What one run leaves for the next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from asrcrawler.crawl.memory import Memory, SitemapFile, rest_after_refusal

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_memory_survives_the_database() -> None:
    memory = Memory(
        read_at=NOW,
        window=(3, 2),
        fresh=(3,),
        blind=((1, 2),),
        newest=3,
        seen=(4, 3),
        sitemaps=(SitemapFile("/1.xml", 2),),
        sitemaps_due_at=NOW - HOUR,
        refusals=2,
        rest_until=NOW,
    )
    assert Memory.from_json(memory.as_json()) == memory
    assert Memory.from_json(None) == Memory.from_json({}) == Memory()


def test_files_that_an_earlier_version_remembered_are_read() -> None:
    assert Memory.from_json({"sitemaps": ["http://a/1.xml"]}).sitemaps == (SitemapFile("http://a/1.xml", 1),)


def test_each_refusal_in_a_row_doubles_the_rest_up_to_a_day() -> None:
    memory, rests = Memory(), []
    for _ in range(7):
        memory = rest_after_refusal(memory, NOW, None)
        assert memory.rest_until is not None
        rests.append((memory.rest_until - NOW) / timedelta(hours=1))
    assert rests == [1, 2, 4, 8, 16, 24, 24]


@pytest.mark.parametrize(("asked", "hours"), [(0.5, 1), (5, 5), (100, 24)])
def test_a_site_that_says_when_is_heard_up_to_a_day(asked: float, hours: float) -> None:
    memory = rest_after_refusal(Memory(), NOW, NOW + timedelta(hours=asked))
    assert memory.rest_until == NOW + timedelta(hours=hours)


@pytest.mark.parametrize(
    ("ahead", "rests"),
    [
        (-HOUR, False),
        (timedelta(0), False),
        (HOUR, True),
        (24 * HOUR, True),
        (25 * HOUR, False),
        (9_999 * HOUR, False),
    ],
)
def test_a_site_is_left_alone_for_a_day_at_most(ahead: timedelta, rests: bool) -> None:
    assert Memory(rest_until=NOW + ahead).rests(NOW) is rests
    assert not Memory().rests(NOW)
