"""Keeping captures: each content once, with the visit, on both databases."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import update

from asrcrawler.exceptions import DamagedCaptureError
from asrcrawler.items import Outcome
from asrcrawler.storage import Database, models
from asrcrawler.storage.visits import captures as pages
from asrcrawler.storage.visits import dictionaries
from asrcrawler.storage.visits.captures import body_of, kept_of
from asrcrawler.storage.visits.dictionaries import captures_to_learn_from, learn, newest_dictionary
from asrcrawler.storage.visits.writing import write_visits
from asrcrawler.text.packing import Dictionary, digest, train
from tests.storage.samples import HOUR, NOON, OTHER_SITE, SITE, an_absence, an_article, rows, with_page

FRAME = "".join(f'<p class="c{number}"><a href="/fa/{number * 7919}">بخش {number}</a>' for number in range(300))
OTHER_FRAME = "".join(f"<li id=menu{number * 6899}><em>صفحهٔ {number}</em></li>" for number in range(300))


def body_for(code: int, frame: str = FRAME) -> bytes:
    return f"<html>{frame}<h1>عنوان {code * 7907}</h1>{'متن خبر ' * (code % 9)}</html>".encode()


def test_a_visit_that_finds_the_same_bytes_costs_a_row_and_no_copy(database: Database) -> None:
    write_visits(database, [with_page(an_article(7), etag='"1"'), with_page(an_article(8))])
    write_visits(database, [with_page(an_article(7, at=NOON + HOUR), etag='"2"')])
    assert len(rows(database, models.page)) == 2
    first, second = kept_of(database, SITE, 7)
    assert (first.digest, first.at, second.at) == (second.digest, NOON, NOON + HOUR)
    assert [first.headers["etag"], second.headers["etag"]] == ['"1"', '"2"']
    assert first.url == f"http://{SITE}/fa/news/7"
    assert body_of(database, SITE, first.digest) == "<html><body>صفحهٔ 7</html>".encode()


def test_the_same_bytes_twice_in_one_batch_are_one_page(database: Database) -> None:
    write_visits(database, [with_page(an_absence(code, Outcome.REFUSED), b"challenge") for code in (1, 2, 2)])
    assert len(rows(database, models.page)) == 1
    assert {visit["page_id"] for visit in rows(database, models.visit)} == {1}


def test_two_sites_keep_their_pages_apart(database: Database) -> None:
    write_visits(database, [with_page(an_article(7, site=site), b"same") for site in (SITE, OTHER_SITE)])
    assert [page["site"] for page in rows(database, models.page)] == [SITE, OTHER_SITE]


def test_a_visit_without_a_page_says_so(database: Database) -> None:
    write_visits(database, [an_absence(1), an_article(2)])
    assert [visit["page_id"] for visit in rows(database, models.visit)] == [None, None]
    assert [visit["headers"] for visit in rows(database, models.visit)] == [None, None]
    assert kept_of(database, SITE, 2) == []


def test_what_is_no_article_is_kept_for_diagnosis_the_newest_first(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "KEPT_FOR_DIAGNOSIS", 3)
    for outcome, first in ((Outcome.UNREADABLE, 1), (Outcome.REFUSED, 11)):
        write_visits(database, [with_page(an_absence(code, outcome)) for code in range(first, first + 6)])
    write_visits(database, [with_page(an_article(code)) for code in range(21, 30)])
    kept = {page["id"] for page in rows(database, models.page) if page["content"] is not None}
    assert kept == {4, 5, 6, 10, 11, 12, *range(13, 22)}
    assert len(rows(database, models.page)) == 21
    [gone] = kept_of(database, SITE, 1)
    assert gone.packed_size is None
    with pytest.raises(DamagedCaptureError, match="is no longer in the database"):
        body_of(database, SITE, gone.digest)


def test_a_page_that_was_let_go_and_comes_again_is_kept_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "KEPT_FOR_DIAGNOSIS", 1)
    for code in (1, 2):
        write_visits(database, [with_page(an_absence(code, Outcome.UNREADABLE))])
    write_visits(database, [with_page(an_article(1, at=NOON + HOUR))])
    assert [page["outcome"] for page in rows(database, models.page)] == ["stored", "unreadable"]
    assert body_of(database, SITE, kept_of(database, SITE, 1)[0].digest) == "<html><body>صفحهٔ 1</html>".encode()


def test_a_page_once_read_as_an_article_stays_one(database: Database) -> None:
    write_visits(database, [with_page(an_article(1))])
    write_visits(database, [with_page(an_absence(1, Outcome.UNREADABLE, at=NOON + HOUR))])
    assert [page["outcome"] for page in rows(database, models.page)] == ["stored"]


def test_a_huge_page_is_kept_only_where_it_is_an_article(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "LARGEST_FOR_DIAGNOSIS", 20)
    body = bytes(range(256)) * 4
    write_visits(database, [with_page(an_absence(1, Outcome.UNREADABLE), body), with_page(an_article(2), body[1:])])
    assert [page["content"] is None for page in rows(database, models.page)] == [True, False]


def test_eight_mebibytes_and_nothing_are_kept_like_any_other(database: Database) -> None:
    huge = bytes(range(256)) * (8 * 1024 * 4)
    write_visits(database, [with_page(an_article(1), huge), with_page(an_article(2), b"")])
    assert body_of(database, SITE, digest(huge)) == huge
    assert body_of(database, SITE, digest(b"")) == b""


def test_headers_that_no_database_takes_are_made_storable(database: Database) -> None:
    write_visits(database, [with_page(an_article(1), server="a\0b\ud800", empty="")])
    headers = kept_of(database, SITE, 1)[0].headers
    assert (headers["server"], headers["empty"]) == ("ab", "")


# --- damage


@pytest.mark.parametrize("change", [{"content": b"other"}, {"digest": b"d" * 32}, {"size": 3}, {"dictionary_id": None}])
def test_a_damaged_page_is_not_taken_for_what_was_fetched(database: Database, change: dict[str, object]) -> None:
    write_visits(database, [with_page(an_article(code), body_for(code)) for code in range(1, 121)])
    assert learn(database, SITE) is not None
    with database.write() as connection:
        connection.execute(update(models.page).where(models.page.c.id == 50).values(**change))
    with pytest.raises(DamagedCaptureError):
        body_of(database, SITE, kept_of(database, SITE, 50)[0].digest)
    assert body_of(database, SITE, digest(body_for(51))) == body_for(51)


def test_a_missing_dictionary_is_named(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    database.prepare()
    write_visits(database, [with_page(an_article(code), body_for(code)) for code in range(1, 121)])
    assert learn(database, SITE) is not None
    with closing(sqlite3.connect(str(database.path))) as other_program:  # which enforces no foreign keys
        other_program.execute("DELETE FROM dictionary")
        other_program.commit()
    with pytest.raises(DamagedCaptureError, match="packed with dictionary 1, which is not in the database"):
        body_of(database, SITE, digest(body_for(50)))
    database.close()


# --- dictionaries


def test_a_dictionary_is_learnt_once_there_are_pages_enough(database: Database) -> None:
    write_visits(database, [with_page(an_article(code), body_for(code)) for code in range(1, 60)])
    assert captures_to_learn_from(database, SITE) == 59
    write_visits(database, [with_page(an_article(code), body_for(code)) for code in range(60, 121)])
    before = sum(len(page["content"]) for page in rows(database, models.page))
    assert captures_to_learn_from(database, SITE) == 120
    learnt = learn(database, SITE)
    assert learnt is not None
    assert newest_dictionary(database, SITE) == learnt
    packed = rows(database, models.page)
    assert {page["dictionary_id"] for page in packed} == {1}
    assert sum(len(page["content"]) for page in packed) < before / 2
    assert all(body_of(database, SITE, digest(body_for(code))) == body_for(code) for code in (1, 60, 120))
    [row] = rows(database, models.dictionary)
    assert (row["site"], row["pages"], 0 < row["share"] < 0.2) == (SITE, 90, True)
    assert captures_to_learn_from(database, SITE) == 0


def test_a_damaged_page_is_left_as_it_is_and_the_others_teach_a_dictionary(database: Database) -> None:
    write_visits(database, [with_page(an_article(code), body_for(code)) for code in range(1, 121)])
    with database.write() as connection:
        connection.execute(update(models.page).where(models.page.c.id == 50).values(content=b"other"))
    assert learn(database, SITE) is not None
    left = [page["content"] for page in rows(database, models.page) if page["dictionary_id"] is None]
    assert left == [b"other"]


def test_a_site_s_dictionary_is_its_own(database: Database) -> None:
    write_visits(database, [with_page(an_article(code), body_for(code)) for code in range(1, 121)])
    learn(database, SITE)
    assert newest_dictionary(database, OTHER_SITE) is None
    assert captures_to_learn_from(database, OTHER_SITE) == 0


def test_a_new_template_asks_for_a_new_dictionary(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dictionaries, "SAMPLE", 110)
    write_visits(database, [with_page(an_article(code), body_for(code)) for code in range(1, 121)])
    old = learn(database, SITE)
    redesigned = [with_page(an_article(code), body_for(code, OTHER_FRAME), dictionary=old) for code in range(201, 320)]
    write_visits(database, redesigned)
    assert captures_to_learn_from(database, SITE) == 110
    new = learn(database, SITE)
    assert new is not None
    assert old is not None
    assert (old.id, new.id) == (1, 2)
    assert [page["dictionary_id"] for page in rows(database, models.page)][-110:] == [2] * 110
    assert body_of(database, SITE, digest(body_for(5))) == body_for(5)


def test_only_articles_teach(database: Database) -> None:
    write_visits(database, [with_page(an_absence(code, Outcome.REFUSED), body_for(code)) for code in range(1, 121)])
    assert captures_to_learn_from(database, SITE) == 0
    assert learn(database, SITE) is None


def test_a_dictionary_is_the_same_wherever_it_is_loaded() -> None:
    trained = train([body_for(code) for code in range(1, 60)])
    assert trained is not None
    assert Dictionary(1, trained.data) == Dictionary(1, bytes(trained.data))
