"""Direction and width of text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asrcrawler.text.display import cells, direction, wrap

MIXED = st.text(st.sampled_from("ابپ\u200c\u064eABC 漢👍۱2٫-"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("پل تازه ساخته شد", "rtl"),
        ("BBC: گفت‌وگو با نویسندهٔ کتاب", "rtl"),
        ("پاسخ: see the whole report", "ltr"),
        ("A new bridge", "ltr"),
        ("5G در راه است", "rtl"),
        ("«ab» اب", "rtl"),
        ("2023-01-24", "rtl"),
        ("۱۴۰۱ ۱۴۰۲ ۱۴۰۳ report", "ltr"),
        ("عَرَبِيّ word", "rtl"),
        ("", "rtl"),
    ],
)
def test_most_of_the_letters_decide_and_not_the_first(text: str, expected: str) -> None:
    assert direction(text) == expected


@pytest.mark.parametrize(
    ("text", "count"),
    [("abc", 3), ("کتاب", 4), ("می‌شود", 5), ("مُحَمَّد", 4), ("漢字", 4), ("ｆ", 2), ("e\u0301", 1),
     ("\u200fالف\u200e", 3), ("\x1b[1mنفت\x1b[0m", 3), ("", 0)],
)  # fmt: skip
def test_cells_are_counted_and_not_characters(text: str, count: int) -> None:
    assert cells(text) == count


@given(text=MIXED, columns=st.integers(2, 30))
def test_no_line_is_longer_and_nothing_is_lost(text: str, columns: int) -> None:
    lines = wrap(text, columns)
    assert all(cells(line) <= columns for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@given(text=MIXED.filter(str.strip), columns=st.integers(80, 90))
def test_words_stay_whole_where_they_fit(text: str, columns: int) -> None:
    words = [word for word in text.split() if cells(word) <= columns]
    if len(words) == len(text.split()):
        assert " ".join(wrap(text, columns)).split() == words


def test_a_line_takes_as_many_words_as_fit() -> None:
    assert wrap("یک دو سه چهار", 6) == ["یک دو", "سه", "چهار"]
    assert wrap("نمی‌شود نمی‌شود", 13) == ["نمی‌شود نمی‌شود"]
    assert wrap("漢字漢字漢字", 5) == ["漢字", "漢字", "漢字"]
    assert wrap(" ", 5) == []
