"""``python -m benchmarks.crawl [--pages 1000,10000,50000] [--concurrency 1,16,64] [--rounds 3] [--peers] [--write]``.

Crawls of the replica by three crawlers that take turns, each on one core of its own; with ``--peers`` also by the
general tools, one page at a time; then our share of a page's cost, and what starting costs. They are judged by the CPU
that a page takes.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple, TypeAlias

from asrcrawler.replica import World
from asrcrawler.replica.process import ReplicaProcess
from benchmarks.crawl import share, startup
from benchmarks.extraction import environment
from benchmarks.readme import put

CRAWLERS = {
    "plain": "Scrapy, default components, empty callback",
    "tutorial": "tutorial crawler: parsel, ORM, a commit an item",
    "ours": "asrcrawler, complete",
}
PEERS = {tool: f"requests + {tool}, a commit an article" for tool in ("trafilatura", "newspaper4k", "news-please")}
NAMES = CRAWLERS | PEERS
PEER_PAGES = 100  # of one crawl: they take a hundred milliseconds for each
MOST_OF_PLAIN = 1.7  # times the CPU of the default Scrapy, at JUDGED_CONCURRENCY
LEAST_OF_TUTORIAL, LEAST_OF_PEERS = 2.3, 12.0  # times our CPU, the cheapest of the general tools
JUDGED_CONCURRENCY = 16
MOST_GROWTH = 30  # MB from the fewest to the most pages
MOST_SHARE = 0.8  # ms of CPU a page, from its bytes to its rows
MOST_STARTUP = 0.12  # seconds of CPU
PROJECT = Path(__file__).parents[2]


class Cost(NamedTuple):
    """What one crawl took."""

    pages: int
    seconds: float
    cpu: float
    peak: float
    """MB."""

    @property
    def rate(self) -> float:
        return self.pages / self.seconds

    @property
    def each(self) -> float:
        """Milliseconds of CPU a page."""
        return 1000 * self.cpu / self.pages


Costs: TypeAlias = "dict[tuple[str, int, int], Cost]"
"""Crawler, pages, requests at the same time → what it took."""


def main() -> int:
    """Print the table; 1 if a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.crawl", description=__doc__)
    parser.add_argument("--pages", default="1000,10000,50000", help="pages of one crawl, comma-separated")
    parser.add_argument(
        "--concurrency",
        default="1,16,64",
        help=f"requests at the same time, comma-separated; more pages than the fewest only with {JUDGED_CONCURRENCY}",
    )
    parser.add_argument("--rounds", type=int, default=3, help="of crawls with the fewest pages; longer ones have one")
    parser.add_argument("--crawlers", default=",".join(CRAWLERS), help="which of them, comma-separated")
    parser.add_argument(
        "--peers", action="store_true", help="crawl with the general tools too, which are installed once"
    )
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a setting of ours to try")
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/README.md")
    options = parser.parse_args()
    sizes = sorted(map(int, options.pages.split(",")))
    at_once = list(map(int, options.concurrency.split(",")))
    settings = dict(pair.split("=", 1) for pair in options.set)
    peers = list(PEERS) if options.peers else []
    lines, costs = _compare(options.crawlers.split(","), peers, sizes, at_once, options.rounds, settings)
    misses: list[str] = []
    for more, missed in (_verdict(costs, sizes), _own_share(), _startup()):
        lines += ["", more]
        misses += missed
        print(more)
    lines += ["", *(f"Missed: {miss}." for miss in misses)]
    if options.write:
        put("crawl", "\n".join(lines))
    print("\n".join(misses) or "every target held")
    return int(bool(misses))


def _compare(
    crawlers: list[str], peers: list[str], sizes: list[int], at_once: list[int], rounds: int, settings: dict[str, str]
) -> tuple[list[str], Costs]:
    """The rows of the table, and what is in them."""
    cores = sorted(os.sched_getaffinity(0))
    rows: list[str] = [*_HEADING]
    costs: Costs = {}
    with ReplicaProcess(World(first=1, last=max(sizes) + 100, density=1.0, deletion_share=0.0)) as server:
        os.sched_setaffinity(server.pid, {cores[0]})
        os.sched_setaffinity(0, {cores[-1]})  # the crawlers inherit it
        for pages in sizes:
            for concurrency in at_once if pages == sizes[0] else {JUDGED_CONCURRENCY} & {*at_once}:
                turns = rounds if pages == sizes[0] else 1
                measured = _interleaved(crawlers, server.base_url, pages, concurrency, turns, settings)
                for crawler, cost in measured.items():
                    costs[crawler, pages, concurrency] = cost
                    rows.append(_row(crawler, pages, concurrency, cost, measured.get("plain")))
                    print(rows[-1], flush=True)
        for peer, cost in _interleaved(peers, server.base_url, PEER_PAGES, 1, rounds, settings).items():
            costs[peer, PEER_PAGES, 1] = cost
            rows.append(_row(peer, PEER_PAGES, 1, cost, None))
            print(rows[-1], flush=True)
    os.sched_setaffinity(0, set(cores))
    return rows, costs


def _verdict(costs: Costs, sizes: list[int]) -> tuple[str, list[str]]:
    """The CPU of the others beside ours, and the targets that were missed."""
    told, misses = [], []
    for pages in sizes:
        own = costs.get(("ours", pages, JUDGED_CONCURRENCY))
        if own is None:
            continue
        if plain := costs.get(("plain", pages, JUDGED_CONCURRENCY)):
            times = own.each / plain.each
            told.append(f"{times:.2f} times the CPU of the default Scrapy at {pages:,} pages (target: {MOST_OF_PLAIN})")
            misses += [told[-1]] if times > MOST_OF_PLAIN else []
        if tutorial := costs.get(("tutorial", pages, JUDGED_CONCURRENCY)):
            times = tutorial.each / own.each
            told.append(
                f"the tutorial crawler takes {times:.2f} times ours at {pages:,} pages (target: {LEAST_OF_TUTORIAL})"
            )
            misses += [told[-1]] if times < LEAST_OF_TUTORIAL else []
        more = own.peak - costs["ours", sizes[0], JUDGED_CONCURRENCY].peak
        if more > MOST_GROWTH:
            misses.append(f"{more:.0f} MB more at {pages:,} pages than at {sizes[0]:,}, not {MOST_GROWTH}")
    own = costs.get(("ours", sizes[0], JUDGED_CONCURRENCY))
    general = [costs[peer, PEER_PAGES, 1].each for peer in PEERS if (peer, PEER_PAGES, 1) in costs]
    if own is not None and general:
        times = min(general) / own.each
        told.append(f"the cheapest general tool takes {times:.1f} times ours (target: {LEAST_OF_PEERS:g})")
        misses += [told[-1]] if times < LEAST_OF_PEERS else []
    return f"A page, {JUDGED_CONCURRENCY} at once: {'; '.join(told)}.", misses


def _own_share() -> tuple[str, list[str]]:
    found = share.measure()
    text = (
        f"Our own share of a page of {found.kilobytes:.0f} KB, without Scrapy and network: {found.total:.2f} ms of CPU "
        f"(read {found.read:.2f}, packed {found.packed:.2f}, cleaned {found.cleaned:.2f}, fingerprinted "
        f"{found.fingerprinted:.2f}, stored {found.stored:.2f})."
    )
    missed = found.total > MOST_SHARE
    return text, [f"our share is {found.total:.2f} ms, not {MOST_SHARE}"] if missed else []


def _startup() -> tuple[str, list[str]]:
    found = startup.measure()
    more = found.ours - found.empty
    text = (
        f"A run with nothing to do takes {found.ours:.2f} s of CPU, an empty Scrapy project's {found.empty:.2f} s: "
        f"{more:.2f} s more, with robots.txt and the feed fetched and the run written down (target: {MOST_STARTUP})."
    )
    return text, [f"starting takes {more:.2f} s more, not {MOST_STARTUP}"] if more > MOST_STARTUP else []


_HEADING = (
    "| crawler | pages | at once | pages/s | of the default Scrapy's | CPU s per 1,000 pages | peak MB |",
    "|---|---:|---:|---:|---:|---:|---:|",
)


def _row(crawler: str, pages: int, concurrency: int, cost: Cost, plain: Cost | None) -> str:
    ratio = f"{cost.rate / plain.rate:.2f}" if plain else ""
    return (
        f"| {NAMES[crawler]} | {pages:,} | {concurrency} | {cost.rate:.0f} | {ratio} | {cost.each:.2f} "
        f"| {cost.peak:.0f} |"
    )


def _interleaved(
    crawlers: list[str], base_url: str, pages: int, concurrency: int, rounds: int, settings: dict[str, str]
) -> dict[str, Cost]:
    """The median of each crawler's rounds, the crawlers taking turns."""
    found: dict[str, list[Cost]] = {crawler: [] for crawler in crawlers}
    for _ in range(rounds):
        for crawler in crawlers:
            found[crawler].append(_crawl(crawler, base_url, pages, concurrency, settings))
    return {crawler: Cost(*map(median, zip(*costs, strict=True))) for crawler, costs in found.items()}


def _crawl(crawler: str, base_url: str, pages: int, concurrency: int, settings: dict[str, str]) -> Cost:
    with tempfile.TemporaryDirectory() as folder:
        order = {
            "crawler": crawler,
            "base_url": base_url,
            "first": 1,
            "pages": pages,
            "concurrency": concurrency,
            "database": f"{folder}/crawl.db",
            "database_url": f"sqlite:///{folder}/crawl.db",
            "settings": settings,
        }
        command = [sys.executable, "-m", "benchmarks.crawl.worker"]
        if crawler in PEERS:
            command = [str(environment.python()), "-m", "benchmarks.crawl.general"]
        done = subprocess.run(
            command, cwd=PROJECT, input=json.dumps(order), capture_output=True, text=True, check=False
        )
    if done.returncode:
        raise SystemExit(f"{crawler} failed:\n{done.stderr[-3000:]}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return Cost(**answer)


if __name__ == "__main__":
    raise SystemExit(main())
