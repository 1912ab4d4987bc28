from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asrcrawler.storage.search.documents import Field
from asrcrawler.storage.search.marking import CUT, LONGEST_SNIPPET, marks, pieces, snippet
from asrcrawler.storage.search.query import parse


def shown(text: str, words: str, field: Field = Field.BODY) -> str:
    """``text`` with what was found in brackets."""
    found = marks(text, parse(words).wanted, field)
    return "".join(f"[{piece.text}]" if piece.hit else piece.text for piece in pieces(text, found))


@pytest.mark.parametrize(
    ("text", "words", "marked"),
    [
        ("بهای نفت بالا رفت.", "نفت", "بهای [نفت] بالا رفت."),
        ("این می‌شود و آن می شود", "ميشود", "این [می‌شود] و آن [می شود]"),
        ("کتاب‌ها، کتابها و کتاب", "کتاب ها", "[کتاب‌ها]، [کتابها] و کتاب"),
        ("مُدیرِ کل", "مدیر", "[مُدیرِ] کل"),
        ("سال ۱۴۰۱ و ١٤٠١", "1401", "سال [۱۴۰۱] و [١٤٠١]"),
        ("قیمت نفت؛ نفت و قیمت", '"قیمت نفت"', "[قیمت نفت]؛ نفت و قیمت"),
        ("پیشرفت پیش از پیشه", "پیش*", "[پیشرفت] [پیش] از [پیشه]"),
        ("قیمت نفتی و قیمت گاز", '"قیمت نفت*"', "[قیمت نفتی] و قیمت گاز"),
        ("نفت و گاز", "نفت -گاز", "[نفت] و گاز"),
        ("نفت و گاز", "نفت | گاز", "[نفت] و [گاز]"),
        ("نفت", "title:نفت", "نفت"),
        ("<b>نفت</b>", "b", "<[b]>نفت</[b]>"),
        ("ﷲ بزرگ", "الله", "[ﷲ] بزرگ"),
        ("½ لیتر", "1", "[½] لیتر"),
        ("", "نفت", ""),
    ],
)
def test_every_word_that_was_found_is_marked_in_the_original(text: str, words: str, marked: str) -> None:
    assert shown(text, words) == marked


def test_a_field_is_marked_where_it_was_asked_for() -> None:
    assert shown("نفت", "title:نفت", Field.TITLE) == "[نفت]"


def test_the_snippet_is_where_most_words_meet() -> None:
    filler = "و دیگر هیچ " * 60
    text = f"نفت {filler} گاز {filler} بهای نفت و گاز امروز {filler}"
    parts = snippet(text, marks(text, parse("نفت گاز").wanted, Field.BODY))
    assert [piece.text for piece in parts if piece.hit] == ["نفت", "گاز"]
    assert "بهای نفت و گاز امروز" in "".join(piece.text for piece in parts)
    assert parts[0].text == parts[-1].text == CUT
    assert len("".join(piece.text for piece in parts)) <= LONGEST_SNIPPET + 2 * len(CUT)


def test_a_short_text_is_its_own_snippet() -> None:
    assert snippet("بهای نفت", []) == [("بهای نفت", False)]
    assert snippet("", []) == []


def test_a_word_without_an_end_is_cut() -> None:
    text = "ا" * 5_000 + " نفت " + "ب" * 5_000
    parts = snippet(text, marks(text, parse("نفت").wanted, Field.BODY))
    assert "نفت" in [piece.text for piece in parts if piece.hit]
    assert len("".join(piece.text for piece in parts)) <= LONGEST_SNIPPET + 2 * len(CUT)


PARTS = [*"abو12 .،ِ\u200c", "ﷲ", "½", "می ", " ها", "نفت ", "گاز ", "پیش", "* "]
TEXT = st.lists(st.sampled_from(PARTS), max_size=400).map("".join)


@given(TEXT | st.text(), TEXT)
def test_pieces_joined_are_the_text_and_the_snippet_is_a_part_of_it(text: str, words: str) -> None:
    found = marks(text, parse(words).wanted, Field.BODY)
    assert "".join(piece.text for piece in pieces(text, found)) == text
    assert all(piece.text for piece in pieces(text, found))
    part = "".join(piece.text for piece in snippet(text, found))
    assert part.removeprefix(CUT).removesuffix(CUT) in text
    assert len(part) <= LONGEST_SNIPPET + 2 * len(CUT)
    if found:
        assert any(piece.hit for piece in snippet(text, found))
