from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from asrcrawler.items import Outcome
from asrcrawler.storage.figures.codes import codes
from asrcrawler.storage.figures.space import space
from asrcrawler.storage.figures.status import figures
from asrcrawler.storage.visits.writing import write_visits
from tests.storage.samples import HOUR, NOON, OTHER_SITE, SITE, an_absence, an_article, with_page

if TYPE_CHECKING:
    from asrcrawler.storage import Database


def test_codes_by_outcome_the_highest_first_with_their_last_capture(database: Database) -> None:
    unreadable: dict[str, Any] = {"outcome": Outcome.UNREADABLE, "reason": "no title", "status": 200}
    write_visits(database, [with_page(an_absence(5, **unreadable), b"<html>one")])
    write_visits(database, [with_page(an_absence(5, at=NOON + HOUR, **unreadable), b"<html>two")])
    write_visits(database, [an_absence(9, **unreadable), an_absence(7), an_absence(8, site=OTHER_SITE, **unreadable)])
    highest, lower = codes(database, SITE, "unreadable", limit=10)
    assert (highest.code, highest.reason, highest.http_status, highest.visits, highest.capture) == (
        9, "no title", 200, 1, None,
    )  # fmt: skip
    assert (lower.code, lower.visits, lower.visited_at) == (5, 2, NOON + HOUR)
    assert lower.capture == sha256(b"<html>two").digest()
    assert [one.code for one in codes(database, SITE, "unreadable", below=9, limit=10)] == [5]
    assert [one.code for one in codes(database, SITE, "unreadable", limit=1)] == [9]
    assert codes(database, SITE, "refused", limit=10) == []


def test_the_space_of_a_database_and_its_earlier_texts(database: Database) -> None:
    for number in range(3):
        write_visits(database, [an_article(7, at=NOON + number * HOUR, body=f"متن {number}")])
    found = space(database)
    assert found.taken > 50_000
    assert (found.free is None) != database.is_sqlite
    assert [figures(database, site, NOON).revisions for site in (SITE, OTHER_SITE)] == [2, 0]
