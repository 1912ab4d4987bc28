"""Read numbers as people type them: with the digits and the signs of a Persian, an Arabic or a Latin keyboard."""

from __future__ import annotations

from asrcrawler.text.persian import clean, to_latin_digits

HIGHEST = 2**63 - 1
"""No number that is typed means more than this; longer ones are not read at all."""

_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d\u0640"
"""Hyphens, dashes and minus signs; at the end tatweel, which Persian keyboards have where others have a dash."""
_SIGNS = str.maketrans({**dict.fromkeys(_DASHES, "-"), "،": ",", "٫": "."})


def plain(text: str) -> str:
    """Write what is typed as a number, a range or a list of them with ``0``-``9``, ``-``, ``,`` and ``.``.

    >>> plain("۱–۳، ٤")
    '1-3, 4'
    """
    return to_latin_digits(clean(text.translate(_SIGNS)))


def whole_number(text: str, least: int = 0, most: int = HIGHEST) -> int:
    """Read a whole number from ``least`` to ``most``. Raises :exc:`ValueError`, saying what is expected.

    >>> whole_number(" 120 ", 1, 500), whole_number("۱۲۰")
    (120, 120)
    >>> whole_number("0", 1, 500)
    Traceback (most recent call last):
    ValueError: '0' is not a whole number from 1 to 500
    """
    digits = plain(text)
    number = int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= len(str(HIGHEST)) else -1
    if not least <= number <= most:
        expected = f"of {least} or more" if most == HIGHEST else f"from {least} to {most}"
        raise ValueError(f"{text!r} is not a whole number {expected}")
    return number


def decimal_number(text: str) -> float:
    """Read a number with or without a fraction. Raises :exc:`ValueError`.

    >>> decimal_number("۲٫۵")
    2.5
    """
    return float(plain(text))
