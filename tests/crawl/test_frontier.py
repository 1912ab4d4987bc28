"""What a look at the site leaves to be done, and what one run remembers for the next."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from asrcrawler.crawl.archive import Archive
from asrcrawler.crawl.frontier import (
    DEEPEST_SITEMAP,
    FURTHEST_AHEAD,
    LONGEST_PLACE,
    MOST_FRESH,
    MOST_SITEMAPS,
    SITEMAPS_PER_RUN,
    Frontier,
    Listing,
    Site,
    after_sitemap,
    latest_sitemaps,
    newest_first,
    newest_of,
    overlaps,
    remember,
)
from asrcrawler.crawl.memory import SITEMAP_INDEX, Memory, Named, SitemapFile
from asrcrawler.items import Outcome
from asrcrawler.storage.visits.ledger import Known
from tests.crawler import crawler_for_tests
from tests.storage.samples import an_absence, an_article

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from asrcrawler.items import Absence, Article

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
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


def test_without_a_feed_what_the_home_page_named_before_is_not_named_for_the_first_time() -> None:
    known = {code: visited(Outcome.MISSING) for code in (40, 39)}
    first = remember(Memory(read_at=BEFORE, newest=40), Listing(others=[40, 39]), known, NOW)
    again = remember(replace(first, fresh=()), Listing(others=[40, 39]), known, NOW)
    assert (first.fresh, again.fresh) == ((40, 39), ())
    third = remember(again, Listing(others=[41, 40]), known | {41: visited(Outcome.MISSING)}, NOW)
    assert (third.fresh, third.seen) == ((41,), (41, 40))


def test_what_the_home_page_named_is_remembered_while_the_feed_suffices() -> None:
    known = {code: visited(Outcome.MISSING) for code in (40, 39)}
    last = Memory(read_at=BEFORE, window=(50,), seen=(40, 39), newest=50)
    with_feed = remember(last, Listing(feed=[51, 50]), known, NOW)
    assert with_feed.seen == (40, 39)
    assert remember(replace(with_feed, fresh=()), Listing(others=[40, 39]), known, NOW).fresh == ()


def test_of_all_that_is_named_so_much_is_remembered() -> None:
    assert len(remember(Memory(), Listing(others=range(1, MOST_FRESH + 9)), {}, NOW).seen) == MOST_FRESH


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


ONE, TWO = SitemapFile("/1.xml"), SitemapFile("/2.xml")
PLAN = Memory(sitemaps=(TWO, ONE), sitemaps_due_at=NOW + timedelta(days=9))


def test_a_file_that_was_read_is_done_with() -> None:
    assert after_sitemap(PLAN, TWO, Named([5], []), NOW) == replace(PLAN, sitemaps=(ONE,))
    assert after_sitemap(PLAN, TWO, Named([], []), NOW) == replace(PLAN, sitemaps=(ONE,))


def test_a_file_that_did_not_answer_is_kept_until_the_index_is_read_anew() -> None:
    assert after_sitemap(PLAN, TWO, None, NOW) == PLAN
    assert after_sitemap(replace(PLAN, sitemaps_due_at=NOW), TWO, None, NOW).sitemaps == (ONE,)


@pytest.mark.parametrize(
    ("found", "due_in"), [(Named([], ["/1.xml"]), 30), (Named([5], []), 30), (Named(), 1), (None, None)]
)  # days
def test_the_index_is_read_again_in_time(found: Named | None, due_in: int | None) -> None:
    memory = after_sitemap(Memory(), SITEMAP_INDEX, found, NOW)
    assert memory.sitemaps_due_at == (None if due_in is None else NOW + timedelta(days=due_in))


def test_an_index_within_an_index_is_read_down_to_a_bound() -> None:
    memory = after_sitemap(PLAN, TWO, Named([], ["/2-1.xml", "/2-2.xml", "/1.xml", "/2.xml"]), NOW)
    assert memory.sitemaps == (SitemapFile("/2-2.xml", 2), SitemapFile("/2-1.xml", 2), ONE)
    deepest = SitemapFile("/9.xml", DEEPEST_SITEMAP)
    assert after_sitemap(Memory(sitemaps=(deepest,)), deepest, Named([], ["/10.xml"]), NOW).sitemaps == ()
    many = [f"/{number}.xml" for number in range(MOST_SITEMAPS + 5)]
    assert len(after_sitemap(PLAN, TWO, Named([], many), NOW).sitemaps) == MOST_SITEMAPS


def test_so_many_sitemaps_are_remembered() -> None:
    files = latest_sitemaps(f"http://a/{number}.xml" for number in range(MOST_SITEMAPS + 5))
    assert (len(files), files[0]) == (MOST_SITEMAPS, f"http://a/{MOST_SITEMAPS + 4}.xml")
    places = [f"/{'1' * (LONGEST_PLACE - 1)}", f"/{'1' * LONGEST_PLACE}"]
    assert latest_sitemaps(places) == (places[0],)


# --- at work, on a real ledger


class Places:
    """What a site names. ``archive``: place → codes and further files, None for silence; "" is the index."""

    def __init__(self, feed: Sequence[int], archive: dict[str, Named | None]) -> None:
        self.codes = list(feed)
        self.files = archive
        self.asked: list[str] = []

    @property
    def site(self) -> Site:
        return Site(feed=self._feed, home=self._nothing, recent=self._nothing, archive=self._file)

    async def _feed(self) -> list[int]:
        return self.codes

    async def _nothing(self) -> None:
        return None

    async def _file(self, place: str | None) -> Named | None:
        self.asked.append(place or "")
        return self.files.get(place or "", Named())


class Runs:
    """Scheduled runs on one archive, each with the visits it makes: missing, but for ``stored`` and ``failed``."""

    def __init__(
        self,
        folder: Path,
        places: Places,
        *,
        backfill: int,
        stored: Sequence[int] = (),
        failed: Sequence[int] = (),
        first_code: int = 1,
        old: int = 0,
    ) -> None:
        self._old = old
        self._url = f"sqlite:///{folder / 'asr.db'}"
        self._places = places
        self._backfill = backfill
        self._stored = stored
        self._failed = failed
        self._first_code = first_code

    def run(self, now: datetime = NOW, *, reached: int | None = None) -> list[int]:
        """The codes of one run, of which so many are visited before it is killed."""
        return asyncio.run(self._run(now, reached))

    async def _run(self, now: datetime, reached: int | None) -> list[int]:
        archive = Archive.of(crawler_for_tests(ASR_DATABASE_URL=self._url))
        await archive.open({})
        frontier = Frontier(
            archive,
            self._places.site,
            first_code=self._first_code,
            backfill=self._backfill,
            old=self._old,
            now=now,
        )
        codes = [code async for code in frontier.codes()]
        if visits := [self._visit(code, now) for code in codes[:reached]]:
            await archive.write(visits)
        await archive.close(reason="finished", exit_status=0)
        return codes

    def _visit(self, code: int, now: datetime) -> Article | Absence:
        if code in self._stored:
            return an_article(code, at=now)
        return an_absence(code, Outcome.FAILED if code in self._failed else Outcome.MISSING, at=now)


def test_a_run_takes_up_what_is_new_then_the_gap_then_what_is_due_then_the_archive(tmp_path: Path) -> None:
    places = Places([100, 97], {})
    runs = Runs(tmp_path, places, backfill=2, stored=[100, 104], failed=[97])
    assert runs.run() == [100, 97, 99, 98]
    places.codes = [104]
    assert runs.run(NOW + timedelta(hours=1)) == [104, 103, 102, 101, 97, 96, 95]
    assert runs.run(NOW + timedelta(hours=1)) == [94, 93]  # nothing new, and nothing due


def test_what_a_killed_run_did_not_reach_is_taken_up_by_the_next(tmp_path: Path) -> None:
    places = Places([100], {})
    assert Runs(tmp_path, places, backfill=0, stored=[100]).run() == [100]
    places.codes = [104]
    killed = Runs(tmp_path, places, backfill=0, stored=[104])
    assert killed.run(NOW + timedelta(hours=1), reached=2) == [104, 103, 102, 101]
    assert killed.run(NOW + timedelta(hours=1)) == [102, 101]


def test_nothing_below_the_first_code_is_swept(tmp_path: Path) -> None:
    places = Places([100], {"": Named([96, 99, 20], [])})
    runs = Runs(tmp_path, places, backfill=9, stored=[100], first_code=97)
    assert runs.run() == [100, 99, 98, 97]
    assert runs.run(NOW + timedelta(minutes=1)) == []


def test_without_a_sweep_no_miss_and_no_sitemap_is_looked_at(tmp_path: Path) -> None:
    places = Places([100, 99], {"": Named([50], [])})
    runs = Runs(tmp_path, places, backfill=0, stored=[100])
    assert runs.run() == [100, 99]
    assert runs.run(NOW + timedelta(days=40)) == []
    assert places.asked == []


def test_misses_that_are_due_again_take_half_of_the_sweep(tmp_path: Path) -> None:
    runs = Runs(tmp_path, Places([2000], {}), backfill=10, stored=[2000])
    assert runs.run() == [2000, *range(1999, 1989, -1)]
    again = runs.run(NOW + timedelta(days=40))
    assert again == [1999, 1998, 1997, 1996, 1995, 1989, 1988, 1987, 1986, 1985]


def test_a_sweep_of_one_code_looks_at_a_miss_again(tmp_path: Path) -> None:
    runs = Runs(tmp_path, Places([2000], {}), backfill=1, stored=[2000])
    assert runs.run() == [2000, 1999]
    assert runs.run(NOW + timedelta(days=40)) == [1999]


def test_the_archive_sitemap_is_read_down_to_its_files_in_one_run(tmp_path: Path) -> None:
    places = Places(
        [900],
        {
            "": Named([], ["/a/1.xml"]),
            "/a/1.xml": Named([], ["/a/b.xml"]),
            "/a/b.xml": Named([700, 600, 500], ["/a/1.xml"]),
        },
    )
    assert Runs(tmp_path, places, backfill=4, stored=[900]).run() == [900, 700, 600, 500, 899]
    assert places.asked == ["", "/a/1.xml", "/a/b.xml", "/a/1.xml"]  # what leads back is not followed for ever


def test_a_file_that_does_not_answer_is_asked_once_a_run_until_it_does(tmp_path: Path) -> None:
    places = Places([900], {"": Named([], ["/2.xml", "/1.xml"]), "/2.xml": None, "/1.xml": Named([500], [])})
    runs = Runs(tmp_path, places, backfill=3, stored=[900])
    assert runs.run() == [900, 500, 899, 898]
    assert places.asked == ["", "/2.xml", "/1.xml"]
    places.asked.clear()
    assert runs.run(NOW + timedelta(minutes=5)) == [897, 896, 895]
    assert places.asked == ["/2.xml"]
    places.files["/2.xml"] = Named([600], [])
    assert 600 in runs.run(NOW + timedelta(minutes=9))


def test_an_index_that_does_not_answer_is_asked_again_by_the_next_run(tmp_path: Path) -> None:
    places = Places([900], {"": None})
    runs = Runs(tmp_path, places, backfill=1, stored=[900])
    runs.run()
    assert places.asked == [""]
    places.files[""] = Named([600], [])
    assert runs.run(NOW + timedelta(minutes=5)) == [600]
    runs.run(NOW + timedelta(days=29))
    assert places.asked == ["", ""]


def test_so_many_files_are_read_in_a_run(tmp_path: Path) -> None:
    names = [f"/{number}.xml" for number in range(20, 0, -1)]
    places = Places([900], {"": Named([], names)})
    Runs(tmp_path, places, backfill=5, stored=[900]).run()
    assert places.asked == ["", *names[: SITEMAPS_PER_RUN - 1]]


@pytest.mark.parametrize(
    ("read_at", "visited_at"), [(NOW + HOUR, BEFORE), (BEFORE, NOW + HOUR), (NOW + HOUR, NOW + 2 * HOUR)]
)
def test_where_a_clock_was_ahead_a_fresh_code_is_rather_visited_again(read_at: datetime, visited_at: datetime) -> None:
    last = Memory(read_at=read_at, window=(30,), fresh=(27,), newest=30)
    known = {27: visited(Outcome.MISSING, visited_at), 30: visited(Outcome.STORED)}
    memory = remember(last, Listing(feed=[30]), known, NOW)
    assert 27 in memory.fresh
    assert memory.read_at == NOW


class NoArchive:
    """What the frontier asks of an archive when it looks for a sitemap."""

    async def list_codes(self, codes: list[int], at: datetime) -> None:
        assert (codes, at) == ([], NOW)

    async def remember(self, memory: Memory) -> None:
        self.memory = memory


@pytest.mark.parametrize(
    ("ahead", "asked"), [(None, True), (-HOUR, True), (HOUR, False), (30 * DAY, False), (31 * DAY, True)]
)
def test_the_index_of_sitemaps_is_waited_for_no_longer_than_a_month(ahead: timedelta | None, asked: bool) -> None:
    looks: list[str | None] = []

    async def nothing() -> None:
        pass

    async def index(file: str | None) -> None:
        looks.append(file)

    archive: Any = NoArchive()
    site = Site(feed=nothing, home=nothing, recent=nothing, archive=index)
    frontier = Frontier(archive, site, first_code=1, backfill=1, now=NOW)
    frontier._memory = Memory(sitemaps_due_at=NOW + ahead if ahead is not None else None)
    assert asyncio.run(frontier._read_sitemap()) is asked
    assert looks == ([None] if asked else [])


def test_a_file_that_breaks_off_is_used_and_asked_for_again_by_the_next_run(tmp_path: Path) -> None:
    places = Places([30], {"": Named([], ["/9", "/8"]), "/9": Named([12], [], is_whole=False), "/8": Named([7], [])})
    runs = Runs(tmp_path, places, backfill=3)
    assert runs.run(reached=0) == [30, 12, 7, 29]
    assert places.asked == ["", "/9", "/8"]
    places.files["/9"] = Named([12, 11], [])
    assert runs.run(NOW + HOUR, reached=0) == [30, 12, 11, 7]
    assert places.asked[3:] == ["/9"]


def test_a_file_that_always_breaks_off_does_not_keep_the_index_from_being_read(tmp_path: Path) -> None:
    places = Places([30], {"": Named([], ["/9"]), "/9": Named([12], [], is_whole=False)})
    runs = Runs(tmp_path, places, backfill=9)
    for after in (0 * DAY, HOUR, 30 * DAY):
        runs.run(NOW + after, reached=0)
    assert places.asked == ["", "/9", "/9", "/9", ""]


def test_an_index_that_breaks_off_is_used_and_read_again_after_a_day(tmp_path: Path) -> None:
    places = Places([30], {"": Named([], ["/9"], is_whole=False), "/9": Named([12], [])})
    runs = Runs(tmp_path, places, backfill=9)
    assert runs.run(reached=0)[:2] == [30, 12]
    runs.run(NOW + DAY - HOUR, reached=0)
    assert places.asked == ["", "/9"]
    runs.run(NOW + DAY, reached=0)
    assert places.asked == ["", "/9", "", "/9"]


def test_a_stored_article_that_is_missing_is_looked_at_again_without_a_sweep(tmp_path: Path) -> None:
    places, day = Places([2], {}), timedelta(days=1)
    assert Runs(tmp_path, places, backfill=0, stored=[2]).run() == [2]
    later = NOW + 31 * day
    assert Runs(tmp_path, places, backfill=1, old=1, first_code=2).run(later) == [2]  # deleted since
    runs = Runs(tmp_path, places, backfill=0, stored=[2])
    assert [runs.run(later + day - timedelta(minutes=1)), runs.run(later + day), runs.run(later + 2 * day)] == [
        [], [2], [],
    ]  # fmt: skip


def test_the_sweep_takes_old_articles_in_turn_within_its_budget(tmp_path: Path) -> None:
    places, day = Places([9, 8, 7, 6, 5, 4, 3, 2, 1], {}), timedelta(days=1)
    stored = [1, 2, 3, 4, 5]
    Runs(tmp_path, places, backfill=0, stored=stored).run()
    settled = NOW + 90 * day
    for number in range(9):  # the last looks for edits
        Runs(tmp_path, places, backfill=0, stored=stored).run(NOW + number * 14 * day)
    assert Runs(tmp_path, places, backfill=0, old=3, stored=stored).run(settled + 99 * day) == []
    runs = Runs(tmp_path, places, backfill=2, old=3, stored=stored)
    turns = [runs.run(settled + (99 + number) * day) for number in range(3)]
    assert sorted(code for turn in turns for code in turn if code in stored) == stored
    assert [len(set(turn) & set(stored)) for turn in turns] == [2, 2, 1]
