from __future__ import annotations

import pytest

from asrcrawler.storage.search.query import Query, Term, parse
from asrcrawler.storage.search.spellings import widened

KNOWN = {"پیشبینی": "پیش بینی", "گفتوگو": "گفت وگو"}


def spelled(text: str) -> list[set[str]]:
    """Clauses, each as the spellings it takes."""
    return [{" ".join(term.words) for term in clause} for clause in widened(parse(text), KNOWN).clauses]


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("پیشبینی", [{"پیشبینی", "پیش بینی"}]),
        ("پیش‌بینی", [{"پیشبینی", "پیش بینی"}]),
        ("پیش بینی", [{"پیش", "پیشبینی"}, {"بینی", "پیشبینی"}]),
        ('"پیش بینی هوا"', [{"پیش بینی هوا", "پیشبینی هوا"}]),
        ('"پیشبینی هوا"', [{"پیش بینی هوا", "پیشبینی هوا"}]),
        ("هوا باران", [{"هوا"}, {"باران"}]),
        ("پیش | بینی", [{"پیش", "بینی"}]),
    ],
)
def test_a_known_compound_is_looked_for_in_all_spellings(text: str, clauses: list[set[str]]) -> None:
    assert spelled(text) == clauses


def test_the_words_of_different_fields_are_not_glued() -> None:
    assert spelled("title:پیش body:بینی") == [{"پیش"}, {"بینی"}]


def test_what_is_excluded_is_excluded_in_all_spellings() -> None:
    assert widened(parse("-پیشبینی"), KNOWN) == Query((), (Term(("پیشبینی",)), Term(("پیش", "بینی"))))
