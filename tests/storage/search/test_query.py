from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asrcrawler.storage.search.documents import LONGEST_WORD, Field
from asrcrawler.storage.search.query import FIELD_NAMES, MOST_TERMS, Query, Term, parse


def word(*words: str, prefix: bool = False, field: Field | None = None) -> Term:
    return Term(words, prefix, field)


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("قیمت نفت", [[word("قیمت")], [word("نفت")]]),
        ('"قیمت نفت"', [[word("قیمت", "نفت")]]),
        ("«قیمت نفت»", [[word("قیمت", "نفت")]]),
        ("“قیمت نفت”", [[word("قیمت", "نفت")]]),
        ('"قیمت نفت', [[word("قیمت", "نفت")]]),
        ("پیش*", [[word("پیش", prefix=True)]]),
        ('"قیمت نف"*', [[word("قیمت", "نف", prefix=True)]]),
        ("«قیمت نف*»", [[word("قیمت", "نف", prefix=True)]]),
        ("ن*", [[word("ن")]]),
        ("نفت | گاز", [[word("نفت"), word("گاز")]]),
        ("نفت OR گاز", [[word("نفت"), word("گاز")]]),
        ("بهای نفت|گاز امروز", [[word("بهای")], [word("نفت"), word("گاز")], [word("امروز")]]),
        ("ore or oil", [[word("ore")], [word("or")], [word("oil")]]),
        ("| نفت || گاز |", [[word("نفت"), word("گاز")]]),
        ("title:نفت", [[word("نفت", field=Field.TITLE)]]),
        ("Title:نفت", [[word("نفت", field=Field.TITLE)]]),
        ('برچسب:"قیمت نفت"', [[word("قیمت", "نفت", field=Field.TAG)]]),
        ("روتیتر:نف*", [[word("نف", prefix=True, field=Field.KICKER)]]),
        ("title: نفت", [[word("title")], [word("نفت")]]),
        ("http://asrpress.ir", [[word("http", "asrpress", "ir")]]),
        ("۲۴-٣", [[word("24", "3")]]),
        ("سال - نفت", [[word("سال")], [word("نفت")]]),
        ("نفت نفت", [[word("نفت")]]),
    ],
)
def test_what_is_typed_is_read_so(text: str, clauses: list[list[Term]]) -> None:
    assert parse(text) == Query(tuple(tuple(clause) for clause in clauses))


@pytest.mark.parametrize(
    ("text", "excluded"),
    [
        ("نفت -گاز", [word("گاز")]),
        ("-گاز نفت", [word("گاز")]),
        ('نفت -"بهای گاز"', [word("بهای", "گاز")]),
        ("نفت -عنوان:گاز", [word("گاز", field=Field.TITLE)]),
        ("-گاز | نفت", [word("گاز")]),
        ("نفت --گاز", [word("گاز")]),
    ],
)
def test_what_is_excluded(text: str, excluded: list[Term]) -> None:
    assert parse(text) == Query(((word("نفت"),),), tuple(excluded))


@pytest.mark.parametrize("text", ["می‌شود", "می شود", "ميشود", "مي‌شود", "می  شود", "مِی‌شَود", "\u202bمی‌شود\u202c"])
def test_a_word_in_any_spelling_is_one_word(text: str) -> None:
    assert parse(text) == Query(((word("میشود"),),))


def test_a_compound_with_a_half_space_is_a_phrase() -> None:
    assert parse("پیش‌بینی هوا") == Query(((word("پیش", "بینی"),), (word("هوا"),)))


@pytest.mark.parametrize(
    "text", ["", " ", "-", '"', '""', "«»", "|", "OR", "*", "^", "؟!،؛", "\u200f\u200e", "\0", "\ud800", "ـ", "\ue000"]
)
def test_where_nothing_is_asked_for_the_query_is_empty(text: str) -> None:
    assert parse(text) == Query()


def test_every_field_has_an_english_and_a_persian_name() -> None:
    for field in Field:
        names = {name for name, meant in FIELD_NAMES.items() if meant is field}
        assert str(field) in names
        assert any(not name.isascii() for name in names)


def test_length_is_bounded() -> None:
    many = parse(" ".join("w" * number for number in range(1, 1_000)))
    assert len(many.clauses) == MOST_TERMS
    assert many.clauses[0] == (word("w"),)
    assert parse("ا" * 10_000) == Query(((word("ا" * LONGEST_WORD),),))


PARTS = [*'abن12 *-|"«»:^()\u200c', "title:", "عنوان:", " OR ", "NEAR", "می ", " ها", "نفت"]
MEANT = st.lists(st.sampled_from(PARTS)).map("".join)


@given(st.text() | MEANT)
def test_any_text_is_a_query_of_plain_words(text: str) -> None:
    query = parse(text)
    for term in (*query.wanted, *query.excluded):
        assert term.words
        assert all(re.fullmatch(r"\w+", each) and each.isalnum() for each in term.words)
    assert all(query.clauses)
