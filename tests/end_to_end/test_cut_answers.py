"""Answers that break off, over every transport, at first and at later visits: nothing of them is ever taken."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

import pytest

from asrcrawler.http.completeness import UNENDED
from asrcrawler.items import Outcome
from asrcrawler.replica import World
from asrcrawler.replica.faults import CUTTING, Fault
from asrcrawler.replica.server import ReplicaServer
from asrcrawler.storage import models
from tests.end_to_end.crawling import FAST, Crawl
from tests.storage.samples import column

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

CODES = range(1, 97)
CUT = CODES[1::2]  # every other one, as a long row of failures ends a crawl
SHARES = (0.02, 0.999)
OF_THE_VISIT = ("last_seen_at", "last_visit_at")


def a_site() -> ReplicaServer:
    return ReplicaServer(World(first=CODES[0], last=CODES[-1], density=1.0, deletion_share=0, edit_share=0))


def visit(crawl: Crawl, server: ReplicaServer, days: int, *arguments: str) -> None:
    """A crawl that believes it runs so many days after the first one."""
    now = (server.clock + timedelta(days=days)).isoformat()
    _, log = crawl.run(*arguments, settings=FAST | {"ASR_NOW": now, "RETRY_TIMES": 0, "ASR_BACKFILL_PER_RUN": 0})
    assert "Traceback" not in log, log
    assert "finished, exit status" in log, log


def cut_at_random_places(server: ReplicaServer, rng: random.Random) -> None:
    transports = sorted(CUTTING)
    for place, code in enumerate(CUT):
        server.faults.put(code, transports[place % len(transports)], share=rng.uniform(*SHARES))


def outcomes(crawl: Crawl, codes: Iterable[int]) -> set[Outcome | None]:
    return {known.outcome for known in crawl.ledger(codes).values()}


def texts(crawl: Crawl) -> dict[int, dict[str, Any]]:
    found = crawl.articles()
    return {code: {k: v for k, v in article.items() if k not in OF_THE_VISIT} for code, article in found.items()}


@pytest.mark.parametrize("seed", [1401, 1402])
def test_cut_at_random_places_over_six_transports(crawl_of: Callable[[ReplicaServer], Crawl], seed: int) -> None:
    every, rng = f"codes={CODES[0]}-{CODES[-1]}", random.Random(seed)
    with a_site() as server:
        crawl = crawl_of(server)
        cut_at_random_places(server, rng)
        visit(crawl, server, 0, every)
        assert set(crawl.articles()) == set(CODES) - set(CUT)
        assert outcomes(crawl, CUT) <= {Outcome.FAILED, Outcome.UNREADABLE}

        server.faults.clear()
        visit(crawl, server, 3)
        whole = texts(crawl)
        assert set(whole) == set(CODES)
        assert {code: whole[code]["body"] for code in CODES} == {code: server.truth(code).body for code in CODES}

        cut_at_random_places(server, rng)
        visit(crawl, server, 6, every)
        assert outcomes(crawl, CUT) <= {Outcome.FAILED, Outcome.UNREADABLE}
        assert texts(crawl) == whole
        validators = column(crawl.database, models.ledger, "etag")
        assert {code for code in CODES if validators[code] is None} == set(CUT)

        server.faults.clear()
        visit(crawl, server, 9)
        assert outcomes(crawl, CODES) == {Outcome.STORED}
        assert texts(crawl) == whole
        assert {article["revision"] for article in whole.values()} == {1}


def test_a_site_whose_pages_never_have_an_end_is_archived_once_with_a_note(
    crawl_of: Callable[[ReplicaServer], Crawl],
) -> None:
    codes = range(1, 31)
    with a_site() as server:
        crawl = crawl_of(server)
        for code in codes:
            with urlopen(server.url(code)) as answer:
                page = answer.read()
            server.faults.put(code, Fault.CUT_PAGE, share=(page.rindex(b"</body>") + 0.5) / len(page))
        found = []
        for days in (0, 1, 2, 3, 4):
            visit(crawl, server, days, f"codes={codes[0]}-{codes[-1]}")
            found.append((len(crawl.articles()), outcomes(crawl, codes)))
        failed, stored = (0, {Outcome.FAILED}), (len(codes), {Outcome.STORED})
        assert found == [failed, failed, stored, stored, stored]
        assert texts(crawl)[7]["body"] == server.truth(7).body
        assert [visit["reason"] for visit in crawl.visits(7)[-3:]] == [UNENDED] * 3
        assert {article["revision"] for article in crawl.articles().values()} == {1}
