"""What a reader sees, and that nothing an article says can be more than text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from selectolax.lexbor import LexborHTMLParser

from asrcrawler.reader import words
from asrcrawler.reader.library import Library
from asrcrawler.storage.visits.writing import write_visits
from asrcrawler.text.persian import to_latin_digits, to_persian_digits
from tests.reader import shelf
from tests.reader.conftest import client_of
from tests.storage.samples import DAY, NOON, SITE, an_absence

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from asrcrawler.storage import Database

EVERY_PAGE = [
    "/", f"/?before={shelf.ORDINARY[20]}", "/future", "/undated", "/sections", "/category/کتاب", "/tag/کتاب",
    f"/news/{shelf.EDITED}", f"/news/{shelf.EDITED}/edits/1", f"/news/{shelf.EDITED}/edits/2",
    f"/news/{shelf.EDITED}/edits/1?view=split&from=1&to=3", f"/news/{shelf.HOSTILE}", f"/news/{shelf.COPY}",
    f"/news/{shelf.GALLERY}", f"/news/{shelf.UNDATED}", "/1401/11/04", "/1401/11", "/1401", "/1390/01/01", "/calendar",
    "/health", "/api", "/nowhere", "/search", "/search?q=کاغذ", "/search?q=ناپیدایی&tag=کتاب",
]  # fmt: skip


def page(client: TestClient, address: str, status: int = 200) -> LexborHTMLParser:
    answer = client.get(address)
    assert answer.status_code == status, answer.text
    return LexborHTMLParser(answer.text)


def texts(tree: LexborHTMLParser, selector: str) -> list[str]:
    return [" ".join(node.text().split()) for node in tree.css(selector)]


def codes(tree: LexborHTMLParser, selector: str = ".row a[href*='/news/']") -> list[int]:
    return [int(str(link.attributes["href"]).rpartition("/")[2]) for link in tree.css(selector)]


def test_the_front_page_shows_the_newest_by_day(client: TestClient) -> None:
    tree = page(client, "/")
    assert texts(tree, ".day > h2")[:2] == [
        "امروز، سه‌شنبه ۴ بهمن ۱۴۰۱ ۲۴ ژانویهٔ ۲۰۲۳ ۲۷ خبر",
        "دیروز، دوشنبه ۳ بهمن ۱۴۰۱ ۲۳ ژانویهٔ ۲۰۲۳ ۱۹ خبر",
    ]
    assert codes(tree)[:6] == [shelf.HOSTILE, shelf.NEAR, 340, shelf.COPY, 339, shelf.ORIGINAL]
    assert len(codes(tree)) == 30
    assert texts(tree, ".links a") == ["بخش‌ها", "۱ خبر با تاریخ آینده", "خبرهای بدون تاریخ"]
    assert texts(tree, ".head .facts span") == [
        "۲۷ خبر امروز",
        "۴۹ خبر در بایگانی",
        "از ۱ بهمن ۱۴۰۱",
        "آخرین دریافت ۲۲:۵۴",
    ]
    assert texts(tree, ".tiles li") == ["۲۷خبر", "۱ویرایش دیده‌شده", "۰حذف از سایت", "۱رونوشت"]
    hours, month = tree.css(".bars")
    assert len(hours.css("li")) == 23  # of the day so far
    assert hours.css(".column")[21].attributes["title"] == "ساعت ۲۱: ۲ خبر"
    assert [column.attributes["title"] for column in month.css(".column")][-2:] == ["۳ بهمن: ۱۹ خبر", "۴ بهمن: ۲۷ خبر"]
    assert len(month.css("li")) == 30
    assert texts(tree, ".pairs li")[:4] == ["خبر ۴۷", "ویرایش دیده‌شده ۲", "حذف تأییدشده ۰", "رونوشت ۲٫۱٪"]
    assert texts(tree, ".chips a")[:2] == ["همه ۲۷ خبر امروز", "فرهنگی ۲۶ خبر امروز"]
    assert "خبر شمارهٔ ۳۴۰" not in tree.text()  # a title is shown as it is written


def test_the_front_page_can_be_compact_and_without_copies(client: TestClient) -> None:
    tree = page(client, "/?view=compact&unique=1")
    assert shelf.COPY not in codes(tree)
    assert shelf.ORIGINAL in codes(tree)
    assert tree.css(".row .lead, .row .kicker") == []
    assert [link.attributes["href"] for link in tree.css(".head .tools a")] == [
        "/?unique=1", "/?view=compact&unique=1", "/?view=compact",
    ]  # fmt: skip
    older = tree.css_first("a[rel=next]")
    assert older is not None
    assert str(older.attributes["href"]).startswith("/?view=compact&unique=1&before=")


def directions(tree: LexborHTMLParser, selector: str) -> set[str | None]:
    return {node.attributes.get("dir") for node in tree.css(selector)}


def test_what_is_written_takes_its_direction_from_most_of_its_letters(database: Database) -> None:
    english, persian = "پاسخ: the whole report in two parts <b>", "BBC و CNN: گفت‌وگو با نویسندهٔ کتاب تازه <b>"
    for code, text in ((1, english), (2, persian)):
        values = {"kicker": text, "title": text, "lead": text, "category": [text], "tags": [text]}
        for seen, body in ((NOON, f"{text}\n\n{text} | {text}"), (NOON + DAY, f"{text} 2\n\n{text} | {text}")):
            write_visits(database, [shelf.article(code, NOON, seen=seen, body=body, **values)])
    client = client_of(Library(database=database, site=SITE))
    own = "h1, .kicker, .lead, .body p, h1 bdi, .kicker bdi, .lead bdi, .path bdi, .body bdi, .chips bdi"
    for code, text, expected in ((1, english, "ltr"), (2, persian, "rtl")):
        assert directions(page(client, f"/news/{code}"), own) == {expected}
        label = f"/tag/{quote(text, safe='')}"
        assert directions(page(client, label), ".row h2, h1, .row bdi") == {expected}
        assert directions(page(client, f"/news/{code}/edits/1"), ".path bdi, .diff .line") == {expected}
        assert len(page(client, f"/news/{code}").css(own)) == 10
    for selector in (".row h3", ".row h3 bdi", ".lead", ".kicker"):
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
        assert texts(page(client, address), ".state") == ["در این برگه خبری نیست. تازه‌ها"]


def test_an_article_is_shown_whole(client: TestClient) -> None:
    tree = page(client, f"/news/{shelf.EDITED}")
    assert texts(tree, "h1") == ["آغاز ساخت پل تازه"]
    assert texts(tree, ".reading .lead") == ["پل در دو سال ساخته می‌شود."]
    assert len(texts(tree, ".body > p")) == 3
    assert texts(tree, ".body tr")[1] == "۱۴۰۱۲۰۰۴۰ درصد"
    assert len(tree.css(".body table tr td")) == 9
    assert texts(tree, ".path li") == ["جامعه"]
    assert texts(tree, ".chips li") == ["پل"]
    facts = dict(zip(texts(tree, ".record dt"), texts(tree, ".record dd"), strict=True))
    assert facts["کد خبر"] == "۴۰۱"
    assert facts["انتشار"] == "دوشنبه ۳ بهمن ۱۴۰۱، ۲۲:۵۵۲۳ ژانویهٔ ۲۰۲۳"
    assert facts["اصل خبر"] == f"http://asrpress.ir/fa/news/{shelf.EDITED}"
    assert facts["پیوند کوتاه"] == f"http://asrpress.ir/000{shelf.EDITED}"
    assert texts(tree, "#edits summary") == ["۲ بار ویرایشآخرین بار ۰۰:۵۴"]
    assert texts(tree, ".steps .badge") == ["متن", "تیتر"]
    assert texts(tree, ".steps del, .steps ins") == ["حذف: سه", "افزوده: چهار", "افزوده: آغاز", "حذف: آغاز می‌شود"]
    assert [link.attributes["href"] for link in tree.css(".steps a")] == ["/news/401/edits/2", "/news/401/edits/1"]
    assert texts(tree, ".pager a") == ["→ خبر قبلیخبر شمارهٔ 317 از بازار کتاب", "خبر بعدی ←خبر شمارهٔ 318 از بازار کتاب"]


def test_a_day_without_a_time_is_shown_without_one(client: TestClient) -> None:
    [shown] = texts(page(client, f"/news/{shelf.DAY_ONLY}"), ".head .facts")
    assert shown == "شنبه ۱ بهمن ۱۴۰۱ ۲۱ ژانویهٔ ۲۰۲۳"


def test_pictures_are_links_and_nothing_is_loaded_from_elsewhere(client: TestClient) -> None:
    tree = page(client, f"/news/{shelf.GALLERY}")
    assert texts(tree, ".media li a") == ["نمای 0", "نمای 1", "نمای 2", "فیلم ۱"]
    assert [link.attributes["rel"] for link in tree.css(".media a")] == ["noopener noreferrer nofollow"] * 4
    assert tree.css(".media a")[3].attributes["href"] == "http://asrpress.ir/files/1.mp4"
    assert tree.css("video, audio, source, iframe, img") == []
    assert tree.css("img") == []


def test_duplicates_are_linked_both_ways(client: TestClient) -> None:
    original, copy, near = (page(client, f"/news/{code}") for code in (shelf.ORIGINAL, shelf.COPY, shelf.NEAR))
    kin = ".known a"
    assert texts(original, ".known summary") == [
        "رونوشت‌هاهمین متن در ۱ خبر دیگر",
        "متن‌های نزدیک۱ خبر با متنی نزدیک به این",
    ]
    assert codes(original, kin) == [shelf.COPY, shelf.NEAR]
    assert texts(original, ".known .facts")[1] == "۴ بهمن ۱۴۰۱، ۲۱:۵۴ ۱۰۰٪ شباهت کد ۴۰۵"
    assert codes(copy, kin)[0] == shelf.ORIGINAL
    assert shelf.ORIGINAL in codes(near, kin)


def test_a_difference_marks_words(client: TestClient) -> None:
    headline = page(client, f"/news/{shelf.EDITED}/edits/1")
    assert texts(headline, "h1") == ["ویرایش تیتر"]
    assert texts(headline, ".diff ins") == ["افزوده: آغاز"]
    assert texts(headline, ".diff del") == ["حذف: آغاز می‌شود"]
    assert headline.css(".diff .line")[0].attributes["class"] == "line both"
    body = page(client, f"/news/{shelf.EDITED}/edits/2")
    assert (texts(body, ".diff del"), texts(body, ".diff ins")) == (["حذف: سه"], ["افزوده: چهار"])
    assert "</del> <ins" in client.get(f"/news/{shelf.EDITED}/edits/2").text  # or their letters would join
    assert texts(body, ".diff summary") == ["۳ بند بدون تغییر"]
    assert texts(body, ".head .facts b") == ["۱", "۱"]
    assert texts(body, ".track li b") == ["۱ ← ۲", "۲ ← ۳", "۱ ← ۳"]
    assert texts(body, ".track [aria-current]")[0].startswith("۲ ← ۳")


def test_any_two_texts_can_be_compared_side_by_side(client: TestClient) -> None:
    tree = page(client, f"/news/{shelf.EDITED}/edits/1?view=split&from=۱&to=3")
    assert texts(tree, "h1") == ["تفاوت دو متن"]
    assert texts(tree, ".split > h2") == ["متن ۱، دیروز ۲۲:۵۹", "متن ۳، ۰۰:۵۴"]
    assert texts(tree, ".split del") == ["حذف: آغاز می‌شود", "حذف: سه"]
    assert texts(tree, ".split ins") == ["افزوده: آغاز", "افزوده: چهار"]
    assert len(tree.css(".split > p")) == 2 * (1 + 6)
    assert tree.css(".segment a")[0].attributes["href"] == f"/news/{shelf.EDITED}/edits/1?from=1&to=3"
    for wrong, status in (("from=2&to=2", 400), ("from=3", 404), ("from=1&to=9", 404), ("view=all", 400)):
        page(client, f"/news/{shelf.EDITED}/edits/1?{wrong}", status)


def test_whole_paragraphs_that_went_or_came_are_blocks_with_a_sign(database: Database) -> None:
    old, kept, new = "بندی که حذف شد", "بندی دربارهٔ کتاب و کاغذ که ماند", "گفت‌وگو با نویسنده"
    for seen, body in ((NOON, f"{old}\n\n{kept}"), (NOON + DAY, f"{kept}\n\n{new}")):
        write_visits(database, [shelf.article(7, NOON, seen=seen, body=body)])
    client = client_of(Library(database=database, site=SITE))
    tree = page(client, "/news/7/edits/1")
    assert [(node.attributes["class"], node.text().strip()) for node in tree.css(".diff .line")] == [
        ("line out", f"بند حذف‌شده: {old}"), ("line same", kept), ("line in", f"بند افزوده: {new}"),
    ]  # fmt: skip
    split = page(client, "/news/7/edits/1?view=split")
    assert texts(split, ".split .none") == ["در متن بعدی نیست", "در متن قبلی نیست"]


def test_a_month_is_a_calendar_and_a_day_leads_to_its_neighbours(client: TestClient) -> None:
    month = page(client, "/1401/11")
    links = [link.attributes["href"] for link in month.css(".heat a")]
    assert links == ["/1401/11/01", "/1401/11/03", "/1401/11/04", "/1401/11/07"]
    assert len(month.css(".heat td > *")) == 30
    assert month.css(".heat a")[2].attributes == {
        "class": "h5 hp today", "href": "/1401/11/04", "title": "۴ بهمن ۱۴۰۱: ۲۷ خبر، دریافت ناتمام",
    }  # fmt: skip
    assert texts(month, ".heat .h0") == ["۲ بهمن ۱۴۰۱: بدون خبر۲–"]
    assert len(month.css(".hf")) == 30 - 5
    assert texts(month, ".path a") == ["تقویم", "۱۴۰۱"]
    day = page(client, "/1401/11/03")
    assert texts(day, "h1") == ["دوشنبه ۳ بهمن ۱۴۰۱"]
    assert texts(day, ".pager a") == ["→ ۱ بهمن ۱۴۰۱", "۴ بهمن ۱۴۰۱ ←"]
    assert (texts(day, ".path a"), len(day.css("li.row"))) == (["تقویم", "۱۴۰۱", "بهمن ۱۴۰۱"], 19)


def test_the_calendar_has_every_month_and_a_year_every_day(client: TestClient) -> None:
    calendar = page(client, "/calendar")
    assert texts(calendar, ".head .facts") == ["۴۹ خبر از بهمن ۱۴۰۱"]
    assert texts(calendar, ".years tbody tr") == ["۱۴۰۱" + "".join(texts(calendar, ".years td"))]
    assert [link.attributes["href"] for link in calendar.css(".years a")] == ["/1401", "/1401/11"]
    assert texts(calendar, ".years td a") == ["بهمن ۱۴۰۱: ۴۸ خبر، دریافت ناتمام۴۸"]
    year = page(client, "/۱۴۰۱")
    assert texts(year, ".months h2") == [*words.JALALI_MONTHS[:10], "بهمن۴۸ خبر", "اسفند"]
    assert len(year.css(".months td > *")) == 365
    assert [link.attributes["href"] for link in year.css(".months td a")][-1] == "/1401/11/07"
    assert texts(page(client, "/1390"), ".facts") == ["در این سال خبری در بایگانی نیست."]


def test_days_that_were_not_visited_are_told_from_days_without_news(database: Database) -> None:
    days = {100: 0, 130: 2, 400: 5}
    write_visits(database, [shelf.article(code, NOON + later * DAY, seen=NOON) for code, later in days.items()])
    write_visits(database, [an_absence(code) for code in range(101, 130)])
    tree = page(client_of(Library(database=database, site=SITE, first_code=100)), "/1403/02")
    shades = {str(node.attributes["title"]): node.attributes["class"] for node in tree.css(".heat [title]")}
    expected = {"۱۱": "بدون خبر", "۱۲": "۱ خبر", "۱۳": "بدون خبر", "۱۵": "هنوز دریافت‌نشده", "۱۷": "۱ خبر"}
    assert [shades[f"{day} اردیبهشت ۱۴۰۳: {words}"] for day, words in expected.items()] == [
        "h0",
        "h5",
        "h0",
        "hx",
        "h5",
    ]
    assert "۲ روز این ماه هنوز دریافت نشده است." in texts(tree, ".hint")


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ("1401/11/4", "/1401/11/04"),
        ("۱۴۰۱/۱۱/۰۴", "/1401/11/04"),
        ("2023-01-24", "/1401/11/04"),
        ("۲۰۲۳/۰۱/۲۴", "/1401/11/04"),
        ("۴ بهمن ۱۴۰۱", "/1401/11/04"),
        ("1401/11", "/1401/11"),
        ("بهمن ۱۴۰۱", "/1401/11"),
        ("۱۴۰۱", "/1401"),
        ("2023-01", "/1401"),
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
        assert [node.attributes.get("src") for node in tree.css("script")] == ["/static/app.js"]
        assert tree.css("img, iframe, style, [style], [onmouseover], [onerror]") == []
        assert not [link for link in tree.css("[href]") if str(link.attributes["href"]).startswith("javascript:")]
        assert "\u202e" not in answer.text
    shown = page(client, f"/news/{shelf.HOSTILE}")
    assert texts(shown, "h1") == [f"عنوان {shelf.SCRIPT} برعکس"]
    pictures = [link.attributes["href"] for link in shown.css(".media a")]
    assert pictures == ["http://elsewhere.example/1.jpg", "http://elsewhere.example/%E2%80%AEgpj.exe"]
    assert texts(shown, ".body p")[1] == "<img src=x onerror=alert(1)> {{ 7 * 7 }}"


@pytest.mark.parametrize(
    ("address", "status", "message"),
    [
        ("/nowhere", 404, "چنین صفحه‌ای نیست."),
        ("/news/9", 404, "کد ۹ هنوز بازدید نشده است."),
        ("/news/420", 404, "کد ۴۲۰ هنوز بازدید نشده است، اما سایت از آن نام برده است."),
        (
            "/news/421",
            404,
            "کد ۴۲۱ از بزرگ‌ترین کد شناخته‌شده، ۴۲۰، بزرگ‌تر است. خبرهای تازه معمولاً چند دقیقه پس از انتشار می‌رسند.",
        ),
        (
            "/news/390",
            404,
            "کد ۳۹۰ بازدید شده است: پاسخ کاملی از سایت نرسید (دیروز ۲۲:۵۴). اکنون در نوبت بازدید دوباره است.",
        ),
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
    assert texts(tree, ".state > p")[1] == message
    assert texts(tree, ".state .sign") == [{404: "۴۰۴", 400: "۴۰۰"}[status]]


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
    for node in tree.css("bdi, code, script, pre, .body, .diff .line"):  # the articles' own words, and addresses
        node.decompose()
    body = tree.body
    assert body is not None
    assert not re.search(r"[0-9]", body.text()), re.findall(r".{20}[0-9].{20}", body.text())
    assert to_latin_digits(body.text()) != body.text()
