from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asrcrawler.spans import merge
from asrcrawler.storage import Database, models
from asrcrawler.storage.visits import coverage
from asrcrawler.storage.visits.coverage import cover, covered, gaps
from tests.storage.samples import OTHER_SITE, SITE, rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asrcrawler.spans import Span

_sites = count()
CODES = st.sets(st.integers(1, 60), max_size=30)


def visit(database: Database, *codes: int, site: str = SITE) -> None:
    with database.write(site) as connection:
        cover(connection, site, codes)


def spans(database: Database, site: str = SITE) -> list[Span]:
    return [(span["first"], span["last"]) for span in rows(database, models.coverage) if span["site"] == site]


def gaps_of(database: Database, first: int, last: int) -> list[Span]:
    with database.read() as connection:
        return list(gaps(connection, SITE, first, last))


def test_neighbours_grow_together(database: Database) -> None:
    visit(database, 10, 12)
    assert spans(database) == [(10, 10), (12, 12)]
    visit(database, 11)
    assert spans(database) == [(10, 12)]


def test_a_complete_archive_is_one_span(database: Database) -> None:
    for start in (201, 1, 101):
        visit(database, *range(start, start + 100))
    assert spans(database) == [(1, 300)]


def test_codes_far_apart_in_one_batch(database: Database) -> None:
    visit(database, 5, 500_000, 1_000_000)
    visit(database, 6, 250_000, 999_999)
    assert spans(database) == [(5, 6), (250_000, 250_000), (500_000, 500_000), (999_999, 1_000_000)]


def test_each_site_has_its_own_coverage(database: Database) -> None:
    visit(database, 10)
    visit(database, 11, site=OTHER_SITE)
    assert (spans(database), spans(database, OTHER_SITE)) == ([(10, 10)], [(11, 11)])


def test_gaps_come_newest_first(database: Database) -> None:
    visit(database, 3, 4, 8)
    assert gaps_of(database, 1, 10) == [(9, 10), (5, 7), (1, 2)]
    assert gaps_of(database, 4, 8) == [(5, 7)]
    assert gaps_of(database, 3, 4) == []
    assert gaps_of(database, 20, 30) == [(20, 30)]
    assert gaps_of(database, 9, 8) == []


def test_more_spans_than_one_page_holds(database: Database) -> None:
    odd = range(1, 2 * coverage.PAGE + 700, 2)
    visit(database, *odd)
    last = odd[-1]
    assert gaps_of(database, 1, last) == [(code, code) for code in range(last - 1, 0, -2)]
    with database.read() as connection:
        assert list(covered(connection, SITE, 1, last)) == [(code, code) for code in reversed(odd)]


@pytest.fixture(scope="module")
def in_memory() -> Iterator[Database]:
    database = Database("sqlite://")
    models.metadata.create_all(database.engine)
    yield database
    database.close()


@given(batches=st.lists(CODES, max_size=6), first=st.integers(1, 60), last=st.integers(1, 60))
def test_covered_and_gaps_are_what_was_and_was_not_visited(
    in_memory: Database, batches: list[set[int]], first: int, last: int
) -> None:
    site = f"site-{next(_sites)}"
    for batch in batches:
        visit(in_memory, *batch, site=site)
    with in_memory.read() as connection:
        uncovered = list(gaps(connection, site, first, last))
        seen = list(covered(connection, site, first, last))
    visited = {code for batch in batches for code in batch}
    asked = set(range(first, last + 1))
    assert spans(in_memory, site) == merge((code, code) for code in visited)
    assert uncovered == merge((code, code) for code in asked - visited)[::-1]
    assert seen == merge((code, code) for code in asked & visited)[::-1]
