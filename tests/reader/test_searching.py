from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from selectolax.lexbor import LexborHTMLParser

from asrcrawler.reader import downloads
from asrcrawler.reader.addresses import with_query
from asrcrawler.storage.search import postgresql, questions, search, sqlite
from tests.commands import invoke
from tests.reader import shelf
from tests.reader.test_pages import codes, page, texts

if TYPE_CHECKING:
    from starlette.testclient import TestClient


def found(client: TestClient, **query: Any) -> LexborHTMLParser:
    answer = client.get("/search", params=query)
    assert answer.status_code == 200
    return LexborHTMLParser(answer.text)


def test_without_a_question_there_is_the_form_and_how_to_ask(client: TestClient) -> None:
    tree = page(client, "/search")
    assert len(tree.css("main form input")) == 5
    assert "نیم‌فاصله" in texts(tree, ".help p")[0]
    assert [option.attributes["value"] for option in tree.css("datalist option")] == [
        "<i>بخش</i>",
        "جامعه",
        "فرهنگی",
        "کتاب",
    ]
    assert texts(tree, "[role=status]") == []


def test_what_was_found_is_marked_and_the_question_stays_in_the_form(client: TestClient) -> None:
    tree = found(client, q="پیمانکار", category="جامعه", since="1401/11/03")
    assert codes(tree) == [shelf.EDITED]
    assert texts(tree, "[role=status]") == ["۱ خبر"]
    assert texts(tree, ".lead mark") == ["پیمانکار"]
    given = {field.attributes["name"]: field.attributes.get("value") for field in tree.css("main form input")}
    assert given == {"q": "پیمانکار", "since": "۱۴۰۱/۱۱/۰۳", "until": "", "category": "جامعه", "tag": ""}
    assert "open" in tree.css("details")[0].attributes
    assert [(" ".join(link.text().split()), link.attributes["href"]) for link in tree.css(".chip")] == [
        ("از ۱۴۰۱/۱۱/۰۳ × برداشتن این فیلتر".replace("× ", "×"), with_query("/search", q="پیمانکار", category="جامعه")),
        ("بخش: جامعه ×برداشتن این فیلتر", with_query("/search", q="پیمانکار", since="1401/11/03")),
    ]


@pytest.mark.parametrize(
    "query",
    [
        {"since": "1401/11/04", "until": "۱۴۰۱/۱۱/۰۴"},
        {"since": "2023-01-24", "until": "2023-01-24"},
        {"since": "1401/11/04", "until": "2023-01-24"},
    ],
)
def test_days_of_both_calendars(client: TestClient, query: dict[str, str]) -> None:
    assert codes(found(client, q="کاغذ", order="newest", **query))[:3] == [shelf.NEAR, 340, shelf.COPY]
    assert shelf.DAY_ONLY not in codes(found(client, q="خبری", **query))


def test_filters_alone_list_what_they_leave(client: TestClient) -> None:
    assert codes(found(client, tag="پل")) == [shelf.EDITED]


def test_pages_keep_the_question(client: TestClient) -> None:
    first = found(client, q="بازار کتاب", order="newest", tag="کتاب")
    older = first.css("a[rel=next]")[0].attributes["href"]
    second = page(client, str(older))
    assert not set(codes(first)) & set(codes(second))
    assert texts(second, "[role=status]")[0].endswith("برگهٔ ۲")
    assert codes(page(client, str(second.css("a[rel=prev]")[0].attributes["href"]))) == codes(first)


def test_nothing_found_says_what_to_try(client: TestClient) -> None:
    tree = found(client, q="ناپیدایی")
    assert texts(tree, "[role=status]") == ["خبری با این واژه‌ها نیست."]
    assert texts(tree, ".state li") == ["واژه‌های کمتری بنویسید، یا با * فقط آغاز واژه را."]
    tree = found(client, q="پیمانکار", tag="کاغذ", since="1401/11/05")
    assert tree.css(".state a")[0].attributes["href"] == "/search?q=%D9%BE%DB%8C%D9%85%D8%A7%D9%86%DA%A9%D8%A7%D8%B1"
    beyond = found(client, q="بازار", page=50)
    assert "این برگه پس از پایان آن‌هاست" in texts(beyond, ".state")[0]


def test_how_far_back_was_searched_is_said_with_a_link_that_goes_on(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "BUDGET", -1)
    monkeypatch.setattr(questions, "LEAST", 1)
    for backend in (sqlite, postgresql):
        monkeypatch.setattr(backend, "FIRST_PARTS", 1)
    for words, said in (("ناپیدایی", "تا اینجا خبری با این واژه‌ها پیدا نشد."), ("بازار", None)):
        tree = found(client, q=words)
        told = client.get("/api/search", params={"q": words}).json()
        assert told["total_is_exact"] is False
        day = told["searched_back_to"][:10]
        assert said in {None, *texts(tree, "[role=status]")}
        assert texts(tree, ".hint")[-1].startswith("جست‌وجو فقط تا خبرهای ")
        [link] = [node for node in tree.css("a") if node.text() == "ادامهٔ جست‌وجو در خبرهای قدیمی‌تر"]
        assert link.attributes["href"] == f"/search?q={quote(words)}&until={day}"
    monkeypatch.setattr(
        "asrcrawler.reader.searching.search", lambda *given, **how: search(*given, **how)._replace(awaits_index=True)
    )
    tree = found(client, q="بازار")
    assert "نمایهٔ جست‌وجو در حال ساخته‌شدن است" in texts(tree, ".hint")[-1]
    assert not [node for node in tree.css("a") if node.text() == "ادامهٔ جست‌وجو در خبرهای قدیمی‌تر"]


@pytest.mark.parametrize(
    "words", ["' OR 1=1 --", "a AND NOT (b", "-x", "عنوان:", "\u200c", "NEAR(a b)", "<script>", "^x", "\0"]
)
def test_any_words_are_a_question(client: TestClient, words: str) -> None:
    tree = found(client, q=words)
    assert [node.attributes["src"] for node in tree.css("script")] == ["/static/app.js"]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"q": "x" * 201}, "این همه واژه را نمی‌توان با هم جست. کوتاه‌تر بنویسید."),
        ({"q": "x", "page": "51"}, "شماره‌ای که در نشانی آمده درست نیست."),
        ({"q": "x", "order": "worst"}, "ترتیبی که در نشانی آمده شناخته نیست."),
        ({"since": "1401/11/05", "until": "1401/11/04"}, "روز «از» پس از روز «تا» است."),
        ({"until": "دیروز"}, "روز «تا» خوانده نشد. شمسی بنویسید، مانند ۱۴۰۱/۱۱/۰۴، یا میلادی، مانند ۲۰۲۳/۰۱/۲۴."),
        ({"tag": "x" * 201}, "نام برچسب بیش از اندازه بلند است."),
        ({"q": "؟ «*»", "tag": "پل"}, "در آنچه نوشته‌اید واژه‌ای برای جستن نیست."),
    ],
)
def test_what_cannot_be_asked_is_told_in_persian(client: TestClient, query: dict[str, str], message: str) -> None:
    answer = client.get("/search", params=query)
    tree = LexborHTMLParser(answer.text)
    assert (answer.status_code, texts(tree, "[role=alert]")) == (400, [message])
    assert len(tree.css("main form input")) == 5  # to mend it


def test_machines_are_told_the_pieces(client: TestClient) -> None:
    answer = client.get("/api/search", params={"q": "پیمانکار", "category": "جامعه"}).json()
    assert (answer["total"], answer["next"]) == (1, None)
    [hit] = answer["hits"]
    assert (hit["code"], hit["published_at"]) == (shelf.EDITED, "2023-01-23T22:55:00+03:30")
    assert {"text": "پیمانکار", "hit": True} in hit["snippet"]
    assert "".join(piece["text"] for piece in hit["title"]) == "آغاز ساخت پل تازه"
    schema = client.get("/api/openapi.json").json()["paths"]["/api/search"]["get"]["responses"]["200"]["content"]
    assert set(hit) == set(schema["application/json"]["schema"]["properties"]["hits"]["items"]["properties"])


def test_command_and_api_tell_a_hit_alike(client: TestClient, shelf_url: str) -> None:
    told = client.get("/api/search", params={"q": "پیمانکار پل"}).json()
    said = json.loads(invoke("search", "پیمانکار پل", "--json", settings={"ASR_DATABASE_URL": shelf_url}).stdout)
    assert said | {"next": None} == told
    assert said["total_is_exact"] is True
    assert said["total"] > 0


def test_machines_get_page_after_page(client: TestClient) -> None:
    address, seen = "/api/search?q=بازار&limit=20&order=newest", list[int]()
    while address:
        answer = client.get(address).json()
        seen += [hit["code"] for hit in answer["hits"]]
        address = answer["next"]
    assert len(seen) == len(set(seen)) == answer["total"]
    assert set(shelf.ORDINARY) <= set(seen)


def test_a_browser_can_search_from_its_address_bar(client: TestClient) -> None:
    answer = client.get("/opensearch.xml")
    assert 'template="http://localhost/search?q={searchTerms}"' in answer.text


@pytest.mark.parametrize(
    ("words", "path"),
    [
        ("401", "/news/401"),
        (" ۴۰۱ ", "/news/401"),
        ("٤٠١", "/news/401"),
        ("http://www.asrpress.ir/fa/news/401/any-slug", "/news/401"),
        ("asrpress.ir/fa/news/۴۰۱", "/news/401"),
        ("/fa/news/401", "/news/401"),
        ("https://asrpress.ir/00006T", "/news/401"),
        ("00006T", "/news/401"),
        ("asrpress.ir/fa/news/9", "/news/9"),  # which says what is known of it
    ],
)
def test_a_code_or_an_address_goes_to_the_article(client: TestClient, words: str, path: str) -> None:
    answer = client.get("/search", params={"q": words})
    assert (answer.status_code, answer.headers.get("location")) == (303, path)


@pytest.mark.parametrize("words", ["9", "1401", "401 402", "other.ir/fa/news/401", "«401»", "asrpress", "/fa/archive"])
def test_what_is_no_article_of_the_archive_is_searched(client: TestClient, words: str) -> None:
    assert client.get("/search", params={"q": words}).status_code == 200
    assert client.get("/search", params={"q": "401", "tag": "کتاب"}).status_code == 200


@pytest.mark.parametrize("since", ["1401/11/04", "۴ بهمن ۱۴۰۱", "4 بهمن 1401"])
def test_a_day_may_be_written_in_words(client: TestClient, since: str) -> None:
    assert shelf.DAY_ONLY not in codes(found(client, q="خبری", since=since))
    month = {"since": "۱۴۰۱/۱۱", "until": "بهمن ۱۴۰۱", "order": "newest"}
    assert codes(found(client, q="خبری", **month))[:2] == [shelf.FUTURE, shelf.DAY_ONLY]
    assert codes(found(client, q="خبری", until="1401/10")) == []


def test_hits_as_csv_and_json_lines(client: TestClient) -> None:
    tree = found(client, q="کتاب", order="newest", tag="کتاب")
    files = [str(link.attributes["href"]) for link in tree.css("a[download]")]
    as_csv, as_lines = (client.get(address) for address in files)
    assert as_csv.headers["content-disposition"] == 'attachment; filename="search.csv"'
    rows = list(csv.DictReader(io.StringIO(as_csv.content.decode("utf-8-sig"))))
    articles = [json.loads(line) for line in as_lines.text.splitlines()]
    expected = client.get("/api/search", params={"q": "کتاب", "order": "newest", "tag": "کتاب", "limit": 100}).json()
    assert [article["code"] for article in articles] == [hit["code"] for hit in expected["hits"]]
    assert [int(row["code"]) for row in rows] == [article["code"] for article in articles]
    assert articles[0] == client.get(f"/api/articles/{articles[0]['code']}").json()
    assert client.get("/search.csv?since=yesterday").status_code == 400


def test_a_file_is_bounded(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "MOST_HITS", 20)
    monkeypatch.setattr(downloads, "AT_ONCE", 10)
    assert len(client.get("/search.jsonl?q=کتاب").text.splitlines()) == 20
    assert len(list(csv.reader(io.StringIO(client.get("/search.csv?q=کتاب").text)))) == 21


def test_the_nearest_spelling_is_proposed(client: TestClient) -> None:
    tree = found(client, q="پیمانکر پل")
    [link] = tree.css(".state p a")
    assert link.text() == "پیمانکار پل"
    assert codes(page(client, str(link.attributes["href"]))) == [shelf.EDITED]
    assert texts(tree, ".state p small") == ["(۱ خبر)"]
    assert found(client, q="ناپیدایی").css(".state p a") == []
