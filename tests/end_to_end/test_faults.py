"""A site that stumbles, and a crawler that is killed: nothing is lost, nothing doubled."""

from __future__ import annotations

import random
import time
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from asrcrawler.items import Outcome
from asrcrawler.replica import Fault, World
from asrcrawler.replica.server import ReplicaServer
from tests.end_to_end.crawling import FAST, Crawl
from tests.end_to_end.test_ten_days import simulate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

STUMBLES = (
    Fault.ERROR_500,
    Fault.RETRY_SECONDS,
    Fault.RETRY_DATE,
    Fault.TOO_MANY,
    Fault.RESET,
    Fault.TRUNCATED,
    Fault.EMPTY,
    Fault.SLOW,
)
KILLS = 6
BATCH = 20


def test_two_hundred_articles_behind_faults_are_all_there_at_the_end(tmp_path: Path) -> None:
    world: dict[str, Any] = {"first": 1, "last": 600, "density": 1.0, "articles_per_day": 300, "deletion_share": 0.0}
    rng = random.Random(1401)
    faulty = sorted(rng.sample(range(3, 598), 200))
    always = faulty.pop()
    faults: dict[int, tuple[str, int | None]] = {
        code: (STUMBLES[place % len(STUMBLES)], 1) for place, code in enumerate(faulty)
    }
    faults[always] = (Fault.ERROR_500, None)
    database_url = f"sqlite:///{tmp_path / 'asr.db'}"
    rows = simulate(
        {
            "world": world,
            "from_hour": 80,
            "hours": [0, 1, 4, 12, 36, 72, 120],
            "database_url": database_url,
            "settings": {"ASR_BACKFILL_PER_RUN": 700, "DOWNLOAD_TIMEOUT": 5},
            "fault_codes": faults,
        }
    )
    crawl = Crawl(rows[-1]["base_url"], database_url)
    ledger = crawl.ledger(range(1, 601))
    assert {code for code in range(1, 601) if code not in ledger} == set()
    lost = {code: ledger[code].outcome for code in faulty if ledger[code].outcome is not Outcome.STORED}
    assert lost == {}
    assert ledger[always].outcome is Outcome.FAILED
    assert len(crawl.articles()) == 599
    visits = crawl.visits(always)
    assert len(visits) >= 4
    waits = [(after["at"] - before["at"]).total_seconds() for before, after in pairwise(visits)]
    assert waits == sorted(waits)


def test_kills_at_random_moments_of_a_backfill(crawl_of: Callable[[ReplicaServer], Crawl]) -> None:
    rng = random.Random(7)
    codes = range(1, 801)
    with ReplicaServer(World(first=codes[0], last=codes[-1], density=0.5), latency=0.005) as server:
        crawl = crawl_of(server)
        settings = FAST | {"ASR_BACKFILL_PER_RUN": 1000, "ASR_BATCH_SIZE": BATCH, "CONCURRENT_REQUESTS_PER_DOMAIN": 8}
        for _ in range(KILLS):
            process = crawl.start(settings=settings)
            time.sleep(1.2 + rng.random() * 1.5)
            process.kill()
            process.communicate()
        status, log = crawl.run(settings=settings)
        asked = server.requests.codes
        truths = {code: server.truth(code) for code in codes}
    assert status == 0, log
    ledger = crawl.ledger(codes)
    assert {code: ledger[code].outcome for code in ledger} == {code: truths[code].outcome for code in codes}
    visits = {code: len(crawl.visits(code)) for code in codes}
    articles = crawl.articles()
    assert set(articles) == {code for code in codes if truths[code].outcome is Outcome.STORED}
    assert max(visits.values()) == 1  # what was written was not visited again
    repeated = sum(asked[code] - 1 for code in codes if asked[code])
    assert repeated <= KILLS * (2 * BATCH + 8)
