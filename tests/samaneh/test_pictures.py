"""The pictures of an article and their captions."""

import pytest

from asrcrawler.items import Image
from tests.samaneh.template import BASE, TEXT, TITLE, in_body, page, read

PICTURE = f"{BASE}/files/fa/news/1401/11/4/713811_434.jpg"
PATH = "/files/fa/news/1401/11/4/713811_434.jpg"


def images(inner: str) -> list[Image]:
    return read(in_body(f"{inner}<p>{TEXT}</p>")).images


@pytest.mark.parametrize(
    "markup",
    [
        f'<img src="{PATH}">',
        f"<img src={PATH} align=left>",
        f'<img src="{PICTURE}">',
        f'<img src="//asrpress.ir{PATH}">',
        f'<img src="data:image/gif;base64,R0" data-src="{PATH}">',
        f'<img data-original="{PATH}">',
        f'<img src="/client/blank.gif" data-original="{PATH}">',
        f'<img src="data:image/gif;base64,R0" data-lazy-src="{PATH}">',
        f'<img src="/files/small.jpg" data-lazy="{PATH}" data-thumb="/files/tiny.jpg">',
        f'<img src="/loading.svg" data-srcset="{PATH} 500w, /files/b.jpg 900w">',
        f'<img srcset="{PATH} 1x, /files/b.jpg 2x">',
        f'<a href="{PATH}"><img src="/files/fa/news/small.jpg"></a>',
        f'<a href="/fa/culture"><img src="{PATH}"></a>',
        f'<p><span><img src=" {PATH} " width="100%" height="auto"></span></p>',
        f'<img src="{PATH}"><img src="{PATH}">',
    ],
)
def test_the_address_of_a_picture(markup: str) -> None:
    assert images(markup) == [Image(url=PICTURE)]


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="">',
        "<img>",
        '<img src="javascript:alert(1)">',
        '<img src="data:image/gif;base64,R0">',
        '<img src="http://[broken/a.jpg">',
        '<img src="/client/themes/fa/main/img/icon.png">',
        '<img src="/files/adv/1.gif">',
        f'<img src="{PATH}" width="1" height="1">',
        f'<div class="adv_padd"><img src="{PATH}"></div>',
        f'<noscript><img src="{PATH}"></noscript>',
        f'<p><a href="/fa/news/99/x"><span><img src="{PATH}"></span> برف در شمال</a></p>',
    ],
)
def test_what_is_no_picture_of_the_article(markup: str) -> None:
    assert images(markup) == []


def test_blanks_and_persian_letters_in_an_address_are_encoded() -> None:
    assert images('<img src="/files/عکس یک.jpg">')[0].url == f"{BASE}/files/%D8%B9%DA%A9%D8%B3%20%DB%8C%DA%A9.jpg"


@pytest.mark.parametrize(
    ("markup", "caption"),
    [
        (f'<img src="{PATH}" title="اتوبوس در راه" alt="x">', "اتوبوس در راه"),
        (f'<img src="{PATH}" alt=" اتوبوس  در راه ">', "اتوبوس در راه"),
        (f'<img src="{PATH}" title="{TITLE}" alt="{TITLE}">', None),
        (f'<img src="{PATH}" title="{TITLE.replace("ی", "ي")}" alt="اتوبوس">', "اتوبوس"),
        (f'<img src="{PATH}" alt="...">', None),
        (f'<figure><img src="{PATH}" alt="x"><figcaption>اتوبوس <b>در</b> راه</figcaption></figure>', "اتوبوس در راه"),
        (f'<figure><a href="{PATH}"><img src="/s.jpg"></a><figcaption>{TITLE}</figcaption></figure>', None),
    ],
)
def test_the_caption_of_a_picture(markup: str, caption: str | None) -> None:
    assert images(markup) == [Image(url=PICTURE, caption=caption)]


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ('<base href="http://cdn.example/">', "http://cdn.example/files/a.jpg"),
        ("<BASE target=_blank><base href=//cdn.example/x/>", "http://cdn.example/x/files/a.jpg"),
        ('<base href="/sub/">', f"{BASE}/sub/files/a.jpg"),
        ('<base href="javascript:alert(1)">', f"{BASE}/files/a.jpg"),
        ('<base href=" ">', f"{BASE}/files/a.jpg"),
        ("", f"{BASE}/files/a.jpg"),
    ],
)
def test_relative_addresses_are_relative_to_what_the_page_says(base: str, url: str) -> None:
    film = '<div class="video_content"><video src="files/b.mp4"></video></div>'
    html = page(
        head=f"<title>{TITLE}</title>{base}", body=f'<div class="body"><img src="files/a.jpg">{TEXT}{film}</div>'
    )
    article = read(html)
    assert [image.url for image in article.images] == [url]
    assert [video.url for video in article.videos] == [url.replace("a.jpg", "b.mp4")]
    assert article.url == f"{BASE}/fa/news/4321"


def test_adverts_are_no_pictures_of_the_article() -> None:
    advert = f'<a href="/fa/ads/redirect/a/7"><img src="{PATH}"></a><a rel="sponsored" href="/x"><img src="{PATH}"></a>'
    assert images(advert) == []


def test_the_lead_picture_above_the_body_comes_first() -> None:
    above = f'<div class="lead_picture"><img class="lead_image" src="{PATH}" title="{TITLE}"></div>'
    body = f'{above}<div class="body"><p><img src="/b.jpg"></p><p>{TEXT}</p></div>'
    assert [image.url for image in read(page(body=body)).images] == [PICTURE, f"{BASE}/b.jpg"]
