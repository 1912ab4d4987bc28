"""Where the parts of an article stand, in every variation of the templates."""

import pytest

from asrcrawler.exceptions import Unreadable
from asrcrawler.items import Kind
from tests.samaneh.template import (
    BASE,
    CODE,
    CODE_PLACE,
    DATE_PLACE,
    HEADLINE,
    KICKER,
    LEAD,
    LEAD_PLACE,
    SIDE,
    TAGS,
    TEXT,
    TITLE,
    page,
    read,
)

PUBLISHED = "1401-11-04 22:54"
BOTH = ["فرهنگ", "کتاب"]
DAY, GREGORIAN = "۰۴ بهمن ۱۴۰۱", "24 January 2023"


def test_the_template_of_the_target() -> None:
    article = read(page())
    assert article.code == CODE
    assert (article.kicker, article.title, article.lead) == ("گزارش میدانی", TITLE, LEAD)
    assert article.body == TEXT
    assert article.published_jalali == PUBLISHED
    assert article.published_at is not None
    assert article.published_at.isoformat() == "2023-01-24T22:54:00+03:30"
    assert (article.category, article.tags) == (["فرهنگ", "کتاب"], ["کتاب", "روستا"])
    assert (article.kind, article.author, article.images) == (Kind.ARTICLE, None, [])
    assert set(article.sources.values()) == {"page"}
    assert (article.url, article.short_url) == (f"{BASE}/fa/news/{CODE}", f"{BASE}/00017h")
    assert article.notes == []


@pytest.mark.parametrize(
    "place",
    [
        '<div class="news_nav news_id_c"><span class="news_title">کد خبر: </span>۴۳۲۱</div>',
        '<div class="news_nav news_id_c"><span class="news_title"></span> ۴۳۲۱</div>',
        '<div class="news_id_c col-xs-36"><span class="news_nav_title">کد خبر: </span>4321</div>',
        '<div class="news_id_c">٤٣٢١</div>',
        "<span>کد خبر:</span> <span>۴۳۲۱</span>",
        "<ul><li><b>کد خبر</b></li><li>۴۳۲۱</li></ul>",
        "<table><tr><td>كد خبر :</td><td>۴۳۲۱</td></tr></table>",
        "<div>کدخبر: ۴۳۲۱ | گروه: کتاب</div>",
        "<p>شناسه خبر: ۴۳۲۱</p>",
        "<p>News ID: 4321</p>",
        "<p>رمز الخبر: ٤٣٢١</p>",
        '<div class="item-code"><span>کد خبر</span> ۴۳۲۱</div>',
        '<a href="/fa/save/4321" class="news_save_botton"></a>',
        """<div onclick='window.open("/fa/print/4321", "printwin")'></div>""",
    ],
)
def test_the_code_is_found_by_name_label_or_button(place: str) -> None:
    assert read(page(code=place)).code == CODE
    with pytest.raises(Unreadable, match="page of code 4321"):
        read(page(code=place), code=99)


@pytest.mark.parametrize("body_id", [' id="news"', ' id="photo"', ""])
@pytest.mark.parametrize(
    "head",
    [
        '<meta property="og:url" content="http://asrpress.ir/fa/news/4321/slug">',
        '<link rel="canonical" href="http://asrpress.ir/fa/news/4321">',
        '<link rel="canonical" href="/0017h"><meta property="og:url" content="http://asrpress.ir/00017h">',
    ],
)
def test_without_a_code_on_the_page_its_own_address_counts(head: str, body_id: str) -> None:
    html = page(code="", head=head, body_id=body_id)
    assert read(html).code == CODE
    with pytest.raises(Unreadable, match="page of code 4321"):
        read(html, code=99)


def test_an_address_is_no_code_on_a_page_of_many_articles() -> None:
    head = '<meta property="og:url" content="http://asrpress.ir/fa/news/4321">'
    with pytest.raises(Unreadable, match=r"no news code on the page \(body#archive\)"):
        read(page(code="", head=head, body_id=' id="archive"'))


def test_a_page_that_gives_two_codes_is_not_read() -> None:
    twice = CODE_PLACE + CODE_PLACE.replace("۴۳۲۱", "۴۳۲۲")
    with pytest.raises(Unreadable, match="several news codes on the page: 4321, 4322"):
        read(page(code=twice))


def test_the_same_code_twice_is_one() -> None:
    assert read(page(code=CODE_PLACE * 2)).code == CODE


def test_a_code_that_the_text_mentions_is_not_the_code_of_the_page() -> None:
    body = f'<div class="body"><p>{TEXT}</p><p>کد خبر: ۹۹۹۹</p></div>'
    assert read(page(body=body)).code == CODE
    with pytest.raises(Unreadable, match="no news code"):
        read(page(code="", body=body))


@pytest.mark.parametrize(
    "place",
    [
        '<div class="news_nav news_pdate_c"><span class="news_title"></span>۲۲:۵۴ - ۰۴ بهمن ۱۴۰۱</div>',
        f'<div class="news_pdate_c"><sapn class="fa_date">{DAY} - ۲۲:۵۴</sapn><i class="en_date">{GREGORIAN}</i></div>',
        '<div class="news_pdate_c"></div><div class="news_pdate_c">چهارشنبه ۰۴ بهمن ۱۴۰۱ - ۲۲:۵۴</div>',
        "<div><span>تاریخ انتشار:</span> <span>۲۲:۵۴</span> - <span>۰۴ بهمن ۱۴۰۱</span></div>",
        "<ul><li>تاريخ انتشار</li><li>۲۲:۵۴ - ۰۴ بهمن ۱۴۰۱</li></ul>",
        "<ul><li>تاریخ\u200cانتشار：</li><li>۲۲:۵۴ - ۰۴ بهمن ۱۴۰۱</li></ul>",
        "<div>Publish Date: 22:54 - 24 January 2023</div>",
        "<div>زمان انتشار : ۱۴۰۱/۱۱/۰۴ - ۲۲:۵۴ | کد خبر: ۴۳۲۱</div>",
    ],
)
def test_the_date_is_found_by_name_or_label(place: str) -> None:
    article = read(page(date=place))
    assert (article.published_jalali, article.sources["published_at"]) == (PUBLISHED, "page")


@pytest.mark.parametrize(
    "place",
    [
        '<time datetime="2023-01-24T22:54:00+03:30">دیروز ساعت ۲۲</time>',
        '<time class="news_path_time">۰۴ بهمن ۱۴۰۱ - ۲۲:۵۴</time>',
        '<div class="publish-date">۰۴ بهمن ۱۴۰۱ - ۲۲:۵۴</div>',
        '<span class="photo_pub_date">۲۲:۵۴ - ۱۴۰۱/۱۱/۰۴</span>',
        '<span class="news-date">2023-01-24 22:54</span>',
        *(
            f'<div class="col-xs-36 {name}">تاریخ: ۰۴ بهمن ۱۴۰۱ - ۲۲:۵۴</div>'
            for name in (
                "news-pdate news-publishdate photo-news-publishdate n-data photo-n-data video-date news-nav-times"
                " date-color-news time decription_d_i bread_time photo_pdate pubDate news_tarikh".split()
            )
        ),
        '<li class="time">۰۴ بهمن ۱۴۰۱ - ۲۲:۵۴</li>',
        '<ul class="news-detile"><li>کد ۴۳۲۱</li><li>۰۴ بهمن ۱۴۰۱ - ۲۲:۵۴</li></ul>',
        '<div class="x1"><i></i><b>۲۲:۵۴</b> <b>۰۴ بهمن ۱۴۰۱</b></div>',
        '<div class="news_nav"><i></i>۰۴ بهمن ۱۴۰۱ - ۲۲:۵۴</div>',
        '<div class="news_path"><a href="/fa/culture">فرهنگ</a> » <span>۰۴ بهمن ۱۴۰۱ - ۲۲:۵۴</span></div>',
        '<div class="last-update-time">۰۵ بهمن ۱۴۰۱ - ۱۰:۰۰</div><div class="time">۰۴ بهمن ۱۴۰۱ - ۲۲:۵۴</div>',
        '<div class="time">زمان مطالعه: ۳ دقیقه</div><div class="n-data">۰۴ بهمن ۱۴۰۱ - ۲۲:۵۴</div>',
    ],
)
def test_a_place_that_may_be_the_date_counts_where_nothing_better_is(place: str) -> None:
    assert read(page(date=place)).published_jalali == PUBLISHED
    better = '<meta property="article:published_time" content="۱۴۰۰/۰۱/۰۲ - ۰۳:۰۴">'
    article = read(page(date=place, head=better))
    assert (article.published_jalali, article.sources["published_at"]) == ("1400-01-02 03:04", "meta")


def test_of_two_dates_in_places_without_a_name_none_is_taken() -> None:
    dates = "<p>۰۴ بهمن ۱۴۰۱ - ۲۲:۵۴</p>", "<p>۰۵ بهمن ۱۴۰۱ - ۲۲:۵۴</p>"
    assert read(page(date=dates[0])).published_jalali == PUBLISHED
    assert read(page(date=dates[0] * 2)).published_jalali == PUBLISHED
    assert read(page(date="".join(dates))).published_at is None
    assert read(page(date="", after=f'<div class="comments_item">{dates[0]}</div>')).published_at is None
    assert read(page(date=f"<p>به روز شده در: {dates[1][3:]}{dates[0]}")).published_jalali == PUBLISHED


@pytest.mark.parametrize(
    "form",
    [
        "سه شنبه ۰۴ بهمن ۱۴۰۱ ساعت ۱۰:۵۴ ب.ظ",
        "۲۲ : ۵۴ - ۰۴ بهمن ۱۴۰۱",
        "۴ بهمن ماه سال ۱۴۰۱",
        "۲۲.۵۴ - ۰۴ بهمن ۱۴۰۱",
        "دو ساعت پیش - ۲ ساعت قبل",
        "۰۴ بهمنماه ۱۴۰۱ - ۲۲:۵۴",
        "۰۴ بهمن ۱۴۰۱ - ۲۲:۵۴ - ۰۵ بهمن ۱۴۰۱ - ۱۰:۰۰",
        "۰۴/۱۱/۰۱ ۲۲:۵۴",
    ],
)
def test_a_date_that_is_not_read_leaves_the_word_to_the_next_place(form: str) -> None:
    place = f'<div class="news_nav news_pdate_c">تاریخ انتشار: {form}</div>'
    meta = '<meta property="article:published_time" content="2023-01-24T22:54:00+03:30">'
    article = read(page(date=place, head=meta))
    assert (article.published_jalali, article.sources["published_at"]) == (PUBLISHED, "meta")
    assert [note.partition(":")[0] for note in article.notes] == ["published_at in page"]
    assert read(page(date=place)).published_at is None


@pytest.mark.parametrize("form", ["۳۱ مهر ۱۴۰۱ - ۱۰:۲۰", "۰۴ بهمن ۱۴۰۱ - ۲۵:۵۴", "۰۴ بهمن ۹۴۰۱", "2023-02-30 10:20"])
def test_an_impossible_date_leaves_the_word_to_none(form: str) -> None:
    meta = '<meta property="article:published_time" content="2023-01-24T22:54:00+03:30">'
    article = read(page(date=f'<div class="news_pdate_c">{form}</div>', head=meta))
    assert (article.published_at, len(article.notes)) == (None, 1)


@pytest.mark.parametrize(
    "inner",
    [
        "تاریخ انتشار: ۲۲:۵۴ - ۰۴ بهمن ۱۴۰۱<span> - به روز شده در: ۰۵ بهمن ۱۴۰۱ - ۱۰:۰۰</span>",
        "<i>به‌روزرسانی: ۰۵ بهمن ۱۴۰۱ - ۱۰:۰۰</i> | <i>تاریخ انتشار: ۲۲:۵۴ - ۰۴ بهمن ۱۴۰۱</i>",
        "۲۲:۵۴ - ۰۴ بهمن ۱۴۰۱ (آخرین ویرایش ۰۵ بهمن ۱۴۰۱ - ۱۰:۰۰)",
    ],
)
def test_of_a_place_with_the_last_change_too_the_part_about_the_publication_counts(inner: str) -> None:
    article = read(page(date=f'<div class="news_nav news_pdate_c">{inner}</div>'))
    assert (article.published_jalali, article.notes) == (PUBLISHED, [])


def test_neither_the_sites_own_date_nor_those_of_lists_are_the_articles() -> None:
    side = '<div class="news-date">۰۱ دی ۱۴۰۳ - ۱۰:۰۰</div>' + SIDE
    article = read(page(date="", side=side))
    assert article.published_at is None
    assert article.published_jalali is None


def test_both_dates_of_one_place_are_checked_against_each_other() -> None:
    both = '<div class="news_pdate_c"><sapn class="fa_date">{}</sapn><span class="en_date">{}</span></div>'
    article = read(page(date=both.format(f"{DAY} - ۲۲:۵۴", "25 January 2023")))
    assert article.published_jalali == PUBLISHED
    assert [note.partition(":")[0] for note in article.notes] == ["published_at in page"]
    assert "the Gregorian one beside it 2023-01-25" in article.notes[0]


def test_the_time_may_stand_beside_the_element_of_the_jalali_day() -> None:
    place = f'<div class="news_pdate_c">۲۲:۵۴ - <span class="fa_date">{DAY}</span></div>'
    assert read(page(date=place)).published_jalali == PUBLISHED


def test_where_the_whole_place_is_no_date_its_jalali_part_counts_and_the_rest_is_told() -> None:
    place = f'<div class="news_pdate_c"><i class="fa_date">{DAY} - ۲۲:۵۴</i> <i>24 January 2023 10:54 pm</i></div>'
    article = read(page(date=place))
    assert article.published_jalali == PUBLISHED
    assert len(article.notes) == 1
    assert "a time of twelve hours" in article.notes[0]
    impossible = read(page(date=place.replace(DAY, "۳۱ مهر ۱۴۰۱")))
    assert (impossible.published_at, len(impossible.notes)) == (None, 1)


def test_a_gregorian_date_alone_is_read() -> None:
    place = '<div class="news_pdate_c">تاریخ انتشار: 24 January 2023 - 22:54</div>'
    assert read(page(date=place)).published_jalali == PUBLISHED


@pytest.mark.parametrize(
    "headline",
    [
        f'<h1 class="Htags"><a class="title" href="/fa/news/{CODE}/x">{TITLE}</a></h1>',
        f'<h1 class="title"><a href=/fa/news/{CODE}/x>{TITLE}</a></h1>',
        f'<h1 class="title"><a href="/fa/news/{CODE}/یک نشانی با فاصله">{TITLE}</a></h1>',
        f'<h1 class="title"><a href="#"></a>{TITLE}</h1>',
        f"<h1>{TITLE}</h1>",
        f'<h1 class="h_title_news">{TITLE}</h1>',
        f'<h2 class="title">{TITLE}</h2>',
        f'<div class="title">{TITLE}</div>',
        f'<div class="title"><a href="/fa/news/{CODE}/x">{TITLE}</a></div>',
        f'<div class="title-news">{TITLE}</div>',
        f'<div itemprop="headline">{TITLE}</div>',
        f'<h2><a href="/fa/news/{CODE}/x">{TITLE}</a></h2>',
        f"<h2>{TITLE}</h2>",
        f'<h1><span class="title-news">{TITLE}</span></h1>',
        f'<h1 class="title"><a href="/fa/news/{CODE}/x">{TITLE.replace(" ", "<br>", 1)}</a></h1>',
        f'<h1 class="title"><div>{TITLE.replace(" ", "</div><div>", 1)}</div></h1>',
        f'<div class="video_title">{TITLE}</div>',
    ],
)
@pytest.mark.parametrize("container", ['<div style="direction: right;">', '<div style="DIRECTION:rtl">', "<article>"])
def test_the_headline_in_every_form(headline: str, container: str) -> None:
    header = '<h1 class="logo title"><a href="/">عصرپرس</a></h1><div class="title">پربیننده‌ترین‌ها</div>'
    article = read(page(headline=headline, container=container, header=header))
    assert (article.title, article.sources["title"]) == (TITLE, "page")
    assert article.body == TEXT


def test_the_outlets_name_is_no_headline() -> None:
    article = read(page(headline="", header="<h1>عصرپرس</h1>", head=f'<meta property="og:title" content="{TITLE}">'))
    assert (article.title, article.sources["title"]) == (TITLE, "meta")


def test_the_outlets_name_in_a_heading_of_its_own_does_not_hide_a_headline_in_another_element() -> None:
    header = '<h1 class="site-title">عصرپرس</h1><h2>پربیننده‌ترین‌ها</h2>'
    headline = f'<h2><a href="/fa/news/{CODE}/x">{TITLE}</a></h2>'
    assert read(page(header=header, headline=headline, container="<article>")).title == TITLE


def test_of_two_headings_the_one_counts_that_the_head_names() -> None:
    header = '<h1 class="title">ویژه‌نامه نوروز</h1>'
    headline = f'<h1 class="title">{TITLE}</h1>'
    assert read(page(header=header, headline=headline, container="<div>")).title == TITLE


def test_two_headlines_of_which_nothing_tells_the_right_one_are_refused() -> None:
    header = '<h1 class="title">ویژه‌نامه نوروز</h1>'
    headline = f'<h1 class="title">{TITLE}</h1>'
    with pytest.raises(Unreadable, match="several headlines"):
        read(page(head="", header=header, headline=headline, container="<div>"))


@pytest.mark.parametrize(
    ("kicker", "text"),
    [
        ('<div class="rutitr"></div>', None),
        ('<div class="rutitr col-xs-36" style="text-align:right;">گزارش میدانی</div>', "گزارش میدانی"),
        ('<div class="rutitr_body"><strong class="news_strong">گزارش میدانی</strong></div>', "گزارش میدانی"),
        ('<div class="newspage_rutitr">گزارش میدانی</div>', "گزارش میدانی"),
        ('<div class="news-rutitr">گزارش میدانی</div>', "گزارش میدانی"),
        ('<div class="newsPreTitle">گزارش میدانی</div>', "گزارش میدانی"),
        ('<div class="rotitr">گزارش<br>میدانی</div>', "گزارش میدانی"),
        ('<div class="rutitr"><p>گزارش</p><p>میدانی</p></div>', "گزارش میدانی"),
        ("", None),
    ],
)
def test_the_kicker_in_every_form(kicker: str, text: str | None) -> None:
    assert read(page(kicker=kicker)).kicker == text


@pytest.mark.parametrize(
    ("lead", "text"),
    [
        (f'<div class="subtitle col-xs-36">{LEAD}</div>', LEAD),
        (f'<div class="subtitle"><h2 class="Htags_news_subtitle"><strong>{LEAD}</strong></h2></div>', LEAD),
        (f'<p class="subtitle">{LEAD}</p>', LEAD),
        (f'<div class="news_lead">{LEAD}</div>', LEAD),
        (f'<div class="lead">{LEAD}</div>', LEAD),
        (f'<div class="subtitle_photo">{LEAD}</div>', LEAD),
        (f'<div class="sub_ax">{LEAD}</div>', LEAD),
        (f'<div class="leadi">{LEAD}</div>', LEAD),
        (f'<div class="baznashr-subtitle">{LEAD.replace(" ", "<br />")}</div>', LEAD),
        (f'<div class="subtitle"><ul><li>{LEAD.replace(" از ", "<li>از ")}</ul></div>', LEAD),
        (f'<div class="content-lead-news">{LEAD}</div>', LEAD),
        ('<div class="subtitle"></div>', None),
        ("", None),
    ],
)
def test_the_lead_in_every_form(lead: str, text: str | None) -> None:
    assert read(page(lead=lead)).lead == text


def test_kicker_and_lead_may_stand_outside_the_element_of_headline_and_body() -> None:
    html = page(kicker="", lead="", container=f"{KICKER}{LEAD_PLACE}<div>")
    article = read(html)
    assert (article.kicker, article.lead, article.body) == ("گزارش میدانی", LEAD, TEXT)


def test_a_lead_that_the_body_repeats_stays_in_the_body() -> None:
    article = read(page(body=f'<div class="body"><p>{LEAD}</p><p>{TEXT}</p></div>'))
    assert article.lead == LEAD
    assert article.body == f"{LEAD}\n\n{TEXT}"


def test_subtitles_of_other_articles_are_no_lead() -> None:
    related = '<div class="box"><a href="/fa/news/9003/z">برف</a><div class="subtitle">برف آمد.</div></div>'
    assert read(page(lead="", after=related)).lead is None


OTHERS = [
    '<div class="related_news">{}</div>',
    '<div class="box"><a href="/fa/news/9003/z">برف</a>{}</div>',
    '<ul><li><div>{}</div><a href="/fa/news/9003/z">برف</a></li></ul>',
]
"""Boxes of other articles, by their name and by where they lead."""
OF_ANOTHER = (
    '<div class="rutitr">هوا</div><div class="subtitle">برف آمد.</div><span class="writer_name">سام یاری</span>'
    '<img class="lead_image" src="/files/snow.jpg"><div class="image_set"><img src="/files/snow.jpg"></div>'
)


@pytest.mark.parametrize("box", OTHERS)
@pytest.mark.parametrize("above", [True, False])
def test_nothing_of_another_article_is_taken_from_a_box_beside_the_body(box: str, above: bool) -> None:
    own, other = f'<div class="body"><p>{TEXT}</p></div>', box.format(OF_ANOTHER)
    article = read(page(kicker="", lead="", body=other + own if above else own + other))
    assert (article.kicker, article.lead, article.author) == (None, None, None)
    assert (article.images, article.kind, article.body) == ([], Kind.ARTICLE, TEXT)


def test_a_lead_may_link_to_another_article_and_a_link_is_no_lead() -> None:
    linking = f'<div class="subtitle">{LEAD} <a href="/fa/news/9003/z">گزارش پیشین</a></div>'
    assert read(page(lead=linking)).lead == f"{LEAD} گزارش پیشین"
    assert read(page(lead='<div class="subtitle"><a href="/fa/news/9003/z">برف در شمال</a></div>')).lead is None


def test_what_follows_the_body_is_no_lead() -> None:
    body = f'<div class="body"><p>{TEXT}</p></div><form><div class="subtitle">نظر شما</div></form>'
    assert read(page(lead="", body=body)).lead is None


def test_a_lead_beside_a_body_that_links_to_others_is_the_articles() -> None:
    body = f'<div class="body"><p>{TEXT} <a href="/fa/news/9003/z">برف</a></p></div>'
    picture = '<div class="lead_image"><img src="/files/bus.jpg"></div>'
    article = read(page(lead="", body=f"<div><div>{LEAD_PLACE}{picture}</div>{body}</div>"))
    assert (article.lead, [image.url for image in article.images]) == (LEAD, [f"{BASE}/files/bus.jpg"])


@pytest.mark.parametrize(
    "opening",
    [
        '<div class="body">',
        '<div class="col-xs-36 body">',
        '<div class="body col-xs-36" style="padding-left:18px">',
        '<section class="body">',
        '<section class="body" id="newsMainBody">',
        "<article class=body>",
        '<div id="newsMainBody">',
        '<div itemprop="articleBody">',
        '<div class="item-body">',
        '<div class="news_body">',
        '<div class="body_news">',
        '<div class="khabar-matn">',
        '<div class="body"><div class="body">',
    ],
)
def test_the_body_in_every_form(opening: str) -> None:
    assert read(page(body=f"{opening}<p>{TEXT}</p></div></section></article>")).body == TEXT


def test_the_element_that_is_marked_as_the_body_counts_within_others() -> None:
    body = f'<div class="item-body"><div>چاپ</div><div itemprop="articleBody"><p>{TEXT}</p></div></div>'
    assert read(page(body=body)).body == TEXT


def test_a_class_named_body_around_the_whole_article_is_not_its_text() -> None:
    article = read(page(container='<div class="body news_body">', kicker="", lead=""))
    assert article.body == TEXT


def test_two_bodies_beside_each_other_are_one_text() -> None:
    body = f'<div class="body"><p>{TEXT}</p></div><div class="adv"></div><div class="body"><p>{LEAD}</p></div>'
    assert read(page(body=body)).body == f"{TEXT}\n\n{LEAD}"


@pytest.mark.parametrize(
    "related",
    [
        '<div class="related"><div class="body"><a href="/fa/news/9001/x">باران در شمال</a></div></div>',
        '<div class="box"><div class="body"><a href="/fa/news/9001/x">باران در شمال</a></div></div>',
        '<div class="body"><ul><li><a href="/fa/news/9001/x">باران در شمال</a></li></ul></div>',
    ],
)
def test_a_related_box_within_the_article_is_not_its_text(related: str) -> None:
    own = f'<div class="body"><p>{TEXT}</p></div>'
    assert read(page(body=related + own)).body == TEXT
    assert read(page(body=own + related)).body == TEXT


def test_what_readers_write_is_no_text_of_the_article() -> None:
    comments = '<div class="comments_item"><div class="body">آفرین</div></div>' * 2
    body = f'<div class="body"><p>{TEXT}</p>{comments}</div>'
    article = read(page(body=body, after=comments))
    assert (article.body, article.comment_count) == (TEXT, 4)
    assert read(page(body=comments + f'<div class="body">{TEXT}</div>')).body == TEXT


def test_two_texts_that_both_may_be_the_article_are_refused() -> None:
    long = "<p>" + f"{TEXT} " * 5 + "</p>"
    body = f'<div class="a"><div class="body">{long}</div></div><div class="b"><div class="body">{long}</div></div>'
    with pytest.raises(Unreadable, match="several bodies"):
        read(page(body=body))


def test_a_page_without_a_body_is_refused() -> None:
    with pytest.raises(Unreadable, match="no body"):
        read(page(body=""))


@pytest.mark.parametrize(
    ("path", "category"),
    [
        ('<div class="news_path"><a href="/fa">صفحه نخست</a> » <a href="/fa/culture">فرهنگ</a></div>', ["فرهنگ"]),
        (
            '<div class="news_path">گروه : <a href="/fa/culture">فرهنگ</a> » <a href="/c">کتاب</a></div>',
            ["فرهنگ", "کتاب"],
        ),
        ('<div class="news_path"><a href="/fa/a">فرهنگ/هنر</a></div>', ["فرهنگ/هنر"]),
        ('<div class="news_path">صفحه نخست » فرهنگ » کتاب</div>', ["فرهنگ", "کتاب"]),
        ('<div class="news_path"><a href="/">عصرپرس</a> » فرهنگ</div>', ["عصرپرس", "فرهنگ"]),
        ('<div class="news_path2"><a href="/fa/a">فرهنگ</a> | <a href="/b">کتاب</a></div>', ["فرهنگ", "کتاب"]),
        ('<ol class="breadcrumb"><li><a href="/">خانه</a></li><li><a href="/a">فرهنگ</a></li></ol>', ["فرهنگ"]),
        ('<a class="service_name" href="/a">فرهنگ</a><a class="cat_name" href="/b">کتاب</a>', ["فرهنگ", "کتاب"]),
        ('<div class="news_cat_c"><span>گروه:</span> فرهنگ</div>', ["فرهنگ"]),
        ('<div class="news_path"><a href="/a">کتاب</a> >> <a href="/a/9">کتاب</a></div>', ["کتاب", "کتاب"]),
        ('<div class="news_path"><a href="/a">کتاب<br>و فیلم</a></div>', ["کتاب و فیلم"]),
        (
            '<div class="news_path"><a href="/fa/archive?service_id=1">صفحه نخست</a> » <a href="/a">کتاب</a></div>',
            ["کتاب"],
        ),
        *(
            (
                f'<div class="x {name}"><a href="/fa">خانه</a> / <a href="/a">فرهنگ</a> / <a href="/b">کتاب</a></div>',
                BOTH,
            )
            for name in "padd-breadcrumb crumbs pathe_news news_nav_second breadcrumb_list path_bottom_body".split()
        ),
        ('<a class="news-service" href="/a">فرهنگ</a>', ["فرهنگ"]),
        ('<span class="service-name">گروه: فرهنگ</span>', ["فرهنگ"]),
        ('<div class="news_path"></div><ul class="breadcrumb"><li><a href="/a">فرهنگ</a></li></ul>', ["فرهنگ"]),
        ("", []),
    ],
)
def test_the_sections_in_every_form(path: str, category: list[str]) -> None:
    assert read(page(path=path)).category == category


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        ('<div class="tags_title"><a href="/fa/tag/1/کتاب">کتاب</a> ، <a href="#">روستا</a></div>', ["کتاب", "روستا"]),
        ('<ul class="tags"><li><a href="/x">کتاب</a></li><li><a href="/y">روستا</a></li></ul>', ["کتاب", "روستا"]),
        ('<div><b>برچسب‌ها:</b> <a href="/fa/tags/1/1/x">کتاب</a> <a href="/q">روستا</a></div>', ["کتاب", "روستا"]),
        ('<div><a href="/fa/tag/1/کتاب و خواندن">#کتاب</a><a href=/fa/tag/1/روستا>#روستا</a></div>', ["کتاب", "روستا"]),
        (TAGS + TAGS, ["کتاب", "روستا"]),
        ('<div class="tags_title"><a class="tags_item" href="/x">کتاب<br>روستا</a></div>', ["کتاب روستا"]),
        ("", []),
    ],
)
def test_the_tags_in_every_form(tags: str, found: list[str]) -> None:
    assert read(page(tags=tags)).tags == found


def test_the_tags_of_the_day_are_not_the_articles() -> None:
    hot = '<div class="hot"><a class="tags_item" href="/fa/tag/1/گرما">گرما</a></div>'
    assert read(page(header=hot)).tags == ["کتاب", "روستا"]
    assert read(page(side=SIDE + hot)).tags == ["کتاب", "روستا"]


HOT = '<a href="/fa/tags/9/1/گرما">گرما</a><a href="/fa/tags/8/1/سرما">سرما</a>'


@pytest.mark.parametrize(
    ("header", "side"),
    [
        (f'<div class="trend"><span>داغ‌ترین‌ها</span>{HOT}</div>', ""),
        (f"<div>{HOT}</div>", ""),
        (f'<div class="hot">{HOT.replace("<a ", "<a class=tags_item ")}</div>', ""),
        (f"<header><ul><li>{HOT}</li></ul></header>", ""),
        ("", f'<div class="side"><div class="tags_container">برچسب‌ها: {HOT}</div></div>'),
        ("", f"<aside>{HOT}</aside>"),
        ("", f'<div class="page_footer"><b>برچسب‌ها</b> {HOT}</div>'),
    ],
)
def test_an_article_without_tags_gets_none_from_elsewhere(header: str, side: str) -> None:
    assert read(page(tags="", header=header, side=side + SIDE)).tags == []
    wrapped = page(tags="", header=f"<div id=wrapper>{header}", side=f"{side}{SIDE}</div>")
    assert read(wrapped).tags == []


def test_a_header_with_the_headline_in_it_is_the_articles() -> None:
    tags = f'<div class="labels">{HOT}</div>'
    html = page(
        container='<article><header class="news-header">', kicker=tags, tags="", body="</header><p class=body>متن"
    )
    assert read(html).tags == ["گرما", "سرما"]


@pytest.mark.parametrize("first", [True, False])
def test_of_two_groups_that_are_equally_near_the_one_with_the_label_counts(first: bool) -> None:
    labelled, other = f"<div>برچسب‌ها: {HOT}</div>", '<div><a href="/fa/tag/1/کتاب">کتاب</a></div>'
    assert read(page(tags=labelled + other if first else other + labelled)).tags == ["گرما", "سرما"]


@pytest.mark.parametrize(
    "place",
    [
        '<div class="news_author">آرزو<br>نیک‌پی</div>',
        '<div class="news_author">آرزو نیک‌پی</div>',
        '<div class="author_name">نویسنده: آرزو نیک‌پی</div>',
        "<div>نویسنده: آرزو نیک‌پی</div>",
        "<p><b>خبرنگار :</b> آرزو نیک‌پی</p>",
    ],
)
def test_the_author_by_name_or_label(place: str) -> None:
    body = f'<div class="body"><p>{TEXT}</p></div>'
    assert read(page(body=body + place)).author == "آرزو نیک‌پی"
    assert read(page(body=place + body)).author == "آرزو نیک‌پی"


def test_two_names_behind_the_label_are_none() -> None:
    names = "<div>نویسنده: آرزو نیک‌پی</div><div>نویسنده: سام یاری</div>"
    assert read(page(body=f'<div class="body">{TEXT}</div>{names}')).author is None


def test_a_label_within_the_text_names_no_author() -> None:
    assert read(page(body=f'<div class="body"><p>{TEXT}</p><p>نویسنده: سام یاری</p></div>')).author is None


def test_a_page_without_any_of_the_optional_parts() -> None:
    article = read(page(kicker="", lead="", tags="", path="", date="", side="", head=""))
    assert (article.title, article.body) == (TITLE, TEXT)
    assert (article.kicker, article.lead, article.author, article.published_at) == (None, None, None, None)
    assert (article.category, article.tags, article.images) == ([], [], [])


def test_code_and_date_may_stand_behind_the_article() -> None:
    html = page(code="", date="", after=CODE_PLACE + DATE_PLACE)
    assert read(html).published_jalali == PUBLISHED
    assert HEADLINE.encode() in html
