"""The number of readers' comments."""

from __future__ import annotations

import pytest

from asrcrawler.samaneh.comments import labelled_number, number_of
from tests.samaneh.template import page, read

LIST = '<div class="comm_container" id="comm_t">{}</div>'
NUMBERED = "".join(f'<div style="x" id="comm_{n}"><div class="comments">آفرین</div></div>' for n in range(1, 4))
FORM = '<div id="comm_b"><form name="comments"></form></div>'


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("۹ نظر", 9),
        ("تعداد نظرات: ۲ نظر", 2),
        ("تعداد نظرات : 12", 12),
        ("۵", 5),
        ("(۵)", 5),
        ("نظرات (۱٬۲۳۴)", 1234),
        ("۱,۲۳۴ دیدگاه", 1234),
        ("انتشار يافته: ٧", 7),
        ("انتشار یافته: ۲ در انتظار بررسی: ۱۰ غیر قابل انتشار: ۳", 2),
        ("۱۲۰ بازدید ۸ نظر", 8),
        ("۰ نظر", 0),
        ("نظر شما", None),
        ("غیر قابل انتشار: ۳", None),
        ("۱۲ آبان ۱۴۰۱", None),
        ("نظر " * 100 + "۳", None),
    ],
)
def test_the_number_in_a_counter(text: str, number: int | None) -> None:
    assert number_of(text) == number


def test_a_place_without_a_name_of_its_own_needs_a_label() -> None:
    assert (labelled_number("انتشار یافته: ۲"), labelled_number("۲ نظر")) == (2, None)


@pytest.mark.parametrize(
    ("toolbar", "after", "count"),
    [
        ('<div class="news_nav news_comments"><a href="#comments">۸ نظر</a></div>', FORM, 8),
        ('<span class="comments-count">۸</span>', "", 8),
        ("<div class=newsCommentNum>۸ نظر</div>", "", None),
        ("", '<p class="com_title_n">در انتظار بررسی: ۱۰</p><p class="com_title_p">انتشار یافته: <b>۴</b></p>', 4),
        ("", f'<div class="comm_bar">انتشار یافته: ۴</div>{FORM}', 4),
        ('<div class="news_comments">۲ نظر</div>', LIST.format(NUMBERED), 2),
        ("", LIST.format(NUMBERED), 3),
        ("", f"<section>{NUMBERED}</section>{FORM}", 3),
        ("", '<div class="comments_item">آفرین</div>' * 700, 700),
        ("", f'<div class="comments_container"></div>{FORM}', 0),
        ("", f'<div class="comments_container"><div class="x">آفرین</div></div>{FORM}', None),
        ("", f'<div class="nazarat"><div class="nazar">آفرین</div></div>{FORM}', None),
        ("", FORM, None),
        ("", "", None),
        ("", '<div class="box"><a href="/fa/news/9/x">برف</a> <span class="news_comments">۱۲ نظر</span></div>', None),
    ],
)  # fmt: skip
def test_the_page_states_it_or_shows_the_comments_or_it_is_unknown(toolbar: str, after: str, count: int | None) -> None:
    assert read(page(date=toolbar, after=after)).comment_count == count


def test_two_numbers_are_told_and_the_toolbars_counts() -> None:
    after = '<div class="com_title_p">انتشار یافته: ۷</div>'
    article = read(page(date='<div class="news_nav news_comments">۹ نظر</div>', after=after))
    assert (article.comment_count, article.notes) == (9, ["comment_count in page: several numbers: 9, 7"])
