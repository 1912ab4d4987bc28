"""Kill a backfill again and again: ``python -m benchmarks.kills [--kills 50] [--codes 3000] [--write]``.

Uses ``kill -9`` at random moments, some of them during start-up, and then lets one run end. Counts what was lost, what
was stored twice and what had to be asked for again. Takes some minutes; the tests have a small one.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from random import Random

from asrcrawler.replica import World
from asrcrawler.replica.server import ReplicaServer
from benchmarks.readme import put
from tests.end_to_end.crawling import Crawl
from tests.end_to_end.killing import BATCH, CONCURRENCY, MOST_REPEATED, kill_again_and_again

SEED = 1401
LATENCY = 0.03  # seconds before each answer, so that the archive is not complete before the last kill


def main() -> int:
    """Print the figures; give 1 if something was lost, doubled or asked for more often than the kills explain."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--codes", type=int, default=3_000)
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/README.md")
    options = parser.parse_args()
    world = World(first=1, last=options.codes, density=0.5)
    with tempfile.TemporaryDirectory() as folder, ReplicaServer(world, latency=LATENCY) as server:
        crawl = Crawl(server.base_url, f"sqlite:///{Path(folder) / 'asr.db'}")
        killed = kill_again_and_again(crawl, server, options.kills, Random(SEED))
    bound = options.kills * MOST_REPEATED
    figures = (options.kills, killed.codes, killed.kept, killed.codes - killed.kept, killed.lost, killed.wrong,
               killed.doubled, killed.repeated, bound)  # fmt: skip
    lines = [
        "| kills | codes | by the kills | by the last run | lost | wrong | doubled | asked for again | at most |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
        f"| {' | '.join(f'{figure:,}' for figure in figures)} |",
        "",
        f"Batches of {BATCH}, {CONCURRENCY} requests at a time; the last run ended with status {killed.status}.",
    ]
    print("\n".join(lines))
    if options.write:
        put("kills", "\n".join(lines))
    return int(bool(killed.status or killed.lost or killed.wrong or killed.doubled or killed.repeated > bound))


if __name__ == "__main__":
    raise SystemExit(main())
