"""Write the HTML of noise in bodies: what does not belong to the article. The kinds are those of saved pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asrcrawler.replica.handwriting import escaped
from asrcrawler.replica.variations import Noise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asrcrawler.replica.outlets import InventedOutlet

Link = tuple[str, str]
"""Address and headline of another article."""


def noise_html(kind: Noise, outlet: InventedOutlet, links: Sequence[Link], visits: int = 0) -> str:
    """Write one piece of noise; ``links`` lead to other articles, three at least; ``visits`` there were so far."""
    if kind is Noise.VISITS:
        return f"<p>تعداد بازدید: {visits}</p>\n"
    fixed = _FIXED.get(kind)
    if fixed is not None:
        return fixed
    anchors = [f'<a href="{address}" target="_blank">{escaped(title)}</a>' for address, title in links[:3]]
    match kind:
        case Noise.HOME_LINK:
            return f'<a class="lead2" href="/">پایگاه خبری {outlet.title} : </a><br>\n'
        case Noise.TELEGRAM:
            channel = outlet.host.partition(".")[0]
            return f'<p><a href="https://t.me/{channel}_demo">کانال {outlet.title} در تلگرام</a></p>\n'
        case Noise.INSTAGRAM:
            return f'<p style="text-align: center;">عضویت در اینستاگرام {outlet.title}</p>\n'
        case Noise.READ_MORE:
            return f"<p><strong>بیشتر بخوانید: {anchors[0]}</strong></p>\n"
        case Noise.ADVERT:
            return f'<p><a href="/fa/ads/redirect/ta/{len(links[0][1])}">{escaped(links[0][1])} را بخرید</a></p>\n'
        case Noise.SUGGESTION:
            return f'<div class="box_x"><b>پیشنهاد ما:</b> {anchors[0]}</div>\n'
        case Noise.FILM_BOX:
            return (
                f"<div>تماشاخانه</div><div>{anchors[0]}</div>"
                f'<div><a href="/fa/services/8">همه فیلم‌های {outlet.title}</a></div>'
                f"<div>۱۵ سال پیش در چنین روزی</div><div>{anchors[1]}</div>\n"
            )
        case Noise.OTHER_ARTICLES:
            return "".join(f"<p>{anchor}</p>\n" for anchor in anchors)
        case Noise.RELATED_BOX:
            items = "".join(f'<div class="linear_news"><h2>{anchor}</h2></div>\n' for anchor in anchors)
            return (
                f'<div class="news-related inline-news-box"><div class="video-sname">خبرهای مرتبط</div>{items}</div>\n'
            )
        case _:
            return f"<p>فیلم های دیگر</p><ul><li>{anchors[1]}</li><li>{anchors[2]}</li></ul>\n"


_FIXED = {
    Noise.SCRIPT: (
        '<script type="text/javascript">\n  var slot = "body_middle";\n  if (window.asrAds) '
        "{ asrAds.push({place: slot, "
        "text: 'تبلیغ میان متن'}); }\n</script>\n"
    ),
    Noise.STYLE: "<style>.h_iframe_box{position:relative;padding-top:56.25%} .h_iframe_box iframe{border:0}</style>\n",
    Noise.IFRAME: '<iframe src="/fa/embed/player/1" width="560" height="315" allowfullscreen>قاب پخش</iframe>\n',
    Noise.PLAYER: (
        '<div id="media_display_1" class="flowplayer" data-ratio="0.5625"><a class="fp-play" href="#">پخش فیلم</a>'
        "<p>برای پخش فیلم باید جاوااسکریپت مرورگر روشن باشد</p></div>\n"
    ),
    Noise.HAFEZ: '<p><a href="/fa/hafez">این لحظه با حافظ</a></p>\n',
    Noise.USERS_COMMENTS: "<p><strong>نظرات کاربران</strong></p>\n",
    Noise.LEFTOVER_SCRIPT: (
        "<p>$(document).ready(function(){ var box = $('#gallery_box'); if (box.length) { box.show(); } });</p>\n"
    ),
    Noise.SIGN_OFF: "<p>انتهای پیام/</p>\n<p>دبیر سرویس: ۱۲۰۴ / کد خبرنگار: ۷۱۸</p>\n",
    Noise.NEWS_END: (
        '<div class="news_end"></div>\n<p>ارسال دیدگاه درباره این خبر از راه پیامک نیز ممکن است.</p>\n'
        "<p>پیامک‌های شما خوانده می‌شود.</p>\n"
    ),
    Noise.AFTER_BODY: '<div id="MV_afterBody"><p>پیشنهاد سردبیر برای شما</p></div>\n<p>از میان خبرهای امروز</p>\n',
}
