"""Fill an archive in bulk: a million articles in minutes, written by the newsroom of the replica.

Titles, leads and paragraphs of some thousand reports are put together anew for each article, and the folded words with
them, so that no article is folded by itself. Rows go into the tables as a crawl would leave them, but for the kept
pages, the visits and the near duplicates, which no list or search reads.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from asrcrawler.items import Outcome
from asrcrawler.replica.newsroom import SUBJECTS, report
from asrcrawler.storage.engine.rows import insert_rows
from asrcrawler.storage.models import article, coverage, label, ledger
from asrcrawler.storage.search import index, indexes, refilling, spellings
from asrcrawler.storage.search.backend import backend_of
from asrcrawler.storage.search.documents import Field, document
from asrcrawler.storage.search.numbering import Place
from asrcrawler.storage.search.signs import signs_of
from asrcrawler.storage.visits import counters
from asrcrawler.storage.visits.writing import labels_of
from asrcrawler.text.calendar import jalali
from asrcrawler.text.persian import FOLDING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

    from asrcrawler.storage import Database
    from asrcrawler.storage.search.documents import Document
    from asrcrawler.storage.search.indexes import Index

SITE = "asrpress.ir"
CODES_PER_TWO = 5  # of five codes two are articles
PER_DAY = 120  # articles
LAST_DAY = datetime(2024, 5, 1, tzinfo=UTC)
REPORTS = 4_000  # of the newsroom, from which all articles are put together
PORTION = 5_000  # articles in one transaction
COPIES = 50  # one article in so many is an exact duplicate
WAITING = 40  # one code in so many is booked for another visit


class Part(NamedTuple):
    """A report with its words."""

    row: dict[str, Any]
    words: Document


def build(database: Database, articles: int) -> None:
    """Fill an empty archive with so many articles, and five codes for two of them."""
    with database.write() as connection:
        backend = backend_of(connection)
        held = indexes.answering(connection) or index.create(connection, FOLDING, refilling.SPAN)
        parts = _parts(random.Random(1), held.version)
        site = index.number_of(connection, SITE)
        spellings.learn(connection, held, [part.row for part in parts])
        _without_words(connection, held)
    chance = random.Random(2)
    for first in range(0, articles, PORTION):
        numbers = range(first, min(first + PORTION, articles))
        rows, documents = [], {}
        for number in numbers:
            one, other = chance.choice(parts), chance.choice(parts)
            row = _article(number, articles, one, other)
            rows.append(row)
            number = held.numbering.of(row["published_at"], site, row["code"])
            documents[Place(number, site, row["code"], signs_of(row, site))] = _document(one, other)
        with database.write(SITE) as connection:
            insert_rows(connection, article, rows)
            insert_rows(connection, label, _labels(rows))
            insert_rows(connection, ledger, list(_ledger(numbers, articles)))
            backend.put_in(connection, held.tables, sorted(documents.items()))
    with database.write(SITE) as connection:
        insert_rows(connection, coverage, [{"site": SITE, "first": 1, "last": code_of(articles - 1)}])
        counters.recount(connection, [SITE])
        _with_words(connection, held)
    if not database.is_sqlite:
        with database.maintain() as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def code_of(number: int) -> int:
    """Give the code of an article by its number from 0."""
    return number * CODES_PER_TWO // 2 + 1


def published(number: int, articles: int) -> datetime:
    """Give the moment of publication of an article by its number."""
    return LAST_DAY - timedelta(days=(articles - number) / PER_DAY, minutes=number % 7)


def _parts(chance: random.Random, version: int) -> list[Part]:
    made = []
    for _ in range(REPORTS):
        content = report(chance.choice(SUBJECTS), chance.random, ())
        row = {
            "kicker": content.kicker,
            "title": content.title,
            "lead": content.lead,
            "body": "\n\n".join(" ".join(block.lines) for block in content.blocks),
            "category": list(content.category),
            "tags": list(content.tags),
        }
        made.append(Part(row, document(row, version)))
    return made


def _article(number: int, articles: int, one: Part, other: Part) -> dict[str, Any]:
    code, at = code_of(number), published(number, articles)
    return {
        "site": SITE,
        "code": code,
        "url": f"http://{SITE}/fa/news/{code}",
        "short_url": f"http://{SITE}/{code:06}",
        "kind": "article",
        "published_at": at,
        "published_jalali": jalali(at),
        "duplicate_of": code_of(number - 1) if number and number % COPIES == 0 else None,
        "revision": 1,
        "first_seen_at": at + timedelta(minutes=5),
        "last_seen_at": at + timedelta(days=3),
        "changed_at": at + timedelta(minutes=5),
        "last_visit_at": at + timedelta(days=3),
        "images": [],
        "videos": [],
        **one.row,
        "body": f"{one.row['body']}\n\n{other.row['body']}",
    }


def _document(one: Part, other: Part) -> Document:
    return {
        **one.words,
        Field.BODY: [" ".join(run for part in (one, other) for run in part.words[Field.BODY])],
    }


def _labels(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    labels = [
        {"site": SITE, "kind": kind, "name": name, "code": row["code"]}
        for row in rows
        for kind, name in labels_of(row["category"], row["tags"])
    ]
    return sorted(labels, key=lambda row: (row["kind"], row["name"], row["code"]))


def _ledger(numbers: range, articles: int) -> Iterator[dict[str, Any]]:
    """Give the rows of the articles' codes, and of those before each that the site has nothing for."""
    for number in numbers:
        last, at = code_of(number), published(number, articles)
        for code in range(code_of(number - 1) + 1 if number else 1, last + 1):
            outcome = Outcome.STORED if code == last else Outcome.MISSING if code % 9 else Outcome.FAILED
            yield {
                "site": SITE,
                "code": code,
                "outcome": str(outcome),
                "http_status": 200 if outcome is Outcome.STORED else 404,
                "first_visit_at": at + timedelta(minutes=5),
                "visited_at": at + timedelta(days=3),
                "next_visit_at": LAST_DAY + timedelta(hours=code % 720 - 48) if code % WAITING == 0 else None,
                "streak": 1,
                "unchanged": 0,
                "visits": 1,
            }


def _without_words(connection: Connection, held: Index) -> None:
    """Drop PostgreSQL's index of the words, which is made in a fraction of the time when they are all there."""
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql(f"DROP INDEX ix_{held.tables.document.name}_words")


def _with_words(connection: Connection, held: Index) -> None:
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        connection.exec_driver_sql("SET LOCAL maintenance_work_mem = '1GB'")
        name = held.tables.document.name
        connection.exec_driver_sql(f"CREATE INDEX ix_{name}_words ON {name} USING gin (words)")
