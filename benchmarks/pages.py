"""Measure what captures cost: ``python -m benchmarks.pages [--pages 1000] [--rounds 3] [--write]``.

Measures how small they become at several levels, with and without a dictionary, always on pages that the dictionary was
not trained on; what storing them costs a crawl; and how fast they are read again. Crawls with and without captures take
turns.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import func, select

from asrcrawler.replica import World
from asrcrawler.replica.process import ReplicaProcess
from asrcrawler.replica.rendering import Pages
from asrcrawler.storage import Database
from asrcrawler.storage.models import visit
from asrcrawler.text.packing import LEVEL, Dictionary, compress, train
from benchmarks.readme import put

PROJECT = Path(__file__).parents[1]
REAL = PROJECT.parent / "shared" / "pages"
LEVELS = (1, 3, 6, 9, 19)
SAMPLE = 400  # pages of the replica; one half is for training, the other is measured
MOST_SHARE, MOST_COST, LEAST_SPEEDUP = 0.12, 0.10, 3.5
_BODY = re.compile(rb'(<div class="body [^>]*>).*?(<div class="wrapper">)', re.DOTALL)


class Crawl(NamedTuple):
    """Figures of one crawl."""

    rate: float
    """Pages a second, from the first visit to the last."""
    cpu: float
    """Milliseconds of CPU a page, start-up included."""


def main() -> int:
    """Print the figures; give 1 if a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__)
    parser.add_argument("--pages", type=int, default=1000, help="of one crawl")
    parser.add_argument("--rounds", type=int, default=3, help="of crawls with and without pages, in turn")
    parser.add_argument("--write", action="store_true", help="put the tables into benchmarks/README.md")
    options = parser.parse_args()
    sizes, smallest = compression()
    costs, well = crawling(options.pages, options.rounds)
    text = f"{sizes}\n\n{costs}"
    print(text)
    if options.write:
        put("pages", text)
    return int(smallest > MOST_SHARE or not well)


def compression() -> tuple[str, float]:
    """Make the table of sizes; give it and the share kept of a replica's page as the crawler packs it."""
    lines = ["| pages | dictionary | " + " | ".join(f"level {level}" for level in LEVELS) + " |"]
    lines.append("|---|---|" + "---:|" * len(LEVELS))
    kept = 1.0
    for name, learnt_from, measured in samples():
        trained = train(learnt_from) if learnt_from else None
        for dictionary in (None, Dictionary(0, trained.data) if trained else None):
            if dictionary is None and lines[-1].startswith(f"| {name} |"):
                continue
            cells = [cell(measured, level, dictionary) for level in LEVELS]
            with_it = f"{len(dictionary.data) // 1024} KiB" if dictionary else "none"
            lines.append(f"| {name} | {with_it} | " + " | ".join(text for text, _ in cells) + " |")
            if dictionary and name.startswith("replica"):
                kept = cells[LEVELS.index(LEVEL)][1]
    lines.append("")
    lines.append(
        f"Share of the size that is left, and milliseconds a page. The crawler packs at level {LEVEL}: {kept:.1%} of a "
        f"page of the replica (target: at most {MOST_SHARE:.0%})."
    )
    return "\n".join(lines), kept


def samples() -> list[tuple[str, list[bytes], list[bytes]]]:
    """Give what to pack: a name, the pages to train on and those to measure."""
    world = World(first=1, last=4 * SAMPLE, density=1.0)
    rendered = Pages(world, "http://asrpress.ir")
    replica = [rendered.article(code, world.now) for code in range(1, 4 * SAMPLE, 4)]
    found = [(f"replica, {SAMPLE // 2} of another half", replica[::2], replica[1::2])]
    if not REAL.is_dir():
        return found
    whole = {name: (REAL / f"{name}.html").read_bytes() for name in ("irinn-499654", "yjc-6998551")}
    found += [(f"real page, {name.partition('-')[0]}, by itself", [], [page]) for name, page in whole.items()]
    bodies = [path.read_bytes() for path in sorted((REAL / "bodies").glob("*.html"))]
    found.append(("14 real bodies, halves", halves(bodies)[0], halves(bodies)[1]))
    before, after = frame_of(whole["irinn-499654"])
    framed = [before + body + after for body in bodies]
    found.append(("14 real bodies in the frame of a real page, halves", *halves(framed)))
    return found


def frame_of(page: bytes) -> tuple[bytes, bytes]:
    """Give what stands before and after the body of a page."""
    match = _BODY.search(page)
    assert match is not None
    return page[: match.end(1)], page[match.start(2) :]


def halves(pages: list[bytes]) -> tuple[list[bytes], list[bytes]]:
    """Split pages into halves, to train on (given twice: the trainer wants more than seven samples) and to measure."""
    return pages[::2] * 2, pages[1::2]


def cell(pages: list[bytes], level: int, dictionary: Dictionary | None) -> tuple[str, float]:
    compress(pages[0], dictionary, level)  # loads the dictionary's tables before the clock starts
    started = time.perf_counter()
    packed = sum(len(compress(page, dictionary, level)) for page in pages)
    each = (time.perf_counter() - started) / len(pages) * 1000
    share = packed / sum(map(len, pages))
    return f"{share:.1%}, {each:.2f}", share


def crawling(pages: int, rounds: int) -> tuple[str, bool]:
    """Make the table of crawls with and without captures and of a reparse; tell whether both meet their targets."""
    crawls: dict[str, list[Crawl]] = {"1": [], "0": []}
    readings = []
    world = World(first=1, last=2 * pages, density=1.0, deletion_share=0)
    with tempfile.TemporaryDirectory() as folder, ReplicaProcess(world) as replica:
        for number in range(rounds):
            for keep in ("1", "0"):
                url = f"sqlite:///{folder}/{number}-{keep}.db"
                crawls[keep].append(crawl(replica.base_url, url, pages, keep))
                if keep == "1":
                    readings.append(reparse(url, pages))
    ratio = statistics.median(kept.rate / bare.rate for kept, bare in zip(crawls["1"], crawls["0"], strict=True))
    rates = {keep: statistics.median(one.rate for one in found) for keep, found in crawls.items()}
    cpu = {keep: statistics.median(one.cpu for one in found) for keep, found in crawls.items()}
    again = statistics.median(readings)
    times = statistics.median(found / one.rate for found, one in zip(readings, crawls["1"], strict=True))
    lines = [
        "| | pages/s | CPU ms a page |",
        "|---|---:|---:|",
        f"| crawl, pages not kept | {rates['0']:.0f} | {cpu['0']:.2f} |",
        f"| crawl, pages kept | {rates['1']:.0f} | {cpu['1']:.2f} |",
        f"| `scrapy reparse` of those, its start included | {again:.0f} | |",
        "",
        (
            f"{pages} pages of the replica without a delay, medians of {rounds} rounds. Keeping pages leaves "
            f"{ratio:.0%} of the rate (target: at least {1 - MOST_COST:.0%}). Reading again is {times:.1f} times as "
            f"fast as the crawl of the replica (target: {LEAST_SPEEDUP:g}); of the site, at its second a page, "
            f"{again:.0f} times."
        ),
    ]
    return "\n".join(lines), ratio >= 1 - MOST_COST and times >= LEAST_SPEEDUP


def crawl(base_url: str, url: str, pages: int, keep: str) -> Crawl:
    settings = ("DOWNLOAD_DELAY=0", "CONCURRENT_REQUESTS_PER_DOMAIN=16", "LOG_LEVEL=ERROR")
    words = [word for setting in settings for word in ("-s", setting)]
    own = {"ASR_BASE_URL": base_url, "ASR_DATABASE_URL": url, "ASR_KEEP_PAGES": keep}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    scrapy(["crawl", "asr", "-a", f"codes=1-{pages}", *words], own)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    with closing(Database(url)) as database, database.read() as connection:
        first, last, count = connection.execute(select(func.min(visit.c.at), func.max(visit.c.at), func.count())).one()
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Crawl(rate=(count - 1) / (last - first).total_seconds(), cpu=1000 * cpu / count)


def reparse(url: str, pages: int) -> float:
    """Give the captures a second of a whole ``scrapy reparse``."""
    started = time.perf_counter()
    scrapy(["reparse"], {"ASR_DATABASE_URL": url})
    return pages / (time.perf_counter() - started)


def scrapy(words: list[str], own: dict[str, str]) -> None:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ASR_")}
    subprocess.run(
        [sys.executable, "-m", "scrapy", *words],
        cwd=PROJECT,
        env=inherited | own,
        check=True,
        stdout=subprocess.DEVNULL,
    )


if __name__ == "__main__":
    sys.exit(main())
