"""What a desk does to an agency's report before it runs it: each takes paragraphs and gives new ones."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from asrcrawler.text.persian import to_persian_digits

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

FEWEST_TO_DROP = 4  # paragraphs
WORDS_PER_EDIT = 45
"""Small edits come one to so many words, at least one."""
LONGEST_DROPPED = 0.4  # of the words; more is not «a paragraph dropped» but a digest of the text

AGENCIES = ("ایسنا", "ایرنا", "مهر", "تسنیم", "فارس", "ایلنا", "برنا", "آنا")
_CREDIT = re.compile(r"^به گزارش [^،:؛]{2,40}[،:؛] ?")
_NUMBER = re.compile("[0-9۰-۹]{2,}")
_SYNONYMS = (
    ("گفت", "بیان کرد"), ("افزود", "اضافه کرد"), ("همچنین", "هم‌چنین"), ("بیش از", "بالغ بر"), ("اعلام کرد", "خبر داد"),
    ("تاکید", "تأکید"), ("برگزار شد", "برپا شد"), ("باید", "بایستی"), ("امروز", "روز جاری"), ("درباره", "در مورد"),
    ("وی", "او"), ("کشور", "کشورمان"), ("همه", "تمام"), ("اکنون", "هم‌اکنون"), ("برای", "به منظور"), ("است", "می‌باشد"),
)  # fmt: skip
_FILLERS = ("البته", "به‌ویژه", "در این میان", "به گفته او", "از سوی دیگر", "در ادامه")

Paragraphs = list[str]


def new_headline(text: Paragraphs, _: Paragraphs, __: Random) -> Paragraphs:
    """The body as it was: headline and lead are no part of it."""
    return list(text)


def new_credit(text: Paragraphs, _: Paragraphs, rnd: Random) -> Paragraphs:
    """Another outlet's opening words and a closing line."""
    opening = f"به گزارش عصرپرس به نقل از {rnd.choice(AGENCIES)}، "
    return [opening + _CREDIT.sub("", text[0]), *text[1:], rnd.choice(("پایان خبر", "منبع: " + rnd.choice(AGENCIES)))]


def added_paragraph(text: Paragraphs, strange: Paragraphs, rnd: Random) -> Paragraphs:
    """A paragraph of another report, for background, anywhere after the first."""
    place = rnd.randint(1, len(text))
    fitting = [line for line in strange if len(line.split()) <= LONGEST_DROPPED * _words(text)] or [
        min(strange, key=len)
    ]
    return [*text[:place], rnd.choice(fitting), *text[place:]]


def dropped_paragraph(text: Paragraphs, strange: Paragraphs, rnd: Random) -> Paragraphs:
    """Shorter by any paragraph but the first."""
    places = [place for place in range(1, len(text)) if len(text[place].split()) <= LONGEST_DROPPED * _words(text)]
    if len(text) < FEWEST_TO_DROP or not places:
        return added_paragraph(text, strange, rnd)
    place = rnd.choice(places)
    return text[:place] + text[place + 1 :]


def small_edits(text: Paragraphs, _: Paragraphs, rnd: Random) -> Paragraphs:
    """Synonyms, words left out or put in, at most one corrected figure."""
    text = list(text)
    for _number in range(max(1, _words(text) // WORDS_PER_EDIT)):
        place = rnd.randrange(len(text))
        text[place] = _with_an_edit(text[place], rnd)
    if rnd.random() < 0.3:
        place = rnd.randrange(len(text))
        text[place] = _NUMBER.sub(lambda _found: to_persian_digits(str(rnd.randint(10, 999))), text[place], count=1)
    return text


def all_at_once(text: Paragraphs, strange: Paragraphs, rnd: Random) -> Paragraphs:
    """Another credit, a paragraph more or less, small edits."""
    moved = rnd.choice((added_paragraph, dropped_paragraph))(text, strange, rnd)
    return small_edits(new_credit(moved, strange, rnd), strange, rnd)


EDITS: tuple[Callable[[Paragraphs, Paragraphs, Random], Paragraphs], ...] = (
    new_headline, new_credit, added_paragraph, dropped_paragraph, small_edits, all_at_once,
)  # fmt: skip


def _with_an_edit(line: str, rnd: Random) -> str:
    found = [(old, new) for old, new in _SYNONYMS if re.search(rf"\b{old}\b", line)]
    if found and rnd.random() < 0.6:
        old, new = rnd.choice(found)
        return re.sub(rf"\b{old}\b", new, line, count=1)
    words = line.split()
    place = rnd.randrange(len(words))
    if len(words) > 8 and rnd.random() < 0.5:
        return " ".join(words[:place] + words[place + 1 :])
    return " ".join([*words[:place], rnd.choice(_FILLERS), *words[place:]])


def _words(text: Paragraphs) -> int:
    return sum(len(line.split()) for line in text)
