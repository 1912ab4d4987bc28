"""Kept pages: damage is named by its code, and the code is visited again."""

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
from tests.storage.samples import HOUR, NOON, SITE, an_absence, an_article, with_page
from tests.storage.visits.test_captures import body_for

if TYPE_CHECKING:
    from collections.abc import Sequence


def told(database: Database) -> list[str]:
    return [str(finding) for finding in findings(database) if finding.check == "pages"]


def booked(database: Database) -> Sequence[int]:
    return sorted(due(database, SITE, utcnow(), list(Outcome), 1000))


@pytest.fixture
def archive(database: Database) -> Database:
    """A hundred articles, packed with a dictionary, long settled; code 7 has a page of another day as well."""
    write_visits(database, [with_page(an_article(code), body_for(code)) for code in range(1, 121)])
    assert learn(database, SITE) is not None
    write_visits(database, [with_page(an_article(7, at=NOON + HOUR), b"another day")])
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
        ({"content": b"broken"}, "its page does not unpack"),
        ({"digest": b"d" * 32}, "its page is not what was kept: its digest is another"),
        ({"content": None}, "its page is gone, and it is an article"),
    ],
)
def test_a_damaged_page_is_named_with_its_code_and_booked(archive: Database, change: dict[str, Any], said: str) -> None:
    with archive.write() as connection:
        connection.execute(update(models.page).where(models.page.c.id == 7).values(**change))
    [finding] = told(archive)
    assert finding.startswith(f"pages: {SITE} 7: {said}")
    assert booked(archive) == []
    assert repair(archive) == 1
    assert told(archive) == []
    assert booked(archive) == [7]
    assert [page.size for page in kept_of(archive, SITE, 7)] == [len(b"another day")]
    write_visits(archive, [with_page(an_article(7, at=utcnow()), body_for(7))])
    assert told(archive) == []
    assert len(kept_of(archive, SITE, 7)) == 2


def test_a_page_that_is_missing_is_named_with_its_code_and_booked(archive: Database) -> None:
    with archive.write() as connection:
        connection.execute(delete(models.page).where(models.page.c.id.in_([7, 9])))
    assert told(archive) == [
        f"pages: {SITE} {code}: the page that a visit found is not in the database" for code in (7, 9)
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
        assert found[0].endswith("its page was packed with dictionary 1, which is not in the database")
        repair(database)
        assert (told(database), len(booked(database))) == ([], 120)
