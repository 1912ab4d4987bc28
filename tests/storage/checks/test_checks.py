"""Every fault is found and named by its code; what can be worked out is put right."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from asrcrawler.clock import utcnow
from asrcrawler.items import Outcome
from asrcrawler.pipelines.dedupe import DedupePipeline
from asrcrawler.storage import Database, models
from asrcrawler.storage.checks import CHECKS, findings, repair
from asrcrawler.storage.outlets import all_outlets
from asrcrawler.storage.search import refilling, search
from asrcrawler.storage.visits.ledger import due
from asrcrawler.storage.visits.writing import write_visits
from tests.storage.damage import break_leaf, break_row
from tests.storage.samples import (
    DAY,
    HOUR,
    NOON,
    SITE,
    all_rows,
    an_absence,
    an_article,
    column,
    live,
    row,
    rows,
)
from tests.storage.search.contents import fold_by_the_first

if TYPE_CHECKING:
    from asrcrawler.items import Article


def damage(database: Database, *statements: str) -> None:
    with database.write() as connection:
        for statement in statements:
            connection.execute(text(statement))


def told(database: Database) -> list[str]:
    return [str(finding) for finding in findings(database)]


def signed(code: int, body: str) -> Article:
    """An article as the pipelines hand it over, with its digest and signature."""
    article = an_article(code, title="یک عنوان", body=body)
    DedupePipeline().process_item(article)
    return article


LONG = " ".join(f"واژهٔ شمارهٔ {number} از گزارش ساختگی" for number in range(80))


def test_a_sound_archive_has_no_findings(database: Database) -> None:
    live(database)
    assert told(database) == []
    before = all_rows(database)
    assert repair(database) == 0
    assert all_rows(database) == before


def test_an_archive_that_is_to_begin_at_no_code_is_found_and_goes_by_the_setting(database: Database) -> None:
    live(database)
    damage(database, f"UPDATE outlet SET first_code = -5 WHERE site = '{SITE}'")
    assert told(database) == [f"outlets: {SITE}: its archive is to begin at -5, which is no code"]
    assert repair(database) == 1
    assert [outlet.first_code for outlet in all_outlets(database)] == [None, 1]
    assert told(database) == []


def test_a_sound_archive_is_not_locked_to_be_repaired(sqlite_url: str) -> None:
    database = Database(f"{sqlite_url}?timeout=0.05")
    database.prepare()
    live(database, 20)
    with database.write():  # a crawl at work
        assert repair(database) == 0
    database.close()


def test_an_empty_archive_has_none_either(database: Database) -> None:
    assert told(database) == []


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        (["DELETE FROM label WHERE code = 7"], ["labels: asrpress.ir 7: its labels are not those of its lists"]),
        (
            ["INSERT INTO label VALUES ('asrpress.ir', 'tag', 'نفت', 400)"],
            ["orphans: asrpress.ir 400: rows in label and no article"],
        ),
        (
            ["UPDATE article SET duplicate_of = 400 WHERE code = 7"],
            ["links: asrpress.ir 7: duplicate_of is 400, which is not stored"],
        ),
        (
            ["UPDATE article SET similar_to = 9 WHERE code = 7"],
            ["links: asrpress.ir 7: similar_to is 9, which is not a lower code"],
        ),
        (
            ["DELETE FROM ledger WHERE code = 7"],
            [
                "ledger: asrpress.ir 7: an article that the ledger does not know",
                "coverage: asrpress.ir 6: codes 6-9 stand as visited, and the ledger has it otherwise",
                "coverage: asrpress.ir 6: codes 6-6 were visited, and do not stand as one interval",
                "coverage: asrpress.ir 8: codes 8-9 were visited, and do not stand as one interval",
                "counters: asrpress.ir: there are not as many as are counted: booked, codes, first",
            ],
        ),
        (
            ["DELETE FROM article WHERE code = 9", "DELETE FROM label WHERE code = 9"],
            [
                "ledger: asrpress.ir 9: booked as stored, and there is no article",
                "counters: asrpress.ir: there are not as many as are counted: articles",
                "words: asrpress.ir 9: is in the index of words, and there is no article",
            ],
        ),
        (
            [
                "DELETE FROM ledger WHERE code = 8",
                "UPDATE coverage SET last = 7",
                "INSERT INTO coverage VALUES ('asrpress.ir', 9, 9)",
            ],
            [
                "ledger: asrpress.ir 8: a visit that the ledger does not know",
                "counters: asrpress.ir: there are not as many as are counted: booked, codes, first",
            ],
        ),
        (
            [
                "UPDATE counter SET number = number + 1 WHERE what <> 'codes'",
                "DELETE FROM counter WHERE what = 'codes'",
            ],
            ["counters: asrpress.ir: there are not as many as are counted: articles, booked, codes, first"],
        ),
        (
            ["DELETE FROM search_document_1 WHERE code = 7"],
            ["words: asrpress.ir 7: is not in the index of words"],
        ),
        (
            ["UPDATE coverage SET last = 11"],
            [
                "coverage: asrpress.ir 6: codes 6-11 stand as visited, and the ledger has it otherwise",
                "coverage: asrpress.ir 6: codes 6-9 were visited, and do not stand as one interval",
            ],
        ),
    ],
)
def test_a_fault_is_named_with_its_code_and_put_right(
    database: Database, statements: list[str], said: list[str]
) -> None:
    write_visits(database, [an_article(6), an_article(7), an_absence(8), an_article(9)])
    damage(database, *statements)
    assert told(database) == said
    repair(database)
    assert told(database) == []
    assert {SITE} == {found["site"] for found in rows(database, models.ledger)}


def test_an_index_of_words_that_is_missing_or_has_old_words_is_made_anew(database: Database) -> None:
    write_visits(database, [an_article(7)])
    for statement, said in (
        ("UPDATE search_index SET stale = 3", "words: the index still has earlier words of 3 articles"),
        ("DELETE FROM search_index", "words: there is no index of words"),
    ):
        damage(database, statement)
        assert told(database) == [said]
        assert repair(database) == 1
        assert told(database) == []
        assert [hit.code for hit in search(database, "خبر").hits] == [7]


def test_an_index_that_is_being_filled_is_looked_at_as_far_as_it_has_come(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refilling, "PAGE", 2)
    monkeypatch.setattr(refilling, "LONGEST_STEP", 0.0)
    fold_by_the_first(database)
    write_visits(database, [an_article(code, published_at=NOON - code * HOUR) for code in range(1, 8)])
    refilling.advance(database)
    refilling.advance(database)
    assert told(database) == []
    damage(database, "DELETE FROM search_document_2 WHERE code = 1")
    assert told(database) == ["words: asrpress.ir 1: is not in the index of words"]
    repair(database)
    assert told(database) == []


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM revision WHERE number = 1", "revisions: asrpress.ir 7: revision 3 with 1 earlier texts"),
        ("UPDATE article SET revision = 1", "revisions: asrpress.ir 7: revision 1 with 2 earlier texts"),
        (
            "UPDATE revision SET code = 400",
            (
                "revisions: asrpress.ir 7: revision 3 with 0 earlier texts\n"
                "revisions: asrpress.ir 400: 2 earlier texts and no article"
            ),
        ),
    ],
)
def test_earlier_texts_that_are_lost_are_named_and_nothing_is_made_up(
    database: Database, statement: str, said: str
) -> None:
    for number in range(3):
        write_visits(database, [an_article(7, body=f"متن {number}", at=NOON + number * DAY)])
    damage(database, statement)
    damage(database, "UPDATE counter SET number = (SELECT count(*) FROM revision) WHERE what = 'revisions'")
    assert "\n".join(told(database)) == said
    before = all_rows(database)
    assert repair(database) == 0
    assert all_rows(database) == before


def test_an_article_that_is_lost_is_due_at_once_and_asked_for_whole(database: Database) -> None:
    write_visits(database, [an_article(7)])
    damage(database, "DELETE FROM article")
    repair(database)
    assert due(database, SITE, utcnow(), [Outcome.FAILED], 10) == [7]
    booked = row(database, models.ledger, 7)
    assert (booked["etag"], booked["last_modified"]) == (None, None)


def test_a_lost_ledger_row_is_made_from_the_article_and_its_visits(database: Database) -> None:
    write_visits(database, [an_article(7)])
    write_visits(database, [an_article(7, at=NOON + HOUR)])
    damage(database, "DELETE FROM ledger")
    repair(database)
    booked = row(database, models.ledger, 7)
    assert (booked["outcome"], booked["visits"]) == ("stored", 2)
    assert (booked["first_visit_at"], booked["visited_at"]) == (NOON, NOON + HOUR)
    assert booked["next_visit_at"] <= utcnow()


def test_links_are_worked_out_anew_as_storing_them_does(database: Database) -> None:
    write_visits(database, [signed(1, LONG), signed(2, LONG), signed(3, LONG + " و بندی تازه در پایان")])
    right = {name: column(database, models.article, name) for name in ("duplicate_of", "similar_to")}
    assert right["duplicate_of"][2] == right["similar_to"][3] == 1
    damage(database, "UPDATE article SET duplicate_of = 50, similar_to = 60 WHERE code > 1")
    assert len(told(database)) == 4
    repair(database)
    assert {name: column(database, models.article, name) for name in right} == right


def test_a_file_whose_pages_are_broken_is_one_finding_with_advice_and_other_checks_go_on(sqlite_url: str) -> None:
    with closing(Database(sqlite_url)) as database:
        database.prepare()
        write_visits(database, [an_article(code, body=f"متن {code} " * 500) for code in range(1, 60)])
        damage(database, "DELETE FROM coverage")
        assert database.path is not None
    break_leaf(database.path, "متن 30 متن 30".encode())
    with closing(Database(sqlite_url)) as database:
        said = told(database)
        assert repair(database) == 1  # coverage
        left = told(database)
    advised = [line for line in said if "restore a backup; without one, SQLite's own .recover" in line]
    assert [line.partition(":")[0] for line in advised] == ["engine"]
    assert [line for line in said if line.startswith("coverage: ")]
    assert left == [line for line in said if not line.startswith("coverage: ")]
    assert all("\n" not in line for line in said)


def test_an_index_of_sqlite_that_is_out_of_step_is_made_anew(sqlite_url: str) -> None:
    with closing(Database(sqlite_url)) as database:
        database.prepare()
        write_visits(database, [an_article(code) for code in range(1, 60)])
        before = all_rows(database)
        for condition in ("WHERE 0", ""):  # what happens in between passes the index by
            with database.maintain() as connection:
                connection.exec_driver_sql("PRAGMA writable_schema = ON")
                connection.exec_driver_sql(
                    "UPDATE sqlite_master SET sql = 'CREATE INDEX ix_label_site_code ON label (site, code) "
                    f"{condition}' WHERE name = 'ix_label_site_code'"
                )
                connection.exec_driver_sql("PRAGMA writable_schema = RESET")
            database.engine.dispose()
            if condition:
                damage(database, "DELETE FROM label WHERE code = 7 AND kind = 'tag'")
        assert "engine: the index ix_label_site_code is out of step with its table; --repair makes it anew" in told(
            database
        )
        assert repair(database) >= 1
        assert told(database) == []
        assert all_rows(database) == before


def test_an_index_of_postgresql_that_is_not_valid_is_named(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    database.prepare()
    damage(
        database,
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_label_site_code'::regclass",
    )
    assert told(database) == [
        "engine: the index ix_label_site_code is not valid; REINDEX INDEX ix_label_site_code makes it anew"
    ]
    assert repair(database) == 1
    assert told(database) == []
    database.close()


def test_damage_that_postgresql_meets_is_named_and_other_checks_go_on(postgresql_url: str) -> None:
    with closing(Database(postgresql_url)) as database:
        database.prepare()
        write_visits(database, [an_article(code) for code in (7, 8)])
        damage(database, "DELETE FROM coverage")
        break_row(database, 7)
        said = told(database)
    assert said[0].startswith("engine: met with damage: missing chunk number 0")
    assert said[0].endswith("a dump of PostgreSQL rescues what can be read)")
    assert [line for line in said if line.startswith("coverage: ")]


def test_every_check_has_a_name_of_its_own() -> None:
    assert len({check.name for check in CHECKS}) == len(CHECKS)
