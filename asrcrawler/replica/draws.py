"""Draw random values that follow from (seed, code, purpose) alone, so that no code depends on its neighbours.

Only ``random()`` of the generators is used, as Python keeps its sequence the same between versions.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")

_MASK = (1 << 64) - 1


def mix(seed: int, number: int, purpose: int) -> int:
    """Mix the three numbers into 64 random bits (with the finaliser of SplitMix64)."""
    bits = (seed * 0x9E3779B97F4A7C15 + number * 0xD1B54A32D192ED03 + purpose * 0x8CB92BA72F3D8DD7) & _MASK
    bits = ((bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    bits = ((bits ^ (bits >> 27)) * 0x94D049BB133111EB) & _MASK
    return bits ^ (bits >> 31)


def share(seed: int, number: int, purpose: int) -> float:
    """Draw the number in [0, 1) that belongs to ``number`` and ``purpose``."""
    return (mix(seed, number, purpose) >> 11) * 2.0**-53


def draws(seed: int, number: int, purpose: int) -> Callable[[], float]:
    """Give a generator of numbers in [0, 1): a function to call for each."""
    return Random(mix(seed, number, purpose)).random  # noqa: S311 - a stand-in's news, no secrets


def pick(rnd: Callable[[], float], choices: Sequence[T]) -> T:
    return choices[int(rnd() * len(choices))]


def weighted(value: float, weights: Sequence[tuple[T, float]]) -> T:
    """Choose by ``value`` (in [0, 1)) among choices that divide the range by their weights."""
    left = value * sum(weight for _, weight in weights)
    for choice, weight in weights:
        left -= weight
        if left < 0:
            return choice
    return weights[-1][0]


def between(rnd: Callable[[], float], least: int, most: int) -> int:
    return least + int(rnd() * (most - least + 1))
