"""Write what is the same on every page of the site: menus, scripts, footer.

There are four such frames for each outlet, made once, of some 40 KB each. Between their parts stand the lists of the
latest news, made once a day.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from asrcrawler.replica.handwriting import escaped
from asrcrawler.replica.words import culture, economy, notices, politics, science, society, sport, world

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asrcrawler.replica.outlets import InventedOutlet

THEME = "/client/themes/fa/main"
VERSION = 40718
SERVICES = (politics, economy, society, culture, sport, science, world, notices)
_STYLES = (
    "styles content lib.ticker bootstrap_rtl layout form owl.carousel owl.theme responsive comments lightbox functional"
    " live.blog.news album print"
).split()
_SCRIPTS = (
    "lib lib.ticker lib.jscroller lib.iransamaneh sha1 bootstrap.min owl.carousel lib.maphilight lib.persian_number"
    " lib.tinyscrollbar lib.carouFredSel reporters lightbox lib.autoresize lib.cookie lib.lightbox highcharts scripts"
).split()
_PAGES = (
    ("contacts", "تماس با ما"),
    ("about", "درباره ما"),
    ("links", "پیوندها"),
    ("search", "جستجوی پیشرفته"),
    ("archive", "آرشیو"),
    ("weather", "آب و هوا"),
    ("prayer", "اوقات شرعی"),
    ("newsletter", "خبرنامه"),
    ("polls/archive", "نظرسنجی"),
    ("rss", "RSS"),
)
_INDENT = "\t\t\t\t\t\t\t\t\t"


@dataclass(frozen=True, slots=True)
class ListItem:
    """A line in a list of articles."""

    address: str
    title: str
    stamp: str


@cache
def head_links(outlet: InventedOutlet, variant: int) -> str:
    """Write the links to style sheets and the scripts of the page's head."""
    styles = _STYLES if variant % 2 == 0 else _STYLES[3:] + _STYLES[:6]
    scripts = _SCRIPTS if variant % 2 == 0 else _SCRIPTS[:11]
    lines = ['<link rel="shortcut icon" href="/favicon.ico">']
    lines += ['<link rel="alternate" type="application/rss+xml" title="RSS FEED" href="/fa/rss/allnews">']
    lines += [f'<link rel="stylesheet" type="text/css" href="{THEME}/css/{name}_{VERSION}.css">' for name in styles]
    lines += [f'<script type="text/javascript" src="{THEME}/js/{name}_{VERSION}.js"></script>' for name in scripts]
    lines.append(_HEAD_SCRIPT.replace("HOST", outlet.host) + _counter_script(3 + 2 * variant))
    return "\n ".join(lines)


@cache
def header(outlet: InventedOutlet, variant: int) -> str:
    """Write the top of the page down to the ticker, with dates of the site itself, which are not the article's."""
    top = "".join(
        f'{_INDENT}<li class="lang-item"><a href="/fa/{slug}" title="{name}">{name}</a>'
        f'</li>\n{_INDENT}<li class="sp_nav1"><span>|</span></li>\n'
        for slug, name in _PAGES
    )
    clock = "۱۶:۱۱ - چهارشنبه ۰۳ خرداد ۱۳۹۶" if variant % 2 else "به روز شده در: ۰۳ آذر ۱۴۰۳ - ۰۸:۵۲"
    return (
        f'\n<h1 style="display: none;">{outlet.site_name}</h1>\n'
        '<header><div class="header-bg"><div class="container">\n'
        f'<div class="top-menu col-xs-36"><ul>\n{top}</ul></div>\n{_SEARCH}'
        f'<div class="header-inner"><a href="/"><div class="main-logo"></div></a><div class="today"> {clock} </div>'
        "</div>\n"
        f'<div class="main-menu col-xs-36">{_menu(variant)}</div></div></div></header>\n'
        f"{_TREND if variant % 2 else ''}"
    )


_HOT = "".join(f'<a href="/fa/tag/1/{name}">{name}</a>' for name in ("گرما", "سرما"))
_TREND = f'<div class="trend"><span>داغ‌ترین‌ها</span>{_HOT}</div>\n'


@cache
def footer(outlet: InventedOutlet, variant: int) -> str:
    """Write the page from the end of the side column to its end."""
    links = "".join(f'\n{_INDENT}<li><a href="/fa/{slug}" title="{name}">{name}</a></li>' for slug, name in _PAGES)
    return (
        f'{_prices(variant)}{_poll(variant)}</div></div></div>\n<footer><div class="footer-bg"><div class="container">'
        f'{_menu(variant + 1)}<ul class="fdakheli-nav">{links}</ul>'
        f'<div class="cr">این سایت نسخه نمایشی {outlet.title} است؛ همه نام‌ها و خبرهای آن ساختگی است.</div>'
        '<div class="iransamaneh">طراحی و تولید: سامانه نمایشی</div></div></div></footer>\n'
        f"{_counter_script(4 + variant)}</body></html>"
    )


def ticker(items: Sequence[ListItem]) -> str:
    """Write the running headlines under the header."""
    lines = "".join(
        f'{_INDENT}<li class="news-item"><a href="{item.address}" target="_blank">{escaped(item.title)}</a></li>\n'
        for item in items
    )
    return f'<div class="ticker_container"><ul id="js-news" class="js-hidden">\n{lines}</ul></div>\n'


def side_list(name: str, items: Sequence[ListItem]) -> str:
    """Write a list of other articles in the side column."""
    lines = "".join(
        f'\n{_INDENT}<div class="linear_news">\n    <h3><a class="title5" href="{item.address}" title="{item.stamp}" '
        f'target="_blank">{escaped(item.title)}</a></h3>\n</div>'
        for item in items
    )
    return (
        '<div class="bargozide-news col-xs-36 scroll"><div class="sec-header row">'
        f'<div class="sec-name">{name}</div></div>'
        f'<div class="viewport"><div class="overview">{lines}\n</div></div><div class="scrollbar"><div class="track">'
        '<div class="thumb"></div></div></div></div>\n'
    )


def _menu(variant: int) -> str:
    shift = variant % len(SERVICES)
    services = SERVICES[shift:] + SERVICES[:shift]
    entries = []
    for place, service in enumerate(services):
        children = "".join(
            f'\n{_INDENT}<li>\n{_INDENT}\t<a href="/fa/services/{place + 2}/{10 * place + number}" >\n{_INDENT}\t '
            f"{name}\n"
            f"{_INDENT}\t</a>\n{_INDENT}</li>"
            for number, name in enumerate((*service.SECTIONS, *service.TAGS))
        )
        entries.append(
            f'\n{_INDENT}<li class="dropdown navigation_header" id="service_{place}">\n{_INDENT}'
            f'<a href="/fa/{service.SLUG}" class="dropdown-toggle" data-toggle="dropdown" role="button" '
            'aria-expanded="false">'
            f'{service.NAME} <span class="caret"></span>'
            f'</a>\n{_INDENT}<ul class="dropdown-menu" role="menu">{children}</ul></li>'
        )
    return f'<nav class="nav_service"><ul>{"".join(entries)}</ul></nav>\n'


def _prices(variant: int) -> str:
    rows = "".join(
        f'\n{_INDENT}<tr class="price_row"><td class="price_name">{name}</td>'
        f'<td class="price_value">{(place + 3) * 7919 + variant}</td>'
        f'<td class="price_change {"up" if place % 2 else "down"}">{place % 5}.{place % 7}</td></tr>'
        for place, name in enumerate(economy.TAGS + society.TAGS)
    )
    return f'<div class="price_box col-xs-36"><table class="price_table"><tbody>{rows}</tbody></table></div>\n'


def _poll(variant: int) -> str:
    options = "".join(
        f'\n{_INDENT}<div class="poll_option"><input type="radio" name="poll" value="{place}"><label>{name}</label>'
        "</div>"
        for place, name in enumerate(culture.TAGS[variant:])
    )
    return (
        f'<div class="poll_box"><div class="sec-name">کدام موضوع را بیشتر دنبال می‌کنید؟</div><form>{options}</form>'
        "</div>\n"
    )


def _counter_script(count: int) -> str:
    """Write inline scripts as such pages have them: counters, carousels, resize handlers."""
    pieces = "".join(
        f'  jQuery("#carousel_{number}").carousel({{visible: {number + 2}, auto: {2500 + 100 * number}, round: true,\n'
        f'    beforeStart: function (list) {{ jQuery(list).find("li").css("opacity", 0.{number % 9 + 1}); }},\n'
        f'    afterEnd: function (list) {{ jQuery(list).find("li").animate({{opacity: 1}}, {120 + number}); }} }});\n'
        for number in range(count)
    )
    return f'<script type="text/javascript">\njQuery(document).ready(function () {{\n{pieces}}});\n</script>\n'


_HEAD_SCRIPT = """<script type="text/javascript">
  var counter = counter || [];
  counter.push(["setDomains", ["*.HOST"]]);
  counter.push(["trackPageView"]);
  (function () {
    var element = document.createElement("script"), first = document.getElementsByTagName("script")[0];
    element.async = true; element.src = "/client/counter.js"; first.parentNode.insertBefore(element, first);
  })();
</script>
"""
_SEARCH = """<div class="search-items"><div class="search-box"><form name="searchForm" action="/fa/search">
 <input class="search_bg" type="text" placeholder="جستجو در سایت..." value="" name="query" id="search_input">
 <a href="javascript:document.searchForm.submit();"><div class="search-item"></div></a></form></div></div>
"""
