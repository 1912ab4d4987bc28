"""Measure storing and exporting, beside the pipeline that most Scrapy projects have.

``python -m benchmarks.storing`` works on SQLite and on a PostgreSQL of its own. It stores the same articles in turn by
the usual pipeline (``benchmarks/crawl/tutorial.py``: a session, a look whether it is there and a commit for each item)
and by this project's batches. Then it measures the longest time that the event loop stands still while batches are
written, the cost of an article in archives of growing size (``--sizes``), the space of an article in the database, and
rate and memory of ``scrapy export``. ``--write`` puts the table of each database into ``benchmarks/README.md``.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, make_url, text

from asrcrawler.clock import utcnow
from asrcrawler.extensions.garbage import set_aside
from asrcrawler.items import Article, Fetch
from asrcrawler.pipelines.dedupe import DedupePipeline
from asrcrawler.storage import Database
from asrcrawler.storage.upkeep.care import size
from asrcrawler.storage.visits.writing import write_visits
from benchmarks import readme
from benchmarks.crawl.tutorial import OrmPipeline
from benchmarks.databases import KINDS, database_url

PROJECT = Path(__file__).parents[1]
SITE = "asrpress.ir"
BATCHES = {"sqlite": 100, "postgresql": 500}  # articles; the default of ASR_BATCH_SIZE, and what a server is better at
TIMES = {"sqlite": 4.0, "postgresql": 1.4}  # the articles a second of the usual pipeline, at least
SAMPLE = 2_000  # articles over which the cost at one size is measured
ROUNDS = 3
TICK = 0.001  # seconds between two looks at the event loop
WORDS = [f"واژه{number}" for number in range(4_000)]
HEADINGS = (
    "{}: usual pipeline",
    "batches",
    "times",
    "event loop still for",
    "an article costs, at",
    "database per article",
    "export",
)
TARGETS = "further targets: 20 ms, 5,000 articles a second, growth within 2"


def articles(first: int, count: int) -> list[Article]:
    """Make articles of some 3 KB, all different, as the pipelines hand them over."""
    chance, pipeline = random.Random(first), DedupePipeline()
    made = []
    for code in range(first, first + count):
        published = utcnow() - timedelta(days=400)
        article = Article(
            site=SITE,
            code=code,
            url=f"http://{SITE}/fa/news/{code}",
            short_url=f"http://{SITE}/{code:06}",
            title=" ".join(chance.choices(WORDS, k=9)),
            lead=" ".join(chance.choices(WORDS, k=25)),
            body="\n\n".join(" ".join(chance.choices(WORDS, k=55)) for _ in range(5)),
            category=["جامعه", f"بخش {code % 12}"],
            tags=chance.sample(WORDS[:600], 4),
            published_at=published,
            fetch=Fetch(at=utcnow(), status=200, size=80_000),
        )
        pipeline.process_item(article)
        made.append(article)
    return made


def usual(url: str, items: list[Article]) -> float:
    """Give the articles a second of the usual pipeline, which gets a mapping for each, as its spider would make it."""
    pipeline = OrmPipeline(url)
    mappings = [_as_mapping(item) for item in items]
    started = time.perf_counter()
    for mapping in mappings:
        pipeline.process_item(mapping)
    rate = len(items) / (time.perf_counter() - started)
    pipeline.spider_closed()
    return rate


def _as_mapping(item: Article) -> dict[str, Any]:
    return {
        "code": item.code,
        "title": item.title,
        "kicker": item.kicker,
        "lead": item.lead,
        "body": item.body,
        "published": str(item.published_at),
        "category": " > ".join(item.category),
        "tags": "، ".join(item.tags),
    }


def ours(database: Database, items: list[Article], batch: int) -> float:
    """Give the articles a second in batches, with ledger, visits, labels, words and near duplicates."""
    started = time.perf_counter()
    for start in range(0, len(items), batch):
        write_visits(database, items[start : start + batch])
    return len(items) / (time.perf_counter() - started)


async def longest_block(database: Database, items: list[Article], batch: int) -> float:
    """Give the milliseconds that the event loop stood still at most while a thread wrote batches, as in a crawl."""
    longest, writing = 0.0, True

    async def watch() -> None:
        nonlocal longest
        while writing:
            before = time.perf_counter()
            await asyncio.sleep(TICK)
            longest = max(longest, time.perf_counter() - before - TICK)

    watching = asyncio.create_task(watch())
    for start in range(0, len(items), batch):
        await asyncio.to_thread(write_visits, database, items[start : start + batch])
    writing = False
    await watching
    return longest * 1_000


def export(url: str, folder: str) -> tuple[float, float]:
    """Run ``scrapy export``; give its seconds and peak memory in MB."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "scrapy", "export", "-o", f"{folder}/articles.jsonl"],
        cwd=PROJECT,
        env=os.environ | {"ASR_DATABASE_URL": url},
    )
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"the export failed: {status}")
    return time.perf_counter() - started, usage.ru_maxrss / 1_024


def measured(kind: str, url: str, folder: str, count: int, sizes: list[int]) -> str:
    """Make the table of one kind of database."""
    batch = BATCHES[kind]
    with closing(Database(url)) as database:
        database.prepare()
        set_aside()  # as a crawl does
        pairs, first = [], 1
        for round_ in range(ROUNDS):
            items = articles(first, count)
            pairs.append((usual(_beside(url, round_), items), ours(database, items, batch)))
            first += count
        others, own = (statistics.median(rates) for rates in zip(*pairs, strict=True))
        ratio = statistics.median(one / other for other, one in pairs)
        block = asyncio.run(longest_block(database, articles(first, count), batch))
        first += count
        costs = []
        for wanted in sizes:
            while first + SAMPLE < wanted:
                ours(database, articles(first, SAMPLE // 2), batch)
                first += SAMPLE // 2
            costs.append((first, 1_000 / ours(database, articles(first, SAMPLE), batch)))
            first += SAMPLE
        each = size(database) / (first - 1)
    seconds, memory = export(url, folder)
    growth = ", ".join(f"{stored:,}: {cost:.2f} ms" for stored, cost in costs)
    cells = (
        f"{others:,.0f}",
        f"{own:,.0f}",
        f"{ratio:.1f}",
        f"{block:.0f} ms",
        growth,
        f"{each / 1_000:.1f} KB",
        f"{(first - 1) / seconds:,.0f} a second, {memory:.0f} MB",
    )
    lines = (" | ".join(HEADINGS).format(KINDS[kind]), "---:|---:|---:|---:|---|---:|---:", " | ".join(cells))
    verdict = "held" if ratio >= TIMES[kind] else "missed"
    table = "\n".join(f"| {line} |" for line in lines)
    return f"{table}\n\nBatches of {batch}; {TIMES[kind]:g} times the usual pipeline: {verdict}."


def _beside(url: str, round_: int) -> str:
    """Give the URL of another database for the usual pipeline, new in every round."""
    if url.startswith("sqlite"):
        return f"{url}.usual{round_}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE usual{round_}"))
    engine.dispose()
    return make_url(url).set(database=f"usual{round_}").render_as_string(hide_password=False)


def main(arguments: Any = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=1_000, help="stored by each way in a round (default: 1000)")
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=[10_000, 30_000], help="articles at which the cost of one is measured"
    )
    parser.add_argument("--only", choices=KINDS, help="one database (default: both)")
    parser.add_argument("--write", action="store_true", help="put the tables into benchmarks/README.md")
    given = parser.parse_args(arguments)
    for kind in [given.only] if given.only else KINDS:
        with tempfile.TemporaryDirectory() as folder, database_url(kind, folder) as url:
            table = measured(kind, url, folder, given.articles, given.sizes)
        print(table)
        if given.write:
            readme.put(f"storing-{kind}", table)
    print(f"{TARGETS}; own peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024:.0f} MB")


if __name__ == "__main__":
    main()
