"""Measure the reading room on a large archive: how long its pages take, and fifty visitors at once.

``python -m benchmarks.reader [--articles 100000] [--write]`` fills a SQLite database in a temporary folder with what
the replica writes, serves it with the real ``scrapy serve`` and asks for pages over HTTP.
"""

from __future__ import annotations

import argparse
import http.client
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import timedelta
from itertools import islice
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from asrcrawler.clock import utcnow
from asrcrawler.items import Absence, Article, Fetch, Image, Outcome
from asrcrawler.reader.health import standing
from asrcrawler.replica import World
from asrcrawler.storage import Database
from asrcrawler.storage.visits.writing import write_visits
from asrcrawler.text.calendar import TEHRAN, jalali
from benchmarks.readme import put

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

SITE = "asrpress.ir"
PROJECT = Path(__file__).parents[1]
DENSITY = 0.4  # articles for each code
PER_DAY = 120  # articles
TEXTS = 4_000  # different texts; larger archives repeat them
BATCH = 1_000
WARM, ROUNDS = 5, 50  # requests for each page
COUNTS = 7  # times that the health page's figures are counted
CLIENTS, EACH = 50, 20  # visitors, and pages that each of them asks for
TARGET = 100  # ms
TIMEOUT = 60  # seconds

WORDS = {
    "a common word": "مجلس",
    "a phrase": '"کاروانسرای اراک"',
    "two words, newest first": "دولت بودجه&order=newest",
}


def main() -> int:
    """Print the table; give 1 if a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reader", description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/README.md")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/asr.db"
        last = fill(url, options.articles)
        counted = counting(url)
        with served(url) as base_url:
            times = {name: timed(base_url, address) for name, address in pages(last).items()}
            crowd, errors, rate = crowded(base_url, list(pages(last).values()))
    asked = f"over HTTP, warm, one visitor, {ROUNDS} requests a page"
    took = f"median {median(crowd):.0f} ms, 95 of 100 within {p95(crowd):.0f} ms"
    lines = [
        f"{options.articles:,} articles, {last:,} codes, SQLite; {asked}:",
        "",
        "| page | median, ms | 95 of 100 within, ms |",
        "|---|---:|---:|",
        *(f"| {name} | {median(found):.1f} | {p95(found):.1f} |" for name, found in times.items()),
        "",
        f"The health page's figures are counted anew every 4 seconds at most; counting takes {counted:.0f} ms.",
        "",
        f"{CLIENTS} visitors at once, {EACH} pages each: {errors} errors, {rate:.0f} pages a second, {took}.",
    ]
    print("\n".join(lines))
    if options.write:
        put("reader", "\n".join(lines))
    return int(errors > 0 or max(median(found) for found in times.values()) > TARGET)


def pages(last: int) -> dict[str, str]:
    """Give the addresses to ask for, by name; ``last`` is the newest code."""
    somewhere = next(code for code in range(last // 2, last) if _is_article(code))
    return {
        "front page": "/",
        "front page, far down": f"/?before={somewhere}",
        "article": f"/news/{somewhere}",
        "category": f"/category/{quote('سیاسی')}",
        **{f"search: {name}": f"/search?q={quote(words, safe='&=')}" for name, words in WORDS.items()},
        "health": "/health",
    }


def fill(url: str, articles: int) -> int:
    """Fill an archive and give its newest code; of five codes two are articles and three are missing."""
    now = utcnow()
    world = World(first=1, last=int(2 * TEXTS / DENSITY), density=DENSITY, ends=now)
    texts = list(islice(world.visible(1, world.last), min(TEXTS, articles)))
    last = int(articles / DENSITY)
    with closing(Database(url)) as database:
        database.prepare()
        batch: list[Article | Absence] = []
        for code in range(1, last + 1):
            if _is_article(code):
                written = int(code * DENSITY)
                published = now - timedelta(days=(articles - written) / PER_DAY, minutes=code % 7)
                batch.append(_article(world, texts[written % len(texts)], code, published))
            else:
                fetch = Fetch(at=now - timedelta(days=90), status=404, size=5_000)
                batch.append(Absence(site=SITE, code=code, outcome=Outcome.MISSING, reason="404", fetch=fetch))
            if len(batch) == BATCH or code == last:
                write_visits(database, batch, newest=last)
                batch = []
    return last


def _is_article(code: int) -> bool:
    return int(code * DENSITY) != int((code - 1) * DENSITY)


def _article(world: World, text: int, code: int, published: datetime) -> Article:
    content = world.content(text, 1)
    return Article(
        site=SITE,
        code=code,
        url=f"http://{SITE}/fa/news/{code}",
        short_url=f"http://{SITE}/{code:06}",
        kicker=content.kicker,
        title=content.title,
        lead=content.lead,
        body=content.body,
        category=list(content.category),
        tags=list(content.tags),
        images=[Image(url=f"http://{SITE}{picture.path}", caption=picture.caption) for picture in content.pictures],
        published_at=published.astimezone(TEHRAN),
        published_jalali=jalali(published),
        fetch=Fetch(at=published + timedelta(minutes=4), status=200, size=80_000),
    )


@contextmanager
def served(url: str) -> Iterator[str]:
    """Run ``scrapy serve`` on a free port and give its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "scrapy", "serve", "--port", "0"],
        cwd=PROJECT,
        env={**os.environ, "ASR_DATABASE_URL": url},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield process.stdout.readline().split()[3].rstrip(";")
    finally:
        process.terminate()
        process.wait(TIMEOUT)


def timed(base_url: str, address: str) -> list[float]:
    """Ask for a page again and again; give the milliseconds of each request after the first ones."""
    with closing(_connection(base_url)) as connection:
        for _ in range(WARM):
            _get(connection, address)
        return [_get(connection, address)[0] for _ in range(ROUNDS)]


def crowded(base_url: str, addresses: list[str]) -> tuple[list[float], int, float]:
    """Let all visitors ask at once; give the milliseconds of each answer, the errors, and answers a second."""

    def visit(visitor: int) -> list[tuple[float, int]]:
        with closing(_connection(base_url)) as connection:
            return [_get(connection, addresses[(visitor + turn) % len(addresses)]) for turn in range(EACH)]

    begun = perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        answers = [answer for visited in pool.map(visit, range(CLIENTS)) for answer in visited]
    rate = len(answers) / (perf_counter() - begun)
    return [milliseconds for milliseconds, _ in answers], sum(status != 200 for _, status in answers), rate


def counting(url: str) -> float:
    """Give the milliseconds to count the figures of the health page, the median of several."""
    with closing(Database(url, read_only=True)) as database:
        found = []
        for _ in range(COUNTS + 1):
            begun = perf_counter()
            standing(database, SITE, 1, utcnow())
            found.append((perf_counter() - begun) * 1000)
    return median(found[1:])  # the first one also opens the database


def _connection(base_url: str) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(urlsplit(base_url).netloc, timeout=TIMEOUT)


def _get(connection: http.client.HTTPConnection, address: str) -> tuple[float, int]:
    begun = perf_counter()
    connection.request("GET", address, headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    answer.read()
    return (perf_counter() - begun) * 1000, answer.status


def p95(values: list[float]) -> float:
    """Give the 95th percentile."""
    return quantiles(values, n=20)[-1]


if __name__ == "__main__":
    raise SystemExit(main())
