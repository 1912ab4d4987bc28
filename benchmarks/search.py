"""Measure full-text search: how long answers take in one warm process, and what the index costs.

``python -m benchmarks.search`` fills a database with articles written by the replica, indexes them and asks a hundred
queries of ten kinds, one of them a word that most articles have. ``--articles N`` says how many (default 100,000),
``--postgresql`` uses a PostgreSQL of its own instead of SQLite, and ``--write`` puts the table into
``benchmarks/README.md``.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
from datetime import UTC, date, datetime, timedelta
from statistics import median, quantiles
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import insert, text

from asrcrawler.replica.newsroom import SUBJECTS, report
from asrcrawler.storage.articles.selection import Selection
from asrcrawler.storage.models import article, label
from asrcrawler.storage.search import BEST, NEWEST, index, search
from asrcrawler.storage.upkeep.care import size
from benchmarks.databases import KINDS, empty_database
from benchmarks.readme import put

if TYPE_CHECKING:
    from collections.abc import Callable

    from asrcrawler.storage import Database

SITE = "asrpress.ir"
BATCH = 100  # articles in one transaction, as a crawl writes them
EACH = 10  # queries of a kind
PER_DAY = 120  # articles
LAST_DAY = datetime(2024, 5, 1, tzinfo=UTC)
TARGET = 50  # milliseconds
MEGABYTE = 1_000_000


class Query(NamedTuple):
    """A query to measure."""

    kind: str
    words: str
    selection: Selection = Selection()
    newest: bool = False


class Filled(NamedTuple):
    """What filling the database cost."""

    seconds: float
    """Seconds for the index of words alone."""
    bytes_before: int
    """Size of the database without the index."""
    bytes_after: int


def an_article(code: int, newest: int, chance: random.Random) -> dict[str, Any]:
    content = report(chance.choice(SUBJECTS), chance.random, ())
    at = LAST_DAY - timedelta(days=(newest - code) / PER_DAY)
    return {
        "site": SITE,
        "code": code,
        "url": f"http://{SITE}/fa/news/{code}",
        "short_url": f"http://{SITE}/{code}",
        "kind": "article",
        "kicker": content.kicker,
        "title": content.title,
        "lead": content.lead,
        "body": "\n\n".join(" ".join(block.lines) for block in content.blocks),
        "category": list(content.category),
        "tags": list(content.tags),
        "images": [],
        "videos": [],
        "published_at": at,
        "revision": 1,
        "first_seen_at": at,
        "last_seen_at": at,
        "changed_at": at,
    }


def fill(database: Database, count: int) -> Filled:
    """Store articles and labels first, then index the words in batches; codes go down, as in a backfill."""
    chance = random.Random(1)
    seconds = 0.0
    starts = range(count, 0, -BATCH)
    for top in starts:
        batch = [an_article(code, count, chance) for code in range(max(top - BATCH, 0) + 1, top + 1)]
        labels = [
            {"site": SITE, "code": one["code"], "kind": kind, "name": name}
            for one in batch
            for kind, names in (("category", one["category"]), ("tag", one["tags"]))
            for name in dict.fromkeys(names)
        ]
        with database.write(SITE) as connection:
            connection.execute(insert(article), batch)
            connection.execute(insert(label), labels)
    before = _size(database)
    for top in starts:
        span = (max(top - BATCH, 0) + 1, top)
        with database.write(SITE) as connection:
            batch = [dict(row) for row in connection.execute(_BETWEEN, span_of(span)).mappings()]
            begun = perf_counter()
            index.enter(connection, SITE, batch)
        seconds += perf_counter() - begun
    return Filled(seconds, before, _size(database))


_BETWEEN = article.select().where(
    article.c.site == SITE, article.c.code >= text(":first"), article.c.code <= text(":last")
).order_by(article.c.code)  # fmt: skip


def span_of(span: tuple[int, int]) -> dict[str, int]:
    return {"first": span[0], "last": span[1]}


def _size(database: Database) -> int:
    if database.is_sqlite:
        with database.write() as connection:
            connection.execute(text("SELECT 1"))
        with sqlite3.connect(str(database.path)) as plain:
            plain.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return size(database)


def queries(count: int) -> list[Query]:
    """Make a hundred queries from words of the archive's articles, the same in every run."""
    chance = random.Random(2)
    rows = random.Random(1)
    samples = [an_article(code, count, rows) for code in range(1, 201)]

    def word() -> str:
        body: str = chance.choice(samples)["body"]
        return chance.choice([word for word in body.split() if len(word) > 3]).strip("،.؛:«»")

    def phrase() -> str:
        words = chance.choice(samples)["body"].split()
        at = chance.randrange(len(words) - 3)
        return "«" + " ".join(words[at : at + 3]).translate({ord(each): None for each in "«»"}) + "»"

    def days() -> Selection:
        first = date(2024, 5, 1) - timedelta(days=chance.randrange(1, max(count // PER_DAY, 2)))
        return Selection(since=first, until=first + timedelta(days=30))

    def category() -> Selection:
        return Selection(category=chance.choice(samples)["category"][0])

    kinds: dict[str, Callable[[], Query]] = {
        "one word": lambda: Query("", word()),
        "two words": lambda: Query("", f"{word()} {word()}"),
        "a phrase": lambda: Query("", phrase()),
        "beginning of a word": lambda: Query("", word()[:4] + "*"),
        "a word in the headline": lambda: Query("", "عنوان:" + chance.choice(chance.choice(samples)["title"].split())),
        "one of two, without a third": lambda: Query("", f"{word()} | {word()} -{word()}"),
        "a word, newest first": lambda: Query("", word(), newest=True),
        "a word in a month": lambda: Query("", word(), days()),
        "a word in a category": lambda: Query("", word(), category()),
        "a word of most articles": lambda: Query("", chance.choice(["که", "این", "از", "به", "است"])),
    }
    return [make()._replace(kind=kind) for kind, make in kinds.items() for _ in range(EACH)]


def ask(database: Database, asked: list[Query]) -> dict[str, list[float]]:
    """Ask each query twice in one process; give the milliseconds of the second time, by kind."""
    found: dict[str, list[float]] = {}
    for warm in (False, True):
        for query in asked:
            begun = perf_counter()
            search(database, query.words, query.selection, order=NEWEST if query.newest else BEST)
            if warm:
                found.setdefault(query.kind, []).append((perf_counter() - begun) * 1000)
    return found


def table(count: int, name: str, filled: Filled, found: dict[str, list[float]]) -> str:
    every = [each for times in found.values() for each in times]
    lines = ["| query | median, ms | slowest, ms |", "|---|---:|---:|"]
    lines += [f"| {kind} | {median(times):.1f} | {max(times):.1f} |" for kind, times in found.items()]
    grown = filled.bytes_after - filled.bytes_before
    lines.append(f"| **all {len(every)}** | **{median(every):.1f}** | {max(every):.1f} |")
    told = (
        f"{name}, {count:,} articles: median {median(every):.1f} ms (target {TARGET}), nine in ten within"
        f" {quantiles(every, n=10)[-1]:.1f} ms. The index costs {filled.seconds / count * 1000:.2f} ms and"
        f" {grown / count:,.0f} bytes an article; the articles without it take"
        f" {filled.bytes_before / count:,.0f} bytes."
    )
    return "\n".join([*lines, "", told])


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure full-text search.")
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/README.md")
    options = parser.parse_args()
    kind = "postgresql" if options.postgresql else "sqlite"
    with empty_database(kind) as (database, _):
        filled = fill(database, options.articles)
        if not database.is_sqlite:
            with database.maintain() as connection:
                connection.exec_driver_sql("VACUUM ANALYZE")
        figures = table(options.articles, KINDS[kind], filled, ask(database, queries(options.articles)))
    print(figures)
    if options.write:
        put(f"search-{kind}", figures)


if __name__ == "__main__":
    main()
