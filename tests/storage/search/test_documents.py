"""An article's words as the index sees them."""

from __future__ import annotations

from hashlib import blake2b

from hypothesis import given
from hypothesis import strategies as st

from asrcrawler.storage.search.documents import LONGEST_FIELD, LONGEST_WORD, Field, digest, document

ARTICLE = {
    "title": "پیش‌بینی باران",
    "kicker": None,
    "lead": "خانه‌ها",
    "tags": ["آب", "هوا"],
    "category": [],
    "body": "",
}


def test_a_document_holds_the_folded_words_of_each_text_by_itself() -> None:
    assert document(ARTICLE) == {
        Field.TITLE: ["پیش بینی باران"],
        Field.KICKER: [],
        Field.LEAD: ["خانهها"],
        Field.TAG: ["اب", "هوا"],
        Field.CATEGORY: [],
        Field.BODY: [],
    }


def test_a_long_word_and_a_long_field_are_cut() -> None:
    found = document(ARTICLE | {"title": "ن" * 100, "tags": ["آب " * LONGEST_FIELD, "هوا"]})
    assert found[Field.TITLE] == ["ن" * LONGEST_WORD]
    assert sum(map(len, found[Field.TAG])) <= LONGEST_FIELD


@given(st.text(), st.lists(st.text()))
def test_the_digest_that_databases_hold_is_that_of_its_repr(title: str, tags: list[str]) -> None:
    found = document(ARTICLE | {"title": title, "tags": tags})
    in_words = {field: [run.split() for run in runs] for field, runs in found.items()}
    assert digest(found) == blake2b(repr(in_words).encode(), digest_size=8).digest()
