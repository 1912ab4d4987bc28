"""Write what stands around an article on its page and is about it: tools, sharing, related articles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asrcrawler.replica.handwriting import escaped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asrcrawler.replica.noise import Link


def tools_html(code: int) -> str:
    return (
        '<div class="col-xs-36 col-sm-18 shape-shared">'
        f'<div title=\'نسخه چاپی\' class="news_print_botton" onclick=\'window.open("/fa/print/{code}", '
        '"printwin");\'></div>'
        f'<div title=\'ارسال به دوستان\' class="news_emails_botton" onclick=\'window.open("/fa/send/{code}", '
        '"sendwin");\'></div>'
        f'<a title=\'ذخیره\' class="news_save_botton" href="/fa/save/{code}"></a>'
        '<a href="#" class="news_size_down"></a><a href="#" class="news_size_reset"></a>'
        '<a href="#" class="news_size_up"></a></div>'
        '<div class="wrapper"></div>'
    )


def share_html(origin: str, address: str, title: str) -> str:
    text = escaped(title)
    return (
        '<div class="shared-news col-xs-36"><div class="newsletter-icon">'
        '<a href="/fa/newsletter">عضویت در خبرنامه</a></div>'
        '<div class="share-title">اشتراک گذاری</div><div class="share-icons">'
        f'<a class="telg2" target="_blank" href="tg://msg?text={text} {origin}{address}" rel="nofollow"></a>'
        f'<a class="tw2" target="_blank" href="#share?status={text} {origin}{address}" rel="nofollow"></a></div>'
        "</div>\n"
    )


def related_html(links: Sequence[Link]) -> str:
    lines = "".join(
        f'\t\t\t<div class="linear_news">\n\t\t\t\t<h2><a class="title5" href="{address}">{escaped(title)}</a>'
        "</h2>\n\t\t\t</div>\n"
        for address, title in links
    )
    return (
        '<div class="col-xs-36 news-related"><div class="video-header row">'
        '<div class="video-sname">خبرهای مرتبط</div></div>\n'
        f'<div class="col-xs-36 news-mortabet">{lines}</div></div>\n'
    )
