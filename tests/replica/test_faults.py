"""Faults are laid over codes and paths, heal, and are the same ones every time."""

from __future__ import annotations

import pytest

from asrcrawler.replica import Fault, Faults
from asrcrawler.replica.faults import OUTCOMES


def met(faults: Faults, where: int | str) -> Fault | None:
    rule = faults.meet(where)
    return rule.fault if rule else None


def test_without_faults_nothing_is_met() -> None:
    assert met(Faults(), 7) is None


def test_a_fault_lies_over_its_code_alone_until_it_is_lifted() -> None:
    faults = Faults()
    faults.put(7, Fault.ERROR_500)
    assert [met(faults, 7), met(faults, 8), met(faults, 7)] == [Fault.ERROR_500, None, Fault.ERROR_500]
    faults.lift(7)
    assert met(faults, 7) is None


def test_a_fault_lies_over_a_path() -> None:
    faults = Faults()
    faults.put("/fa/rss/allnews", Fault.EMPTY)
    assert met(faults, "/fa/rss/allnews") is Fault.EMPTY


def test_a_fault_heals_after_so_many_tries() -> None:
    faults = Faults()
    faults.put(7, Fault.RESET, heals_after=2)
    assert [met(faults, 7) for _ in range(4)] == [Fault.RESET, Fault.RESET, None, None]
    faults.put(7, Fault.RESET, heals_after=1)
    assert [met(faults, 7) for _ in range(2)] == [Fault.RESET, None]


def test_shares_are_kept_and_are_always_the_same_codes() -> None:
    def codes(faults: Faults) -> dict[int, Fault]:
        return {code: fault for code in range(4000) if (fault := met(faults, code))}

    first, second = Faults(), Faults()
    for faults in (first, second):
        faults.put_on_share(0.1, Fault.ERROR_500)
        faults.put_on_share(0.2, Fault.TRUNCATED, heals_after=1)
    found = codes(first)
    assert found == codes(second)
    assert list(found.values()).count(Fault.ERROR_500) / 4000 == pytest.approx(0.1, abs=0.03)
    assert list(found.values()).count(Fault.TRUNCATED) / 4000 == pytest.approx(0.2, abs=0.03)
    assert set(codes(first).values()) == {Fault.ERROR_500}  # the others have healed


def test_a_fault_everywhere_is_everywhere_until_all_is_cleared() -> None:
    faults = Faults()
    faults.put(7, Fault.EMPTY)
    faults.put_everywhere(Fault.CHALLENGE)
    assert {met(faults, where) for where in (7, 8, "/", "/robots.txt")} == {Fault.CHALLENGE}
    faults.clear()
    assert met(faults, 7) is None


def test_every_fault_has_an_outcome() -> None:
    assert set(OUTCOMES) == set(Fault)
