from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from asrcrawler.items import Outcome
from asrcrawler.storage.figures.census import Cell, census, lags, newest_publication
from asrcrawler.storage.figures.status import figures
from asrcrawler.storage.visits.ledger import record_listed
from asrcrawler.storage.visits.writing import write_visits
from tests.storage.samples import DAY, HOUR, MINUTE, NOON, OTHER_SITE, SITE, an_absence, an_article

if TYPE_CHECKING:
    from asrcrawler.storage import Database


def test_codes_are_counted_by_stretch_and_outcome(database: Database) -> None:
    write_visits(
        database,
        [
            *(an_article(code) for code in (1, 2, 10, 11)),
            *(an_absence(code) for code in (3, 12, 20, 31)),
            an_absence(19, Outcome.FAILED),
            an_article(5, site=OTHER_SITE),
        ],
    )
    record_listed(database, SITE, [21], NOON)
    assert census(database, SITE, 1, 25, 3) == [
        Cell(1, 9, {"stored": 2, "missing": 1, "refused": 0, "failed": 0, "unreadable": 0, "unvisited": 6}),
        Cell(10, 18, {"stored": 2, "missing": 1, "refused": 0, "failed": 0, "unreadable": 0, "unvisited": 6}),
        Cell(19, 25, {"stored": 0, "missing": 1, "refused": 0, "failed": 1, "unreadable": 0, "unvisited": 5}),
    ]
    assert census(database, SITE, 1, 0, 3) == []


def test_wide_cells_have_whole_blocks_but_for_the_first_code_and_the_last(database: Database) -> None:
    missing = [an_absence(code) for code in (1, 2_000, 2_001, 4_095, 4_096, 5_999, 6_001)]
    write_visits(database, [an_article(3_000), *missing, an_article(5, site=OTHER_SITE)])
    record_listed(database, SITE, [3_001], NOON)
    found = census(database, SITE, 2_001, 6_000, 3)
    assert [(cell.first, cell.last) for cell in found] == [(2_001, 3_071), (3_072, 5_119), (5_120, 6_000)]
    assert [+Counter(cell.outcomes) for cell in found] == [
        {"stored": 1, "missing": 1, "unvisited": 1_069},
        {"missing": 2, "unvisited": 2_046},
        {"missing": 1, "unvisited": 880},
    ]


def test_what_is_due_by_its_last_outcome(database: Database) -> None:
    write_visits(database, [an_absence(6, Outcome.FAILED, at=NOON - DAY), an_absence(7, at=NOON - DAY), an_article(8)])
    record_listed(database, SITE, [9, 10], NOON)
    assert figures(database, SITE, NOON).due_by_outcome == {"failed": 1, "missing": 1, "": 2}
    assert figures(database, OTHER_SITE, NOON).due_by_outcome == {"": 0}


def test_lags_of_what_was_found_while_young(database: Database) -> None:
    write_visits(
        database,
        [
            an_article(1, published_at=NOON - 10 * MINUTE),
            an_article(2, published_at=NOON - HOUR),
            an_article(3, published_at=NOON - 5 * DAY),  # taken from the archive
            an_article(4, published_at=NOON + HOUR),  # of the future
        ],
    )
    assert lags(database, SITE, NOON - 9 * DAY, NOON + DAY) == [(NOON - 10 * MINUTE, 600), (NOON - HOUR, 3600)]
    assert lags(database, SITE, NOON - HOUR, NOON - 30 * MINUTE) == [(NOON - HOUR, 3600)]
    assert newest_publication(database, SITE, NOON) == NOON - 10 * MINUTE
    assert newest_publication(database, OTHER_SITE, NOON) is None
