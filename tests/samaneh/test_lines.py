"""The text of an element in one line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from asrcrawler.samaneh.lines import LONGEST_LINE, line_of, size_of, tidy


def line(inner: str) -> str:
    node = LexborHTMLParser(f"<section>{inner}</section>").css_first("section")
    assert node is not None
    return line_of(node)


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        ("کتاب", "کتاب"),
        ("", ""),
        (" کتاب \n  تازه ", "کتاب تازه"),
        ("کتاب<br>تازه<br/>رسید", "کتاب تازه رسید"),
        ("<p>کتاب</p><p>تازه</p>", "کتاب تازه"),
        ("کتاب<div>تازه</div>رسید", "کتاب تازه رسید"),
        ("<ul><li>کتاب<li>تازه</ul>", "کتاب تازه"),
        ("<b>کتاب<br></b>تازه", "کتاب تازه"),
        ("کتاب<b>خانه</b><span> سیار</span>", "کتابخانه سیار"),
        ("<!-- یادداشت -->کتاب<script>var a = 1</script><style>b{}</style>خانه", "کتابخانه"),
        ("۱۰<sup>۶</sup> لیتر", "۱۰^۶ لیتر"),
        ("۱۰<sup>-۶</sup>", "۱۰^-۶"),
        ("مبنای ۱۰<sub>۲</sub>", "مبنای ۱۰_۲"),
        ("log<sub>۲</sub>۱۰", "log۲ ۱۰"),
        ("۱۰<sup><b>۶</b></sup>۵", "۱۰^۶ ۵"),
        ("CO<sub>2</sub> و متر<sup>۲</sup> و ۱۴<sup></sup>۰۱", "CO2 و متر۲ و ۱۴۰۱"),
        ("۱۰ <sup>[۱]</sup> نفر<sup>۱</sup>", "۱۰ [۱] نفر۱"),
    ],
)
def test_blocks_separate_words_and_nothing_else_does(inner: str, text: str) -> None:
    assert line(inner) == text


@pytest.mark.parametrize("inner", ["واژه " * 500_000, "<b>واژه</b> " * 100_000, " " * 3_000_000 + "<i></i>واژه"])
def test_of_a_very_long_text_its_beginning_is_read(inner: str) -> None:
    assert len(line(inner)) <= LONGEST_LINE


@given(st.text(st.sampled_from("کت \u200c\u200e\xa0\u3000\u2028\t\n\x1c\x85.1")))
def test_every_kind_of_blank_separates_words(text: str) -> None:
    assert tidy(text) == " ".join(text.split())


def test_the_size_of_a_text_is_that_of_all_of_it() -> None:
    node = LexborHTMLParser("<p>" + "واژه \n " * 3_000).css_first("p")
    assert node is not None
    assert size_of(node) == 5 * 3_000 - 1
