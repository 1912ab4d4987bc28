"""What a look at the site leaves to be done, and what one run remembers for the next."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from asrcrawler.crawl.frontier import (
    FURTHEST_AHEAD,
    MOST_SITEMAPS,
    Listing,
    Memory,
    latest_sitemaps,
    newest_first,
    newest_of,
    overlaps,
    remember,
    rest_after_refusal,
)
from asrcrawler.items import Outcome
from asrcrawler.storage.visits.ledger import Known

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
BEFORE = NOW - timedelta(hours=1)
LONG_AGO = NOW - timedelta(days=9)


def visited(outcome: Outcome, at: datetime = LONG_AGO) -> Known:
    return Known(outcome, at)


def test_the_first_look_makes_the_listed_codes_fresh_and_nothing_blind() -> None:
    memory = remember(Memory(), Listing(feed=[30, 28, 31], others=[25]), {}, NOW)
    assert memory.fresh == (31, 30, 28, 25)
    assert memory.blind == ()
    assert (memory.newest, memory.window, memory.read_at) == (31, (30, 28, 31), NOW)


def test_where_the_windows_overlap_only_what_is_new_in_the_feed_is_fresh() -> None:
    last = Memory(read_at=BEFORE, window=(30, 28), newest=30)
    known = {code: visited(Outcome.STORED) for code in (30, 28)}
    memory = remember(last, Listing(feed=[33, 26, 30, 28]), known, NOW)
    assert memory.fresh == (33, 26)  # 26 is a late draft below the newest code
    assert memory.blind == ()


def test_where_they_do_not_the_codes_between_are_blind() -> None:
    last = Memory(read_at=LONG_AGO, window=(30, 28, 24), newest=30)
    memory = remember(last, Listing(feed=[90, 88, 91]), {}, NOW)
    assert memory.fresh == (91, 90, 88)
    assert memory.blind == ((24, 91),)  # from the oldest of the last window: drafts among them may be published by now


def test_without_a_feed_whatever_the_home_page_names_is_a_gap_too() -> None:
    last = Memory(read_at=BEFORE, window=(30, 28), newest=30)
    memory = remember(last, Listing(others=[40]), {}, NOW)
    assert memory.blind == ((28, 40),)
    assert memory.window == (30, 28)  # kept: it is still the last feed we saw


def test_a_site_that_names_nothing_changes_nothing_but_the_time() -> None:
    last = Memory(read_at=BEFORE, window=(30,), fresh=(29,), newest=30)
    assert remember(last, Listing(), {}, NOW) == replace(last, read_at=NOW)


@pytest.mark.parametrize(
    ("known", "listed_before", "fresh"),
    [
        (None, False, True),
        (None, True, True),  # listed and never visited: a run was killed
        (Known(None, None), True, True),
        (visited(Outcome.MISSING), False, True),  # the draft has been published
        (visited(Outcome.MISSING), True, False),  # its due date comes
        (visited(Outcome.STORED), False, False),
        (visited(Outcome.FAILED), False, False),  # its due date comes
    ],
)
def test_a_listed_code_is_fresh_until_it_is_visited(known: Known | None, listed_before: bool, fresh: bool) -> None:
    last = Memory(read_at=BEFORE, window=(30, 29) if listed_before else (29,), newest=30)
    found = {29: visited(Outcome.STORED)} | ({30: known} if known else {})
    assert (30 in remember(last, Listing(feed=[30, 29]), found, NOW).fresh) is fresh


@pytest.mark.parametrize(("at", "still_fresh"), [(LONG_AGO, True), (NOW, False)])
def test_what_a_killed_run_did_not_reach_stays_fresh(at: datetime, still_fresh: bool) -> None:
    last = Memory(read_at=BEFORE, window=(30,), fresh=(27,), newest=30)
    known = {27: visited(Outcome.MISSING, at), 30: visited(Outcome.STORED)}
    assert (27 in remember(last, Listing(feed=[30]), known, NOW).fresh) is still_fresh


def test_blind_spans_of_several_runs_add_up() -> None:
    last = Memory(read_at=BEFORE, window=(80,), blind=((10, 20), (30, 35)), newest=80)
    memory = remember(last, Listing(feed=[95]), {}, NOW)
    assert memory.blind == ((80, 95), (30, 35), (10, 20))


def test_an_empty_window_overlaps_nothing() -> None:
    assert not overlaps(Memory(), Listing(feed=[1]))
    assert not overlaps(Memory(window=(1,)), Listing())
    assert overlaps(Memory(window=(1, 2)), Listing(feed=[3, 2]))


def test_spans_are_merged_and_come_newest_first() -> None:
    assert newest_first([(1, 3), (10, 12), (4, 5), (11, 20)]) == ((10, 20), (1, 5))


def test_the_latest_sitemap_comes_first() -> None:
    files = ["http://a/sitemap-1401-2.xml", "http://a/sitemap-1401-11.xml", "http://a/sitemap-1399-12.xml"]
    assert [file.rpartition("sitemap-")[2] for file in latest_sitemaps(files)] == [
        "1401-11.xml",
        "1401-2.xml",
        "1399-12.xml",
    ]


def test_a_slip_in_an_address_is_not_the_newest_code() -> None:
    assert newest_of([]) == 0
    assert newest_of([30]) == 30
    assert newest_of([29, 30, 28, 999_999_999]) == 30
    assert newest_of([1, 2, 3, 4, 5 + FURTHEST_AHEAD - 2]) == 3 + FURTHEST_AHEAD
    memory = remember(Memory(read_at=BEFORE, window=(30,), newest=30), Listing(feed=[999_999_999, 90, 89]), {}, NOW)
    assert (memory.newest, memory.blind) == (90, ((30, 90),))
    assert 999_999_999 in memory.fresh  # it is looked at, once


def test_so_many_sitemaps_are_remembered() -> None:
    files = latest_sitemaps(f"http://a/{number}.xml" for number in range(MOST_SITEMAPS + 5))
    assert (len(files), files[0]) == (MOST_SITEMAPS, f"http://a/{MOST_SITEMAPS + 4}.xml")


def test_memory_survives_the_database() -> None:
    memory = Memory(
        read_at=NOW,
        window=(3, 2),
        fresh=(3,),
        blind=((1, 2),),
        newest=3,
        sitemaps=("http://a/1.xml",),
        sitemaps_due_at=BEFORE,
        refusals=2,
        rest_until=NOW,
    )
    assert Memory.from_json(memory.as_json()) == memory
    assert Memory.from_json(None) == Memory.from_json({}) == Memory()


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
