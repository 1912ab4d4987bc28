"""Chance that repeats itself, on every machine and in every version."""

from __future__ import annotations

import pytest

from asrcrawler.replica.draws import between, draws, mix, share, weighted


def test_the_same_question_has_the_same_answer_for_ever() -> None:
    assert mix(1, 32_911, 7) == 7176251497423475335
    assert [round(draws(1, 32_911, 7)(), 6) for _ in range(2)] == [0.963442] * 2


def test_shares_spread_evenly_and_seeds_and_purposes_differ() -> None:
    shares = [share(1, code, 7) for code in range(2000)]
    assert all(0 <= value < 1 for value in shares)
    assert sum(shares) / 2000 == pytest.approx(0.5, abs=0.03)
    assert share(1, 5, 7) != share(2, 5, 7) != share(2, 5, 8)


@pytest.mark.parametrize(("value", "choice"), [(0.0, "a"), (0.249, "a"), (0.25, "b"), (0.999, "b")])
def test_a_weighted_choice_divides_the_line(value: float, choice: str) -> None:
    assert weighted(value, [("a", 1), ("b", 3)]) == choice


def test_between_has_both_bounds() -> None:
    assert {between(draws(1, number, 1), 3, 5) for number in range(60)} == {3, 4, 5}
