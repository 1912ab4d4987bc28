"""A page → an article, or the reason why it is not the article asked for."""

import gc
import json
import random
import re
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from asrcrawler.exceptions import Missing, PageVerdict, Refused, Unreadable
from asrcrawler.items import Article, Image, Kind, Video
from asrcrawler.replica import World
from asrcrawler.replica.rendering import Pages
from asrcrawler.samaneh.layout import Layout
from asrcrawler.samaneh.page import read_page
from asrcrawler.text.persian import clean
from benchmarks.extraction.real import FOLDER, NOISE, blocks, real_pages
from tests.samaneh.template import BASE, CODE, CODE_PLACE, DATE_PLACE, HEADER, SIDE, TEXT, TITLE, URL, page, read

SIGN_OFF = re.compile(r"انتهای پیام/\s*$")
LONGEST_READING = 1.0  # seconds of CPU, whatever the page is


# --- pages that are no article


@pytest.mark.parametrize(
    ("html", "url", "verdict", "reason"),
    [
        (page(code="", head="", body_id=' id="home"'), URL, Missing, "home page"),
        (page(code="", head=""), f"{BASE}/fa", Missing, "home page"),
        (page(code="", head="", body='<div class="error_container">صفحه موجود نیست</div>'), URL, Missing, "soft 404"),
        (b"<script>var __arcsjs = 1;</script>", URL, Refused, "challenge page"),
        (b"<html><title>Just a moment...</title></html>", URL, Refused, "challenge page"),
        (page(), f"{BASE}/fa/news/77", Unreadable, "page of code 4321"),
        (page(headline="", head=""), URL, Unreadable, "no headline"),
        (page(body=""), URL, Unreadable, "no body"),
        (page(body='<div class="body"></div>', lead=""), URL, Unreadable, "neither body nor lead nor picture nor film"),
        (b"<html>", URL, Unreadable, "no news code on the page"),
        (b"plain text", URL, Unreadable, "no news code on the page"),
        (b"%PDF-1.4 \xff\xfe\x00", URL, Unreadable, "no news code on the page"),
        (page(code="", head="", body_id=' id="services"'), URL, Unreadable, "no news code on the page (body#services)"),
        (b"<div>" * 5000 + page(), URL, Unreadable, "elements nested deeper than 600"),
    ],
)
def test_a_page_that_is_not_the_article_says_why(
    html: bytes, url: str, verdict: type[PageVerdict], reason: str
) -> None:
    with pytest.raises(verdict) as found:
        read(html, code=77 if "/77" in url else CODE, url=url)
    assert found.value.reason == reason


NOTICE = "<html><body><p>این خبر از روی سایت برداشته شده است.</p>{}</body></html>"
LED_AWAY = "redirected to a page that is no article"


@pytest.mark.parametrize(
    ("html", "place", "verdict", "reason"),
    [
        (page(code="", head="", body_id=' id="archive"'), "/fa/old", Missing, f"{LED_AWAY} (body#archive)"),
        (page(code="", head="", body_id=' id="services"'), "/fa/politics/3", Missing, f"{LED_AWAY} (body#services)"),
        (page(code="", head="", body_id="", headline="", date="", tags=""), "/fa/culture", Missing, LED_AWAY),
        (NOTICE.format("").encode(), "/fa/gone", Missing, LED_AWAY),
        (NOTICE.format("<a href=/>خانه</a><script>var a;</script>").encode(), "/gone.html?id=4321", Missing, LED_AWAY),
        (NOTICE.format("<form></form>").encode(), "/error?path=/en/news/4321", Missing, LED_AWAY),
        # What may be an article, of another template:
        (page(code="", head=""), "/fa/culture/a-slug", Unreadable, "no news code on the page (body#news)"),
        (
            page(code="", head='<meta property="og:type" content="article">', body_id=""),
            "/fa/culture/a-slug",
            Unreadable,
            "no news code on the page",
        ),
        (
            page(code="", head='<script type="application/ld+json">{"@type": "NewsArticle"}</script>', body_id=""),
            "/fa/culture/a-slug",
            Unreadable,
            "no news code on the page",
        ),
        (NOTICE.format("").encode(), "/fa/print/4321", Unreadable, "no news code on the page"),
        (page(), "/fa/culture/a-slug", None, ""),
        # What may be a gate before it:
        (
            NOTICE.format("<form></form>").encode(),
            "/login?next=%2Ffa%2Fnews%2F4321",
            Unreadable,
            "no news code on the page",
        ),
        (NOTICE.format("<script>go()</script>").encode(), "/check", Unreadable, "no news code on the page"),
        (b"<script>var __arcsjs = 1;</script>", "/check", Refused, "challenge page"),
    ],
)
def test_a_page_that_a_redirect_led_to(html: bytes, place: str, verdict: type[PageVerdict] | None, reason: str) -> None:
    if verdict is None:
        assert read(html, url=BASE + place).title == TITLE
        return
    with pytest.raises(verdict) as found:
        read(html, url=BASE + place)
    assert found.value.reason == reason


def test_an_article_that_mentions_a_challenge_is_an_article() -> None:
    assert read(page(body=f'<div class="body"><p>ArvanCloud و {TEXT}</p></div>')).title == TITLE


# --- where values come from


def test_a_fall_back_is_on_record() -> None:
    head = (
        f'<meta property="og:title" content="{TITLE}"><meta property="article:section" content="فرهنگ">'
        '<meta property="article:tag" content="کتاب , روستا ,کتاب">'
        '<meta property="article:published_time" content="۱۴۰۱/۱۱/۰۴ - ۲۲:۵۴">'
    )
    article = read(page(head=head, headline="", date="", path="", tags=""))
    assert (article.title, article.category, article.tags) == (TITLE, ["فرهنگ"], ["کتاب", "روستا"])
    assert article.published_jalali == "1401-11-04 22:54"
    for field in ("title", "category", "tags", "published_at"):
        assert article.sources[field] == "meta"
    assert article.sources["body"] == "page"


def test_jsonld_is_the_last_resort() -> None:
    data = {"@type": "NewsArticle", "headLine": TITLE, "datePublished": "2023-01-24T22:54:00+03:30"}
    head = f'<script type="application/ld+json">{json.dumps(data)}</script>'
    article = read(page(head=head, headline="", date=""))
    assert (article.title, article.sources["title"]) == (TITLE, "jsonld")
    assert (article.published_jalali, article.sources["published_at"]) == ("1401-11-04 22:54", "jsonld")


def test_jsonld_of_another_article_says_nothing() -> None:
    data = {
        "@type": "NewsArticle",
        "url": f"{BASE}/fa/news/9001/x",
        "headLine": "باران",
        "author": {"@type": "Person", "name": "سام یاری"},
    }
    head = f'<script type="application/ld+json">{json.dumps(data)}</script>'
    assert read(page(head=head)).author is None
    with pytest.raises(Unreadable, match="no headline"):
        read(page(head=head, headline=""))


def test_contradicting_dates_are_told_and_the_jalali_one_counts() -> None:
    article = read(page(date='<div class="news_pdate_c">۲۲:۵۴ - ۰۴ بهمن ۱۴۰۱ - 25 January 2023</div>'))
    assert article.published_jalali == "1401-11-04 22:54"
    assert len(article.notes) == 1
    assert "published_at in page" in article.notes[0]


def test_an_impossible_date_is_none_and_no_other_place_speaks_for_it() -> None:
    head = '<meta property="article:published_time" content="2023-01-24T22:54:00+03:30">'
    article = read(page(date='<div class="news_pdate_c">۳۱ مهر ۱۴۰۱ - ۱۰:۲۰</div>', head=head))
    assert (article.published_at, article.published_jalali) == (None, None)
    assert "۳۱ مهر ۱۴۰۱" in article.notes[0]


def test_never_modified_is_none() -> None:
    head = '<meta property="article:modified_time" content="۰/۰۰/۰۰ - ۰۰:۰۰">'
    assert read(page(head=head)).modified_at is None


def test_a_modification_may_lie_before_the_publication() -> None:
    head = '<meta property="article:modified_time" content="۱۴۰۱/۱۱/۰۴ - ۲۲:۵۱">'
    modified = read(page(head=head)).modified_at
    assert modified is not None
    assert modified.isoformat() == "2023-01-24T22:51:00+03:30"


# --- galleries and videos

GALLERY = (
    '<div class="album_content"><ul><li class="album_listi"><div class="image_set">'
    '<a href="/files/fa/news/1401/11/4/1_1.jpg" title="اتوبوس در راه"><img src="/files/fa/news/1401/11/4/1_2.jpg"></a>'
    '</div></li><li class="album_listi"><img src="/files/fa/news/1401/11/4/2_1.jpg" alt="کودکان"></li></ul></div>'
)
VIDEO = '<div class="video_content"><video><source src="/files/fa/news/1401/11/4/3.mp4"></video></div>'


@pytest.mark.parametrize("lead", ["", '<div class="photo_subtitle">چند عکس از راه.</div>'])
def test_a_gallery_needs_no_text(lead: str) -> None:
    article = read(page(body=GALLERY, lead=lead))
    assert (article.kind, article.title, article.body) == (Kind.GALLERY, TITLE, None)
    assert article.lead == ("چند عکس از راه." if lead else None)
    assert article.images == [
        Image(url=f"{BASE}/files/fa/news/1401/11/4/1_1.jpg", caption="اتوبوس در راه"),
        Image(url=f"{BASE}/files/fa/news/1401/11/4/2_1.jpg", caption="کودکان"),
    ]


def test_a_gallery_without_headline_and_date_in_their_places() -> None:
    head = f'<meta property="og:title" content="{TITLE}">'
    article = read(
        page(head=head, headline="", lead="", kicker="", date="", body=f'<div class="photo_body"></div>{GALLERY}')
    )
    assert (article.kind, article.title, len(article.images)) == (Kind.GALLERY, TITLE, 2)


def test_a_gallery_of_links_alone() -> None:
    links = '<div class="news_album_main_part"><a href="/files/fa/news/1401/11/4/1_1.jpg"></a></div>'
    article = read(page(body=links, lead=""))
    assert (article.kind, article.images) == (Kind.GALLERY, [Image(url=f"{BASE}/files/fa/news/1401/11/4/1_1.jpg")])


def test_a_video_gives_its_files() -> None:
    article = read(page(headline=f'<div class="video_title">{TITLE}</div>', lead="", body=VIDEO))
    assert (article.kind, article.title, article.body) == (Kind.VIDEO, TITLE, None)
    assert (article.images, article.videos) == ([], [Video(url=f"{BASE}/files/fa/news/1401/11/4/3.mp4")])


def test_pictures_beside_the_article_make_no_gallery_of_it() -> None:
    side = f'<div class="related_news">{GALLERY}{VIDEO}</div>'
    article = read(page(after=side, side=SIDE + GALLERY))
    assert (article.kind, article.images) == (Kind.ARTICLE, [])


# --- nothing of another article


def test_nothing_of_what_stands_around_the_article_gets_in() -> None:
    around = (
        '<div class="box"><div class="rutitr">روتیتر دیگر</div>'
        '<h2 class="title"><a href="/fa/news/9001/x">باران</a></h2>'
        '<div class="subtitle">خلاصه دیگر</div><div class="body">متن دیگر</div>'
        '<div class="news_author">سام یاری</div><img class="lead_image" src="/other.jpg"></div>'
    )
    article = read(page(header=HEADER + around, after=around, side=around + SIDE))
    assert article == read(page())


def test_the_order_of_the_columns_makes_no_difference() -> None:
    assert read(page(header=HEADER + SIDE, side="")) == read(page())


# --- real pages


def _letters(text: str) -> str:
    """``text`` without its white space."""
    return "".join(clean(text).split())


@pytest.fixture(scope="module")
def real() -> dict[str, Article]:
    if not FOLDER.exists():
        pytest.skip("no saved pages of real outlets at hand: ../shared/pages is not there")
    return {
        one.name: read_page(one.html, site=one.site, code=one.code, url=one.url, base_url=f"http://{one.site}")
        for one in real_pages()
    }


@pytest.mark.parametrize("name", ["irinn-499654", "yjc-6998551"])
def test_a_real_page_gives_the_values_beside_it(real: dict[str, Article], name: str) -> None:
    expected = json.loads((FOLDER / f"{name}.expected.json").read_text())
    article = real[name]
    assert (article.code, article.title, article.lead) == (expected["code"], expected["title"], expected["subtitle"])
    assert article.kicker == (expected["rutitr"] or None)
    assert (article.category, article.tags) == (expected["categories"], expected["tags"])
    assert article.published_at is not None
    assert article.published_at.isoformat(timespec="minutes") == expected["published_local_iso"]
    assert [image.url for image in article.images] == expected["body_images"]
    assert _letters(article.body or "").startswith(_letters(expected["body_start"]))
    assert _letters(article.body or "").endswith(_letters(SIGN_OFF.sub("", expected["body_end"])))


def test_the_whole_body_of_a_real_page_differs_in_nothing(real: dict[str, Article]) -> None:
    article = real["yjc-6998551"]
    expected = SIGN_OFF.sub("", (FOLDER / "yjc-6998551.expected_body.txt").read_text())
    assert _letters(f"{article.title}{article.lead}{article.body}") == _letters(expected)


def test_the_saved_bodies_give_clean_paragraphs(real: dict[str, Article]) -> None:
    fragments = sorted((FOLDER / "bodies").glob("*.html"))
    assert len(fragments) == 14
    for path in fragments:
        found = [clean(text) for text in (real[path.stem].body or "").split("\n\n")]
        assert found == [block for block in blocks(path.read_text()) if not NOISE.fullmatch(block)], path.stem
        assert not any("function" in text or "{" in text or "<" in text for text in found), path.stem


# --- hostile pages

WORLD = World(first=1, last=120)
REPLICA = Pages(WORLD, BASE)
CODES = list(WORLD.visible(WORLD.first, WORLD.last))
PAGES = [(code, REPLICA.article(code, WORLD.now)) for code in CODES[:12]]


def _read_in_time(html: bytes, code: int) -> None:
    begun = time.thread_time()
    try:
        article = read_page(html, site="asrpress.ir", code=code, url=f"{BASE}/fa/news/{code}", base_url=BASE)
        assert (article.code, bool(article.title)) == (code, True)
    except PageVerdict:
        pass
    assert time.thread_time() - begun < LONGEST_READING


@given(st.binary(max_size=3000))
def test_any_bytes_are_read_or_refused(html: bytes) -> None:
    _read_in_time(html, CODE)


@given(st.binary(max_size=400), st.integers(0, len(page())))
def test_any_bytes_within_a_page_are_read_or_refused(garbage: bytes, place: int) -> None:
    _read_in_time(page()[:place] + garbage + page()[place:], CODE)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(PAGES), st.floats(0, 1))
def test_a_page_cut_anywhere_is_read_or_refused(one: tuple[int, bytes], share: float) -> None:
    code, html = one
    _read_in_time(html[: int(len(html) * share)], code)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(PAGES), st.integers(0, 2**32))
def test_a_page_with_torn_markup_is_read_or_refused(one: tuple[int, bytes], seed: int) -> None:
    code, html = one
    dice = random.Random(seed)
    pieces = html.split(b"<")
    for _ in range(dice.randint(1, 60)):
        place = dice.randrange(len(pieces))
        pieces[place : place + 1] = dice.choice([[], [pieces[place]] * 2, [pieces[place].replace(b">", b"")], [b"p>"]])
    _read_in_time(b"<".join(pieces), code)


MANY = 20_000


@pytest.mark.parametrize(
    "html",
    [
        page(body=f'<div class="body">{"<div>" * MANY}متن</div>'),
        page(body=f'<div class="body">{"<b><i>" * MANY}متن</div>'),
        page(body=f'<div class="body">{"<table><tr><td>" * MANY}متن</div>'),
        page(body=f'<div class="body">{"<font color=red><p>" * 1500}متن</div>'),
        page(body='<div class="body">متن</div>' * MANY),
        page(body=f'<div class="body">{"<div class=subtitle>متن</div>" * MANY}</div>'),
        page(lead="<div><div>" + "<a href=/fa/news/4321>متن</a><p class=subtitle></p>" * MANY),
        page(body=f'<div class="body"><table><tr>{"<td>متن</td>" * MANY}</tr></table></div>'),
        page(body=f'<div class="body"><figure>{"<img src=/a.jpg>" * 4000}<figcaption>{"متن " * MANY}</figcaption>'),
        page(body=f'<div class="body">{"انتهای " * MANY}</div>'),
        page(body=f'<div class="body">{"‌" * MANY * 10}متن</div>'),
        page(body=f'<div class="body">{"a-" * MANY}{"{" * MANY}</div>'),
        page(body=f'<div class="body"><p {" ".join(f"a{number}=x" for number in range(2 * MANY))}>متن</div>'),
        page(headline='<h1 class="title">متن</h1>' * MANY),
        page(container='<div style="direction: rtl">' * 500, headline='<h1 class="title"></h1>' * MANY),
        page(code=CODE_PLACE * MANY),
        page(code="<div>کد خبر: ۴۳۲۱</div>" * MANY),
        page(date=DATE_PLACE.replace("۲۲", "۲۲:" * MANY)),
        page(tags='<a class="tags_item">متن</a>' * MANY),
        page(after="<select>" + "<option>متن" * MANY),
        page(head='<meta property="a" content="b">' * MANY),
        page(head='<script type="application/ld+json">' + "[" * MANY + "</script>"),
        page(path='<div class="news_path">' + '<a href="/x">م</a>' * MANY + "</div>"),
        b"<" * MANY * 10,
        b'<a b="' * MANY,
        b"<meta " * MANY,
    ],
)  # fmt: skip
def test_a_page_of_too_much_of_one_thing_takes_no_second(html: bytes) -> None:
    _read_in_time(html, CODE)


@pytest.mark.parametrize(
    "body", [TEXT, '<div class="image_set"><img src="/a.jpg"></div>', '<video src="/1.mp4"></video>']
)
def test_a_page_is_freed_when_it_is_read(body: str) -> None:
    gc.collect()
    gc.disable()
    try:
        read(page(body=f'<div class="body">{body}</div>'))
        assert not [found for found in gc.get_objects() if isinstance(found, (Layout, LexborHTMLParser))]
    finally:
        gc.enable()
