from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asrcrawler.clock import utcnow
from asrcrawler.items import Outcome
from asrcrawler.storage.figures.status import Figures, code_history, coverage_at, figures
from asrcrawler.storage.visits.ledger import record_listed
from asrcrawler.storage.visits.writing import write_visits
from tests.storage.samples import DAY, HOUR, MINUTE, NOON, OTHER_SITE, SITE, an_absence, an_article

if TYPE_CHECKING:
    from asrcrawler.storage import Database


def test_an_empty_archive(database: Database) -> None:
    assert figures(database, SITE, NOON) == Figures(
        newest=0,
        articles=0,
        duplicates=0,
        outcomes={"stored": 0, "missing": 0, "refused": 0, "failed": 0, "unreadable": 0},
        listed=0,
        visited=0,
        settled=0,
        due=0,
        due_by_outcome={"": 0},
        revisions=0,
        next_due_at=None,
        lag_median=None,
        lag_p95=None,
        covered=[],
    )


def test_an_archive_in_numbers(database: Database) -> None:
    old = NOON - 400 * DAY
    write_visits(
        database,
        [
            an_article(4, body="یک", published_at=old),
            an_article(5, body="یک", published_at=old),
            an_article(10, published_at=NOON - HOUR),
            an_absence(6, Outcome.FAILED, at=NOON - DAY),
            an_absence(7, Outcome.MISSING),
            an_article(99, site=OTHER_SITE),
        ],
    )
    record_listed(database, SITE, [11, 12], NOON)
    found = figures(database, SITE, NOON)
    assert found.outcomes == {"stored": 3, "missing": 1, "refused": 0, "failed": 1, "unreadable": 0}
    assert (found.newest, found.articles, found.duplicates, found.listed) == (12, 3, 1, 2)
    assert (found.visited, found.settled, found.due) == (5, 2, 1)
    assert found.covered == [(4, 7), (10, 10)]
    assert found.next_due_at is not None
    assert found.next_due_at < NOON


def test_a_code_visited_above_the_newest_one_is_not_counted_as_coverage(database: Database) -> None:
    write_visits(database, [an_article(2), an_absence(1_000)])
    assert figures(database, SITE, NOON).newest == 2


def test_without_any_article_the_highest_visited_code_stands_for_the_newest(database: Database) -> None:
    write_visits(database, [an_absence(3)])
    assert figures(database, SITE, NOON).newest == 3


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.REFUSED])
def test_codes_that_the_site_gave_no_answer_for_are_neither_known_nor_visited(
    database: Database, outcome: Outcome
) -> None:
    write_visits(database, [an_absence(32_911, outcome, status=None), an_article(9, site=OTHER_SITE)])
    found = figures(database, SITE, NOON)
    assert (found.newest, found.visited, found.covered) == (0, 0, [])
    assert (found.settled, found.outcomes[outcome]) == (0, 1)
    write_visits(database, [an_absence(7, Outcome.UNREADABLE)])
    found = figures(database, SITE, NOON)
    assert (found.newest, found.visited, found.covered) == (7, 2, [(7, 7), (32_911, 32_911)])


def test_the_lag_is_from_publication_to_the_first_sight(database: Database) -> None:
    write_visits(database, [an_article(code, at=NOON, published_at=NOON - code * MINUTE) for code in range(1, 21)])
    write_visits(database, [an_article(99, at=NOON, published_at=NOON + DAY)])  # dated in the future: says nothing
    found = figures(database, SITE, NOON)
    assert (found.lag_median, found.lag_p95) == (11 * 60, 20 * 60)


def test_the_history_of_a_code(database: Database) -> None:
    write_visits(database, [an_absence(7)])
    write_visits(database, [an_article(7, at=NOON + HOUR, body="یک")])
    write_visits(database, [an_article(7, at=NOON + DAY, body="دو")])
    booked, visits = code_history(database, SITE, 7)
    assert booked is not None
    assert (booked["outcome"], booked["visits"], booked["first_visit_at"]) == ("stored", 3, NOON)
    assert [(visit["at"], visit["outcome"], visit["reason"], visit["change"]) for visit in visits] == [
        (NOON, "missing", "404", None),
        (NOON + HOUR, "stored", None, "new"),
        (NOON + DAY, "stored", None, "body"),
    ]


def test_a_code_never_heard_of_has_no_history(database: Database) -> None:
    assert code_history(database, SITE, 7) == (None, [])


def test_what_a_clock_that_was_ahead_put_off_is_counted_as_due(database: Database) -> None:
    write_visits(database, [an_absence(5, Outcome.FAILED, at=NOON + 3650 * DAY), an_absence(6, Outcome.FAILED)])
    found = figures(database, SITE, NOON)
    assert (found.due, found.next_due_at) == (1, NOON)
    assert figures(database, SITE, NOON).due_by_outcome == {"failed": 1, "": 0}
    assert figures(database, SITE, NOON + DAY).due == 2
    assert figures(database, SITE, NOON + DAY).due_by_outcome == {"failed": 2, "": 0}


def test_a_code_first_visited_by_a_clock_that_is_ahead_was_visited_before(database: Database) -> None:
    write_visits(database, [an_absence(1), an_absence(2, at=utcnow() + 3650 * DAY)])
    assert coverage_at(database, SITE, 1, NOON + DAY) == 1
    assert coverage_at(database, SITE, 1, NOON - DAY) == 0.5
