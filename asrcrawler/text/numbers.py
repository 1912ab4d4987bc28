"""Numbers as people type them."""

from __future__ import annotations

HIGHEST = 2**63 - 1
"""No number that is typed means more than this; longer ones are not read at all."""


def whole_number(text: str, least: int = 0, most: int = HIGHEST) -> int:
    """Read a whole number from ``least`` to ``most``. Raises :exc:`ValueError`, saying what is expected.

    >>> whole_number(" 120 ", 1, 500)
    120
    >>> whole_number("0", 1, 500)
    Traceback (most recent call last):
    ValueError: '0' is not a whole number from 1 to 500
    """
    digits = text.strip()
    number = int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= len(str(HIGHEST)) else -1
    if not least <= number <= most:
        expected = f"of {least} or more" if most == HIGHEST else f"from {least} to {most}"
        raise ValueError(f"{text!r} is not a whole number {expected}")
    return number
