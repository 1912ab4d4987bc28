from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from asrcrawler.policy import Fall
from asrcrawler.storage import models
from asrcrawler.storage.figures.sources import MOST_BEFORE, Sources, sources
from asrcrawler.storage.visits.runs import RunFigures, begin_run, end_run, keep_alive
from tests.storage.samples import OTHER_SITE, SITE

if TYPE_CHECKING:
    from asrcrawler.storage import Database


def a_run(database: Database, site: str = SITE, **places: int) -> None:
    counts = [{"published_at": places}] if places else []
    end_run(database, begin_run(database, site, {}), RunFigures(sources=counts), reason="finished", exit_status=0)


def test_an_archive_without_articles(database: Database) -> None:
    assert sources(database, SITE) == Sources({}, {})
    a_run(database)
    found = sources(database, SITE)
    assert (found.articles, found.shares, found.falls, found.warnings) == (0, {}, [], [])


def test_the_last_runs_are_as_few_as_have_articles_enough(database: Database) -> None:
    for page, missing in ((30, 0), (20, 10), (0, 0), (5, 20), (0, 25)):
        a_run(database, page=page, missing=missing)
    a_run(database, OTHER_SITE, page=70)
    found = sources(database, SITE)
    assert found.now == {"published_at": {"missing": 45, "page": 5}}
    assert found.before == {"published_at": {"page": 50, "missing": 10}}
    assert (found.articles, found.articles_before) == (50, 60)
    assert found.shares == {"published_at": {"missing": 0.9, "page": 0.1}}
    assert found.falls == [Fall("published_at", "page", 50 / 60, 0.1)]
    assert found.warnings == [
        "published_at: found on the page in 10% of the last 50 articles, 83% before; has the template changed?"
    ]


def test_a_place_that_nothing_comes_from_any_more_has_a_share_of_0(database: Database) -> None:
    a_run(database, page=60)
    a_run(database, meta=50)
    assert sources(database, SITE).shares == {"published_at": {"meta": 1.0, "page": 0.0}}


def test_a_run_at_work_counts(database: Database) -> None:
    a_run(database, page=60)
    keep_alive(database, begin_run(database, SITE, {}), RunFigures(sources=[{"published_at": {"meta": 50}}]))
    assert [fall.now for fall in sources(database, SITE).falls] == [0.0]


def test_the_last_articles_of_a_long_run_count_by_themselves(database: Database) -> None:
    run = begin_run(database, SITE, {})
    blocks = [{"published_at": {"page": 5_000}}, {"published_at": {"page": 10, "missing": 40}}]
    keep_alive(database, run, RunFigures(sources=blocks))
    found = sources(database, SITE)
    assert found.falls == [Fall("published_at", "page", 1.0, 0.2)]
    keep_alive(database, run, RunFigures(sources=[*blocks, {"published_at": {"missing": 7}}]))
    found = sources(database, SITE)
    assert (found.articles, found.articles_before) == (57, 5_000)


def test_the_counts_of_a_run_of_an_earlier_version_have_no_blocks(database: Database) -> None:
    a_run(database, page=60)
    with database.write() as connection:
        connection.execute(update(models.run).values(sources={"published_at": {"page": 60}}))
    a_run(database, missing=50)
    assert sources(database, SITE).falls == [Fall("published_at", "page", 1.0, 0.0)]


def test_runs_of_an_earlier_version_have_counted_nothing(database: Database) -> None:
    a_run(database, page=60)
    with database.write() as connection:
        connection.execute(update(models.run).values(sources=None))
    a_run(database, missing=50)
    found = sources(database, SITE)
    assert (found.articles, found.articles_before, found.falls) == (50, 0, [])


def test_what_lies_further_back_is_not_compared_with(database: Database) -> None:
    a_run(database, meta=7)
    for _ in range(4):
        a_run(database, page=MOST_BEFORE // 4)
    a_run(database, page=50)
    assert sources(database, SITE).before == {"published_at": {"page": MOST_BEFORE}}


def test_fields_come_in_the_order_of_the_export_and_places_by_their_weight(database: Database) -> None:
    counts = {"author": {"missing": 60}, "body": {"page": 60}, "title": {"jsonld": 1, "meta": 9, "page": 50}}
    figures = RunFigures(sources=[counts])
    end_run(database, begin_run(database, SITE, {}), figures, reason="finished", exit_status=0)
    assert {name: list(places) for name, places in sources(database, SITE).shares.items()} == {
        "title": ["page", "meta", "jsonld"],
        "body": ["page"],
        "author": ["missing"],
    }
    assert list(sources(database, SITE).now) == ["title", "body", "author"]


@pytest.mark.parametrize("place", ["page", "meta", "jsonld", "elsewhere"])
def test_a_warning_names_the_place(place: str) -> None:
    found = Sources({"title": {"missing": 1_200}}, {"title": {place: 98, "missing": 2}})
    [warning] = found.warnings
    assert place in warning.lower().replace("json-ld", "jsonld")
    assert warning.endswith("in 0% of the last 1,200 articles, 98% before; has the template changed?")
