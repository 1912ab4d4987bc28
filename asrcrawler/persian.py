"""Persian text: :func:`clean` makes its characters uniform for storage, :func:`fold` makes spellings meet for search.

Cleaning rewrites no word: Latin digits, punctuation and diacritics stay. Folding is for comparing and finding only and
is never shown. Both are pure and idempotent.
"""

from __future__ import annotations

import re
from unicodedata import normalize

ZWNJ = "\u200c"

# --- cleaning ----------------------------------------------------------------------------------------------------

_ARABIC_LETTERS = {
    "ي": "ی",  # U+064A yeh
    "ى": "ی",  # U+0649 alef maksura, which Arabic keyboards give for a final yeh
    "ك": "ک",  # U+0643 kaf
}
_ARABIC_DIGITS = dict(zip("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", strict=True))
_BLANKS = dict.fromkeys(
    [
        *"\t\n\v\f\r\x1c\x1d\x1e\x1f\x85",
        "\u00a0",  # no-break space
        "\u1680",
        *map(chr, range(0x2000, 0x200B)),  # en quad … hair space
        *"\u2028\u2029\u202f\u205f\u3000",
    ],
    " ",
)
_DROPPED = dict.fromkeys(
    [
        *(chr(code) for code in range(0x20) if chr(code) not in _BLANKS),  # NUL and the other controls
        *(chr(code) for code in range(0x7F, 0xA0) if chr(code) not in _BLANKS),
        "\u00ad",  # soft hyphen
        "\u0640",  # tatweel
        "\u061c",  # Arabic letter mark
        "\u200b",  # zero-width space
        "\u200d",  # zero-width joiner; Persian joins without it
        "\u200e",  # left-to-right mark
        "\u200f",  # right-to-left mark
        *map(chr, range(0x202A, 0x202F)),  # bidi embeddings and overrides
        *map(chr, range(0x2060, 0x2070)),  # word joiner, invisible operators, bidi isolates
        *map(chr, range(0xD800, 0xE000)),  # lone surrogates
        "\ufeff",  # byte order mark
        *map(chr, range(0xFFF9, 0xFFFC)),  # interlinear annotation
    ],
    "",
)
CLEANING: dict[str, str] = {**_ARABIC_LETTERS, **_ARABIC_DIGITS, **_BLANKS, **_DROPPED}
"""Character → what it becomes. To extend it, add a line above."""

_PRESENTATION = "\ufb50-\ufbb1\ufbd3-\ufbe9\ufbfc-\ufbff\ufe70-\ufefc"  # letters as drawn, not as meant
_PRESENTATION_FORMS = re.compile(f"[{_PRESENTATION}]+")
_UNCLEAN = re.compile(f"[{''.join(map(re.escape, CLEANING))}]")
_BLANK_RUNS = re.compile(" {2,}")
_LETTER = r"[^\W\d_]"
_LETTER_OR_MARK = r"[^\W\d_]|[\u064b-\u065f\u0670]"
_ZWNJ_RUNS = re.compile(f"{ZWNJ}{{2,}}")
_STRAY_ZWNJ = re.compile(f"{ZWNJ}(?:(?!{_LETTER})|(?<!(?:{_LETTER_OR_MARK}){ZWNJ}))")
_PARAGRAPH_BREAK = re.compile("[\n\r\u2029]+")


def clean(text: str) -> str:
    """One line of text with uniform characters: no newline, no outer or double blanks, no stray ZWNJ.

    Letters and digits take their Persian form, presentation forms their plain letters; what is invisible and means
    nothing (tatweel, bidi marks, controls, NUL, lone surrogates) goes. A ZWNJ stays between two letters only.
    """
    if _PRESENTATION_FORMS.search(text):
        text = _PRESENTATION_FORMS.sub(lambda found: normalize("NFKC", found[0]), text)
    for char in set(_UNCLEAN.findall(text)):
        text = text.replace(char, CLEANING[char])
    if ZWNJ in text:
        if ZWNJ * 2 in text:
            text = _ZWNJ_RUNS.sub(ZWNJ, text)
        text = _STRAY_ZWNJ.sub("", text)
    if "  " in text:
        text = _BLANK_RUNS.sub(" ", text)
    return text.strip(" ")


def clean_paragraphs(text: str) -> str:
    """A body with each paragraph cleaned; paragraphs separated by one blank line, empty ones dropped."""
    paragraphs = (clean(paragraph) for paragraph in _PARAGRAPH_BREAK.split(text))
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


# --- digits ------------------------------------------------------------------------------------------------------

_PERSIAN_DIGITS = "۰۱۲۳۴۵۶۷۸۹"
_LATIN_DIGITS = "0123456789"
_TO_LATIN_DIGITS = str.maketrans(_PERSIAN_DIGITS + "٠١٢٣٤٥٦٧٨٩", _LATIN_DIGITS * 2)
_TO_PERSIAN_DIGITS = str.maketrans(_LATIN_DIGITS + "٠١٢٣٤٥٦٧٨٩", _PERSIAN_DIGITS * 2)


def to_latin_digits(text: str) -> str:
    """``text`` with Persian and Arabic-Indic digits as ``0``-``9``."""
    return text.translate(_TO_LATIN_DIGITS)


def to_persian_digits(text: str) -> str:
    """``text`` with Latin and Arabic-Indic digits as ``۰``-``۹``."""
    return text.translate(_TO_PERSIAN_DIGITS)


# --- folding -----------------------------------------------------------------------------------------------------

_FOLDED_LETTERS = {
    **dict(zip(_PERSIAN_DIGITS, _LATIN_DIGITS, strict=True)),
    "آ": "ا",
    "أ": "ا",
    "إ": "ا",
    "ٱ": "ا",
    "ؤ": "و",
    "ئ": "ی",
    "ة": "ه",
    "ۀ": "ه",
    "ە": "ه",
    "ء": "",
    ZWNJ: "",
    **dict.fromkeys(map(chr, [*range(0x0610, 0x061B), *range(0x064B, 0x0660), 0x0670, *range(0x06D6, 0x06EE)]), ""),
}


class _Folding(dict[str, str]):
    """Character → what search sees of it; worked out at the first meeting."""

    def __missing__(self, char: str) -> str:
        plain = normalize("NFKC", CLEANING.get(char, char)).casefold()
        letters = (_FOLDED_LETTERS.get(letter, letter) for letter in plain)
        folded = "".join(letter if letter.isalnum() or not letter else " " for letter in letters)
        self[char] = folded
        return folded


_FOLDING = _Folding()

# A prefix or suffix that people write glued, with a ZWNJ or with a blank: «می‌شود», «می شود», «میشود».
_PREFIXES = ("می", "نمی")
_SUFFIXES = (
    "ها", "های", "هایی", "هایم", "هایت", "هایش", "هایمان", "هایتان", "هایشان",
    "تر", "تری", "ترین", "ام", "ات", "اش", "ای", "اند", "ایم", "اید",
)  # fmt: skip
_DETACHED_PREFIX = re.compile(rf"\b({'|'.join(_PREFIXES)}) (?=[^\W\d_])")
_DETACHED_SUFFIX = re.compile(rf" (?<=[^\W\d_] )(?=(?:{'|'.join(_SUFFIXES)})\b)")


def fold(text: str) -> str:
    """``text`` as search and comparison see it: words in one spelling, separated by one blank each.

    On top of :func:`clean`: ZWNJ, diacritics and the lone hamza go, hamza and madda forms become their letter, all
    digits become Latin, Latin letters lower case, punctuation a blank, and detached «می», «ها», «تر» … are joined to
    their word, so that the half-space, the full-space and the glued spelling of a word are one and the same.
    """
    words = _folded_characters(text)
    return _DETACHED_SUFFIX.sub("", _DETACHED_PREFIX.sub(r"\1", words))


def fold_letters(text: str) -> str:
    """The letters and digits of :func:`fold` with no blanks at all: for telling whether two texts read the same."""
    return _folded_characters(text).replace(" ", "")


def _folded_characters(text: str) -> str:
    for char in set(text):
        folded = _FOLDING[char]
        if folded != char:
            text = text.replace(char, folded)
    return " ".join(text.split())
