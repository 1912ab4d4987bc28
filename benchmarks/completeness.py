"""``python -m benchmarks.completeness [--rounds 15] [--write]``: what it costs to see that an answer came whole.

The check of the document alone, and unpacking with a verdict beside Scrapy's own unpacking, in turns and on the same
pages: those of the replica, and saved real ones where they are. The best of the rounds counts.
"""

from __future__ import annotations

import argparse
import gzip
import statistics
import zlib
from time import process_time
from typing import TYPE_CHECKING

import brotli
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware

from asrcrawler.http.completeness import completeness
from asrcrawler.http.encodings import unpack
from asrcrawler.replica import World
from asrcrawler.replica.rendering import Pages
from asrcrawler.text.packing import compress
from benchmarks.pages import REAL
from benchmarks.readme import put

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MOST_COST = 30  # microseconds a page
SAMPLE = 60  # pages of the replica
TURNS = 5  # over all pages in one round
LIMIT = 8 * 1024 * 1024  # bytes, DOWNLOAD_MAXSIZE
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": lambda body: brotli.compress(body, quality=5),
    "zstd": compress,
}


def main() -> int:
    """Print the table; 1 if the target is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.completeness", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/README.md")
    options = parser.parse_args()
    world = World(first=1, last=3 * SAMPLE, density=1.0, deletion_share=0)
    rendered = Pages(world, "http://asrpress.ir")
    replica = [rendered.article(code, world.now) for code in range(1, SAMPLE + 1)]
    samples = {"of the replica": replica}
    if saved := [path.read_bytes() for path in sorted(REAL.glob("*-*[0-9].html"))]:
        samples["saved real ones"] = saved
    columns = ["pages", "mean KB", "the document's end, µs", *(f"{name}, µs more" for name in PACKERS)]
    lines = [f"| {' | '.join(columns)} |"]
    lines.append("|---|---:|---:|" + "---:|" * len(PACKERS))
    well = True
    for name, pages in samples.items():
        check = _microseconds(lambda page: completeness(page), pages, options.rounds)
        more = [_more(encoding, pages, options.rounds) for encoding in PACKERS]
        well = well and check <= MOST_COST
        size = statistics.mean(map(len, pages)) / 1000
        lines.append(f"| {name} | {size:.0f} | {check:.1f} | " + " | ".join(f"{one:+.0f}" for one in more) + " |")
    if not well:
        lines.append(f"\nMissed: at most {MOST_COST} µs a page.")
    text = "\n".join(lines)
    print(text)
    if options.write:
        put("completeness", text)
    return int(not well)


def _more(encoding: str, pages: Sequence[bytes], rounds: int) -> float:
    """Microseconds a page that our unpacking takes more than Scrapy's; both are measured in turn."""
    packed = [PACKERS[encoding](page) for page in pages]
    scrapys = HttpCompressionMiddleware._decode  # noqa: SLF001
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(_microseconds(lambda body: unpack(body, [encoding], LIMIT), packed, 1))
        theirs.append(_microseconds(lambda body: scrapys(body, encoding.encode(), LIMIT), packed, 1))
    return min(ours) - min(theirs)


def _microseconds(step: Callable[[bytes], object], bodies: Sequence[bytes], rounds: int) -> float:
    """The best mean over all bodies."""
    found = []
    for _ in range(rounds):
        began = process_time()
        for _ in range(TURNS):
            for body in bodies:
                step(body)
        found.append((process_time() - began) / TURNS / len(bodies) * 1e6)
    return min(found)


if __name__ == "__main__":
    raise SystemExit(main())
