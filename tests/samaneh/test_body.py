"""The text of an article, cut into paragraphs, without what stands among them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asrcrawler.items import Kind
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
        f"<p><img src='/a.jpg'></p><p>{TITLE}</p>",
        f"<p>{TITLE}</p><img src='/a.jpg'>",
        f"<figure><img class='image_btn' src='/a.jpg' title='{TITLE}'><figcaption>{TITLE}</figcaption></figure>",
        f"<p><img class='news_corner_image' src='/a.jpg' alt='{TITLE}'></p>",
        f"<div class='lead_image'><img src='/a.jpg'><div>{TITLE.replace('ی', 'ي')}</div></div>",
    ],
)
def test_the_caption_of_the_lead_picture_is_no_text(caption: str) -> None:
    assert paragraphs(in_body(f"{caption}<p>{ONE}</p>")) == [ONE]


@pytest.mark.parametrize("line", [f"<p>{TITLE}</p>", f"<div><strong>{TITLE} :<br><br></strong></div>"])
def test_a_first_line_like_the_headline_is_text_where_no_picture_is_beside_it(line: str) -> None:
    found = paragraphs(in_body(f"{line}<p>{ONE}</p><p><img src='/a.jpg'></p><p>{TWO}</p>"))
    assert found[0].startswith(TITLE)
    assert found[1:] == [ONE, TWO]


def test_a_lead_picture_above_the_body_has_its_caption_in_it() -> None:
    above = '<div class="lead_image"><img src="/a.jpg"></div>'
    assert paragraphs(page(body=f'{above}<div class="body"><p>{TITLE}</p><p>{ONE}</p></div>')) == [ONE]


def test_a_body_of_noise_alone_is_no_body() -> None:
    html = in_body("<p>بیشتر بخوانید</p><script>x</script>")
    assert read(html).body is None


@pytest.mark.parametrize(
    "tags",
    [
        '<div class="tags_container"><a class="tags_item" href="/fa/tag/1/کتاب">کتاب</a></div>',
        '<div class="tags_container"><div class="tags_title">برچسب‌ها: <a href="/fa/tags/1/1/کتاب">کتاب</a></div></div>',
        '<div class="tag_title"><span>برچسب:</span> <a href="/fa/tags/1/1/کتاب">کتاب</a></div>',
        '<div class="col-xs-36 news_tags"><a href="/fa/tag/1/کتاب">کتاب</a></div>',
        '<p>برچسب‌ها: <a href="/fa/tag/1/کتاب">کتاب</a></p>',
    ],
)
def test_tags_in_the_body_element_are_tags_and_no_text(tags: str) -> None:
    link = '<a href="/fa/tag/1/روستا">روستای دره</a>'
    article = read(page(body=f'<div class="body"><p>{ONE} {link}</p>{tags}</div>', tags=""))
    assert (article.body, article.tags) == (f"{ONE} روستای دره", ["کتاب"])


@pytest.mark.parametrize("raised", ["۱۰<sup>۶</sup>", "۱۰<span><sup><b>۶</b></sup></span>"])
def test_a_raised_number_stays_apart_from_the_one_before_it(raised: str) -> None:
    assert paragraphs(in_body(f"<p>ظرفیت سد {raised} لیتر است.</p>")) == ["ظرفیت سد ۱۰^۶ لیتر است."]


def test_the_text_within_a_form_is_text_and_what_is_to_be_filled_in_is_not() -> None:
    form = (
        f'<form method="post"><input type="hidden" name="__VIEWSTATE"><p>{ONE}</p><div>{TWO}<br>{THREE}</div>'
        '<label>نام: <input name="a"></label><select><option>سال</option></select><button>بفرست</button></form>'
    )
    assert paragraphs(in_body(form)) == [ONE, TWO, THREE]
    comments = '<form name="comments"><p>نظر خود را در این جا بنویسید.</p></form>'
    assert paragraphs(in_body(f"<p>{ONE}</p>{comments}<div>{comments.replace('name', 'id')}</div>")) == [ONE]


# --- links: text or furniture

LONG = "وزیر نیرو گفت سدهای استان امسال پرتر از سال پیش است"
OTHER = "<a href='/fa/news/90{}/x'>{}</a>"


def linked(*texts: str, tag: str = "p") -> str:
    return "".join(f"<{tag}>{OTHER.format(place, text)}</{tag}>" for place, text in enumerate(texts, 10))


def test_a_digest_of_linked_headlines_is_its_text() -> None:
    heads = ["باران در شمال", "برف در غرب", "باد در شرق"]
    assert paragraphs(in_body(f"<ul>{linked(*heads, tag='li')}</ul>")) == heads
    assert paragraphs(in_body(f"<h3>هوا</h3>{linked(*heads, tag='div')}")) == ["هوا", *heads]
    intro = "مهم‌ترین خبرهای امروز درباره هوای استان از این قرار است:"
    assert paragraphs(in_body(f"<p>{intro}</p>{linked(*heads)}<p>{ONE}</p>")) == [intro, *heads, ONE]


def test_the_links_in_a_gallery_without_text_are_no_digest() -> None:
    gallery = '<div class="album_content"><a href="/files/1.jpg"><img src="/files/1_s.jpg"></a></div>'
    article = read(page(body=f'{gallery}<div class="body">{linked("باران", "برف")}</div>', lead=""))
    assert (article.kind, article.body) == (Kind.GALLERY, None)


@pytest.mark.parametrize("tag", ["p", "h3", "div", "strong"])
def test_linked_sub_headings_stay(tag: str) -> None:
    first, second = (f"<{tag}>{OTHER.format(n, f'گام {n} شورا')}</{tag}><br>" for n in (1, 2))
    assert paragraphs(in_body(f"{first}{ONE}<br>{second}{TWO}")) == ["گام 1 شورا", ONE, "گام 2 شورا", TWO]


@pytest.mark.parametrize("after", ["", f"<p>{TWO}</p>", linked("باران در شمال")])
def test_a_sentence_that_is_a_link_as_a_whole_stays(after: str) -> None:
    found = paragraphs(in_body(f"<p>{ONE}</p><p>{OTHER.format(7, LONG + '.')}</p>{after}"))
    assert found == [ONE, f"{LONG}."] + ([TWO] if TWO in after else [])


@pytest.mark.parametrize(
    "box",
    [
        f"<p>تماشاخانه</p>{linked('ببینید چطور می‌سازند')}",
        f"<div>۱۵ سال پیش در چنین روزی</div>{linked('خبری کهنه', tag='div')}",
        f"<h4>از میان خبرها</h4><ul>{linked('باران', 'برف', tag='li')}</ul>",
        f"<div class='box_x'><b>پیشنهاد ما</b>{linked('باران')}<div>همه خبرها</div></div>",
        f"<div class='box_x'><b>پیشنهاد ما:</b> {OTHER.format(1, LONG)}</div>",
        f"<div class='box_x'>{OTHER.format(1, LONG)}</div>",
        f"<ul>{linked(LONG, tag='li')}</ul>",
        "<p><a href='https://t.me/x'>عصرپرس</a> را دنبال کنید</p>",
        "<div><a href='/fa/services/8'>همه گزارش‌های ما</a></div>",
        "<div>بخش: <a href='/fa/services/8'>فرهنگ</a> | <a href='/fa/services/9'>کتاب</a></div>",
        "<p><a href='/fa/ads/redirect/ta/15'>دانلود برنامه برای گوشی</a></p>",
        "<p><a href='https://shop.example/7' target=_blank rel='sponsored'>بلیت قطار</a></p>",
        "<div class='advBox'>بلیت قطار</div><div class='close_adv'>بستن</div><div class='zxc_mb'>فرش</div>",
        "<div class='newsBottomBar'>ابزار</div><div class='short_link_box'>پیوند</div><p class='share_button'>الف</p>",
        "<div class='report-like'>پسندیدم</div><p>گزارش خطا</p><div class='col title_adv'>تبلیغ</div>",
        "<p>پخش ویدئو</p><p>دانلود فیلم</p><p>مرورگر شما از پخش ویدیو پشتیبانی نمی‌کند</p>",
        "<p>تعداد بازدید: ۱۰۱</p><p>۱٬۲۰۴ بازدید</p><p>این خبر ۱۲ بار خوانده شده است</p><p>Views: 7</p>",
        "<div class='visit_count'>۱۰۱</div><span class='news-hits'>۱۲</span>",
    ],
)
@pytest.mark.parametrize("end", ["", f"<p>{TWO}</p>"])
def test_furniture_within_the_body_is_left_out(box: str, end: str) -> None:
    assert paragraphs(in_body(f"<p>{ONE}</p>{box}{end}")) == [ONE] + ([TWO] if end else [])


@pytest.mark.parametrize(
    "line",
    [
        "۱۰۱ نفر از این کتابخانه بازدید کردند.",
        "تعداد بازدیدکنندگان امسال ۱۰۱ نفر بیشتر از سال پیش بود.",
        "او در <a href='https://t.me/x'>کانال تلگرام</a> خود نوشت:",
        "<a href='/fa/tag/1/x'>مدیر کتابخانه</a> گفت: کتاب‌ها رسید.",
        "منبع: <a href='http://elsewhere.example/'>ایسنای ما</a>",
        "<a href='/files/fa/news/1401/1/1/5.pdf'>متن کامل گزارش</a>",
        "* * * *",
        "پایان",
    ],
)
def test_short_lines_and_lines_with_links_that_say_something_are_kept(line: str) -> None:
    assert len(paragraphs(in_body(f"<p>{ONE}</p><p>{line}</p>"))) == 2


@pytest.mark.parametrize(
    "opening",
    [
        '<a class="lead2" href="/">پایگاه خبری عصرپرس (asrpress.ir) : </a><div>',
        '<p><strong><a href="http://www.asrpress.ir/">عصرپرس</a></strong></p><div>',
        '<div><a href="/fa">عصرپرس:</a> ',
        '<div><b><a href="/">عصرپرس</a></b> - ',
    ],
)
def test_a_link_to_the_outlets_home_at_the_head_is_no_text(opening: str) -> None:
    assert paragraphs(in_body(f"{opening}{ONE}</div><p>{TWO}</p>")) == [ONE, TWO]


def test_a_sentence_may_begin_with_the_outlets_name() -> None:
    inner = '<p><a href="/">عصرپرس</a> گزارش داد که کتاب‌ها رسید.</p>'
    assert paragraphs(in_body(inner)) == ["عصرپرس گزارش داد که کتاب‌ها رسید."]


def test_a_short_text_is_not_taken_for_the_heading_of_the_links_behind_it() -> None:
    assert paragraphs(in_body(f"<p>عکس: سام یاری</p>{linked('باران')}")) == ["عکس: سام یاری"]
    assert paragraphs(in_body(f"<table><tr><td>دره</td><td>۱۲</td></tr></table>{linked('باران')}")) == ["دره | ۱۲"]


def test_a_short_line_among_others_stays_though_a_promotion_and_links_interrupt_them() -> None:
    hours = ["اذان صبح به افق رود سپید ساعت ۵:۱۰", "طلوع آفتاب ساعت ۶:۲۰", "اذان ظهر ساعت ۱۲:۰۵"]
    interrupted = f"{hours[0]}<br><p>عضویت در اینستاگرام پنجره</p>{hours[1]}<br>{linked('باران', 'برف')}{hours[2]}"
    assert paragraphs(in_body(interrupted)) == hours
    prose = f"<p>{ONE}</p><p>عضویت در اینستاگرام پنجره</p><p>خبرهای دیگر</p>{linked('باران', 'برف')}<p>{hours[2]}</p>"
    assert paragraphs(in_body(prose)) == [ONE, hours[2]]


@given(st.lists(st.sampled_from(["<div>", "<p>", "</p>", "<br>", "<b>", "</b>", "<td>", "<tr>", "<table>", "واژه "])))
def test_no_word_is_lost_or_doubled_whatever_the_markup(pieces: list[str]) -> None:
    found = "".join(paragraphs(in_body(f"<p>{ONE}</p>" + "".join(pieces))))
    assert found.count("واژه") == pieces.count("واژه ")
