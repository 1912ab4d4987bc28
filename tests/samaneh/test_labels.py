"""Labels as pages write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asrcrawler.samaneh import labels

PIECES = (
    "تار", "ی", "ي", "خ", "زمان", "و", "ساعت", "انتشار", "النشر", "publish", "Published", "Date", "time", "ک", "ك", "د",
    "خبر", "مطلب", "شناسه", "رمز", "الخبر", "NEWS", "id", "code", "برچسب", "ها", "ل", "واژه", "تگ", "نو", "سنده",
    "خبرنگار", "گزارشگر", " ", "  ", "\n", "\u200c", ":", "：", "|", "-", "۴",
)  # fmt: skip


@pytest.mark.parametrize("label", [labels.CODE, labels.DATE, labels.AUTHOR, labels.TAGS])
@given(text=st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_no_label_is_passed_over_by_the_tests_that_are_made_before(label: str, text: str) -> None:
    begins, anywhere = labels._patterns(label)
    if begins.search(text.translate(labels._ARABIC)):
        assert anywhere.search(text)
        assert label == labels.TAGS or any(word in text for word in labels._WORDS[label])
