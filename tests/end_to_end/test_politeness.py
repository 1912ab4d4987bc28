"""What a site asks for is done: waiting, keeping out, coming back later."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

import pytest

from asrcrawler.items import Outcome
from asrcrawler.replica import World
from asrcrawler.replica.faults import Fault
from asrcrawler.replica.server import ReplicaServer
from asrcrawler.storage.visits import runs
from tests.end_to_end.crawling import FAST, SITE, Crawl, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

ONE_AT_A_TIME: dict[str, object] = {"DOWNLOAD_DELAY": 0, "CONCURRENT_REQUESTS_PER_DOMAIN": 1}
FEED, HOME, ROBOTS = "/fa/rss/allnews", "/fa", "/robots.txt"


def test_retry_after_is_waited_out_before_anything_else_is_asked(crawl_of: Callable[[ReplicaServer], Crawl]) -> None:
    with ReplicaServer(World(first=1, last=20, density=1.0, deletion_share=0)) as server:
        server.faults.put(3, Fault.RETRY_SECONDS, heals_after=1, seconds=2)
        crawl = crawl_of(server)
        status, log = crawl.run("codes=1-4", settings=ONE_AT_A_TIME)
        asked = [(entry.code, entry.at) for entry in server.requests.entries if entry.code]
    assert status == 0
    assert [code for code, _ in asked] == [1, 2, 3, 4]  # what is overloaded is not asked again at once
    assert asked[3][1] - asked[2][1] > 1.9
    assert "The site asks us to wait 2 seconds" in log


def test_a_stop_ends_a_pause_and_no_code_is_drawn_during_it(crawl_of: Callable[[ReplicaServer], Crawl]) -> None:
    with ReplicaServer(World(first=1, last=400, density=1.0)) as server:
        server.faults.put(3, Fault.TOO_MANY, seconds=100)
        crawl = crawl_of(server)
        process = crawl.start("codes=1-1000000", settings=ONE_AT_A_TIME)
        wait_until(lambda: 3 in server.requests.codes)
        time.sleep(0.5)
        asked = server.requests.codes
        stopped = time.monotonic()
        process.send_signal(signal.SIGTERM)
        log, _ = process.communicate(timeout=30)
    assert time.monotonic() - stopped < 8
    assert (process.returncode, max(asked)) == (0, 3), log
    assert {code: visit.outcome for code, visit in crawl.ledger([1, 2, 3, 4]).items()} == {
        1: Outcome.STORED, 2: Outcome.STORED, 3: Outcome.REFUSED,
    }  # fmt: skip
    assert " codes were taken up" not in log or int(log.partition(" codes were taken up")[0].split()[-1]) < 5


def test_a_site_that_asks_for_an_hour_is_left_for_an_hour(crawl_of: Callable[[ReplicaServer], Crawl]) -> None:
    with ReplicaServer(World(first=1, last=400, density=1.0)) as server:
        server.faults.put(FEED, Fault.RETRY_SECONDS, seconds=7200)
        crawl = crawl_of(server)
        status, log = crawl.run(settings=ONE_AT_A_TIME)
        asked = server.requests.paths
        server.requests.clear()
        again, second_log = crawl.run(settings=ONE_AT_A_TIME)
        asked_again = len(server.requests)
    assert (status, again) == (75, 75), log
    assert asked == {ROBOTS: 1, FEED: 1}
    assert asked_again == 0
    assert "The site refused the last run; it is left alone until" in second_log
    assert [run.end_reason for run in runs.last_runs(crawl.database, SITE, 2)] == [
        "resting after a refusal", "asked to wait",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("fault", "reason", "line"),
    [
        (Fault.ERROR_500, "unreachable", "status 500); nothing is asked of it in this run"),
        (Fault.RESET, "unreachable", "nothing is asked of it in this run"),
        (Fault.TOO_MANY, "refused", "status 429); nothing is asked of it in this run"),
    ],
)
def test_without_an_answer_for_robots_txt_nothing_is_asked(
    crawl_of: Callable[[ReplicaServer], Crawl], fault: Fault, reason: str, line: str
) -> None:
    with ReplicaServer(World(first=1, last=50)) as server:
        server.faults.put(ROBOTS, fault, seconds=0)
        crawl = crawl_of(server)
        status, log = crawl.run("codes=1-20", settings=FAST | {"RETRY_TIMES": 0})
        asked = server.requests.paths
    assert status == 75, log
    assert asked == {ROBOTS: 1}
    assert runs.last_runs(crawl.database, SITE, 1)[0].end_reason == reason
    assert len([text for text in log.splitlines() if line in text]) == 1
    assert "Traceback" not in log


def test_a_scheduled_run_without_an_answer_for_robots_txt_says_just_that(
    crawl_of: Callable[[ReplicaServer], Crawl],
) -> None:
    with ReplicaServer(World(first=1, last=50)) as server:
        server.faults.put(ROBOTS, Fault.ERROR_500)
        status, log = crawl_of(server).run(settings=FAST | {"RETRY_TIMES": 0})
        asked = server.requests.paths
    assert (status, asked) == (75, {ROBOTS: 1}), log
    assert "nothing is asked of it in this run" in log
    assert "did not answer" not in log
    assert "The site could not be reached" not in log


@pytest.mark.parametrize("fault", [Fault.FORBIDDEN, Fault.HUGE, Fault.EMPTY, Fault.OTHER_HOST])
def test_a_site_without_rules_of_its_own_allows_everything(
    crawl_of: Callable[[ReplicaServer], Crawl], fault: Fault
) -> None:
    with ReplicaServer(World(first=1, last=50, density=1.0, deletion_share=0)) as server:
        server.faults.put(ROBOTS, fault)
        crawl = crawl_of(server)
        status, log = crawl.run("codes=5", settings=FAST)
    assert (status, crawl.ledger([5])[5].outcome) == (0, Outcome.STORED), log
    assert "Traceback" not in log


def test_robots_txt_that_forbids_everything_is_a_clear_line_and_status_75(
    crawl_of: Callable[[ReplicaServer], Crawl],
) -> None:
    with ReplicaServer(World(first=1, last=50), closed=True) as server:
        crawl = crawl_of(server)
        status, log = crawl.run(settings=FAST)
        asked = server.requests.paths
    assert status == 75
    assert asked == {ROBOTS: 1}
    assert "robots.txt of the site forbids us its feed and its home page" in log


@pytest.mark.parametrize("fault", [Fault.CHALLENGE, Fault.CHALLENGE_REDIRECT, Fault.FORBIDDEN])
def test_a_challenge_in_the_place_of_the_feed_is_a_refusal(
    crawl_of: Callable[[ReplicaServer], Crawl], fault: Fault
) -> None:
    with ReplicaServer(World(first=1, last=50)) as server:
        server.faults.put(FEED, fault)
        crawl = crawl_of(server)
        status, log = crawl.run(settings=FAST)
        asked = server.requests.paths
    assert status == 75
    assert asked == {ROBOTS: 1, FEED: 1}
    assert len([line for line in log.splitlines() if "The site refuses us: " in line]) == 1
