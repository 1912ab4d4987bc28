"""Captures: damage is named by its code, and the code is visited again."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, update

from asrcrawler.clock import utcnow
from asrcrawler.items import Outcome
from asrcrawler.storage import Database, models
from asrcrawler.storage.checks import findings, repair
from asrcrawler.storage.visits.captures import kept_of
from asrcrawler.storage.visits.dictionaries import learn
from asrcrawler.storage.visits.ledger import due
from asrcrawler.storage.visits.writing import write_visits
from tests.storage.samples import HOUR, NOON, SITE, an_absence, an_article, row, rows, with_page
from tests.storage.visits.test_captures import body_for

if TYPE_CHECKING:
    from collections.abc import Sequence


def told(database: Database) -> list[str]:
    return [str(finding) for finding in findings(database) if finding.check == "captures"]


def booked(database: Database) -> Sequence[int]:
    return sorted(due(database, SITE, utcnow(), list(Outcome), 1000))


@pytest.fixture
def archive(database: Database) -> Database:
    """A hundred articles, packed with a dictionary, long settled; code 7 has a page of another day as well."""
    write_visits(database, [with_page(an_article(code), body_for(code)) for code in range(1, 121)])
    assert learn(database, SITE) is not None
    write_visits(database, [with_page(an_article(7, at=NOON + HOUR), b"<html>another day</html>")])
    write_visits(database, [with_page(an_absence(200, Outcome.REFUSED), b"let go")])
    with database.write() as connection:
        connection.execute(update(models.page).where(models.page.c.outcome == "refused").values(content=None))
        connection.execute(update(models.ledger).values(next_visit_at=None))
    return database


def test_sound_pages_and_those_let_go_are_no_findings(archive: Database) -> None:
    assert told(archive) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"content": b"broken"}, "its capture does not unpack"),
        ({"digest": b"d" * 32}, "its capture is not what was kept: its digest is another"),
        ({"content": None}, "its capture is gone, and it is an article"),
    ],
)
def test_a_damaged_page_is_named_with_its_code_and_booked(archive: Database, change: dict[str, Any], said: str) -> None:
    with archive.write() as connection:
        connection.execute(update(models.page).where(models.page.c.id == 7).values(**change))
    [finding] = told(archive)
    assert finding.startswith(f"captures: {SITE} 7: {said}")
    assert booked(archive) == []
    assert repair(archive) == 1
    assert told(archive) == []
    assert booked(archive) == [7]
    assert [page.size for page in kept_of(archive, SITE, 7)] == [len(b"<html>another day</html>")]
    write_visits(archive, [with_page(an_article(7, at=utcnow()), body_for(7))])
    assert told(archive) == []
    assert len(kept_of(archive, SITE, 7)) == 2


def test_a_page_that_is_missing_is_named_with_its_code_and_booked(archive: Database) -> None:
    with archive.write() as connection:
        connection.execute(delete(models.page).where(models.page.c.id.in_([7, 9])))
    assert told(archive) == [
        f"captures: {SITE} {code}: the capture that a visit found is not in the database" for code in (7, 9)
    ]
    repair(archive)
    assert (told(archive), booked(archive)) == ([], [7, 9])


def test_a_missing_dictionary_is_named_at_every_page_that_needs_it(sqlite_url: str) -> None:
    with closing(Database(sqlite_url)) as database:
        database.prepare()
        write_visits(database, [with_page(an_article(code), body_for(code)) for code in range(1, 121)])
        assert learn(database, SITE) is not None
        with closing(sqlite3.connect(str(database.path))) as other_program:  # which enforces no foreign keys
            other_program.execute("DELETE FROM dictionary")
            other_program.commit()
        found = told(database)
        assert len(found) == 120
        assert found[0].endswith("its capture was packed with dictionary 1, which is not in the database")
        repair(database)
        assert (told(database), len(booked(database))) == ([], 120)


# --- pages that break off

BROKEN = "the page it was read in breaks off"
CUT = b"<html><body>half of it"


def broken_off(database: Database) -> None:
    """Code 1 whole, code 2 whole and then half, code 3 half, as earlier versions of the program stored them."""
    write_visits(database, [with_page(an_article(code), body_for(code)) for code in (1, 2)])
    halves = [with_page(an_article(code, at=NOON + HOUR, body="نیمه"), CUT + b"%d" % code) for code in (2, 3)]
    write_visits(database, halves)
    with database.write() as connection:
        connection.execute(update(models.ledger).values(next_visit_at=None))


def test_articles_whose_page_breaks_off_are_named_and_booked(database: Database) -> None:
    broken_off(database)
    assert told(database) == [f"captures: {SITE} {code}: {BROKEN}" for code in (2, 3)]
    assert repair(database) == 2
    assert (told(database), booked(database)) == ([], [2, 3])
    assert len(rows(database, models.page)) == 4  # they stay as evidence
    for code in (2, 3):
        known = row(database, models.ledger, code)
        assert (known["outcome"], known["reason"], known["etag"]) == ("failed", BROKEN, None)
        assert row(database, models.article, code)["body"] == "نیمه"


def test_the_whole_text_takes_the_place_of_the_half_at_once(database: Database) -> None:
    broken_off(database)
    repair(database)
    again = NOON + 2 * HOUR  # within a day the earlier text of another article would pass for an old copy
    write_visits(database, [with_page(an_article(code, at=again), body_for(code)) for code in (2, 3)])
    assert [row(database, models.article, code)["body"] for code in (2, 3)] == [
        f"بند نخست خبر {code}\n\nبند دوم" for code in (2, 3)
    ]
    assert told(database) == []


def test_what_was_taken_without_an_end_and_what_was_found_whole_since_are_no_findings(database: Database) -> None:
    for after in (0 * HOUR, HOUR, 24 * HOUR, 25 * HOUR):
        absence = an_absence(5, Outcome.FAILED, at=NOON + after, reason="answer breaks off", status=200)
        absence.reading = with_page(an_article(5, at=NOON + after), CUT)
        write_visits(database, [absence])
    assert row(database, models.article, 5)
    broken_off(database)
    write_visits(database, [with_page(an_article(code, at=NOON + 50 * HOUR), body_for(code)) for code in (2, 3)])
    assert told(database) == []


def test_pages_of_other_outcomes_may_break_off(database: Database) -> None:
    write_visits(database, [with_page(an_absence(4, Outcome.UNREADABLE), CUT)])
    assert told(database) == []


def test_not_modified_does_not_hide_a_page_that_breaks_off(database: Database) -> None:
    write_visits(database, [with_page(an_article(3), CUT)])
    write_visits(database, [an_absence(3, Outcome.STORED, at=NOON + HOUR, reason="not modified", status=304)])
    assert told(database) == [f"captures: {SITE} 3: {BROKEN}"]
