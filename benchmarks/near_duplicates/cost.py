"""What finding near duplicates costs in an archive of a given size, on a real database.

The archive is synthetic: signatures of random bytes in random buckets. The articles that are stored and timed are
written by the replica, and their buckets are as full as those of an archive would be: one bucket in ten is that of a
frame, which daily notices fill within two weeks, and in each other one stands one of a million articles.
"""

from __future__ import annotations

from dataclasses import replace
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import insert, text

from asrcrawler.pipelines.dedupe import text_digest
from asrcrawler.replica import World
from asrcrawler.storage import Database, models
from asrcrawler.storage.visits.similar import BUCKET
from asrcrawler.storage.visits.writing import write_visits
from asrcrawler.text.similarity import ALGORITHM, BANDS, band_keys, signature
from tests.storage.samples import SITE, an_article

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asrcrawler.items import Article

BATCH = 50
BATCHES = 8
FRAME_SHARE = 10
"""One bucket in so many."""
BLOB = 274  # bytes of a signature with four numbers

_CODES = {
    "sqlite": "WITH RECURSIVE numbers(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < :count)",
    "postgresql": "WITH numbers AS (SELECT i FROM generate_series(1, :count) AS i)",
}
_BLOB = {
    "sqlite": f"randomblob({BLOB})",
    "postgresql": f"substring(decode(repeat(md5(i::text), 18), 'hex') FROM 1 FOR {BLOB})",
}
_MOMENT = {"sqlite": "'2024-05-01 12:00:00.000000'", "postgresql": "TIMESTAMPTZ '2024-05-01 12:00:00+00'"}
_EMPTY_LIST = {"sqlite": "'[]'", "postgresql": "'[]'::json"}
_CODE = {"sqlite": "1 + abs(random()) % :articles", "postgresql": "1 + (random() * (:articles - 1))::int"}


class Cost(NamedTuple):
    """Milliseconds an article, the median of some batches."""

    articles: int
    stored: float
    """Storing with a signature."""
    near: float
    """Of that, what finding near duplicates takes: the difference to storing without one."""


def measure(database: Database, articles: int) -> Cost:
    """Fill an empty database with ``articles`` and store some more."""
    plain, signed = _written(articles + 1, sign=False), _written(articles + 1 + BATCH * BATCHES, sign=True)
    _fill(database, articles)
    _crowd(database, articles, signed)
    rounds = []
    for start in range(0, BATCH * BATCHES, BATCH):
        without = _milliseconds(database, plain[start : start + BATCH])
        rounds.append((without, _milliseconds(database, signed[start : start + BATCH])))
    rest = rounds[1:]  # the first opens what is opened once
    stored = median(with_one for _, with_one in rest)
    return Cost(articles, stored, stored - median(without for without, _ in rest))


def _milliseconds(database: Database, batch: Sequence[Article]) -> float:
    begun = perf_counter()
    write_visits(database, batch)
    return (perf_counter() - begun) * 1000 / len(batch)


def _written(first: int, *, sign: bool) -> list[Article]:
    world = World(first=1, last=2 * BATCH * BATCHES, density=1, seed=first)
    codes = list(world.visible(1, world.last))[: BATCH * BATCHES]
    articles = []
    for place, code in enumerate(codes):
        content = world.content(code, 1)
        article = an_article(first + place, title=content.title, lead=content.lead, body=content.body, text_digest=None)
        found = signature(article.body) if sign else None
        articles.append(replace(article, text_digest=text_digest(article), signature=found))
    return articles


def _fill(database: Database, articles: int) -> None:
    """Ascending keys, each at random within its stretch: the tree is as after a sort, and made without one."""
    dialect = database.engine.dialect.name
    rows = articles * BANDS
    stretch = 2**64 // rows
    key = f"(i - {rows // 2 + 1}) * {stretch}"
    moment, empty = _MOMENT[dialect], _EMPTY_LIST[dialect]
    with database.write(SITE) as connection:
        connection.execute(
            text(
                f"{_CODES[dialect]} INSERT INTO article (site, code, url, short_url, kind, revision, first_seen_at, "
                "last_seen_at, changed_at, category, tags, images) "
                f"SELECT :site, i, 'u', 's', 'article', 1, {moment}, {moment}, {moment}, {empty}, {empty}, {empty} "
                "FROM numbers"
            ),
            {"count": articles, "site": SITE},
        )
        connection.execute(
            text(
                f"{_CODES[dialect]} INSERT INTO signature (site, code, algorithm, digest) "
                f"SELECT :site, i, {ALGORITHM}, {_BLOB[dialect]} FROM numbers"
            ),
            {"count": articles, "site": SITE},
        )
        connection.execute(
            text(f'{_CODES[dialect]} INSERT INTO band ("key", code) SELECT {key}, {_CODE[dialect]} FROM numbers'),
            {"count": rows, "articles": articles},
        )
        if dialect == "postgresql":
            connection.execute(text("ANALYZE"))  # as its own daemon would have done by then


def _crowd(database: Database, articles: int, measured: Sequence[Article]) -> None:
    """Put synthetic articles into the buckets of those that will be measured."""
    rows = []
    others = articles // 1_000_000
    for place, article in enumerate(measured):
        keys = band_keys(SITE, article.signature) if article.signature else []
        for band, key in enumerate(keys):
            held = BUCKET if band % FRAME_SHARE == 0 else others
            rows += [{"key": key, "code": 1 + (place * 977 + band * 31 + number) % articles} for number in range(held)]
    unique = {(row["key"], row["code"]): row for row in rows}
    with database.write(SITE) as connection:
        connection.execute(insert(models.band), list(unique.values()))
