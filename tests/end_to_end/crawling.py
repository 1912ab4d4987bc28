"""The real ``scrapy crawl`` in a process of its own, and what it left in the database."""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asrcrawler.storage import Database
from asrcrawler.storage.articles.export import Selection, export_articles
from asrcrawler.storage.figures.status import code_history
from asrcrawler.storage.visits.ledger import known
from tests.end_to_end import simulation
from tests.processes import Process, scrapy, without_ours

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import RowMapping

    from asrcrawler.storage.visits.ledger import Known

PROJECT = Path(__file__).parents[2]
SITE = "asrpress.ir"
PATIENCE = 120  # seconds that one crawl of a test may take
LONG_PATIENCE = 300  # seconds; many crawls in one process
FAST: dict[str, object] = {"DOWNLOAD_DELAY": 0, "CONCURRENT_REQUESTS_PER_DOMAIN": 16}


@dataclass(frozen=True, slots=True)
class Crawl:
    """One archive and the site it is made of."""

    base_url: str
    database_url: str

    def start(self, *arguments: str, settings: Mapping[str, object] = FAST, before: str = "") -> Process:
        """Start ``scrapy crawl asr`` with ``-a`` arguments; ``before`` is Python that its process runs first."""
        words = [part for argument in arguments for part in ("-a", argument)]
        words += [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
        own = {"ASR_BASE_URL": self.base_url, "ASR_DATABASE_URL": self.database_url}
        return scrapy("crawl", "asr", *words, environment=without_ours() | own, before=before)

    def run(self, *arguments: str, settings: Mapping[str, object] = FAST, before: str = "") -> tuple[int, str]:
        """Do the same to its end; give exit status and log."""
        return end_of(self.start(*arguments, settings=settings, before=before))

    @property
    def database(self) -> Database:
        return Database(self.database_url)

    def articles(self) -> dict[int, dict[str, Any]]:
        """Every stored article by code, as exported."""
        return {article["code"]: article for article in export_articles(self.database, Selection())}

    def ledger(self, codes: Iterable[int]) -> dict[int, Known]:
        return known(self.database, SITE, list(codes))

    def visits(self, code: int) -> list[RowMapping]:
        return code_history(self.database, SITE, code)[1]


def end_of(process: Process, seconds: float = PATIENCE) -> tuple[int, str]:
    """Exit status and log of a process, once it has ended."""
    log, _ = process.communicate(timeout=seconds)
    assert process.returncode is not None
    return process.returncode, log


def simulated(plan: Mapping[str, Any]) -> tuple[list[dict[str, Any]], str]:
    """What came of a plan of :mod:`tests.end_to_end.simulation`, and its log from warnings on."""
    process = Process(partial(simulation.main, plan), environment=os.environ, merged=False)
    said, log = process.communicate(timeout=LONG_PATIENCE)
    assert process.returncode == 0, log[-3000:]
    assert "Traceback" not in log, log[-3000:]
    return json.loads(said), log


def wait_until(condition: Any, seconds: float = 30.0, every: float = 0.02) -> None:
    """Wait for something to become true, which is looked at ``every`` so many seconds; fail after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(every)
