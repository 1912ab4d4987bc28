"""An archive in another database: the same rows, whichever way, however often, however it was interrupted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, insert, null, select, text, update

from asrcrawler.exceptions import CopyError
from asrcrawler.storage import Database, models
from asrcrawler.storage.checks import findings
from asrcrawler.storage.queue import leases
from asrcrawler.storage.search import refilling, search
from asrcrawler.storage.upkeep import copying
from asrcrawler.storage.upkeep.copying import copy_archive
from asrcrawler.storage.visits import runs
from asrcrawler.storage.visits.writing import write_visits
from asrcrawler.text.similarity import signature
from tests.storage.samples import DAY, NOON, SITE, all_rows, an_article, live, row, rows
from tests.storage.search.contents import fold_by_the_first, the_index

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.database_fixture import Connect


@pytest.fixture
def open_at() -> Iterator[Callable[[str], Database]]:
    opened: list[Database] = []

    def open_at(url: str) -> Database:
        database = Database(url)
        opened.append(database)
        database.prepare()
        return database

    yield open_at
    for database in opened:
        database.close()


@pytest.fixture(params=["sqlite to postgresql", "postgresql to sqlite"])
def pair(
    request: pytest.FixtureRequest, open_at: Callable[[str], Database], sqlite_url: str, postgresql_url: str
) -> tuple[Database, Database]:
    """Two empty databases; tests/commands/test_db.py copies within one kind."""
    first, _, second = request.param.split()
    urls = {"sqlite": sqlite_url, "postgresql": postgresql_url}
    return open_at(urls[first]), open_at(urls[second])


def copied_rows(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table but those that each database has for itself: the index of words, and who works on it."""
    own = ("search_", "worker")
    return {name: found for name, found in all_rows(database).items() if not name.startswith(own)}


def test_a_copy_holds_every_row_of_every_table(pair: tuple[Database, Database]) -> None:
    source, target = pair
    live(source)
    long = " ".join(f"واژهٔ {number} از گزارش" for number in range(200))
    write_visits(source, [an_article(code, body=f"{long} {code}", signature=signature(long)) for code in (71, 72)])
    with source.write() as connection:
        learnt = {"site": SITE, "trained_at": NOON, "pages": 100, "share": 0.1, "data": b"\0dictionary\xff"}
        connection.execute(insert(models.dictionary), learnt)
    leases.make(source, SITE, [(1, 900)])
    copied = copy_archive(source, target)
    expected = copied_rows(source)
    assert copied_rows(target) == expected
    assert {done.table: done.rows for done in copied} == {name: len(found) for name, found in expected.items()}
    assert [name for name, found in expected.items() if not found] == []


def test_a_second_copy_writes_nothing(pair: tuple[Database, Database]) -> None:
    source, target = pair
    live(source, 60)
    copy_archive(source, target)
    assert {(done.written, done.removed) for done in copy_archive(source, target)} == {(0, 0)}


def test_a_copy_is_brought_up_to_date_with_what_came_changed_and_went(pair: tuple[Database, Database]) -> None:
    source, target = pair
    live(source, 60)
    copy_archive(source, target)
    run_id = runs.begin_run(source, SITE, {})
    write_visits(source, [an_article(5, at=NOON + 900 * DAY, tags=[]), an_article(70)], run_id=run_id)
    runs.remember_plan(source, run_id, {"newest": 70})
    copied = {done.table: done for done in copy_archive(source, target)}
    assert copied_rows(target) == copied_rows(source)
    assert 2 <= copied["article"].written < 10
    assert copied["label"].removed > 0


@pytest.mark.parametrize("batches", [1, 7])
def test_an_interrupted_copy_goes_on_where_it_stopped(
    pair: tuple[Database, Database], monkeypatch: pytest.MonkeyPatch, batches: int
) -> None:
    source, target = pair
    live(source)
    monkeypatch.setattr(copying, "BATCH", 40)
    left = iter(range(batches))

    def interrupt(*_: object) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy_archive(source, target, interrupt)
    half = sum(map(len, copied_rows(target).values()))
    copied = copy_archive(source, target)
    whole = sum(map(len, copied_rows(source).values()))
    assert copied_rows(target) == copied_rows(source)
    assert 0 < half < whole
    assert sum(done.written for done in copied) == whole - half


def test_the_copy_can_be_crawled_on(pair: tuple[Database, Database]) -> None:
    source, target = pair
    live(source, 60)
    copy_archive(source, target)
    latest = max(run["id"] for run in rows(source, models.run))
    run_id = runs.begin_run(target, SITE, {})
    assert run_id == latest + 1
    write_visits(target, [an_article(70)], run_id=run_id)
    assert row(target, models.article, 70)["revision"] == 1


def test_an_empty_archive_is_copied_and_can_be_crawled_on(pair: tuple[Database, Database]) -> None:
    source, target = pair
    assert {done.rows for done in copy_archive(source, target)} == {0}
    assert runs.begin_run(target, SITE, {}) == 1


def test_unknown_stays_unknown_and_does_not_become_the_null_of_json(pair: tuple[Database, Database]) -> None:
    source, target = pair
    live(source, 20)
    copy_archive(source, target)
    with target.read() as connection:
        forgotten = select(models.run.c.id).where(models.run.c.memory.is_(null()))
        assert len(connection.scalars(forgotten).all()) == 2


def test_data_of_its_own_is_not_overwritten(pair: tuple[Database, Database]) -> None:
    source, target = pair
    live(source, 60)
    live(target, 20)
    before = copied_rows(target)
    with pytest.raises(
        CopyError, match=r"holds more than a copy of .*: a run on asrpress\.ir of .*; nothing was copied"
    ):
        copy_archive(source, target)
    assert copied_rows(target) == before


def test_a_copy_that_was_crawled_into_is_not_overwritten(pair: tuple[Database, Database]) -> None:
    source, target = pair
    live(source, 60)
    copy_archive(source, target)
    runs.begin_run(target, SITE, {})
    with pytest.raises(CopyError, match="holds more than a copy"):
        copy_archive(source, target)


def test_rows_that_no_run_explains_are_not_overwritten(pair: tuple[Database, Database]) -> None:
    source, target = pair
    live(source, 60)
    write_visits(target, [an_article(900)])
    with pytest.raises(CopyError, match=r"holds rows \(\w+\) and no sign that they are a copy"):
        copy_archive(source, target)
    assert [found["code"] for found in rows(target, models.article)] == [900]


def test_a_crawl_that_begins_on_the_copy_stops_the_copying(
    pair: tuple[Database, Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = pair
    live(source)
    monkeypatch.setattr(copying, "BATCH", 40)
    begun: list[int] = []

    def begin_a_crawl(table: str, *_: object) -> None:
        if table == "article" and not begun:
            with target.write() as connection:
                values = {"site": SITE, "started_at": NOON, "heartbeat_at": NOON, "host": "h", "process": "1 1 1 1"}
                connection.execute(insert(models.run), {"id": 900, "arguments": {}, "outcomes": {}, **values})
            begun.append(1)

    with pytest.raises(CopyError, match="a crawl began to write into it"):
        copy_archive(source, target, begin_a_crawl)


def test_the_source_is_read_in_one_state(pair: tuple[Database, Database], connect_again: Connect) -> None:
    source, target = pair
    live(source, 60)
    expected = copied_rows(source)
    other = connect_again(source)

    def write(table: str, *_: object) -> None:
        if table == "run":
            write_visits(other, [an_article(901)])

    copy_archive(source, target, write)
    assert copied_rows(target) == expected
    assert row(source, models.article, 901)


def test_a_number_of_rows_that_differs_in_the_end_is_an_error(pair: tuple[Database, Database]) -> None:
    source, target = pair
    live(source, 60)
    copy_archive(source, target)

    def lose(table: str, *_: object) -> None:
        if table == "visit":
            with target.write() as connection:
                connection.execute(delete(models.label))

    with pytest.raises(CopyError, match=r"not the same number of rows: label 0 of \d+"):
        copy_archive(source, target, lose)


def test_progress_adds_up_to_copied_rows(pair: tuple[Database, Database]) -> None:
    source, target = pair
    live(source, 60)
    told: list[tuple[str, int, int]] = []
    copy_archive(source, target, lambda *heard: told.append(heard))
    whole = sum(map(len, copied_rows(source).values()))
    assert {total for _, _, total in told} == {whole}
    assert sum(more for _, more, _ in told) == whole


def test_keys_are_compared_as_python_does_whatever_the_database_sorts_by(
    sqlite_url: str, postgresql_url: str, open_at: Callable[[str], Database]
) -> None:
    source, target = open_at(sqlite_url), open_at(postgresql_url)
    live(source, 20)
    run_id = runs.begin_run(source, SITE, {})
    tags = ["a", "B", "é", "ک", "ك", "می‌شود", "می شود", "_", "😀", "ﷺ"]
    write_visits(source, [an_article(80, tags=tags), an_article(81, tags=tags[::-1])], run_id=run_id)
    for _ in range(2):
        copied = copy_archive(source, target)
        assert sorted(map(str, rows(target, models.label))) == sorted(map(str, rows(source, models.label)))
    assert len(rows(target, models.label)) > 20
    assert {done.written for done in copied} == {0}


def test_the_copy_can_be_searched_also_for_what_was_edited_since(pair: tuple[Database, Database]) -> None:
    source, target = pair
    live(source, 60)
    copy_archive(source, target)
    run_id = runs.begin_run(source, SITE, {})
    write_visits(source, [an_article(5, at=NOON + 900 * DAY, body="سخنی از یوزپلنگ")], run_id=run_id)
    copy_archive(source, target)
    for words in ("یوزپلنگ", "متن", "نفت"):
        hits = [[(hit.site, hit.code) for hit in search(database, words).hits] for database in pair]
        assert sorted(hits[0]) == sorted(hits[1])
        assert hits[0]
    assert list(findings(target)) == []


def test_a_changed_row_of_the_copy_is_made_right_again(pair: tuple[Database, Database]) -> None:
    source, target = pair
    live(source, 60)
    copy_archive(source, target)
    with target.write() as connection:
        connection.execute(update(models.article).values(title=None))
        connection.execute(text("UPDATE run SET arguments = '{}'"))
    copy_archive(source, target)
    assert copied_rows(target) == copied_rows(source)


def test_words_go_with_an_article_that_went_or_came_back_under_another_number(
    pair: tuple[Database, Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = pair
    live(source, 60)
    copy_archive(source, target)
    stored = [found["code"] for found in rows(source, models.article)]
    lost, back = stored[0], stored[1]
    with source.write(SITE) as connection:
        for table in (models.article, models.label, models.signature):
            connection.execute(delete(table).where(table.c.code.in_([lost, back])))
    write_visits(source, [an_article(back, body="سخنی از یوزپلنگ")])
    monkeypatch.setattr(copying, "BATCH", 1)  # removed in one transaction, written in a later one
    copy_archive(source, target)
    assert [hit.code for hit in search(target, "یوزپلنگ").hits] == [back]
    assert [found for found in findings(target) if found.check == "words"] == []


def test_the_folding_of_the_source_is_not_copied_and_a_target_may_be_filled_anew_meanwhile(
    pair: tuple[Database, Database],
) -> None:
    source, target = pair
    for each in pair:
        fold_by_the_first(each)
    live(source, 60)
    copy_archive(source, target)
    refilling.advance(target)
    refilling.advance(target)
    run_id = runs.begin_run(source, SITE, {})
    write_visits(source, [an_article(5, at=NOON + 900 * DAY, body="مسئولان یوزپلنگ")], run_id=run_id)
    copy_archive(source, target)
    assert (the_index(source).version, search(target, "مسوولان").total) == (1, 0)
    refilling.complete(target)
    assert (the_index(source).version, search(target, "مسوولان").total) == (1, 1)
    assert [found for found in findings(target) if found.check == "words"] == []
