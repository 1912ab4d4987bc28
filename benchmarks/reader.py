"""Measure the reading room on a large archive: how long its pages take, and fifty visitors at once.

``python -m benchmarks.reader [--articles 100000] [--write]`` fills a database of each kind in a temporary folder with
what the replica writes, serves it with the real ``scrapy serve`` and asks for pages over HTTP.
"""

from __future__ import annotations

import argparse
import gzip
import http.client
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
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
from benchmarks.databases import KINDS, empty_database
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
TARGET = 50  # ms
MOST_BYTES = 100_000  # of the front page, with what it loads, as it is sent
EDITED, GONE = 20, 200  # one article in so many
EDITED_AFTER = timedelta(hours=3)
GONE_AFTER = (timedelta(days=2), timedelta(days=4))
TIMEOUT = 60  # seconds

WORDS = {
    "a common word": "مجلس",
    "a phrase": '"کاروانسرای اراک"',
    "two words, newest first": "دولت بودجه&order=newest",
}


def main() -> int:
    """Print the tables; give 1 if a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reader", description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--database", choices=list(KINDS), action="append", help="of this kind alone")
    parser.add_argument("--write", action="store_true", help="put the tables into benchmarks/README.md")
    options = parser.parse_args()
    measured = {kind: measure(kind, options.articles) for kind in options.database or KINDS}
    found = next(iter(measured.values()))
    heads = [f"{KINDS[kind]}: {column}" for kind in measured for column in ("median, ms", "95 of 100 within, ms")]
    lines = [
        f"{options.articles:,} articles, {found.newest:,} codes; over HTTP, warm, one visitor, {ROUNDS} requests a",
        "page. KB are those of the page as it is sent, compressed, and as it is read.",
        "",
        f"| page | {' | '.join(heads)} | KB |",
        f"|---|{'---:|' * (len(heads) + 1)}",
    ]
    for name, size in found.sizes.items():
        cells = [f"{figure(one.times[name]):.1f}" for one in measured.values() for figure in (median, p95)]
        lines.append(f"| {name} | {' | '.join(cells)} | {size[0] / 1000:.1f}, {size[1] / 1000:.1f} |")
    for kind, one in measured.items():
        took = f"median {median(one.crowd):.0f} ms, 95 of 100 within {p95(one.crowd):.0f} ms"
        lines += [
            "",
            (
                f"{KINDS[kind]}: the health page's figures are counted anew every 4 seconds at most, which takes"
                f" {one.counting:.0f} ms. {CLIENTS} visitors at once, {EACH} pages each: {one.errors} errors,"
                f" {one.rate:.0f} pages a second, {took}."
            ),
        ]
    print("\n".join(lines))
    if options.write:
        put("reader", "\n".join(lines))
    slowest = max(median(times) for one in measured.values() for times in one.times.values())
    return int(
        slowest > TARGET or found.sizes["front page"][0] > MOST_BYTES or any(one.errors for one in measured.values())
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was measured on one database."""

    newest: int
    times: dict[str, list[float]]
    """Milliseconds of each request, by page."""
    sizes: dict[str, tuple[int, int]]
    """Bytes of each page, compressed and not; those of the front page with what it loads."""
    counting: float
    """Milliseconds to count the figures of the health page."""
    crowd: list[float]
    errors: int
    rate: float
    """Answers a second."""


def measure(kind: str, articles: int) -> Measured:
    """Fill an archive in a database of one kind, and ask for its pages."""
    with empty_database(kind) as (database, url):
        newest = fill(database, articles)
        wanted = pages(newest)
        with served(url) as base_url:
            times = {name: timed(base_url, address) for name, address in wanted.items()}
            sizes = {name: weighed(base_url, address) for name, address in wanted.items()}
            loaded = [weighed(base_url, f"/static/{name}") for name in ("style.css", "app.js", "icon.svg")]
            sizes["front page"] = tuple(map(sum, zip(sizes["front page"], *loaded, strict=True)))  # type: ignore[assignment]
            crowd, errors, rate = crowded(base_url, list(wanted.values()))
        return Measured(
            newest=newest, times=times, sizes=sizes, counting=counting(url), crowd=crowd, errors=errors, rate=rate
        )


def pages(last: int) -> dict[str, str]:
    """Give the addresses to ask for, by name; ``last`` is the newest code."""
    somewhere = next(code for code in range(last // 2, last) if _is_article(code) and _is_edited(code))
    day = jalali(utcnow() - timedelta(days=100), with_time=False).replace("-", "/")
    return {
        "front page": "/",
        "front page, far down": f"/?before={somewhere}",
        "article": f"/news/{somewhere}",
        "edit": f"/news/{somewhere}/edits/1",
        "sections": "/sections",
        "category": f"/category/{quote('سیاسی')}",
        "tag": f"/tag/{quote('مجلس')}",
        "edits": "/changes",
        "edits of headlines": "/changes?class=headline",
        "deletions": "/changes/gone",
        "calendar": "/calendar",
        "year": f"/{day[:4]}",
        "month": f"/{day[:7]}",
        "day": f"/{day}",
        **{f"search: {name}": f"/search?q={quote(words, safe='&=')}" for name, words in WORDS.items()},
        "health": "/health",
        "codes": "/health/codes?outcome=missing",
        "feed": "/feed.atom",
        "feed of edits": "/changes.atom",
        "API: articles": "/api/articles",
        "API: changes": "/api/changes",
    }


def fill(database: Database, articles: int) -> int:
    """Fill an archive and give its newest code; of five codes two are articles and three are missing.

    One article in :data:`EDITED` got another headline, one in :data:`GONE` is on the site no more.
    """
    now = utcnow()
    world = World(first=1, last=int(2 * TEXTS / DENSITY), density=DENSITY, ends=now)
    texts = list(islice(world.visible(1, world.last), min(TEXTS, articles)))
    last = int(articles / DENSITY)
    batch: list[Article | Absence] = []
    for code in range(1, last + 1):
        if _is_article(code):
            written = int(code * DENSITY)
            published = now - timedelta(days=(articles - written) / PER_DAY, minutes=code % 7)
            batch.append(_article(world, texts[written % len(texts)], code, published))
            if _is_edited(code):
                edited = _article(world, texts[written % len(texts)], code, published)
                edited.title, edited.fetch = f"تازه: {edited.title}", Fetch(at=published + EDITED_AFTER, status=200)
                batch.append(edited)
            if written % GONE == 1:
                batch += [_missing(code, published + looked) for looked in GONE_AFTER]
        else:
            batch.append(_missing(code, now - timedelta(days=90)))
        if len(batch) >= BATCH or code == last:
            write_visits(database, [one for one in batch if one.fetch and one.fetch.at < now], newest=last)
            batch = []
    return last


def _missing(code: int, at: datetime) -> Absence:
    fetch = Fetch(at=at, status=404, size=5_000)
    return Absence(site=SITE, code=code, outcome=Outcome.MISSING, reason="404", fetch=fetch)


def _is_edited(code: int) -> bool:
    return int(code * DENSITY) % EDITED == 0


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


def weighed(base_url: str, address: str) -> tuple[int, int]:
    """Give the bytes of an answer, compressed and not."""
    with closing(_connection(base_url)) as connection:
        connection.request("GET", address, headers={"Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        body = answer.read()
    return len(body), len(gzip.decompress(body)) if answer.getheader("Content-Encoding") == "gzip" else len(body)


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
