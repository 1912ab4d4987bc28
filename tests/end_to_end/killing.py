"""A backfill that is killed at random moments, and what came of it. For the tests and for ``benchmarks.kills``."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from asrcrawler.items import Outcome
from tests.end_to_end.crawling import FAST, Crawl, wait_until

if TYPE_CHECKING:
    from random import Random

    from asrcrawler.replica.server import ReplicaServer

BATCH = 20
CONCURRENCY = 4
MOST_REPEATED = 2 * BATCH + CONCURRENCY
"""Visits that one kill can undo: a batch that is written, one that fills, and what is on its way."""

SETTINGS = FAST | {
    "ASR_BACKFILL_PER_RUN": 1_000_000,
    "ASR_BATCH_SIZE": BATCH,
    "CONCURRENT_REQUESTS_PER_DOMAIN": CONCURRENCY,
}
LONGEST_START, LONGEST_LIFE = 1.5, 1.0  # seconds
KILLED_AT_START = 0.2  # of the runs
LISTINGS = 2  # requests before the first for a code: robots.txt and the feed


class Killed(NamedTuple):
    """What was found at the end."""

    status: int
    """Of the last run, which nobody killed."""
    log: str
    codes: int
    """From the first to the newest one that the site names."""
    kept: int
    """Codes that the killed runs had written."""
    lost: int
    """Codes without a visit, and articles that are not stored."""
    wrong: int
    """Codes with another outcome than the truth, and articles that are none."""
    doubled: int
    """Codes whose written visit was made again."""
    repeated: int
    """Requests beyond the first for a code."""


def kill_again_and_again(crawl: Crawl, server: ReplicaServer, kills: int, rnd: Random) -> Killed:
    """Run the backfill of the whole site with ``kills`` deaths before the run that ends it."""
    codes = range(server.world.first, max(server.world.newest(100)) + 1)
    for _ in range(kills):
        _live_and_die(crawl, server, rnd)
    kept = len(crawl.ledger(codes))
    status, log = crawl.run(settings=SETTINGS)
    asked, ledger, articles = server.requests.codes, crawl.ledger(codes), set(crawl.articles())
    truths = {code: server.truth(code).outcome for code in codes}
    there = {code for code in codes if truths[code] is Outcome.STORED}
    return Killed(
        status=status,
        log=log,
        codes=len(codes),
        kept=kept,
        lost=len(codes) - len(ledger) + len(there - articles),
        wrong=sum(visit.outcome is not truths[code] for code, visit in ledger.items()) + len(articles - there),
        doubled=sum(len(crawl.visits(code)) > 1 for code in codes),
        repeated=sum(asked[code] - 1 for code in codes if asked[code]),
    )


def _live_and_die(crawl: Crawl, server: ReplicaServer, rnd: Random) -> None:
    before = len(server.requests)
    process = crawl.start(settings=SETTINGS)
    if rnd.random() < KILLED_AT_START:
        time.sleep(rnd.random() * LONGEST_START)
    else:
        wait_until(lambda: len(server.requests) > before + LISTINGS)
        time.sleep(rnd.random() * LONGEST_LIFE)
    process.kill()
    process.communicate()
