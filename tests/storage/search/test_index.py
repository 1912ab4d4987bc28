"""The index of words keeps step with the articles at every write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from asrcrawler.exceptions import StorageError
from asrcrawler.storage.search import documents, refilling
from asrcrawler.storage.search.finding import search
from asrcrawler.storage.visits.writing import write_visits
from asrcrawler.text.persian import fold
from tests.storage.samples import DAY, NOON, an_absence, an_article
from tests.storage.search.contents import the_index, words_of

if TYPE_CHECKING:
    from asrcrawler.storage import Database


def codes(database: Database, words: str) -> set[int]:
    return {hit.code for hit in search(database, words, limit=1_000).hits}


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


def test_words_that_fold_otherwise_than_before_stay_behind_until_another_index_takes_over(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fold_as_of_old(text: str, version: int) -> str:
        return fold(text, version).replace("نفت", "قدیم")

    with monkeypatch.context() as before:
        before.setattr(documents, "fold", fold_as_of_old)
        write_visits(database, [an_article(code, body="نفت", tags=[]) for code in (1, 2)])
        assert codes(database, "قدیم") == {1, 2}
    write_visits(database, [an_article(1, body="گاز", at=NOON + DAY)])
    assert codes(database, "گاز") == {1}
    assert the_index(database).stale == (1 if database.is_sqlite else 0)
    refilling.complete(database)
    assert (codes(database, "قدیم"), codes(database, "گاز")) == (set() if database.is_sqlite else {2}, {1})
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
