"""The small grammar that the replica's texts are written with."""

from __future__ import annotations

import pytest

from asrcrawler.replica.draws import draws
from asrcrawler.replica.grammar import Grammar, written


def texts(source: str, rule: str, count: int = 200) -> set[str]:
    grammar = Grammar([source])
    return {written(grammar[rule], draws(1, number, 1), {}) for number in range(count)}


def test_a_rule_is_written_in_each_of_its_ways() -> None:
    assert texts("[greeting]\nسلام {name}\nدرود\n[name]\nآرش\nسپیده", "greeting") == {"سلام آرش", "سلام سپیده", "درود"}


def test_a_range_gives_numbers_with_both_bounds() -> None:
    assert texts("[number]\n{8-10}", "number") == {"۸", "۹", "۱۰"}
    assert texts("[number]\n{=8-10}", "number") == {"8", "9", "10"}


def test_a_sticky_rule_is_decided_once() -> None:
    assert texts("[both]\n{name}{name}\n[*name]\nا\nب", "both") == {"اا", "بب"}


def test_an_unrepeating_rule_uses_all_its_ways_before_one_returns() -> None:
    found = texts("[all]\n{way}{way}{way}\n[!way]\n1\n2\n3", "all")
    assert {"".join(sorted(text)) for text in found} == {"123"}
    assert len(found) > 1


def test_a_later_text_adds_to_a_rule() -> None:
    grammar = Grammar(["[name]\nآرش", "[name]\nسپیده"])
    assert {written(grammar["name"], draws(1, number, 1), {}) for number in range(50)} == {"آرش", "سپیده"}


def test_a_slot_without_a_rule_is_an_error() -> None:
    with pytest.raises(KeyError, match="nobody"):
        Grammar(["[greeting]\nسلام {nobody}"])
