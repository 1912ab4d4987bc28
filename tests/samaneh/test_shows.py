"""Galleries and films, wherever on a page they stand."""

from __future__ import annotations

import pytest

from asrcrawler.items import Image, Kind, Video
from tests.samaneh.template import BASE, CODE, LEAD, LEAD_PLACE, SIDE, TEXT, TITLE, page, read

LARGE, SMALL = "/files/fa/news/1401/11/4/11_1.jpg", "/files/fa/news/1401/11/4/11_1_s.jpg"
LINKED = f'<div><a href="{LARGE}" title="اتوبوس"><img src="{SMALL}"></a></div>'
FILM = "/files/fa/news/1401/11/4/77_1.mp4"
SCRIPT = f'<script>mkPlayer("p_1", "{LARGE}", [{{"file": "{BASE}{FILM}"}}])</script>'.replace("/", "\\/", 3)
BODY = f'<div class="body"><p>{TEXT}</p></div>'


@pytest.mark.parametrize("opening", ["row image_set", "album_listi", "album_list_content", "news_album_main_part x"])
@pytest.mark.parametrize("place", ["alone", "below the body", "beside the article"])
def test_a_gallery_by_its_mark(opening: str, place: str) -> None:
    gallery = f'<div class="{opening}">{LINKED}</div>'
    html = {
        "alone": page(body=gallery, tags=""),
        "below the body": page(body=BODY + gallery),
        "beside the article": page(body=BODY, after=gallery),
    }[place]
    article = read(html)
    assert (article.kind, article.images) == (Kind.GALLERY, [Image(url=BASE + LARGE, caption="اتوبوس")])
    assert (article.title, article.lead, article.body) == (TITLE, LEAD, None if place == "alone" else TEXT)
    assert article.videos == []


@pytest.mark.parametrize(
    "player",
    [
        f'<div class="video"><video src="{FILM}"></video></div>',
        f"<video controls><source src={FILM}></video>",
        f'<div class="videojs-main-container"><video class="video-js vjs"><source src="{FILM}"></video></div>',
        f'<div class="flowplayer-main"><div class="flowplayer"><video><source src="{FILM}"></video></div></div>',
        f'<div class="flowplayer" data-item=\'{{"sources": [{{"src": "{FILM}"}}]}}\'></div>',
        f'<div id="mainNewsVideo"><div id="player_4321_1"></div>{SCRIPT}</div>',
        f'<div id="mainNewsVideo"><div class="jwplayer"></div></div><p></p>{SCRIPT}',
        f'<div class="video_content"><a href="{FILM}">پخش</a></div>',
        f'<div class="video_box" data-src="{FILM}"></div>',
    ],
)
@pytest.mark.parametrize("body", ["", BODY, f'<div class="photo_body">{{}}{BODY}</div>'])
def test_a_film_by_its_file(player: str, body: str) -> None:
    html = page(body=body.replace("{}", player) if "{}" in body else player + body)
    article = read(html)
    assert (article.kind, article.videos) == (Kind.VIDEO, [Video(url=BASE + FILM)])
    assert (article.title, article.lead, article.body) == (TITLE, LEAD, TEXT if body else None)
    assert article.images == []


def test_the_container_of_the_whole_article_makes_no_gallery_of_a_film() -> None:
    head = f'<div class="video_title"><h1><a href="/fa/news/{CODE}/x">{TITLE}</a></h1></div>'
    film = f'<div class="video_content"><video><source src="{FILM}"></video></div>'
    article = read(page(container='<div class="photo_body">', headline=head, lead="", kicker="", body=film))
    assert (article.kind, article.body, article.videos) == (Kind.VIDEO, None, [Video(url=BASE + FILM)])


def test_the_body_may_hold_the_film() -> None:
    article = read(
        page(body=f'<div class="body"><p>{TEXT}</p><video src="{FILM}" title="اتوبوس در راه"></video></div>')
    )
    assert (article.kind, article.body) == (Kind.VIDEO, TEXT)
    assert article.videos == [Video(url=BASE + FILM, caption="اتوبوس در راه")]


@pytest.mark.parametrize(
    "other",
    [
        f'<div class="box"><a href="/fa/news/9003/z">برف</a><video src="{FILM}"></video></div>',
        f'<div class="related_news">{SCRIPT}<div class="image_set">{LINKED}</div></div>',
        f'<div class="side"><div class="album_list">{LINKED}</div><video src="{FILM}"></video></div>',
        f'<div class="adv_padd"><video src="{FILM}"></video></div>',
        '<div class="video_list"><video src="/files/adv/7.mp4"></video></div>',
        '<div class="x"><script>play({"file": "https://ads.example.com/7.mp4"})</script></div>',
        '<div class="album_box"><a href="/fa/news/9003/z"><img src="/files/snow.jpg"></a></div>',
        f"<script>var other = {FILM};</script>",
        '<audio src="/files/1.mp3"></audio>',
    ],
)
def test_films_and_pictures_of_others_make_neither(other: str) -> None:
    article = read(page(body=BODY, after=other, side=SIDE + other))
    assert (article.kind, article.images, article.videos) == (Kind.ARTICLE, [], [])


def test_what_stands_under_the_lead_is_found_without_a_toolbar() -> None:
    html = page(
        code="",
        date="",
        head=f'<meta property="og:url" content="{BASE}/fa/news/{CODE}">',
        body=f'<video src="{FILM}"></video>',
    )
    article = read(html)
    assert (article.kind, article.lead, article.videos) == (Kind.VIDEO, LEAD, [Video(url=BASE + FILM)])
    assert LEAD_PLACE.encode() in html
