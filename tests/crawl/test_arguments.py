"""What may follow -a: read strictly, kept small."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asrcrawler.crawl.arguments import Arguments, Codes
from asrcrawler.exceptions import SpiderArgumentError


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


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("", "is not a list of codes"),
        ("abc", "is not a list of codes"),
        ("5,", "is not a list of codes"),
        ("-5", "is not a list of codes"),
        ("1.5", "is not a list of codes"),
        ("۱٬۰۰۰", "is not a list of codes"),
        ("۵،", "is not a list of codes"),
        ("۰", "outside 1-1000000000"),
        ("0", "outside 1-1000000000"),
        ("1-1000000001", "outside 1-1000000000"),
        ("33000-32000", "runs backwards: 33000-32000"),
        ("9" * 50, "is not a list of codes"),
    ],
)
def test_wrong_codes_are_named_with_the_value(value: str, why: str) -> None:
    with pytest.raises(SpiderArgumentError) as caught:
        Arguments.read(codes=value)
    assert str(caught.value).startswith(f"spider argument `codes`: {value!r}")
    assert why in str(caught.value)


def test_limit_is_a_positive_number() -> None:
    assert Arguments.read(limit="500").limit == Arguments.read(limit="۵۰۰").limit == 500


@pytest.mark.parametrize("value", ["0", "-1", "many", "", "1.5"])
def test_a_wrong_limit_is_named_with_the_value(value: str) -> None:
    with pytest.raises(SpiderArgumentError, match="is not a whole number of 1 or more"):
        Arguments.read(limit=value)


def test_an_unknown_argument_is_refused_instead_of_ignored() -> None:
    with pytest.raises(SpiderArgumentError, match="`code`: '32911' is not known"):
        Arguments.read(code="32911")


def test_without_arguments_it_is_a_scheduled_run() -> None:
    assert Arguments.read() == Arguments(codes=None, limit=None)
