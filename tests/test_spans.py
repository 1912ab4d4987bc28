"""Sets of codes as spans."""

import pytest

from asrcrawler.spans import Span, merge


@pytest.mark.parametrize(
    ("given", "merged"),
    [
        ([], []),
        ([(5, 5), (4, 4)], [(4, 5)]),
        ([(1, 3), (5, 6)], [(1, 3), (5, 6)]),
        ([(1, 9), (2, 3)], [(1, 9)]),
        ([(1, 1), (1, 1)], [(1, 1)]),
    ],
)
def test_spans_that_overlap_or_touch_are_one(given: list[Span], merged: list[Span]) -> None:
    assert merge(given) == merged


def test_small_gaps_may_be_closed_too() -> None:
    assert merge([(1, 1), (5, 5), (10, 10)], apart=4) == [(1, 5), (10, 10)]
