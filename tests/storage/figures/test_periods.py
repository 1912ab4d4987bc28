from __future__ import annotations

from typing import TYPE_CHECKING

from asrcrawler.storage.figures.counted import count_articles
from asrcrawler.storage.figures.periods import Period, codes_around, periods, span_published, unvisited
from asrcrawler.storage.figures.today import today
from asrcrawler.storage.visits.writing import write_visits
from tests.storage.samples import DAY, HOUR, MINUTE, NOON, OTHER_SITE, SITE, an_absence, an_article

if TYPE_CHECKING:
    from asrcrawler.storage import Database


def test_periods_have_their_count_and_their_codes(database: Database) -> None:
    moments = {5: NOON, 9: NOON + HOUR, 7: NOON + DAY - MINUTE, 20: NOON + 3 * DAY}
    write_visits(database, [an_article(code, published_at=at) for code, at in moments.items()])
    write_visits(database, [an_article(6, published_at=NOON, site=OTHER_SITE), an_article(8, published_at=None)])
    edges = [NOON + number * DAY for number in range(-1, 5)]
    nothing = Period(0, None, None)
    assert periods(database, SITE, edges) == [nothing, Period(3, 5, 9), nothing, nothing, Period(1, 20, 20)]
    assert periods(database, SITE, edges[:1]) == []
    assert codes_around(database, SITE, NOON + DAY, NOON + 2 * DAY) == (7, 20)
    assert codes_around(database, SITE, NOON, NOON + 4 * DAY) == (None, None)
    assert span_published(database, SITE, NOON + 2 * DAY) == (NOON, NOON + DAY - MINUTE)
    assert span_published(database, "elsewhere.ir", NOON) is None


def test_codes_never_visited_are_counted_by_span(database: Database) -> None:
    write_visits(database, [an_absence(code) for code in (*range(10, 20), *range(25, 30))])
    spans = [(1, 9), (10, 19), (15, 27), (28, 40)]
    assert unvisited(database, SITE, spans) == [9, 0, 5, 11]
    assert unvisited(database, SITE, []) == []


def test_what_today_has_brought(database: Database) -> None:
    moments = {5: NOON, 6: NOON + MINUTE, 7: NOON + 2 * HOUR, 8: NOON + 5 * HOUR, 4: NOON - HOUR}
    write_visits(
        database, [an_article(code, published_at=at, at=at, body=f"متن {code % 5 % 2}") for code, at in moments.items()]
    )
    found = today(database, SITE, NOON, NOON + 3 * HOUR)
    assert (found.hours[:4], sum(found.hours), found.articles) == ([2, 0, 1, 0], 3, 3)
    assert (found.copies, found.last_change_at) == (2, NOON + 2 * HOUR)
    assert count_articles(database) == {SITE: 5}
