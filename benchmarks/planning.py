"""Measure a run with nothing new, on an archive of a thousand settled codes and on one of a million.

``python -m benchmarks.planning [--write]`` makes both archives in a temporary folder, runs the real ``scrapy crawl
asr`` on them in turn against the replica, and prints time, peak memory and their ratio.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from sqlalchemy import insert

from asrcrawler.clock import utcnow
from asrcrawler.crawl.memory import Memory
from asrcrawler.replica import World
from asrcrawler.replica.server import ReplicaServer
from asrcrawler.storage import Database
from asrcrawler.storage.models import coverage, ledger
from asrcrawler.storage.visits import runs
from benchmarks.readme import put

SITE = "asrpress.ir"
SIZES = (1_000, 1_000_000)
ROUNDS = 7
MOST_TIME = 1.5  # times the time with the small archive
MOST_MEMORY = 20  # MB more than with the small archive
CHUNK = 20_000  # ledger rows in one statement
PROJECT = Path(__file__).parents[1]


def make_archive(url: str, newest: int, size: int, window: list[int]) -> None:
    """Make an archive in which the ``size`` codes up to ``newest`` are settled and the feed was read an hour ago."""
    database = Database(url)
    database.prepare()
    at = utcnow() - timedelta(days=400)
    first = newest - size + 1
    with database.write(SITE) as connection:
        for start in range(first, newest + 1, CHUNK):
            connection.execute(
                insert(ledger),
                [
                    {
                        "site": SITE,
                        "code": code,
                        "outcome": "missing" if code % 5 else "stored",
                        "http_status": 200,
                        "first_visit_at": at,
                        "visited_at": at,
                        "streak": 2,
                        "unchanged": 3,
                        "visits": 3,
                    }
                    for code in range(start, min(start + CHUNK, newest + 1))
                ],
            )
        connection.execute(insert(coverage), [{"site": SITE, "first": first, "last": newest}])
    run_id = runs.begin_run(database, SITE, {})
    memory = Memory(read_at=utcnow() - timedelta(hours=1), window=tuple(window), newest=newest)
    runs.remember_plan(database, run_id, memory.as_json())
    runs.end_run(database, run_id, runs.RunFigures(), reason="finished", exit_status=0)
    database.close()


def crawl(url: str, base_url: str, first_code: int) -> tuple[float, float]:
    """Run a crawl; give its seconds and peak memory in MB."""
    environment = os.environ | {
        "ASR_BASE_URL": base_url,
        "ASR_DATABASE_URL": url,
        "ASR_FIRST_CODE": str(first_code),
    }
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "scrapy", "crawl", "asr", "-s", "DOWNLOAD_DELAY=0"],
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    log = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    if status or "0 codes visited" not in log:
        raise SystemExit(f"not a quiet run: status {status}\n{log[-2000:]}")
    assert isinstance(usage, resource.struct_rusage)
    return seconds, usage.ru_maxrss / 1024


def main() -> int:
    """Print the figures; give 1 if a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.planning", description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/README.md")
    options = parser.parse_args()
    newest = max(SIZES) + 1_000
    world = World(first=1, last=newest, articles_per_day=200)  # the newest hundred lie among the last thousand
    with tempfile.TemporaryDirectory() as folder, ReplicaServer(world) as server:
        window = world.newest(100)
        top = max(window)
        urls = {size: f"sqlite:///{folder}/{size}.db" for size in SIZES}
        for size, url in urls.items():
            make_archive(url, top, size, window)
        figures: dict[int, list[tuple[float, float]]] = {size: [] for size in SIZES}
        for _ in range(ROUNDS):
            for size, url in urls.items():
                figures[size].append(crawl(url, server.base_url, top - size + 1))
    small, large = SIZES
    small, large = SIZES
    lines = ["| settled codes | seconds | peak memory, MB |", "|---:|---:|---:|"]
    for size in SIZES:
        seconds = statistics.median(time for time, _ in figures[size])
        memory = statistics.median(peak for _, peak in figures[size])
        lines.append(f"| {size:,} | {seconds:.2f} | {memory:.0f} |")
    ratio = statistics.median(a / b for (a, _), (b, _) in zip(figures[large], figures[small], strict=True))
    more = statistics.median(a - b for (_, a), (_, b) in zip(figures[large], figures[small], strict=True))
    lines += ["", f"Medians of {ROUNDS} runs each, in turn."]
    lines += [f"Time: {ratio:.2f} times (target: at most {MOST_TIME})."]
    lines += [f"Memory: {more:+.1f} MB (target: at most {MOST_MEMORY} more)."]
    print("\n".join(lines))
    if options.write:
        put("planning", "\n".join(lines))
    return int(ratio > MOST_TIME or more > MOST_MEMORY)


if __name__ == "__main__":
    raise SystemExit(main())
