"""Where the archive of a site begins, on both databases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asrcrawler.storage.visits.runs import RunFigures, begin_run, end_run
from asrcrawler.storage.visits.sites import first_code
from asrcrawler.storage.visits.writing import write_visits
from tests.storage.samples import OTHER_SITE, SITE, an_absence

if TYPE_CHECKING:
    from asrcrawler.storage import Database


def crawl(database: Database, first: int | None, *codes: int, site: str = SITE) -> None:
    run_id = begin_run(database, site, {}, first_code=first)
    write_visits(database, [an_absence(code, site=site) for code in codes], run_id=run_id)
    end_run(database, run_id, RunFigures(), reason="finished", exit_status=0)


def test_the_crawl_that_makes_an_archive_says_where_it_begins_and_no_later_one(database: Database) -> None:
    assert first_code(database, SITE, 9) == 9
    crawl(database, 300, 310)
    crawl(database, 1, 311)
    assert first_code(database, SITE, 9) == 300
    assert first_code(database, OTHER_SITE, 9) == 9
    crawl(database, 7, 8, site=OTHER_SITE)
    assert [first_code(database, site, 9) for site in (SITE, OTHER_SITE)] == [300, 7]


def test_a_crawl_that_came_to_nothing_has_made_no_archive(database: Database) -> None:
    crawl(database, 5)
    crawl(database, 300, 310)
    assert first_code(database, SITE, 9) == 300


def test_an_archive_of_an_earlier_version_goes_by_the_setting(database: Database) -> None:
    crawl(database, None, 310)
    crawl(database, 300, 311)
    assert first_code(database, SITE, 9) == 9
