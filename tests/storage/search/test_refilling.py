"""Another index of words is filled beside the old one, whatever happens meanwhile, and takes over when it is full."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
from contextlib import closing
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import BigInteger, Column, LargeBinary, MetaData, Table, delete, insert, inspect, update

from asrcrawler.exceptions import SchemaError, StorageError
from asrcrawler.storage import Database, models
from asrcrawler.storage.articles.selection import Selection
from asrcrawler.storage.checks import findings
from asrcrawler.storage.engine.rows import insert_rows
from asrcrawler.storage.engine.types import TextSearch
from asrcrawler.storage.migrations.revisions import HEAD
from asrcrawler.storage.migrations.upgrade import upgrade
from asrcrawler.storage.search import index, indexes, postgresql, refilling, sqlite
from asrcrawler.storage.search.documents import digest, document
from asrcrawler.storage.search.finding import search
from asrcrawler.storage.search.numbering import EMPTY
from asrcrawler.storage.search.query import parse
from asrcrawler.storage.upkeep.care import tidy
from asrcrawler.storage.visits.writing import write_visits
from asrcrawler.text.persian import fold
from tests.storage.samples import DAY, HOUR, NOON, OTHER_SITE, SITE, an_article, rows
from tests.storage.search.contents import compounds, fold_by_the_first, numbers, the_index, words_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from asrcrawler.items import Article
    from asrcrawler.storage.search.indexes import Index

OLD, NEW = 'title:"مسیله اب"', "مساله آب"
"""Found by the old folding only, where an article writes «مسئله», and by the new one only."""


_FIRST = indexes.tables_of(1, 0, 0).document


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refilling, "PAGE", 3)
    monkeypatch.setattr(refilling, "LONGEST_STEP", 0.0)
    monkeypatch.setattr(refilling, "BREATH", 0.0)
    monkeypatch.setattr(sqlite, "DROPPED", 5)


def on_water(code: int, **fields: Any) -> Article:
    given: dict[str, Any] = {"title": "مسئله آب", "body": f"پیش‌بینی {code} مترمکعب", "tags": [f"رود {code}"]}
    published = None if code % 7 == 0 else NOON - code * HOUR
    return an_article(code, **{**given, "published_at": published, **fields})


def codes(database: Database, words: str) -> set[int]:
    return {hit.code for hit in search(database, words, limit=1_000).hits}


@pytest.fixture
def old(database: Database) -> Database:
    """Twenty articles on two sites in an index of the first folding."""
    fold_by_the_first(database)
    write_visits(database, [on_water(code) for code in range(1, 13)])
    write_visits(database, [on_water(code, site=OTHER_SITE) for code in range(1, 9)])
    return database


def afresh(database: Database) -> dict[int, str]:
    """The words that an index of all articles as they are now would have."""
    with database.write() as connection:
        refilling.distrust(connection)
    refilling.complete(database)
    return words_of(database)


def test_an_archive_that_is_up_to_date_has_nothing_to_do(database: Database) -> None:
    write_visits(database, [on_water(1)])
    assert refilling.left_to_fill(database) == 0
    assert refilling.advance(database) is None
    assert numbers(database) == [1]


def test_the_old_index_answers_with_the_old_folding_until_the_new_one_is_full(old: Database) -> None:
    steps = 0
    while the_index(old).id == 1:
        assert search(old, OLD, limit=100).total == 20
        assert search(old, NEW).total == 0
        hit = search(old, 'title:"مسئله آب"').hits[0]
        assert [piece.text for piece in hit.title if piece.hit] == ["مسئله آب"]
        assert refilling.advance(old) is not None
        steps += 1
    assert steps > 10
    assert (the_index(old).id, the_index(old).version) == (2, 2)
    assert search(old, OLD).total == 0
    assert search(old, NEW, limit=100).total == 20
    hit = search(old, NEW).hits[0]
    assert [piece.text for piece in hit.title if piece.hit] == ["مسئله", "آب"]
    refilling.complete(old)
    assert numbers(old) == [2]
    assert list(findings(old)) == []


def test_a_full_index_has_the_words_that_articles_written_into_it_have(old: Database) -> None:
    refilling.complete(old)
    filled, learnt = words_of(old), compounds(old)
    assert len(filled) == 20
    assert ("پیشبینی", "پیش بینی") in learnt
    with old.write(SITE, OTHER_SITE) as connection:
        for table in (models.article, models.label, the_index(old).tables.document):
            connection.execute(delete(table))
    write_visits(old, [on_water(code) for code in range(1, 13)])
    write_visits(old, [on_water(code, site=OTHER_SITE) for code in range(1, 9)])
    refilling.complete(old)
    assert words_of(old) == filled


def test_what_crawls_write_meanwhile_reaches_both_indexes(old: Database) -> None:
    """After each step articles are new, edited and lost at random, on either side of the cursor and on a new site."""
    chance = random.Random(7)
    sites = (SITE, OTHER_SITE, "third.ir")
    number = 0
    while the_index(old).version == 1:
        number += 1
        assert number < 500
        written = [
            on_water(
                chance.randint(1, 20),
                site=site,
                body=f"متن {number} و هیئت {chance.randint(1, 9)}",
                published_at=chance.choice([None, NOON - chance.randint(1, 20) * HOUR]),
                at=NOON + number * DAY,
            )
            for site in sites[: 2 + (number > 4)]
            if number < 12
        ]
        for article in written:
            write_visits(old, [article])
            assert article.code in {hit.code for hit in search(old, f"متن {number}", limit=50).hits}
        if written and number % 3 == 0:  # another date alone
            again = on_water(
                written[0].code, body=written[0].body, published_at=NOON - 9 * HOUR, at=NOON + number * DAY
            )
            write_visits(old, [again])
        refilling.advance(old)
    assert the_index(old).id == 2  # none was given up on the way
    grown = words_of(old)
    assert list(findings(old)) == []
    assert afresh(old) == grown


def fill_twice(database: Database) -> None:
    for _ in range(2):  # on PostgreSQL an old index goes in one step
        refilling.complete(database)
        with database.write() as connection:
            refilling.distrust(connection)


@pytest.mark.parametrize("lasting", [0, 1, 2, 5, 9, 13, 16])
def test_a_step_that_is_interrupted_leaves_nothing_of_itself(
    old: Database, monkeypatch: pytest.MonkeyPatch, lasting: int
) -> None:
    left = iter(range(lasting))
    change, add = indexes.change, indexes.add

    def interrupted(do: Callable[..., Any]) -> Callable[..., Any]:
        def done(*given: Any, **values: Any) -> Any:
            found = do(*given, **values)
            if next(left, None) is None:
                raise KeyboardInterrupt
            return found

        return done

    with monkeypatch.context() as killed:
        killed.setattr(indexes, "change", interrupted(change))
        killed.setattr(indexes, "add", interrupted(add))
        killed.setattr(sqlite, "drop_some", interrupted(sqlite.drop_some))
        killed.setattr(postgresql, "drop_some", interrupted(postgresql.drop_some))
        with pytest.raises(KeyboardInterrupt):
            fill_twice(old)
    answer = NEW if the_index(old).version == 2 else OLD
    assert search(old, answer, limit=100).total == 20
    assert list(findings(old)) == [] or the_index(old).stale
    refilling.complete(old)
    assert search(old, NEW, limit=100).total == 20
    assert len(numbers(old)) == 1
    assert list(findings(old)) == []


KILLED = """
import sys
from asrcrawler.storage import Database
from asrcrawler.storage.search import refilling
refilling.PAGE, refilling.LONGEST_STEP = 1, 0.0
refilling.complete(Database(sys.argv[1]), lambda *done: print(*done, flush=True))
"""


@pytest.mark.parametrize("steps", [1, 6, 23])
def test_a_process_that_is_killed_is_gone_on_from(old: Database, url: str, steps: int) -> None:
    process = subprocess.Popen([sys.executable, "-c", KILLED, url], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for _ in range(steps):
        process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert refilling.complete(old) <= 20 - min(steps - 1, 20)
    assert search(old, NEW, limit=100).total == 20
    assert numbers(old) == [2]
    assert list(findings(old)) == []


def test_several_processes_fill_one_index_together(old: Database, connect: Callable[[], Database]) -> None:
    done: list[int] = []
    failures: list[BaseException] = []
    start = threading.Barrier(3)

    def work(own: Database) -> None:
        try:
            start.wait()
            done.append(refilling.complete(own))
        except BaseException as error:  # told below, in the test's own thread
            failures.append(error)

    workers = [threading.Thread(target=work, args=(connect(),)) for _ in range(3)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert failures == []
    assert sum(done) == 20
    assert search(old, NEW, limit=100).total == 20
    assert numbers(old) == [2]


def test_no_index_takes_over_while_a_batch_is_being_written(
    old: Database, connect: Callable[[], Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    while refilling.left_to_fill(old):
        refilling.advance(old)
    filling = threading.Thread(target=refilling.complete, args=(connect(),))
    enter = index.enter

    def enter_late(*given: Any) -> None:
        enter(*given)  # older than all others, and so beyond the cursor
        filling.start()
        filling.join(0.3)

    monkeypatch.setattr(index, "enter", enter_late)
    write_visits(old, [on_water(30, site="third.ir")])
    filling.join()
    assert search(old, NEW, limit=0).total == 21
    assert [found for found in findings(old) if found.check == "words"] == []


def test_an_old_index_goes_in_small_steps(old: Database) -> None:
    while the_index(old).id == 1:
        refilling.advance(old)
    if not old.is_sqlite:
        assert refilling.advance(old) == 0
        assert refilling.advance(old) is None
        return
    left = [len(rows(old, _FIRST))]
    while 1 in numbers(old):
        with old.read() as connection:
            if inspect(connection).has_table(_FIRST.name):
                left.append(connection.exec_driver_sql("SELECT count(*) FROM search_document_1").scalar_one())
        refilling.advance(old)
        assert search(old, NEW).total == 20
    assert {before - after for before, after in pairwise(left)} <= {0, 5}
    assert min(left) <= 5
    with old.read() as connection:
        assert [name for name in inspect(connection).get_table_names() if name.endswith("_1") or "_gone" in name] == []
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


def test_a_search_whose_index_goes_meanwhile_asks_the_one_that_took_over(
    old: Database, connect: Callable[[], Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = connect()
    asked: list[int] = []
    answering = indexes.answering

    def late(connection: Connection) -> Index | None:
        found = answering(connection)
        assert found is not None
        if not asked:
            refilling.complete(other)
        asked.append(found.id)
        return found

    monkeypatch.setattr(indexes, "answering", late)
    found = search(old, "«مسئله آب»", limit=0).total
    assert (asked, found) == ([1] if old.is_sqlite else [1, 2], 20)
    assert numbers(old) == [2]


def test_tidying_ends_what_is_left_of_an_old_index(old: Database) -> None:
    while the_index(old).id == 1:
        refilling.advance(old)
    assert numbers(old) == [1, 2]
    tidy(old)
    assert numbers(old) == [2]


def test_an_article_that_was_lost_leaves_no_words_behind_for_long(database: Database) -> None:
    write_visits(database, [on_water(1, body="کهنه"), on_water(2)])
    with database.write(SITE) as connection:
        connection.execute(delete(models.article).where(models.article.c.code == 1))
    write_visits(database, [on_water(1, body="تازه", at=NOON + DAY)])
    assert codes(database, "تازه") == {1}
    refilling.complete(database)
    assert codes(database, "کهنه") == set()
    assert list(findings(database)) == []


@pytest.mark.parametrize("column", ["version", "format"])
def test_an_index_of_an_unknown_folding_or_format_is_refused(old: Database, column: str) -> None:
    with old.write() as connection:
        connection.execute(update(models.search_index).values({column: 99}))
    for question in (
        lambda: search(old, "آب"),
        lambda: refilling.advance(old),
        lambda: write_visits(old, [on_water(99)]),
    ):
        with pytest.raises(SchemaError, match="newer version"):
            question()


def test_a_word_of_a_field_is_a_word_of_its_own_whose_places_are_not_asked_for() -> None:
    told = [postgresql.expression(parse(words), "Ā") for words in ("عنوان:پل", "دسته:سیا*", "متن:«پل تازه»")]
    assert told == ["(('Ā\ue004پل'))", "(('Ā\ue005سیا':*))", "(('Āپل':D <-> 'Āتازه':D))"]


def test_two_frequent_words_that_follow_each_other_are_a_sign_and_no_places_are_asked_for() -> None:
    in_this, told_of = postgresql.FREQUENT["در"] + postgresql.FREQUENT["این"], parse("«در این پل»")
    assert postgresql.expression(parse("«در این»"), "Ā") == f"('Ā{in_this}')"
    assert postgresql.expression(told_of, "Ā", [65]) == (
        f"('Ā\ue0131') & (('Ā{in_this}' & ('Āدر' <-> 'Āاین' <-> 'Āپل')))"
    )
    assert {fold(word) for word in postgresql.FREQUENT} == postgresql.FREQUENT.keys()


def test_without_an_index_a_search_says_so_and_articles_are_stored_all_the_same(database: Database) -> None:
    with database.write() as connection:
        connection.execute(delete(models.search_index))
    write_visits(database, [on_water(1)])
    with pytest.raises(StorageError, match="has no index of words; scrapy db check --repair"):
        search(database, "آب")
    assert [str(finding) for finding in findings(database)] == ["words: there is no index of words"]


# --- databases of earlier versions


SEEN: dict[str, Any] = dict.fromkeys(("first_seen_at", "last_seen_at", "changed_at"), NOON)


def earlier(url: str, revision: str) -> Database:
    """A database of an earlier version with two hundred articles, in its index of words where it had one."""
    database = Database(url)
    articles: list[dict[str, Any]] = [
        {
            "revision": 1,
            **SEEN,
            "published_at": NOON - (code + 1) * HOUR,
            "site": site,
            "code": code,
            "url": f"http://{site}/fa/news/{code}",
            "short_url": f"http://{site}/{code}",
            "kind": "article",
            "kicker": None,
            "title": f"مسئله آب {code}",
            "lead": None,
            "body": "پیش‌بینی هوا می‌شود",
            "category": ["سیاسی"],
            "tags": ["نفت"],
            "images": [],
        }
        for site in (SITE, OTHER_SITE)
        for code in range(1, 101)
    ]
    with database.write() as connection:
        upgrade(connection, revision)
        connection.execute(insert(models.article), articles)
        if revision < "0004":
            return database
        connection.execute(insert(models.search_site), [{"id": 1, "site": SITE}, {"id": 2, "site": OTHER_SITE}])
        found = {
            (1 if article["site"] == SITE else 2) * 2**31 + article["code"]: document(article, 1)
            for article in articles
        }
        if database.is_sqlite:
            fields = ", ".join(f'"{field}"' for field in sqlite._FIELDS)
            connection.exec_driver_sql(
                f"INSERT INTO article_search(rowid, {fields}) VALUES (?, ?, ?, ?, ?, ?, ?)",
                [(key, *(" ".join(each[field]) for field in sqlite._FIELDS)) for key, each in sorted(found.items())],
            )
        words: list[dict[str, Any]] = [
            {"id": key, "words": digest(each) if database.is_sqlite else "'اب':1"}
            for key, each in sorted(found.items())
        ]
        words_as_then = TextSearch("TSVECTOR").with_variant(LargeBinary, "sqlite")
        table = Table("search_document", MetaData(), Column("id", BigInteger), Column("words", words_as_then))
        insert_rows(connection, table, words)
    return database


@pytest.mark.parametrize("revision", ["0001", "0004", "0006"])
def test_of_an_earlier_archive_what_is_filled_answers_and_says_how_far_back_it_goes(
    empty_url: str, revision: str
) -> None:
    with closing(earlier(empty_url, revision)) as database:
        database.prepare()
        assert database.schema_version() == HEAD
        assert the_index(database)[1:4] == (2, "filling", EMPTY)
        with closing(Database(empty_url, read_only=True)) as reader:  # readers write nothing
            reader.open_existing()
            nothing = search(reader, NEW)
            assert (nothing.total, nothing.total_is_exact) == (0, False)
            assert nothing.searched_back_to is not None
            assert nothing.awaits_index
            with pytest.raises(StorageError):
                refilling.advance(reader)
            found = search(reader, NEW)
            while found.total == 0:
                assert refilling.advance(database) is not None
                found = search(reader, NEW)
            assert (found.total, found.total_is_exact, found.goes_on) == (2, False, False)  # half an hour of both sites
            assert found.searched_back_to == found.hits[-1].published_at == NOON - 2 * HOUR
            assert search(reader, NEW, Selection(since=(NOON + DAY).date()))[1:] == (0, True, False, None, False)
        write_visits(database, [on_water(42, body="هیئت", at=NOON + DAY)])
        assert refilling.complete(database) >= 190
        assert search(database, NEW, limit=0)[1:] == (200, True, True, None, False)
        assert search(database, "پیشبینی ميشود tag:نفت", limit=0).total == 199
        assert codes(database, "هیات") == {42}
        assert len(numbers(database)) == 1
        assert {found.check for found in findings(database)} == {"ledger", "labels"}  # the old articles have neither
