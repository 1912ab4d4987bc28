"""A site that stumbles, and a crawler that is killed: nothing is lost, nothing doubled."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from asrcrawler.items import Outcome
from asrcrawler.replica import Fault, World
from asrcrawler.replica.server import ReplicaServer
from tests.end_to_end.crawling import Crawl
from tests.end_to_end.killing import MOST_REPEATED, kill_again_and_again
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
KILLS = 5


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
    """``python -m benchmarks.kills`` does the same with fifty of them."""
    with ReplicaServer(World(first=1, last=500, density=0.5), latency=0.02) as server:
        killed = kill_again_and_again(crawl_of(server), server, KILLS, random.Random(7))
    assert killed.status == 0, killed.log
    assert 0 < killed.kept < killed.codes
    assert (killed.lost, killed.wrong, killed.doubled) == (0, 0, 0)
    assert killed.repeated <= KILLS * MOST_REPEATED
