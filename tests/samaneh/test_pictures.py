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


def test_the_lead_picture_above_the_body_comes_first() -> None:
    above = f'<div class="lead_picture"><img class="lead_image" src="{PATH}" title="{TITLE}"></div>'
    body = f'{above}<div class="body"><p><img src="/b.jpg"></p><p>{TEXT}</p></div>'
    assert [image.url for image in read(page(body=body)).images] == [PICTURE, f"{BASE}/b.jpg"]
