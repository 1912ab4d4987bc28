"""A page of the CMS in parts, so that a test states only what it is about. The texts are our own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asrcrawler.samaneh.page import read_page

if TYPE_CHECKING:
    from asrcrawler.items import Article

CODE = 4321
SITE = "asrpress.ir"
BASE = f"http://{SITE}"
URL = f"{BASE}/fa/news/{CODE}"
TITLE = "کتابخانه سیار به روستاهای کوهپایه رسید"
LEAD = "نخستین کتابخانه سیار استان از امروز به دوازده روستا سر می‌زند."
TEXT = "اتوبوس آبی‌رنگ کتابخانه صبح امروز با دو هزار جلد کتاب به راه افتاد."

HEAD = f"<title>{TITLE} - عصرپرس</title>"
HEADER = (
    '<div class="header"><a href="/"><img src="/client/themes/fa/main/img/logo.png"></a>'
    '<div class="header_date">به روز شده در: ۰۳ آذر ۱۴۰۳ - ۰۸:۵۲</div></div>'
)
CODE_PLACE = '<div class="news_nav news_id_c"><span class="news_nav_title">کد خبر: </span>۴۳۲۱</div>'
DATE_PLACE = (
    '<div class="news_nav news_pdate_c"><span class="news_nav_title">تاریخ انتشار: </span>'
    "۲۲:۵۴ - ۰۴ بهمن ۱۴۰۱ - 24 January 2023</div>"
)
PATH = '<div class="news_path"><a href=/fa/services/20>فرهنگ</a> >> <a href="/fa/services/20/90">کتاب</a></div>'
KICKER = '<div class="rutitr">گزارش میدانی</div>'
HEADLINE = f'<div class="title"><h1 class="title"><a href="/fa/news/{CODE}/slug">\n{TITLE}\n</a></h1></div>'
LEAD_PLACE = f'<div class="subtitle">{LEAD}</div>'
TAGS = (
    '<div class="tags_container"><div class="tags_title">برچسب ها: '
    '<a class="tags_item" href="/fa/tag/1/کتاب">کتاب</a> ، <a class="tags_item" href="/fa/tag/1/روستا">روستا</a>'
    "</div></div>"
)
SIDE = (
    '<div class="side"><div class="box_title">آخرین اخبار</div><ul>'
    '<li><a class="title" href="/fa/news/9001/x">باران در شمال</a> تاریخ انتشار : ۱۴۰۴/۰۲/۲۵</li>'
    '<li><a class="title" href="/fa/news/9002/y">برف در غرب</a> تاریخ انتشار : ۱۴۰۴/۰۲/۲۶</li></ul></div>'
)


def page(
    *,
    head: str = HEAD,
    body_id: str = ' id="news"',
    header: str = HEADER,
    code: str = CODE_PLACE,
    date: str = DATE_PLACE,
    path: str = PATH,
    kicker: str = KICKER,
    headline: str = HEADLINE,
    lead: str = LEAD_PLACE,
    body: str = f'<div class="body"><p>{TEXT}</p><div class="wrapper"></div></div>',
    container: str = '<div style="direction: right;">',
    tags: str = TAGS,
    after: str = "",
    side: str = SIDE,
) -> bytes:
    """The HTML of a page; each argument replaces one part."""
    return (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'>{head}</head><body{body_id}>{header}"
        f'<div class="col-1"><div class="news_toolbar">{code}{date}</div><div class="news_tools">{path}</div>'
        f"{container}<div class='top'>{kicker}{headline}{lead}</div>{body}</div>{tags}{after}</div>{side}</body></html>"
    ).encode()


def in_body(inner: str) -> bytes:
    """A page whose body element holds ``inner``."""
    return page(body=f'<div class="body">{inner}</div>')


def read(html: bytes, *, code: int = CODE, url: str = URL, encoding: str | None = None) -> Article:
    return read_page(html, site=SITE, code=code, url=url, base_url=BASE, declared_encoding=encoding)


def paragraphs(html: bytes) -> list[str]:
    """The paragraphs that are read from a page."""
    return (read(html).body or "").split("\n\n")
