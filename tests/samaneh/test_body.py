"""The text of an article, cut into paragraphs, without what stands among them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.samaneh.template import CODE, TITLE, in_body, page, paragraphs, read

ONE, TWO, THREE = "بند نخست درباره کتابخانه.", "بند دوم درباره روستا.", "بند سوم درباره راه."


@pytest.mark.parametrize(
    "inner",
    [
        f"<p>{ONE}</p><p>{TWO}</p><p>{THREE}</p>",
        f"{ONE}<br>{TWO}<br/>&nbsp;{THREE}",
        f"{ONE}<br><br>\n<br>{TWO}<br><p></p>{THREE}",
        f"<div><div><strong><span>{ONE}</span></strong><br></div><span>{TWO}<br>{THREE}</span></div>",
        f"<div><span>{ONE}</span></div><div><span><b>{TWO}</b></span></div><div>&nbsp;</div><p>{THREE}</p>",
        f"{ONE}<p>{TWO}</p>{THREE}",
        f"<h2>{ONE}</h2><hr>{TWO}<hr><h3>{THREE}</h3>",
        f"<ul><li>{ONE}</li><li>{TWO}</li></ul><ol><li>{THREE}</li></ol>",
        f"<blockquote>{ONE}</blockquote><p>{TWO}</p><pre>{THREE}</pre>",
        f"<section><article><p>{ONE}</p></article></section><center>{TWO}</center><address>{THREE}</address>",
        f"<dl><dt>{ONE}</dt><dd>{TWO}</dd></dl><figure><img src='/a.jpg'><figcaption>{THREE}</figcaption></figure>",
        f"<p>{ONE}<p>{TWO}<p>{THREE}",
    ],
)
def test_every_kind_of_body_keeps_its_paragraphs(inner: str) -> None:
    assert paragraphs(in_body(inner)) == [ONE, TWO, THREE]


def test_words_are_not_torn_apart_by_the_elements_within_them() -> None:
    inner = "<p>کتاب<b>خانه</b> سیار، <a href='/fa/culture'>گروه <i>فرهنگ</i></a><sup>۲</sup>؛ <span>می‌</span>رود</p>"
    assert paragraphs(in_body(inner)) == ["کتابخانه سیار، گروه فرهنگ۲؛ می‌رود"]


def test_half_spaces_are_kept_however_they_are_written() -> None:
    inner = "<p>می&zwnj;رود و می‌آید و می&#8204;ماند و می&#x200c;خواند</p>"
    assert paragraphs(in_body(inner)) == ["می‌رود و می‌آید و می‌ماند و می‌خواند"]


def test_a_row_of_a_table_is_one_paragraph() -> None:
    table = (
        "<table><caption>جدول کتاب‌ها</caption><thead><tr><th>روستا</th><th>شمار</th></tr></thead><tbody>"
        "<tr><td><p>کوهپایه</p></td><td><div>۱۲۰</div><div>جلد</div></td></tr>"
        "<tr><td>دره</td><td></td></tr><tr><td colspan=2>پایان</td></tr></tbody></table>"
    )
    expected = ["جدول کتاب‌ها", "روستا | شمار", "کوهپایه | ۱۲۰ جلد", "دره |", "پایان"]
    assert paragraphs(in_body(table)) == expected


def test_a_table_for_layout_is_cut_like_any_text() -> None:
    assert paragraphs(in_body(f"<table><tr><td><p>{ONE}</p><p>{TWO}</p></td></tr></table>")) == [ONE, TWO]


@pytest.mark.parametrize(
    "noise",
    [
        "<script>var a = 'متن';</script>",
        "<style>.a{color:red}</style>",
        "<iframe src='/player'>قاب پخش</iframe>",
        "<noscript>جاوااسکریپت خاموش است</noscript>",
        "<video controls><source src='/a.mp4'>پخش نمی‌شود</video>",
        "<object><param name='a'>پخش</object>",
        "<select><option>سال</option></select>",
        "<form><input value='x'><button>بفرست</button></form>",
        "<div class='flowplayer'><a href='#'>پخش فیلم</a></div>",
        "<div id='player1' class='jwplayer'>پخش</div>",
        "<div class='adv_padd'>تبلیغ</div>",
        "<div class='box-related-3'><p>خبرهای دیگر</p></div>",
        "<div class='news_mortabet_box'>خبرهای دیگر</div>",
        "<div class='telegram_join'>به ما بپیوندید</div>",
        "<p>بیشتر بخوانید: <a href='/fa/news/9001/x'>باران در شمال</a></p>",
        "<p><strong>بیشتر بخوانید</strong></p>",
        "<p>همچنین بخوانید: باران در شمال</p>",
        "<p>فیلم های دیگر</p><ul><li><a href='/fa/news/9001/x'>باران در شمال</a></li></ul>",
        "<p>فیلم‌های دیگر</p>",
        "<p><a href='https://t.me/asrpress'>کانال عصرپرس در تلگرام</a></p>",
        "<p>به کانال عصرپرس در تلگرام بپیوندید</p>",
        "<p>عضویت در اینستاگرام عصرپرس</p>",
        "<p><a href='/fa/hafez'>این لحظه با حافظ</a></p>",
        "<p>نظرات کاربران</p>",
        "<p>اخبار مرتبط</p>",
        "<p>- <a href='/fa/news/9001/x'>باران در شمال</a></p><p><a href='/fa/news/9002/y'>برف در غرب</a></p>",
        "<p>$(document).ready(function(){ $('#a').show(); });</p>",
        "<p>.box{width:100%; color:red}</p>",
        "<p>در صورت پخش نشدن ویدئو اینجا کلیک کنید</p>",
        "<!-- یادداشت -->",
        "<div class='news_nav news_id_c'>کد خبر: ۴۳۲۱</div>",
        "<div class='tags_title'>برچسب‌ها</div>",
        "<template><p>قالب</p></template>",
    ],
)
def test_noise_within_the_body_is_left_out(noise: str) -> None:
    assert paragraphs(in_body(f"<p>{ONE}</p>{noise}<p>{TWO}</p>")) == [ONE, TWO]


@pytest.mark.parametrize(
    "line",
    [
        "صفحه دوم کتاب افتاده است.",
        "کانال آب کشاورزی لایروبی شد و مردم روستا از آن خبر دادند.",
        "بیشتر مردم روستا کتاب می‌خوانند.",
        "او در گفت‌وگو با عصرپرس گفت کانال تلگرام آنها بسته شده است.",
        "نظرات کاربران درباره این کتاب را ناشر گردآوری کرده است.",
        f"این را در <a href='/fa/news/9001/x'>خبر پیشین</a> هم نوشته بودیم و <a href='/fa/news/{CODE}'>اینجا</a>.",
        f"<a href='/fa/news/{CODE}/x'>پیوند به همین خبر</a>",
        "<a href='http://elsewhere.example/'>پیوند به جای دیگر</a>",
        "function یعنی تابع؛ var x = 1 در برنامه‌نویسی",
        "Persian Library 2023",
    ],
)
def test_what_only_looks_like_noise_is_kept(line: str) -> None:
    found = paragraphs(in_body(f"<p>{ONE}</p><p>{line}</p><p>{TWO}</p>"))
    assert len(found) == 3


@pytest.mark.parametrize(
    "end",
    [
        "<div class='news_end'></div>",
        "<div class='col news_end x'>پایان</div>",
        "<div id='MV_afterBody'><p>پیشنهاد</p></div>",
        "<p>انتهای پیام/</p>",
        "<p>انتهای پیام/ ۱۲۳</p>",
        "<p>انتهاي پيام/*</p>",
        "<p>انتهای پیام</p>",
        "<table><tr><td>انتهای پیام/</td></tr></table>",
    ],
)
def test_nothing_behind_the_end_is_read(end: str) -> None:
    assert paragraphs(in_body(f"<p>{ONE}</p><div><p>{TWO}</p>{end}</div><p>{THREE}</p>")) == [ONE, TWO]


def test_the_sign_off_may_end_a_paragraph() -> None:
    assert paragraphs(in_body(f"<p>{ONE}</p><p>{TWO} انتهای پیام/</p><p>{THREE}</p>")) == [ONE, TWO]


def test_words_that_mention_the_sign_off_are_kept() -> None:
    line = "او انتهای پیام خود نوشت که کتاب‌ها رسیده‌اند."
    assert paragraphs(in_body(f"<p>{line}</p><p>{ONE}</p>")) == [line, ONE]


@pytest.mark.parametrize(
    "caption",
    [
        f"<p>{TITLE}</p>",
        f"<figure><img class='image_btn' src='/a.jpg' title='{TITLE}'><figcaption>{TITLE}</figcaption></figure>",
        f"<p><img class='news_corner_image' src='/a.jpg' alt='{TITLE}'></p>",
        f"<div class='lead_image'><img src='/a.jpg'><div>{TITLE.replace('ی', 'ي')}</div></div>",
    ],
)
def test_the_caption_of_the_lead_picture_is_no_text(caption: str) -> None:
    assert paragraphs(in_body(f"{caption}<p>{ONE}</p>")) == [ONE]


def test_a_body_of_noise_alone_is_no_body() -> None:
    html = in_body("<p>بیشتر بخوانید</p><script>x</script>")
    assert read(html).body is None


def test_tags_in_the_body_element_are_tags_and_no_text() -> None:
    tags = '<div class="tags_container"><a class="tags_item" href="/fa/tag/1/کتاب">کتاب</a></div>'
    article = read(page(body=f'<div class="body"><p>{ONE}</p>{tags}</div>', tags=""))
    assert article.body == ONE


@given(st.lists(st.sampled_from(["<div>", "<p>", "</p>", "<br>", "<b>", "</b>", "<td>", "<tr>", "<table>", "واژه "])))
def test_no_word_is_lost_or_doubled_whatever_the_markup(pieces: list[str]) -> None:
    found = "".join(paragraphs(in_body(f"<p>{ONE}</p>" + "".join(pieces))))
    assert found.count("واژه") == pieces.count("واژه ")
