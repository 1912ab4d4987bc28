from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from asrcrawler.items import Outcome
from asrcrawler.policy import LONGEST_NEXT_VISIT
from asrcrawler.storage import models
from asrcrawler.storage.visits import ledger
from asrcrawler.storage.visits.ledger import Known, Validators
from asrcrawler.storage.visits.writing import write_visits
from tests.storage.samples import DAY, HOUR, MINUTE, NOON, OTHER_SITE, SITE, an_absence, an_article, column

if TYPE_CHECKING:
    from asrcrawler.storage import Database

FAILED = (Outcome.FAILED,)
LATER = NOON + 365 * DAY


def test_known_tells_the_last_visit(database: Database) -> None:
    ledger.record_listed(database, SITE, [9], NOON)
    write_visits(database, [an_article(7), an_absence(8)])
    assert ledger.known(database, SITE, [7, 8, 9, 10]) == {
        7: Known(Outcome.STORED, NOON),
        8: Known(Outcome.MISSING, NOON),
        9: Known(None, None),
    }


def test_known_takes_more_codes_than_one_statement_does(database: Database) -> None:
    codes = range(1, 3 * ledger.CHUNK)
    assert ledger.record_listed(database, SITE, codes, NOON) == len(codes)
    assert set(ledger.known(database, SITE, codes)) == set(codes)


def test_validators_only_of_what_was_stored(database: Database) -> None:
    write_visits(database, [an_article(7), an_absence(8), an_article(9)])
    write_visits(database, [an_absence(9, Outcome.FAILED, at=NOON + HOUR)])
    assert ledger.validators(database, SITE, [7, 8, 9]) == {7: Validators('"e1"', "Wed, 01 May 2024 11:00:00 GMT")}


def test_what_came_without_validators_is_asked_for_without_a_condition(database: Database) -> None:
    bare = an_article(7)
    assert bare.fetch is not None
    bare.fetch.etag = bare.fetch.last_modified = None
    dated = an_article(8)
    assert dated.fetch is not None
    dated.fetch.etag = None
    write_visits(database, [bare, dated])
    assert ledger.validators(database, SITE, [7, 8]) == {8: Validators(None, "Wed, 01 May 2024 11:00:00 GMT")}


def test_a_code_is_due_from_its_moment_on(database: Database) -> None:
    write_visits(database, [an_absence(1, Outcome.FAILED)])
    moment = column(database, models.ledger, "next_visit_at")[1]
    assert ledger.due(database, SITE, moment, FAILED, 10) == [1]
    assert ledger.due(database, SITE, moment - timedelta(microseconds=1), FAILED, 10) == []


def test_due_gives_the_longest_due_first(database: Database) -> None:
    write_visits(database, [an_absence(code, Outcome.FAILED, at=NOON - code * DAY) for code in (1, 3, 2)])
    assert ledger.due(database, SITE, NOON, FAILED, 10) == [3, 2, 1]
    assert ledger.due(database, SITE, NOON, FAILED, 2) == [3, 2]


def test_due_leaves_out_other_outcomes_other_sites_and_what_is_not_due_yet(database: Database) -> None:
    write_visits(
        database,
        [
            an_absence(1, Outcome.FAILED, at=NOON - DAY),
            an_absence(2, Outcome.FAILED, at=NOON),
            an_absence(3, Outcome.MISSING, at=NOON - DAY),
            an_absence(4, Outcome.FAILED, at=NOON - DAY, site=OTHER_SITE),
        ],
    )
    assert ledger.due(database, SITE, NOON, FAILED, 10) == [1]
    assert ledger.due(database, SITE, NOON, (Outcome.MISSING, Outcome.FAILED), 10) == [1, 3]


def test_due_leaves_out_codes_in_flight_and_still_fills_its_limit(database: Database) -> None:
    write_visits(database, [an_absence(code, Outcome.FAILED, at=NOON - code * DAY) for code in (1, 2, 3, 4)])
    assert ledger.due(database, SITE, NOON, FAILED, 2, exclude={4, 2}) == [3, 1]


def test_a_settled_code_is_never_due(database: Database) -> None:
    write_visits(database, [an_article(7, published_at=NOON - 400 * DAY)])
    assert ledger.due(database, SITE, LATER, tuple(Outcome), 10) == []


def test_listed_codes_wait_newest_first_until_they_are_visited(database: Database) -> None:
    ledger.record_listed(database, SITE, [5, 9, 7], NOON)
    ledger.record_listed(database, OTHER_SITE, [11], NOON)
    assert ledger.listed_unvisited(database, SITE, 10) == [9, 7, 5]
    assert ledger.listed_unvisited(database, SITE, 1) == [9]
    assert ledger.listed_unvisited(database, SITE, 10, below=9) == [7, 5]
    assert ledger.listed_unvisited(database, SITE, 1, exclude={9}) == [7]
    write_visits(database, [an_absence(9)])
    assert ledger.listed_unvisited(database, SITE, 10) == [7, 5]


def test_listing_a_code_again_keeps_the_first_time_and_its_visit(database: Database) -> None:
    write_visits(database, [an_article(7)])
    assert ledger.record_listed(database, SITE, [7, 8, 8], NOON) == 1
    assert ledger.record_listed(database, SITE, [7, 8], NOON + DAY) == 0
    assert column(database, models.ledger, "listed_at") == {7: NOON, 8: NOON}
    assert column(database, models.ledger, "outcome") == {7: "stored", 8: None}


def test_a_visited_code_that_is_listed_beside_a_listed_one_gets_its_own_time(database: Database) -> None:
    ledger.record_listed(database, SITE, [8], NOON)
    write_visits(database, [an_article(7)])
    ledger.record_listed(database, SITE, [7, 8], NOON + DAY)
    assert column(database, models.ledger, "listed_at") == {7: NOON + DAY, 8: NOON}


def test_listing_nothing_is_fine(database: Database) -> None:
    assert ledger.record_listed(database, SITE, [], NOON) == 0


def test_the_sweep_gets_its_codes_from_the_gaps_newest_first(database: Database) -> None:
    write_visits(database, [an_absence(code) for code in (3, 4, 8)])
    assert ledger.unvisited_spans(database, SITE, 1, 10, 100) == [(9, 10), (5, 7), (1, 2)]
    assert ledger.unvisited_spans(database, SITE, 1, 10, 2) == [(9, 10)]
    assert ledger.unvisited_spans(database, SITE, 1, 10, 3) == [(9, 10), (5, 7)]
    assert ledger.unvisited_spans(database, SITE, 1, 10, 0) == []
    assert ledger.unvisited_spans(database, SITE, 5, 7, 100) == [(5, 7)]


def test_a_listed_code_is_a_gap_until_it_is_visited(database: Database) -> None:
    ledger.record_listed(database, SITE, [2], NOON)
    assert ledger.unvisited_spans(database, SITE, 1, 3, 10) == [(1, 3)]


def test_the_newest_code_is_one_that_exists(database: Database) -> None:
    assert ledger.newest_known(database, SITE) == 0
    write_visits(database, [an_article(7), an_absence(500), an_article(900, site=OTHER_SITE)])
    ledger.record_listed(database, SITE, [9], NOON)
    assert ledger.newest_known(database, SITE) == 9


def test_what_a_clock_that_was_ahead_put_off_is_due_after_what_has_come(database: Database) -> None:
    write_visits(database, [an_absence(code, Outcome.FAILED, at=NOON + 3650 * DAY) for code in (1, 2)])
    write_visits(database, [an_absence(code, Outcome.FAILED, at=NOON) for code in (3, 4)])
    found = ledger.due(database, SITE, NOON + DAY, FAILED, 10)
    assert (set(found[:2]), set(found[2:])) == ({3, 4}, {1, 2})
    assert ledger.due(database, SITE, NOON + DAY, FAILED, 3) == found[:3]
    assert ledger.due(database, SITE, NOON, FAILED, 10, exclude={1}) == [2]
    assert ledger.due(database, SITE, NOON + 3649 * DAY, FAILED, 10, exclude={3, 4}) == []


def test_a_wait_as_long_as_the_policy_gives_is_waited_for(database: Database) -> None:
    write_visits(database, [an_absence(1, Outcome.FAILED)])
    with database.write(SITE) as connection:
        connection.execute(models.ledger.update().values(next_visit_at=NOON + LONGEST_NEXT_VISIT))
    assert ledger.due(database, SITE, NOON, FAILED, 10) == []
    assert ledger.due(database, SITE, NOON - MINUTE, FAILED, 10) == [1]
