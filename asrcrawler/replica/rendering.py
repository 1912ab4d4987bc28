"""Write the site's pages as bytes: articles in their frames, error pages, home."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from asrcrawler.items import Kind
from asrcrawler.replica import chrome
from asrcrawler.replica.bodies import body_html, lead_picture_html
from asrcrawler.replica.content import Content
from asrcrawler.replica.datestamps import list_stamp
from asrcrawler.replica.draws import draws, mix
from asrcrawler.replica.handwriting import escaped
from asrcrawler.replica.head import jsonld_html, meta_html
from asrcrawler.replica.look import CHROMES, Look
from asrcrawler.replica.newsroom import Writer
from asrcrawler.replica.noise import noise_html
from asrcrawler.replica.parts import (
    author_html,
    comments_html,
    film_html,
    gallery_html,
    headline_html,
    kicker_html,
    lead_html,
    path_html,
    tags_html,
    toolbar_html,
)
from asrcrawler.replica.surroundings import related_html, share_html, tools_html
from asrcrawler.replica.timeline import TEHRAN
from asrcrawler.replica.variations import BodyElement, DateForm, LeadPicture, TagPlace, Writing
from asrcrawler.replica.words import society

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from asrcrawler.replica.noise import Link
    from asrcrawler.replica.variations import Noise
    from asrcrawler.replica.world import World

FEWEST_RELATED = 4
LATEST = 48
"""Number of articles in the lists of a page's frame."""
HOME_LINKS = 120
"""Number of links; the home page of this CMS has 60 to 170."""
NOT_FOUND_TEXT = "صفحه درخواستی شما موجود نمی باشد"
_SLUG_ENDS = str.maketrans("", "", "«»؛،:؟!./|\"'()+?&<>")
_DOCTYPE = (
    '<!DOCTYPE html>\n<html lang="fa-IR">\n<head>\n<meta http-equiv="Content-Type" content="text/html; '
    'charset=UTF-8">\n'
    '<meta charset="UTF-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n'
)
_RELATED, _COMMENTS, _FRAME = 401, 402, 403


def slug(title: str) -> str:
    """Make the last part of an address from a headline."""
    return "-".join(title.translate(_SLUG_ENDS).split())


class Pages:
    """The pages of a world as served at ``origin`` (scheme, host and port)."""

    def __init__(self, world: World, origin: str) -> None:
        self._world = world
        self._outlet = world.outlet
        self._origin = origin
        self._day = lru_cache(maxsize=8)(self._make_day)
        self._frame = lru_cache(maxsize=64)(self._make_frame)

    # --- pages

    def article(self, code: int, at: datetime, *, dirty: bool = False) -> bytes:
        """Write the page of a visible article.

        ``dirty`` puts NUL bytes into its text and a lone surrogate into its JSON-LD.
        """
        world = self._world
        content = world.content(code, world.revision(code, at))
        look = world.look(code, at)
        if dirty:
            look = replace(look, writing=look.writing | {Writing.NUL_BYTES})
        links = self._neighbours(code, at)
        published, site_name = world.entry(code).shown_at, world.outlet.site_name
        meta = meta_html(content, code, self._origin, published, world.modified_at(code, at), look, site_name)
        jsonld = jsonld_html(content, published, look, links[0][1], site_name)
        address = self._address(code, content.title)
        middle = "".join(
            (
                meta,
                jsonld,
                f'<title>{escaped(content.title)}</title>\n</head>\n<body id="news" onload="home_loaded()">',
            )
        )
        inner = self._inner(code, content, look, address, links, at)
        return self._framed(look.chrome, at, middle, inner)

    def shell(self, code: int, at: datetime) -> bytes:
        """Write the article template with nothing in it but the code: no headline, no date, no text."""
        head = '<meta property="og:title" content="">\n<title></title>\n</head>\n<body id="news">'
        look = Look()
        empty = (
            f'<div style="direction: right;">{kicker_html(None, look)}{BodyElement.DIV}<div class="wrapper"></div>'
            "</div></div>"
        )
        return self._framed(code % CHROMES, at, head, toolbar_html(code, None, look) + empty)

    def soft_404(self, at: datetime) -> bytes:
        """Write the CMS's error page, which comes with status 200."""
        head = f"<title>{self._outlet.site_name}</title>\n</head>\n<body>"
        return self._framed(
            0, at, head, f'<div class="error_container"><div class="error_text">{NOT_FOUND_TEXT}</div></div>'
        )

    def not_found(self) -> bytes:
        """Write the page of a real 404."""
        return (
            f'{_DOCTYPE}<title>404</title></head><body><div class="error_container">{NOT_FOUND_TEXT}</div></body>'
            "</html>"
        ).encode()

    def home(self, at: datetime) -> bytes:
        """Write the front page with the newest articles, in columns and so not in order."""
        items = [self._item(code) for code in self._world.newest(HOME_LINKS, at)]
        columns = "".join(
            chrome.side_list(name, items[place::3]) for place, name in enumerate(("تازه‌ها", "گزارش", "برگزیده"))
        )
        head = f'<title>{self._outlet.site_name}</title>\n</head>\n<body id="home" onload="home_loaded()">'
        page = (
            f"{_DOCTYPE}{chrome.head_links(self._outlet, 0)}{head}{chrome.header(self._outlet, 0)}"
            f"<div class='row1'><div><div>{columns}{chrome.footer(self._outlet, 0)}"
        )
        return page.encode()

    def archive(self, at: datetime) -> bytes:
        """Write the list of articles that robots.txt forbids."""
        items = [self._item(code) for code in self._world.newest(50, at)]
        head = '<title>آرشیو</title>\n</head>\n<body id="archive">'
        page = (
            f"{_DOCTYPE}{chrome.head_links(self._outlet, 0)}{head}{chrome.header(self._outlet, 0)}<div><div>"
            f"<div>{chrome.side_list('آرشیو', items)}{chrome.footer(self._outlet, 0)}"
        )
        return page.encode()

    def address(self, code: int) -> str:
        """Give the path of the article, with its first headline as slug."""
        return self._address(code, self._world.headline(code))

    # --- the article's part

    def _inner(self, code: int, content: Content, look: Look, address: str, links: Sequence[Link], at: datetime) -> str:
        world = self._world
        shown = None if look.date_form is DateForm.MISSING else world.entry(code).shown_at
        path = f'<div class="news_tools col-xs-36">{path_html(content.category, look)}{tools_html(code)}</div>'
        visits = mix(world.seed, code, at.toordinal()) % 9_000
        direction = "right" if look.chrome % 2 == 0 else "rtl"
        return "".join(
            (
                '<div style="background-color:#eafbff;padding-top: 15px" class="col-xs-36">',
                toolbar_html(code, shown, look, world.comment_count(code, at)),
                path,
                f'</div><div style="direction: {direction};"><div class="border-news col-xs-36">',
                kicker_html(content.kicker, look),
                headline_html(content.title, address, look),
                _MAIN[content.kind](content, look, lambda kind: noise_html(kind, self._outlet, links, visits)),
                author_html(content.author, look),
                "</div>",
                tags_html(content.tags, look) if look.tag_place is TagPlace.BELOW else "",
                share_html(self._origin, address, content.title),
                related_html(links),
                comments_html(self._comments(code, at), address, look),
            )
        )

    def _comments(self, code: int, at: datetime) -> list[tuple[str, str, str]]:
        count = self._world.comment_count(code, at)
        if not count:
            return []
        writer = Writer(society, draws(self._world.seed, code, _COMMENTS))
        stamp = list_stamp(self._world.published_at(code))
        return [(writer.write("first"), stamp, writer.write("comment")) for _ in range(count)]

    def _neighbours(self, code: int, at: datetime) -> list[Link]:
        """Choose links to some of the day's other articles."""
        latest = self._day(_day_of(at))
        bits = mix(self._world.seed, code, _RELATED)
        start = bits % len(latest) if latest else 0
        others = [item for item in (latest[start:] + latest[:start])[: FEWEST_RELATED + 10] if item[0] != code]
        links = [(item.address, item.title) for _, item in others[: FEWEST_RELATED + (bits >> 32) % 9]]
        fillers = [(f"/fa/news/{code + place}/", f"خبر شماره {place}") for place in range(1, 4)]
        return links if len(links) >= 3 else links + fillers

    # --- frames

    def _framed(self, variant: int, at: datetime, head: str, inner: str) -> bytes:
        before, between_, after = self._frame(variant, _day_of(at))
        return b"".join((before, head.encode(), between_, inner.encode(), after))

    def _make_frame(self, variant: int, day: datetime) -> tuple[bytes, bytes, bytes]:
        """Write what stands before the article's head, between head and article, and after the article."""
        items = [item for _, item in self._day(day)]
        ways = max(1, len(items) // 4)
        ticker = chrome.ticker(items[variant::5])
        side = chrome.side_list("آخرین اخبار", items[variant * ways // 2 :][:22])
        side += chrome.side_list("پربیننده‌ترین", items[variant::3])
        before = _DOCTYPE + chrome.head_links(self._outlet, variant)
        between_ = (
            f'{chrome.header(self._outlet, variant)}{ticker}<div class="row1"><div class="container">'
            '<div class="col-xs-36 col-sm-26">'
        )
        after = f'</div><div class="col-xs-36 col-sm-10 col-1-2">{side}{chrome.footer(self._outlet, variant)}'
        return before.encode(), between_.encode(), after.encode()

    def _make_day(self, day: datetime) -> list[tuple[int, chrome.ListItem]]:
        return [(code, self._item(code)) for code in self._world.newest(LATEST, day)]

    def _item(self, code: int) -> chrome.ListItem:
        title = self._world.headline(code)
        return chrome.ListItem(self._address(code, title), title, list_stamp(self._world.published_at(code)))

    @staticmethod
    def _address(code: int, title: str) -> str:
        return f"/fa/news/{code}/{slug(title)}"


def _day_of(at: datetime) -> datetime:
    """Give the start of the day, as the lists of a page's frame are made anew every night."""
    return at.astimezone(TEHRAN).replace(hour=0, minute=0, second=0, microsecond=0)


def _article_main(content: Content, look: Look, noise: Callable[[Noise], str]) -> str:
    above = look.lead_picture is LeadPicture.ABOVE and content.pictures
    picture = (
        f'<div class="lead_picture">{lead_picture_html(content.pictures[0], content.title, look)}</div>'
        if above
        else ""
    )
    closing = "</section>" if look.body_element is BodyElement.SECTION else "</div>"
    body = body_html(content, look, noise)
    if look.tag_place is TagPlace.IN_BODY:
        body = tags_html(content.tags, look) + body
    return (
        f'{lead_html(content.lead, look)}</div>{picture}{look.body_element}\n\t\t{body}<div class="wrapper">'
        f"</div>\n\t{closing}\n"
    )


def _gallery_main(content: Content, look: Look, *_: object) -> str:
    text = body_html(Content(title=content.title, blocks=content.blocks), _plain(look), lambda _: "")
    return (
        f"{lead_html(content.lead, look, 'photo_subtitle')}</div>"
        f'<div class="photo_body">{text}</div>{gallery_html(content, look)}'
    )


def _video_main(content: Content, look: Look, *_: object) -> str:
    text = body_html(Content(title=content.title, blocks=content.blocks), _plain(look), lambda _: "")
    body = f'<div class="body">{text}</div>' if content.blocks else ""
    return f"{lead_html(content.lead, look)}</div>{film_html(content, look)}{body}"


_MAIN: dict[Kind, Callable[[Content, Look, Callable[[Noise], str]], str]] = {
    Kind.ARTICLE: _article_main,
    Kind.GALLERY: _gallery_main,
    Kind.VIDEO: _video_main,
}


def _plain(look: Look) -> Look:
    """Give the same look without noise: none has been seen in galleries and videos."""
    return Look(body_form=look.body_form, writing=look.writing)
