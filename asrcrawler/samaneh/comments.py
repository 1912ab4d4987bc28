"""Read the number of readers' comments."""

from __future__ import annotations

import re

from asrcrawler.text.persian import clean, to_latin_digits

LONGEST_COUNTER = 120  # characters of a text that is a counter; «تعداد نظرات: ۲ نظر» has 18

_NUMBER = r"([0-9]{1,3}(?:[,٬،][0-9]{3})+|[0-9]{1,9})"
_WORD = "(?:نظر|دیدگاه|کامنت)"
_UNPUBLISHED = re.compile("غیر *‌?قابل|در انتظار|در صف|منتشر نشده|انتشار نیافته")
_LABEL = re.compile(r"\W*(?:انتشار\s*‌?[یي]افته|تعداد\s*(?:نظر|دیدگاه|د[یي]دگاه))")
_LABEL_WORDS = ("انتشار", "تعداد")
"""One of these is in every label."""
_FORMS = (
    re.compile(rf"(?<![0-9]){_NUMBER} *{_WORD}"),
    re.compile(rf"(?:{_WORD}\w*|انتشار ?‌?یافته)[^0-9\w]*{_NUMBER}"),
    re.compile(rf"\A[^0-9\w]*{_NUMBER}[^0-9\w]*\Z"),
)


def may_be_counter(text: str) -> bool:
    """Tell, before its line is made, whether the text of an element can have a label and a number."""
    return any(word in text for word in _LABEL_WORDS) and any(map(str.isdigit, text))


def labelled_number(text: str) -> int | None:
    """Return the number in a text that says itself that it is one of published comments."""
    return number_of(text) if _LABEL.match(text) else None


def number_of(text: str) -> int | None:
    """Read the number of published comments on a counter: «۹ نظر», «تعداد نظرات: ۹», «انتشار یافته: ۹», «۹»."""
    if len(text) > LONGEST_COUNTER:
        return None
    plain = _UNPUBLISHED.split(to_latin_digits(clean(text)))[0]
    for form in _FORMS:
        if match := form.search(plain):
            return int(re.sub("[^0-9]", "", match[1]))
    return None
