"""Whole numbers as they are typed."""

import pytest

from asrcrawler.text.numbers import HIGHEST, whole_number


@pytest.mark.parametrize(("text", "number"), [("0", 0), (" 12 ", 12), ("007", 7), (str(HIGHEST), HIGHEST)])
def test_a_number_is_read(text: str, number: int) -> None:
    assert whole_number(text) == number


@pytest.mark.parametrize(
    "text", ["", " ", "-1", "+1", "1.0", "1e3", "1_000", "½", "²", "x", str(HIGHEST + 1), "1" * 5000]
)
def test_what_is_no_number_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="is not a whole number of 0 or more"):
        whole_number(text)


@pytest.mark.parametrize("text", ["1", "6", "11111111111111111112"])
def test_bounds_are_inclusive_and_told(text: str) -> None:
    assert [whole_number(inside, 2, 5) for inside in ("2", "5")] == [2, 5]
    with pytest.raises(ValueError, match=f"'{text}' is not a whole number from 2 to 5"):
        whole_number(text, 2, 5)
