"""What a reader sees, and that nothing an article says can be more than text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from selectolax.lexbor import LexborHTMLParser

from asrcrawler.reader.library import Library
from asrcrawler.storage.visits.writing import write_visits
from asrcrawler.text.persian import to_latin_digits, to_persian_digits
from tests.reader import shelf
from tests.reader.conftest import client_of
from tests.storage.samples import DAY, NOON, SITE

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from asrcrawler.storage import Database

EVERY_PAGE = [
    "/", f"/?before={shelf.ORDINARY[20]}", "/future", "/undated", "/sections", "/category/کتاب", "/tag/کتاب",
    f"/news/{shelf.EDITED}", f"/news/{shelf.EDITED}/edits/1", f"/news/{shelf.EDITED}/edits/2", f"/news/{shelf.HOSTILE}",
    f"/news/{shelf.COPY}", f"/news/{shelf.GALLERY}", f"/news/{shelf.UNDATED}", "/1401/11/04", "/1401/11", "/1390/01/01",
    "/health", "/api", "/nowhere", "/search", "/search?q=کاغذ", "/search?q=ناپیدایی&tag=کتاب",
]  # fmt: skip


def page(client: TestClient, address: str, status: int = 200) -> LexborHTMLParser:
    answer = client.get(address)
    assert answer.status_code == status, answer.text
    return LexborHTMLParser(answer.text)


def texts(tree: LexborHTMLParser, selector: str) -> list[str]:
    return [" ".join(node.text().split()) for node in tree.css(selector)]


def codes(tree: LexborHTMLParser, selector: str = ".headline a") -> list[int]:
    return [int(str(link.attributes["href"]).rpartition("/")[2]) for link in tree.css(selector)]


def test_the_front_page_shows_the_newest_by_day(client: TestClient) -> None:
    tree = page(client, "/")
    assert texts(tree, ".day > h2")[:2] == [
        "امروز، سه‌شنبه ۴ بهمن ۱۴۰۱ ۲۴ ژانویهٔ ۲۰۲۳",
        "دوشنبه ۳ بهمن ۱۴۰۱ ۲۳ ژانویهٔ ۲۰۲۳",
    ]
    assert codes(tree)[:6] == [shelf.HOSTILE, shelf.NEAR, 340, shelf.COPY, 339, shelf.ORIGINAL]
    assert len(codes(tree)) == 30
    assert texts(tree, ".note") == ["۱ خبر با تاریخ آینده"]
    assert "خبر شمارهٔ ۳۴۰" not in tree.text()  # a title is shown as it is written


def directions(tree: LexborHTMLParser, selector: str) -> set[str | None]:
    return {node.attributes.get("dir") for node in tree.css(selector)}


def test_what_is_written_takes_its_direction_from_most_of_its_letters(database: Database) -> None:
    english, persian = "پاسخ: the whole report in two parts <b>", "BBC و CNN: گفت‌وگو با نویسندهٔ کتاب تازه <b>"
    for code, text in ((1, english), (2, persian)):
        values = {"kicker": text, "title": text, "lead": text, "category": [text], "tags": [text]}
        for seen, body in ((NOON, f"{text}\n\n{text} | {text}"), (NOON + DAY, f"{text} 2\n\n{text} | {text}")):
            write_visits(database, [shelf.article(code, NOON, seen=seen, body=body, **values)])
    client = client_of(Library(database=database, site=SITE))
    own = ".headline, h1, .kicker, .lead, .body p, .difference p, .items bdi, .reading bdi"
    for code, text, expected in ((1, english, "ltr"), (2, persian, "rtl")):
        assert directions(page(client, f"/news/{code}"), own) == {expected}
        label = f"/tag/{quote(text, safe='')}"
        assert directions(page(client, label), ".items .headline, h1, .items bdi") == {expected}
        assert directions(page(client, f"/news/{code}/edits/1"), ".kicker, .kicker bdi, .difference p") == {expected}
        assert len(page(client, f"/news/{code}").css(own)) == 10
    for selector in (".headline", ".headline bdi", ".lead", ".kicker"):
        nodes = page(client, "/search?q=گفت‌وگو | report").css(selector)
        assert sorted(str(node.attributes["dir"]) for node in nodes) == ["ltr", "rtl"]


def test_turning_the_pages_shows_every_article_once_and_leads_back(client: TestClient) -> None:
    seen: list[int] = []
    address: str | None = "/"
    while address:
        tree = page(client, address)
        seen += codes(tree)
        older = tree.css_first("a[rel=next]")
        address = older.attributes["href"] if older else None
    assert len(seen) == len(set(seen))
    assert set(seen) == {*shelf.ORDINARY, *range(shelf.EDITED, shelf.DAY_ONLY + 1)} - {shelf.UNDATED, shelf.FUTURE}
    newer = tree.css_first("a[rel=prev]")
    assert newer is not None
    assert codes(page(client, str(newer.attributes["href"])))[-1] == seen[29]
    assert texts(tree, ".note a") == ["خبرهای بی‌تاریخ"]


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        (f"/news/{to_persian_digits(str(shelf.EDITED))}", f"/news/{shelf.EDITED}"),
        (f"/news/{shelf.EDITED}/edits/۱", f"/news/{shelf.EDITED}/edits/1"),
        ("/۱۴۰۱/۱۱", "/1401/11"),
        ("/١٤٠١/١١/٠٤", "/1401/11/04"),
        ("/?before=۳۲۰", "/?before=320"),
    ],
)
def test_numbers_of_an_address_may_be_typed_on_any_keyboard(client: TestClient, typed: str, address: str) -> None:
    assert client.get(typed).text == client.get(address).text
    assert client.get(address).status_code == 200


def test_the_site_s_own_path_may_be_typed_so_too(client: TestClient) -> None:
    assert client.get("/fa/news/۴۰۱/نشانی").headers["location"] == "/news/401"


def test_a_page_beyond_the_end_does_not_call_the_archive_empty(client: TestClient) -> None:
    for address in (f"/?after={shelf.HOSTILE}", "/?before=999999"):
        assert texts(page(client, address), ".empty") == ["در این برگه خبری نیست. تازه‌ها"]


def test_an_article_is_shown_whole(client: TestClient) -> None:
    tree = page(client, f"/news/{shelf.EDITED}")
    assert texts(tree, "h1") == ["آغاز ساخت پل تازه"]
    assert texts(tree, ".reading > .lead") == ["پل در دو سال ساخته می‌شود."]
    assert len(texts(tree, ".body > p")) == 3
    assert texts(tree, ".body tr")[1] == "۱۴۰۱۲۰۰۴۰ درصد"
    assert len(tree.css(".body table tr td")) == 9
    assert texts(tree, ".path li") == ["جامعه"]
    assert texts(tree, ".tags li") == ["پل"]
    facts = dict(zip(texts(tree, ".record dt"), texts(tree, ".record dd"), strict=True))
    assert facts["کد خبر"] == "۴۰۱"
    assert facts["انتشار"] == "دوشنبه ۳ بهمن ۱۴۰۱، ۲۲:۵۵ ۲۳ ژانویهٔ ۲۰۲۳"
    assert facts["اصل خبر"] == f"http://asrpress.ir/fa/news/{shelf.EDITED}"
    assert facts["پیوند کوتاه"] == f"http://asrpress.ir/000{shelf.EDITED}"
    assert texts(tree, ".edits li a") == ["متن", "تیتر"]


def test_a_day_without_a_time_is_shown_without_one(client: TestClient) -> None:
    [shown] = texts(page(client, f"/news/{shelf.DAY_ONLY}"), ".head .facts")
    assert shown == "شنبه ۱ بهمن ۱۴۰۱ ۲۱ ژانویهٔ ۲۰۲۳"


def test_pictures_are_links_and_nothing_is_loaded_from_elsewhere(client: TestClient) -> None:
    tree = page(client, f"/news/{shelf.GALLERY}")
    assert texts(tree, ".pictures li a") == ["نمای 0", "نمای 1", "نمای 2", "فیلم ۱"]
    assert [link.attributes["rel"] for link in tree.css(".pictures a")] == ["noopener noreferrer nofollow"] * 4
    assert tree.css(".pictures a")[3].attributes["href"] == "http://asrpress.ir/files/1.mp4"
    assert tree.css("video, audio, source, iframe, img") == []
    assert tree.css("img") == []


def test_duplicates_are_linked_both_ways(client: TestClient) -> None:
    original, copy, near = (page(client, f"/news/{code}") for code in (shelf.ORIGINAL, shelf.COPY, shelf.NEAR))
    kin = "section.kin a"
    assert (texts(original, ".kin h2"), codes(original, kin)) == (
        ["با همین متن", "با متنی نزدیک به این"],
        [shelf.COPY, shelf.NEAR],
    )
    assert codes(copy, kin)[0] == shelf.ORIGINAL
    assert shelf.ORIGINAL in codes(near, kin)


def test_a_difference_marks_words(client: TestClient) -> None:
    headline = page(client, f"/news/{shelf.EDITED}/edits/1")
    assert texts(headline, "h1") == ["ویرایش ۱: تیتر"]
    assert texts(headline, ".difference ins") == ["افزوده: آغاز"]
    assert texts(headline, ".difference del") == ["حذف: آغاز می‌شود"]
    body = page(client, f"/news/{shelf.EDITED}/edits/2")
    assert (texts(body, ".difference del"), texts(body, ".difference ins")) == (["حذف: سه"], ["افزوده: چهار"])
    assert texts(body, ".gap") == ["۳ بند بی‌تغییر"]


def test_a_month_is_a_calendar_and_a_day_leads_to_its_neighbours(client: TestClient) -> None:
    month = page(client, "/1401/11")
    links = [link.attributes["href"] for link in month.css(".calendar a")]
    assert links == ["/1401/11/01", "/1401/11/03", "/1401/11/04", "/1401/11/07"]
    assert len(month.css(".calendar b")) == 30
    day = page(client, "/1401/11/03")
    assert texts(day, "h1") == ["دوشنبه ۳ بهمن ۱۴۰۱"]
    assert texts(day, ".turning:last-of-type a")[-2:] == ["→ ۱ بهمن ۱۴۰۱", "۴ بهمن ۱۴۰۱ ←"]


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ("1401/11/4", "/1401/11/04"),
        ("۱۴۰۱/۱۱/۰۴", "/1401/11/04"),
        ("2023-01-24", "/1401/11/04"),
        ("۲۰۲۳/۰۱/۲۴", "/1401/11/04"),
        ("", "/"),
    ],
)
def test_a_day_can_be_asked_for_in_either_calendar(client: TestClient, given: str, path: str) -> None:
    answer = client.get("/goto", params={"day": given})
    assert (answer.status_code, answer.headers["location"]) == (303, path)


def test_a_day_that_cannot_be_read_can_be_mended(client: TestClient) -> None:
    assert len(page(client, "/goto?day=دیروز", 400).css("form[action='/goto'] input")) == 1


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("/fa/news/401/any-slug", "/news/401"),
        ("/fa/news/401", "/news/401"),
        ("/00006T", "/news/401"),
        ("/calendar", "/1401/11"),
    ],
)
def test_the_sites_own_addresses_lead_to_the_article(client: TestClient, address: str, path: str) -> None:
    assert client.get(address).headers["location"] == path


def test_a_hostile_article_is_text(client: TestClient) -> None:
    for address in (
        "/",
        f"/news/{shelf.HOSTILE}",
        f"/category/{'<i>بخش</i>'.replace('/', '%2F')}",
        "/sections",
        "/tag/..%2Fبرچسب%3Fa=b%23c",
    ):
        answer = client.get(address)
        assert answer.status_code == 200
        tree = LexborHTMLParser(answer.text)
        assert [node.attributes.get("src") for node in tree.css("script")] in ([], ["/static/health.js"])
        assert tree.css("img, iframe, style, [style], [onmouseover], [onerror]") == []
        assert not [link for link in tree.css("[href]") if str(link.attributes["href"]).startswith("javascript:")]
        assert "\u202e" not in answer.text
    shown = page(client, f"/news/{shelf.HOSTILE}")
    assert texts(shown, "h1") == [f"عنوان {shelf.SCRIPT} برعکس"]
    pictures = [link.attributes["href"] for link in shown.css(".pictures a")]
    assert pictures == ["http://elsewhere.example/1.jpg", "http://elsewhere.example/%E2%80%AEgpj.exe"]
    assert texts(shown, ".body p")[1] == "<img src=x onerror=alert(1)> {{ 7 * 7 }}"


@pytest.mark.parametrize(
    ("address", "status", "message"),
    [
        ("/nowhere", 404, "چنین صفحه‌ای نیست."),
        ("/news/9", 404, "خبری با این کد در بایگانی نیست."),
        ("/news/nine", 404, "چنین کد خبری نیست."),
        (f"/news/{10**30}", 404, "چنین کد خبری نیست."),
        ("/news/401/edits/9", 404, "این ویرایش در بایگانی نیست."),
        ("/tag/ناشناس", 404, "هیچ خبری این برچسب را ندارد."),
        ("/category/" + "ب" * 201, 404, "در این بخش خبری نیست."),
        ("/1401/13", 404, "چنین ماهی در تقویم نیست."),
        ("/1401/12/30", 404, "چنین روزی در تقویم نیست."),
        ("/99999/1/1", 404, "چنین ماهی در تقویم نیست."),
        ("/?before=x", 400, "شماره‌ای که در نشانی آمده درست نیست."),
        (
            "/goto?day=1401/13/40",
            400,
            "این روز خوانده نشد. شمسی بنویسید، مانند ۱۴۰۱/۱۱/۰۴، یا میلادی، مانند ۲۰۲۳/۰۱/۲۴.",
        ),
    ],
)
def test_what_cannot_be_shown_is_told_in_persian(client: TestClient, address: str, status: int, message: str) -> None:
    tree = page(client, address, status)
    assert texts(tree, "main > p")[0] == message
    assert texts(tree, "main .kicker") == [{404: "۴۰۴", 400: "۴۰۰"}[status]]


@pytest.mark.parametrize("address", EVERY_PAGE)
def test_pages_are_persian_right_to_left_and_have_their_landmarks(client: TestClient, address: str) -> None:
    tree = LexborHTMLParser(client.get(address).text)
    assert [node.attributes for node in tree.css("html")] == [{"lang": "fa", "dir": "rtl"}]
    assert len(tree.css("h1")) == len(tree.css("main")) == 1
    assert texts(tree, "head > title")[0].endswith("· بایگانی asrpress.ir")
    ids = [node.attributes["id"] for node in tree.css("[id]")]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    "address", ["/", "/1401/11/04", "/1401/11", "/health", f"/news/{shelf.COPY}", f"/news/{shelf.EDITED}/edits/1"]
)
def test_figures_have_persian_digits(client: TestClient, address: str) -> None:
    tree = page(client, address)
    for node in tree.css("bdi, code, script, .body, .difference p"):  # the articles' own words, and addresses
        node.decompose()
    body = tree.body
    assert body is not None
    assert not re.search(r"[0-9]", body.text()), re.findall(r".{20}[0-9].{20}", body.text())
    assert to_latin_digits(body.text()) != body.text()
