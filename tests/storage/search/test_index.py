"""The index of words keeps step with the articles: at every write, and for those of older databases."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import insert, select, text

from asrcrawler.exceptions import StorageError
from asrcrawler.storage import Database, models
from asrcrawler.storage.migrations.revisions import HEAD
from asrcrawler.storage.migrations.upgrade import upgrade
from asrcrawler.storage.search import documents, index
from asrcrawler.storage.search.finding import search
from asrcrawler.storage.visits.writing import write_visits
from asrcrawler.text.persian import fold
from tests.storage.samples import DAY, NOON, OTHER_SITE, SITE, an_absence, an_article, rows

if TYPE_CHECKING:
    from collections.abc import Callable


def codes(database: Database, words: str) -> set[int]:
    return {hit.code for hit in search(database, words, limit=1_000).hits}


def words_of(database: Database) -> dict[int, str]:
    """What the index holds of every document, as far as the database tells."""
    found = {row["id"]: str(row["words"]) for row in rows(database, models.search_document)}
    if database.is_sqlite:
        with database.write() as connection:  # FTS5 checks its own structure
            connection.exec_driver_sql("INSERT INTO article_search(article_search) VALUES ('integrity-check')")
            terms = connection.exec_driver_sql("SELECT doc, term, col, offset FROM article_words").all()
        for document, term, column, offset in sorted(terms):
            found[document] += f" {term}:{column}:{offset}"
    return found


@pytest.fixture
def database(database: Database) -> Database:
    if database.is_sqlite:
        with database.write() as connection:
            connection.exec_driver_sql("CREATE VIRTUAL TABLE article_words USING fts5vocab(article_search, instance)")
    return database


def test_an_article_is_found_as_soon_as_it_is_stored(database: Database) -> None:
    write_visits(database, [an_article(1, body="نفت"), an_absence(2)])
    assert codes(database, "نفت body:نفت") == {1}


@pytest.mark.parametrize("field", ["title", "kicker", "lead", "body"])
def test_an_edit_replaces_the_words(database: Database, field: str) -> None:
    before: dict[str, Any] = {field: "کهنه مانده"}
    after: dict[str, Any] = {field: "تازه مانده"}
    write_visits(database, [an_article(1, **before), an_article(2)])
    write_visits(database, [an_article(1, at=NOON + DAY, **after)])
    assert codes(database, "کهنه") == set()
    assert codes(database, "تازه") == codes(database, f"{field}:مانده") == {1}


def test_an_edit_of_tags_and_categories_alone_replaces_the_words(database: Database) -> None:
    write_visits(database, [an_article(1, tags=["کهنه"], category=["قدیم"])])
    write_visits(database, [an_article(1, tags=["تازه"], category=["نو"], at=NOON + DAY)])
    assert codes(database, "کهنه") == codes(database, "قدیم") == set()
    assert codes(database, "tag:تازه category:نو") == {1}


def test_a_cosmetic_edit_replaces_the_words(database: Database) -> None:
    write_visits(database, [an_article(1, body="پیش‌بینی هوا")])
    write_visits(database, [an_article(1, body="پیشبینی هوا", at=NOON + DAY)])
    assert codes(database, "body:بینی") == set()
    assert codes(database, 'body:"پیشبینی هوا"') == {1}


def test_an_article_visited_twice_in_one_batch_is_indexed_as_it_was_seen_last(database: Database) -> None:
    write_visits(database, [an_article(1, body="کهنه"), an_article(1, body="تازه", at=NOON + DAY)])
    assert codes(database, "کهنه") == set()
    assert codes(database, "تازه") == {1}


def test_a_batch_that_fails_leaves_the_index_as_it_was(database: Database) -> None:
    write_visits(database, [an_article(1, body="کهنه")])
    before = words_of(database)
    broken = an_article(2)
    broken.url = ""
    with pytest.raises(StorageError):
        write_visits(database, [an_article(1, body="تازه", at=NOON + DAY), broken])
    assert words_of(database) == before
    assert codes(database, "کهنه") == {1}


def test_the_index_made_anew_is_the_one_that_grew(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "PAGE", 3)
    write_visits(database, [an_article(code, body=f"پیش‌بینی {code}") for code in range(1, 9)])
    write_visits(database, [an_article(code, site=OTHER_SITE) for code in (3, 4)])
    write_visits(database, [an_article(code, body=f"گفت‌وگو {code}", at=NOON + DAY) for code in (2, 8)])
    grown = words_of(database)
    assert len(grown) == 10
    with database.write() as connection:
        index.rebuild(connection)
    assert words_of(database) == grown


def test_words_that_fold_otherwise_than_before_are_taken_out_all_the_same(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def words_of_old(text: str) -> list[str]:
        return fold(text).replace("نفت", "قدیم").split()

    with monkeypatch.context() as before:
        before.setattr(documents, "words_of", words_of_old)
        write_visits(database, [an_article(code, body="نفت", tags=[]) for code in (1, 2)])
        assert codes(database, "قدیم") == {1, 2}
    write_visits(database, [an_article(1, body="گاز", at=NOON + DAY)])
    assert 1 not in codes(database, "قدیم")
    assert codes(database, "گاز") == {1}
    words_of(database)


def test_a_text_of_any_size_is_stored_and_found_by_its_beginning(database: Database) -> None:
    letters = "ابپتجچحخدذرزژسشصضطظعغفقکگلمنو"
    many = [chr(0x10400 + 40 + one) + chr(0x10428 + two) + chr(0x10428 + three)
            for one in range(40) for two in range(40) for three in range(40)]  # fmt: skip
    write_visits(
        database,
        [
            an_article(1, body=" ".join(many), lead=" ".join(many), tags=many[:3_000]),
            an_article(2, body="آغاز " + "ن" * 200_000),
            an_article(3, body="آغاز " + " ".join(a + b + c for a in letters for b in letters for c in letters)),
            an_article(4, body="ﷺ" * 100_000),
            an_article(5, body="آغاز", tags=[word * 18 for word in many[:6_000]]),
        ],
    )
    assert codes(database, "آغاز") == {2, 3, 5}
    assert codes(database, f"body:{many[0]}") == {1}
    assert codes(database, "body:" + "ن" * 70) == {2}


def before_search(url: str, revision: str) -> Database:
    """A database of an earlier version with two hundred articles and a visit without one."""
    database = Database(url)
    with database.write() as connection:
        upgrade(connection, revision)
        seen = {"first_seen_at": NOON, "last_seen_at": NOON, "changed_at": NOON, "published_at": NOON, "revision": 1}
        connection.execute(
            insert(models.article),
            [
                {
                    **seen,
                    "site": site,
                    "code": code,
                    "url": f"http://{site}/fa/news/{code}",
                    "short_url": f"http://{site}/{code}",
                    "kind": "article",
                    "title": f"عنوان {code}",
                    "body": "پیش‌بینی هوا می‌شود",
                    "category": ["سیاسی"],
                    "tags": ["نفت"],
                    "images": [],
                }
                for site in (SITE, OTHER_SITE)
                for code in range(1, 101)
            ],
        )
    return database


@pytest.mark.parametrize("revision", ["0001", "0002", "0003"])
def test_the_articles_of_an_earlier_schema_are_indexed_at_the_first_use(
    url: str, revision: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "PAGE", 30)
    database = before_search(url, revision)
    assert database.schema_version() == revision
    database.prepare()
    assert database.schema_version() == HEAD
    assert search(database, "پیشبینی ميشود tag:نفت").total == 200
    assert {(hit.site, hit.code) for hit in search(database, "title:42").hits} == {(SITE, 42), (OTHER_SITE, 42)}
    write_visits(database, [an_article(42, body="تازه", at=NOON + DAY)])
    assert search(database, "پیشبینی").total == 199
    database.close()


def test_two_processes_that_start_at_once_index_once(url: str) -> None:
    before_search(url, "0003").close()
    failures: list[BaseException] = []
    start = threading.Barrier(2)

    def prepare() -> None:
        own = Database(url)
        try:
            start.wait()
            own.prepare()
        except BaseException as error:  # told below, in the test's own thread
            failures.append(error)
        finally:
            own.close()

    both = [threading.Thread(target=prepare) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert failures == []
    database = Database(url)
    assert len(rows(database, models.search_document)) == search(database, "پیشبینی").total == 200
    database.close()


def test_a_migration_that_is_interrupted_leaves_the_earlier_schema(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    database = before_search(url, "0003")
    enter: Callable[..., None] = index.enter

    def enter_some(connection: Any, site: str, articles: Any) -> None:
        enter(connection, site, articles)
        raise KeyboardInterrupt

    with monkeypatch.context() as interrupted:
        interrupted.setattr(index, "enter", enter_some)
        with pytest.raises(KeyboardInterrupt):
            database.prepare()
    assert database.schema_version() == "0003"
    with database.read() as connection:
        assert connection.scalar(select(text("count(*)")).select_from(models.article)) == 200
    database.prepare()
    assert search(database, "پیشبینی").total == 200
    database.close()
