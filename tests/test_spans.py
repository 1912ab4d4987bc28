"""Sets of codes as spans."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asrcrawler.spans import Codes, Span, merge


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


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("32911", [32911]),
        ("5-8", [5, 6, 7, 8]),
        ("9,2-4", [2, 3, 4, 9]),
        (" 3 , 5 - 6 ", [3, 5, 6]),
        ("1-5,3-7,7", [1, 2, 3, 4, 5, 6, 7]),
        ("007", [7]),
        ("۳۲۹۱۱", [32911]),
        ("٣٢٩١١", [32911]),
        ("۱-۳", [1, 2, 3]),
        ("۱،۲", [1, 2]),
        ("۱، 3–5 ,٧", [1, 3, 4, 5, 7]),
        ("۸—۹،۱ـ۲", [1, 2, 8, 9]),
        ("\u200f۵−۶\u200e", [5, 6]),
    ],
)
def test_codes_are_read_in_order_and_once(text: str, codes: list[int]) -> None:
    parsed = Codes.parse(text)
    assert list(parsed) == codes
    assert len(parsed) == len(codes)


@given(
    spans=st.lists(st.tuples(st.integers(1, 10**9), st.integers(1, 10**9)).map(sorted), min_size=1, max_size=9),
    digits=st.sampled_from(["0123456789", "۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩"]),
    comma=st.sampled_from([",", "،", "، ", " , "]),
    dash=st.sampled_from([*"-–—−ـ", " – "]),
)
def test_whatever_keyboard_types_them_codes_are_the_same(
    spans: list[list[int]], digits: str, comma: str, dash: str
) -> None:
    latin = ",".join(f"{first}-{last}" for first, last in spans)
    typed = comma.join(f"{first}{dash}{last}" for first, last in spans).translate(str.maketrans("0123456789", digits))
    assert Codes.parse(typed) == Codes.parse(latin)


def test_a_range_of_a_thousand_million_codes_is_two_numbers() -> None:
    parsed = Codes.parse("1-1000000000")
    assert parsed.spans == ((1, 1_000_000_000),)
    assert len(parsed) == 1_000_000_000
    assert next(iter(parsed)) == 1
