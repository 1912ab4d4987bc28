"""What is left after a writer dies, and what two writers make of the same codes."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select, text

from asrcrawler.storage import Database, models
from asrcrawler.storage.visits import writing
from asrcrawler.storage.visits.writing import write_visits
from tests.storage.samples import SITE, a_story, all_rows, an_article, column, rows, with_page

if TYPE_CHECKING:
    from collections.abc import Callable

BATCH = 20

WRITER = f"""
import sys
from asrcrawler.storage import Database
from asrcrawler.storage.visits.writing import write_visits
from tests.storage.samples import an_article, with_page
database = Database(sys.argv[1])
first = 1
while True:
    write_visits(database, [with_page(an_article(code)) for code in range(first, first + {BATCH})])
    first += {BATCH}
    print(first - 1, flush=True)
"""

STUCK = """
import sys, time
from asrcrawler.storage import Database
from asrcrawler.storage.visits import writing
from tests.storage.samples import an_article, with_page
def hang(*_):
    print("all but the last statements are done", flush=True)
    time.sleep(600)
writing.cover = hang
writing.write_visits(Database(sys.argv[1]), [with_page(an_article(code)) for code in range(1, 50)])
"""


def start(program: str, url: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", program, url], stdout=subprocess.PIPE, text=True)


def counts(database: Database) -> list[int]:
    with database.read() as connection:
        tables = (models.article, models.ledger, models.visit, models.page)
        return [connection.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


@pytest.mark.parametrize("batches", [1, 7])
def test_a_killed_writer_loses_at_most_the_batch_in_hand(database: Database, url: str, batches: int) -> None:
    writer = start(WRITER, url)
    assert writer.stdout is not None
    told = [int(writer.stdout.readline()) for _ in range(batches)][-1]
    time.sleep(random.random() / 100)
    writer.send_signal(signal.SIGKILL)
    told = max([told, *map(int, writer.stdout.read().split())])
    writer.wait()
    articles, booked, visits, pages = counts(database)
    assert articles == booked == visits == pages
    assert articles in {told, told + BATCH}
    assert [(span["first"], span["last"]) for span in rows(database, models.coverage)] == [(1, articles)]


def test_a_writer_killed_within_its_transaction_leaves_nothing_of_it_and_no_lock(database: Database, url: str) -> None:
    write_visits(database, [with_page(an_article(900))])
    writer = start(STUCK, url)
    assert writer.stdout is not None
    writer.stdout.readline()
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    assert counts(database) == [1, 1, 1, 1]
    write_visits(database, [with_page(an_article(901))])
    assert counts(database) == [2, 2, 2, 2]
    if database.is_sqlite:
        with database.read() as connection:
            assert connection.scalar(text("PRAGMA integrity_check")) == "ok"


def test_two_writers_of_the_same_codes_double_nothing(database: Database, connect: Callable[[], Database]) -> None:
    failures: list[BaseException] = []

    def write(own: Database, seed: int) -> None:
        chance = random.Random(seed)
        try:
            for _ in range(8):
                write_visits(own, [an_article(chance.randint(1, 40), body="یکی") for _ in range(10)])
        except BaseException as error:  # told below, in the test's own thread
            failures.append(error)

    writers = [threading.Thread(target=write, args=(connect(), seed)) for seed in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert failures == []
    codes = [article["code"] for article in rows(database, models.article)]
    visits = column(database, models.ledger, "visits")
    links = column(database, models.article, "duplicate_of")
    assert len(codes) == len(set(codes)) == len(visits)
    assert sum(visits.values()) == len(rows(database, models.visit)) == 3 * 8 * 10
    assert links == {code: None if code == min(codes) else min(codes) for code in codes}


def test_sqlite_and_postgresql_end_with_the_same_rows(sqlite_url: str, postgresql_url: str) -> None:
    ends = []
    for url in (sqlite_url, postgresql_url):
        database = Database(url)
        database.prepare()
        story = a_story(400)
        for start_ in range(0, len(story), 37):
            writing.write_visits(database, story[start_ : start_ + 37], newest=60)
        ends.append(all_rows(database))
        database.close()
    assert len(ends[0]["article"]) > 30
    assert len(ends[0]["revision"]) > 50
    for end in ends:
        for document in end["search_document_1"]:
            for own in ("id", "words"):  # each has its own form; tests/storage/search holds them against each other
                document.pop(own)
        for index in end["search_index"]:
            index.pop("format")
    assert ends[0] == ends[1]


def test_how_visits_are_batched_makes_no_difference(sqlite_url: str) -> None:
    ends = []
    for name, size in (("one", 1), ("many", 60)):
        database = Database(f"{sqlite_url}.{name}")
        database.prepare()
        story = a_story(120)
        for start_ in range(0, len(story), size):
            write_visits(database, story[start_ : start_ + size], newest=60)
        end = all_rows(database)
        for article in end["article"]:
            article.pop("id")
        end["counter"] = [counted for counted in end["counter"] if counted["number"]]  # the end of a run drops the rest
        ends.append({name: sorted(table, key=repr) for name, table in end.items()})
        database.close()
    assert SITE in str(ends[0]["coverage"])
    assert ends[0] == ends[1]
