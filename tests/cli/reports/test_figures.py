"""Figures as people read them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asrcrawler.cli.reports.figures import bar, duration, filling, moment, percentage, size
from asrcrawler.spans import merge


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59.4, "59 s"), (60, "1 min"), (3599, "59 min"), (3600, "1 h"), (12_000, "3 h 20 min"),
     (172_799, "47 h 59 min"), (172_800, "2 days"), (-90, "1 min")],
)  # fmt: skip
def test_durations_are_as_exact_as_is_of_use(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 B"), (999, "999 B"), (78_400, "78 KB"), (1_200_000, "1.2 MB"), (3_400_000_000, "3.4 GB")]
)
def test_sizes(count: int, text: str) -> None:
    assert size(count) == text


def test_moments_are_jalali_and_of_tehran() -> None:
    assert moment(datetime(2023, 1, 24, 19, 24, tzinfo=UTC)) == "1401-11-04 22:54"


def test_all_but_one_is_not_a_hundred_percent() -> None:
    assert percentage(9_999, 10_000) == "99.9%"
    assert percentage(10_000, 10_000) == "100%"
    assert percentage(0, 0) == "0%"


def test_a_bar_shows_where_the_gaps_are() -> None:
    assert bar([(1, 50), (76, 100)], 1, 100, 4) == "██·█"


def test_a_single_visit_in_a_large_cell_can_be_seen() -> None:
    assert bar([(500, 500)], 1, 1_000_000, 2) == "▁·"


def test_a_bar_is_no_longer_than_it_has_codes() -> None:
    assert bar([(5, 5)], 5, 6, 76) == "█·"


spans = st.lists(st.tuples(st.integers(1, 300), st.integers(0, 40)), max_size=12).map(
    lambda pairs: merge((first, first + length) for first, length in pairs)
)


@given(spans, st.integers(1, 200), st.integers(1, 200), st.integers(1, 80))
def test_the_cells_hold_what_the_spans_hold(
    covered: list[tuple[int, int]], first: int, length: int, width: int
) -> None:
    last = first + length - 1
    codes = {code for a, b in covered for code in range(a, b + 1) if first <= code <= last}
    shares = filling(covered, first, last, width)
    cells = len(shares)
    edges = [first + length * cell // cells for cell in range(cells + 1)]
    expected = [
        len(codes & set(range(edges[cell], edges[cell + 1]))) / (edges[cell + 1] - edges[cell]) for cell in range(cells)
    ]
    assert shares == expected
