"""Numbers as they are typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asrcrawler.text.numbers import HIGHEST, decimal_number, plain, whole_number

KEYBOARDS = ("0123456789", "۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩")


@pytest.mark.parametrize(("text", "number"), [("0", 0), (" 12 ", 12), ("007", 7), (str(HIGHEST), HIGHEST)])
def test_a_number_is_read(text: str, number: int) -> None:
    assert whole_number(text) == number


@pytest.mark.parametrize(
    "text", ["", " ", "-1", "+1", "1.0", "1e3", "1_000", "½", "²", "x", str(HIGHEST + 1), "1" * 5000]
)
def test_what_is_no_number_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="is not a whole number of 0 or more"):
        whole_number(text)


@given(number=st.integers(0, HIGHEST), keyboards=st.lists(st.sampled_from(KEYBOARDS), min_size=19, max_size=19))
def test_digits_of_every_keyboard_are_read_also_mixed(number: int, keyboards: list[str]) -> None:
    typed = "".join(keyboard[int(digit)] for digit, keyboard in zip(str(number), keyboards, strict=False))
    assert whole_number(f"\u200f {typed}\u00a0\u200e") == number


@pytest.mark.parametrize("text", ["۱ـ۳", "۱–۳", "−۳", "۱،۳", "۱٫۵", "۱٬۰۰۰", "۱ ۲", "१२", "Ⅷ"])
def test_signs_do_not_vanish_from_between_digits(text: str) -> None:
    with pytest.raises(ValueError, match="is not a whole number"):
        whole_number(text)


@pytest.mark.parametrize("dash", "-‐‑‒–—―−－ـ")
def test_every_dash_is_a_dash(dash: str) -> None:
    assert plain(f"۳۲۰۰۰ {dash} ۳۳۰۰۰، ٧") == "32000 - 33000, 7"


@pytest.mark.parametrize(("text", "number"), [("24", 24), ("۲۴", 24), ("۰٫۴", 0.4), ("0.4", 0.4), (" ٢٫٥ ", 2.5)])
def test_a_fraction_is_read(text: str, number: float) -> None:
    assert decimal_number(text) == number


@pytest.mark.parametrize("text", ["1", "6", "11111111111111111112"])
def test_bounds_are_inclusive_and_told(text: str) -> None:
    assert [whole_number(inside, 2, 5) for inside in ("2", "5")] == [2, 5]
    with pytest.raises(ValueError, match=f"'{text}' is not a whole number from 2 to 5"):
        whole_number(text, 2, 5)
