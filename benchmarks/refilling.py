"""The index of words made anew beside a crawl: how long the crawl's batches wait for it.

``python -m benchmarks.refilling``: fills a database with articles of the replica's writers in an index of the first
folding, then brings the index to this version in another process, as ``scrapy db upgrade`` does, while this one writes
a batch of a hundred articles every half a second. ``--articles N`` (100,000 unless told otherwise), ``--postgresql``
for a PostgreSQL of its own instead of SQLite, ``--write`` puts the table into ``benchmarks/README.md``.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from statistics import median
from time import perf_counter, sleep
from typing import TYPE_CHECKING

from sqlalchemy import update

from asrcrawler.storage.models import search_index
from asrcrawler.storage.visits.writing import write_visits
from asrcrawler.text.persian import FIRST_FOLDING
from benchmarks.databases import KINDS, empty_database
from benchmarks.readme import put
from benchmarks.search import fill
from benchmarks.storing import articles

if TYPE_CHECKING:
    from asrcrawler.storage import Database

BATCH = 100  # articles in one transaction, ASR_BATCH_SIZE's default
PAUSE = 0.5  # seconds between two batches
ALONE = 40  # batches that are written with nothing beside them
TARGET = 2.0  # seconds that a batch may wait

FILLING = """
import sys
from asrcrawler.storage import Database
from asrcrawler.storage.search import refilling
refilling.complete(Database(sys.argv[1]))
"""


def seconds_of(database: Database, first: int) -> float:
    """What it takes to write one batch that begins with the code ``first``."""
    batch = articles(first, BATCH)
    begun = perf_counter()
    write_visits(database, batch)
    return perf_counter() - begun


def measured(database: Database, url: str, count: int) -> str:
    with database.write() as connection:
        connection.execute(update(search_index).values(version=FIRST_FOLDING))
    fill(database, count)
    first = count + 1
    alone = [seconds_of(database, first + at * BATCH) for at in range(ALONE)]
    first += ALONE * BATCH
    begun, beside = perf_counter(), []
    process = subprocess.Popen([sys.executable, "-c", FILLING, url])
    while process.poll() is None:
        beside.append(seconds_of(database, first))
        first += BATCH
        sleep(PAUSE)
    gone = perf_counter() - begun
    if process.returncode:
        raise SystemExit(f"the refill failed: {process.returncode}")
    cells = (
        f"{count:,}",
        f"{gone:.0f} s",
        f"{len(beside)}",
        f"{median(beside):.2f} s, {max(beside):.2f} s",
        f"{median(alone):.2f} s, {max(alone):.2f} s",
    )
    lines = (
        "articles | done after | batches beside it | median, longest | with nothing beside",
        "---:|---:|---:|---:|---:",
        " | ".join(cells),
    )
    kept = "held" if max(beside) - median(alone) <= TARGET else "missed"
    table = "\n".join(f"| {line} |" for line in lines)
    return f"{table}\n\nNo batch waits longer than {TARGET:g} s: {kept}."


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the refilling of the index of words beside a crawl.")
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/README.md")
    options = parser.parse_args()
    kind = "postgresql" if options.postgresql else "sqlite"
    with empty_database(kind) as (database, url):
        figures = measured(database, url, options.articles)
    print(f"{KINDS[kind]}\n{figures}")
    if options.write:
        put(f"refilling-{kind}", figures)


if __name__ == "__main__":
    main()
