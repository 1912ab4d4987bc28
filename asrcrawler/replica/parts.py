"""Write the parts of a page that are the article: toolbar, path, headline, lead, tags, comments, gallery, film."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asrcrawler.replica.datestamps import gregorian_part, jalali_part
from asrcrawler.replica.handwriting import escaped, handwritten, in_digits
from asrcrawler.replica.variations import Comments, DatePlace, Headline, Hrefs, Kicker, Lead, Path, Reel, Toolbar

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from asrcrawler.replica.content import Content
    from asrcrawler.replica.look import Look

CODE_LABEL = "کد خبر: "
DATE_LABEL = "تاریخ انتشار: "


def toolbar_html(code: int, published: datetime | None, look: Look, comments: int = 0) -> str:
    """Code and date, and the number of comments where the look says so. Without ``published`` the date has no place."""
    number = in_digits(str(code), look.digits)
    text = _date_text(published, look) if published is not None else None
    counter = ""
    if look.comments is Comments.COUNTER:
        shown = in_digits(str(comments), look.digits)
        counter = f'<div class="news_nav news_comments"><a href="#comments">{shown} نظر</a></div>'
    date = _date_html(text, look).replace(DatePlace.SURE, look.date_place, 1)
    shown = f'{_code_html(number, look)}{date}{counter}<div class="wrapper"></div>'
    return f'<div class="news_toolbar col-xs-36">{shown}</div>'


def path_html(category: Sequence[str], look: Look) -> str:
    """Write the path of sections; its first link has no quotation marks, as in the target's template family."""
    links = [f'<a href="/fa/services/{20 + place}/9{place}">{escaped(name)}</a>' for place, name in enumerate(category)]
    if links:
        links[0] = f"<a href=/fa/services/20>{escaped(category[0])}</a>"
    if look.path is Path.HOME_FIRST:
        links.insert(0, '<a href="/fa">صفحه نخست</a>')
    label, separator = ("گروه : ", " » ") if look.path is Path.LABELLED else ("", " >> ")
    return f'<div class="news_path col-xs-36 col-sm-18">\n{label}{separator.join(links)}\n</div>'


def kicker_html(kicker: str | None, look: Look) -> str:
    text = handwritten(kicker or "", look.writing)
    if look.kicker is not Kicker.RUTITR and text:
        text = f'<strong class="news_strong">{text}</strong>'
    return f'<div class="{look.kicker} col-xs-36" style="text-align:right;">{text}</div>'


def headline_html(title: str, address: str, look: Look) -> str:
    text = handwritten(title, look.writing)
    match look.headline:
        case Headline.MISSING:
            return ""
        case Headline.VIDEO_TITLE:
            return f'<div class="video_title">{text}</div>'
        case Headline.HTAGS:
            link = _link(address, f"\n{text}\n", look, ' class="title"')
            return f'<div class="title"><h1 class="Htags">{link}</h1></div>'
        case Headline.SECOND:
            return f"<h2>{_link(address, text, look)}</h2>"
        case Headline.SPAN:
            return f'<h1><span class="title-news">{_broken(text)}</span></h1>'
        case _:
            link = _link(address, f"\n\t\t\t\t{text}\n\t\t\t", look)
            return (
                '<div class="title col-xs-36" style="text-align:right">'
                f'<h1 style="padding: 0px" class="title">{link}</h1></div>'
            )


def lead_html(lead: str | None, look: Look, name: str = "subtitle") -> str:
    if lead is None:
        return ""
    text = handwritten(lead, look.writing)
    if look.lead is Lead.LINES:
        text = _broken(text)
    if look.lead is Lead.HTAGS:
        text = f'<h2 class="Htags_news_subtitle"><strong class="news_strong">{text}</strong></h2>'
    return f'<div class="{name} col-xs-36" style="margin-bottom: 10px;">{text}</div>'


def tags_html(tags: Sequence[str], look: Look) -> str:
    if not tags:
        return ""
    links = [_link(f"/fa/tag/1/{tag}", handwritten(tag, look.writing), look, ' class="tags_item"') for tag in tags]
    joined = "\n ،\n ".join(links)
    return f'<div class="tags_container col-xs-36"><div class="tags_title">\n برچسب ها: \n{joined}\n</div></div>'


def author_html(author: str | None, look: Look) -> str:
    return f'<div class="news_author">{handwritten(author, look.writing)}</div>' if author else ""


def comments_html(comments: Sequence[tuple[str, str, str]], address: str, look: Look) -> str:
    """Write the readers' comments (name, date, text) and the form for more."""
    items = "".join(
        f'<div {_comment_mark(number, look)}><div class="comm_info"><span class="comm_name">{name}</span> | '
        f'<span class="comm_date">{date}</span></div><div class="comm_answer">{escaped(text)}</div></div>\n'
        for number, (name, date, text) in enumerate(comments, start=501)
    )
    form = _COMMENT_FORM.replace("ADDRESS", address) if look.has_comment_form else ""
    head = (
        f'<div class="comments_container"><div class="comments_topic">نظرات بینندگان</div>{items}</div>'
        if items
        else ""
    )
    if items and look.comments is Comments.NUMBERED:
        shown = in_digits(str(len(comments)), look.digits)
        head = (
            f'<div class="comm_title_box"><div class="com_title_n">در انتظار بررسی: <span>۱</span></div>'
            f'<div class="com_title_p">انتشار یافته: <span>{shown}</span></div></div>'
            f'<div class="comm_container" id="comm_t">{items}</div>'
        )
    return head + form


def _comment_mark(number: int, look: Look) -> str:
    return f'id="comm_{number}"' if look.comments is Comments.NUMBERED else 'class="comments_item col-xs-36"'


def _broken(text: str) -> str:
    """``text`` with a line break in place of its first blanks."""
    return text.replace(" ", "<br>", 2) if "<" not in text else text


def gallery_html(content: Content, look: Look) -> str:
    """The pictures of a gallery: small ones that link to the large."""
    if look.reel is not Reel.USUAL:
        name = "row image_set" if look.reel is Reel.OTHER else "album_list_content"
        links = "\n".join(
            f'<div><a href="{picture.path}" title="{escaped(picture.caption or "")}">'
            f'<img src="{picture.path.replace(".jpg", "_small.jpg")}"></a></div>'
            for picture in content.pictures
        )
        return f'<div class="{name}">{links}</div>'
    items = "\n".join(
        '<li class="album_listi"><div class="image_set">'
        f'<a href="{picture.path}" title="{escaped(picture.caption or "")}">'
        f'<img src="{picture.path.replace(".jpg", "_small.jpg")}" alt="{escaped(picture.caption or "")}" '
        'width="160"></a>'
        "</div></li>"
        for picture in content.pictures
    )
    return f'<div class="album_content"><ul class="album_list">\n{items}\n</ul></div>'


def film_html(content: Content, look: Look) -> str:
    if look.reel is Reel.SCRIPT:
        files = ", ".join(f'{{"file": "{path}"}}' for path in content.media)
        script = f'<script>mkPlayer("player_1", "/files/poster.jpg", [{files}])</script>'
        return f'<div id="mainNewsVideo"><div id="player_1"></div>{script}</div>'
    if look.reel is Reel.OTHER:
        films = "".join(f'<video src="{path}"></video>' for path in content.media)
        return f'<div class="video">{films}</div>'
    sources = "".join(f'<source src="{path}" type="video/mp4">' for path in content.media)
    return f'<div class="video_content"><video controls preload="none" width="640">{sources}</video></div>'


def _date_text(published: datetime, look: Look) -> tuple[str, str]:
    """Write the Jalali part and the rest, in the look's digits (Gregorian dates keep Latin ones)."""
    return in_digits(jalali_part(published, look.date_form), look.digits), gregorian_part(published, look.date_form)


def _code_html(number: str, look: Look) -> str:
    match look.toolbar:
        case Toolbar.NEWS_TITLE:
            return f'<div class="news_nav news_id_c"><span class="news_title">{CODE_LABEL}</span>{number}</div>\n'
        case Toolbar.EMPTY_LABEL:
            return f'<div class="news_nav news_id_c"><span class="news_title"></span> {number}</div>\n'
        case Toolbar.NO_NEWS_NAV:
            return (
                '<div class="news_id_c col-xs-36 col-sm-10">'
                f'<span class="news_nav_title">{CODE_LABEL}</span>{number}</div>\n'
            )
        case _:
            return (
                '<div class="news_nav news_id_c col-xs-36 col-sm-10">'
                f'<span class="news_nav_title">{CODE_LABEL}</span>{number}</div>\n'
            )


def _date_html(text: tuple[str, str] | None, look: Look) -> str:
    if text is None:
        return ""
    jalali, rest = text
    match look.toolbar:
        case Toolbar.NEWS_TITLE:
            return (
                f'<div class="news_nav news_pdate_c"><span class="news_title">{DATE_LABEL}</span>{jalali}{rest}</div>'
            )
        case Toolbar.EMPTY_LABEL:
            return f'<div class="news_nav news_pdate_c"><span class="news_title"></span>{jalali}{rest}</div>'
        case Toolbar.NO_NEWS_NAV:
            return (
                '<div class="news_pdate_c col-sm-15">'
                f'<span class="news_nav_title">تاریخ انتشار : </span>{jalali}{rest}</div>'
            )
        case Toolbar.SAPN:
            english = f'<span class="en_date">{rest.strip(" -")}</span>' if rest else ""
            return (
                f'<div class="news_nav news_pdate_c"><span class="news_nav_title">{DATE_LABEL}</span>'
                f'<sapn class="fa_date">{jalali}</sapn> {"- " if rest else ""}{english}</div>'
            )
        case _:
            return (
                '<div class="news_nav news_pdate_c col-xs-36 col-sm-15">'
                f'<span class="news_nav_title">{DATE_LABEL}</span>{jalali}{rest}</div>'
            )


def _link(address: str, html: str, look: Look, more: str = "") -> str:
    match look.hrefs:
        case Hrefs.UNQUOTED:
            return f"<a{more} href={address.replace(' ', '-')}>{html}</a>"
        case Hrefs.RAW_BLANKS:
            return f'<a{more} href="{address.replace("-", " ")} ">{html}</a>'
        case _:
            return f'<a{more} href="{address}">{html}</a>'


_COMMENT_FORM = """
<div class="col-xs-36">
 <div class="news_comment_header comments_topic2 col-xs-36">نظر شما</div>
 <div class="col-xs-36" id="comm_b">
  <form method="POST" action="ADDRESS" name="comments" style="display:inline;">
   <div class="form-group"><span class="frm_label">نام:</span>
    <input type="text" name="comment_name" class="form-control"></div>
   <div class="form-group"><span class="frm_label">ایمیل:</span>
    <input type="text" name="comment_mail" class="form-control"></div>
   <div class="form-group"><span class="frm_label">* نظر:</span>
    <textarea name="comment_message" rows="6"></textarea></div>
   <input name="submitbutt" type="submit" value="ارسال" class="btn btn-default" dir="rtl">
   <input type="hidden" name="_comments_submit" value="yes">
  </form>
 </div>
 <div class="wrapper"></div>
</div>
"""
