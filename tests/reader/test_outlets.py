"""What a reader meets where an archive follows several outlets, on both databases."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING
from xml.etree.ElementTree import fromstring

import pytest

from asrcrawler.clock import pretend_it_is
from asrcrawler.outlets import new_outlet
from asrcrawler.reader.library import FRESH, Library
from asrcrawler.storage import outlets
from asrcrawler.storage.visits.writing import write_visits
from asrcrawler.text.calendar import TEHRAN
from tests.reader.conftest import NOW, client_of
from tests.reader.test_pages import codes, page, texts
from tests.storage.samples import DAY, HOUR, OTHER_SITE, SITE, an_absence, an_article

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from asrcrawler.storage import Database

ENTRY_ID = "{http://www.w3.org/2005/Atom}entry/{http://www.w3.org/2005/Atom}id"
SHORT = "/0008Yp"  # 32911
ASR = new_outlet("asr").shown


def fill(database: Database) -> None:
    """Two outlets: code 5 is in both, 32911 in the first, 7 in the second; a third has nothing and was removed."""
    outlets.add(database, new_outlet("asr"))
    outlets.add(database, new_outlet("other", f"http://{OTHER_SITE}", title="دیگر"))
    outlets.add(database, new_outlet("third", "http://third.ir"))
    outlets.remove(database, "third")
    here = {5: NOW - 3 * HOUR, 32911: NOW - HOUR}
    there = {5: NOW - 2 * HOUR, 7: NOW - DAY, 8: None}
    for site, moments, tags in ((SITE, here, ["نفت"]), (OTHER_SITE, there, ["کتاب"])):
        articles = [
            an_article(
                code, site=site, at=NOW, published_at=at.astimezone(TEHRAN) if at else None, tags=tags, category=tags
            )
            for code, at in moments.items()
        ]
        write_visits(database, articles)
        title = f"عنوان تازهٔ {site}"
        edited = an_article(5, site=site, at=NOW, published_at=moments[5], tags=tags, category=tags, title=title)
        write_visits(database, [edited])
    write_visits(database, [an_absence(9, at=NOW)])


@pytest.fixture(scope="module")
def filled(shared_database: Database) -> Database:
    pretend_it_is(NOW)
    fill(shared_database)
    pretend_it_is(None)
    return shared_database


@pytest.fixture
def client(filled: Database, at_that_time: None) -> TestClient:
    return client_of(Library(database=filled))


@pytest.fixture
def own(database: Database, at_that_time: None) -> Database:
    """The same archive, for a test that writes to it."""
    fill(database)
    return database


def links(client: TestClient, address: str) -> list[str]:
    return [str(link.attributes["href"]) for link in page(client, address).css(".row h3 a, .row h2 a")]


def test_all_outlets_newest_first_with_a_switch(client: TestClient) -> None:
    assert links(client, "/") == ["/asr/news/32911", "/other/news/5", "/asr/news/5", "/other/news/7"]
    tree = page(client, "/")
    assert texts(tree, ".brand") == ["بایگانی خبر"]
    assert texts(tree, ".row .outlet") == [ASR, "دیگر", ASR, "دیگر"]
    assert texts(tree, ".switch li") == ["همهٔ رسانه‌ها ۳", "دیگر۱", f"{ASR}۲"]
    assert [link.attributes["href"] for link in tree.css(".switch a")] == ["/", "/other", "/asr"]
    assert texts(tree, ".day h2 .count") == ["۳ خبر", "۱ خبر"]
    assert texts(tree, ".bottom p") == ["رونوشتی از خبرهای ۲ رسانه. حق متن‌ها و تصویرها با ناشرشان است."]


def test_one_of_them(client: TestClient) -> None:
    assert links(client, "/other") == links(client, "/other/") == ["/other/news/5", "/other/news/7"]
    tree = page(client, "/other")
    assert (texts(tree, "h1"), texts(tree, ".row .outlet"), texts(tree, ".path")) == (["دیگر"], [], ["همهٔ رسانه‌ها"])
    assert tree.css_first(".find input[name=outlet]").attributes["value"] == "other"  # type: ignore[union-attr]
    assert links(client, "/other/1401/11/04") == ["/other/news/5"]
    assert links(client, "/other/tag/کتاب") == ["/other/news/8", "/other/news/7", "/other/news/5"]
    assert codes(page(client, "/other/undated")) == [8]
    assert links(client, "/1401/11/04") == ["/asr/news/32911", "/other/news/5", "/asr/news/5"]
    assert texts(page(client, "/other/news/7"), ".path li") == ["دیگر", "کتاب"]
    assert client.get("/other/news/32911").status_code == 404
    assert "هیچ" not in texts(page(client, "/asr/news/9", 404), ".state p")[1]
    assert texts(page(client, "/other/sections"), ".tree a")[0].startswith("کتاب")


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("/news/32911", "/asr/news/32911"),
        ("/news/7?x=1", "/other/news/7?x=1"),
        ("/news/32911/edits/1?view=split", "/asr/news/32911/edits/1?view=split"),
        ("/fa/news/7/a-slug", "/other/news/7"),
        (SHORT, "/asr/news/32911"),
        ("/tag/نفت", "/asr/tag/%D9%86%D9%81%D8%AA"),
        ("/category/کتاب", "/other/category/%DA%A9%D8%AA%D8%A7%D8%A8"),
        ("/tag/کتاب.atom", "/other/tag/%DA%A9%D8%AA%D8%A7%D8%A8.atom"),
        ("/undated", "/other/undated"),
        ("/goto?day=1401/11/04", "/1401/11/04"),
        ("/other/goto?day=1401/11/04", "/other/1401/11/04"),
        ("/calendar?outlet=other", None),
    ],
)
def test_an_old_address_leads_to_the_only_outlet_that_has_it(
    client: TestClient, address: str, target: str | None
) -> None:
    answer = client.get(address)
    assert answer.headers.get("location") == target
    assert answer.status_code == (200 if target is None else 303 if "goto" in address else 302)


@pytest.mark.parametrize(
    "address", ["/news/5", "/fa/news/5", "/news/5/edits/1", "/sections", "/health/codes?outcome=missing"]
)
def test_what_several_have_is_a_choice(client: TestClient, address: str) -> None:
    tree = page(client, address, 300)
    targets = [str(link.attributes["href"]) for link in tree.css(".state a")]
    assert texts(tree, ".state a") == ["دیگر", ASR]
    for target in targets:
        answer = client.get(target)
        assert answer.status_code in {200, 301}, target


def test_what_none_has_is_not_found(client: TestClient) -> None:
    for address in ("/news/77", "/tag/هیچ", "/0008Yq", "/nobody", "/nobody/news/5", "/asr/static/app.js", "/asr/api"):
        assert client.get(address).status_code == 404, address
    assert client.get("/?outlet=nobody").status_code == 400
    told = "outlet: there is no 'nobody'; there is: other, asr"
    assert client.get("/api/articles?outlet=nobody").json() == {"error": told}


def test_turning_the_pages_shows_every_article_of_every_outlet_once(own: Database) -> None:
    client = client_of(Library(database=own))
    for site in (SITE, OTHER_SITE):
        many = [
            an_article(code, site=site, at=NOW, published_at=NOW - 2 * DAY - code * HOUR) for code in range(100, 140)
        ]
        write_visits(own, many)
    seen: list[str] = []
    address: str | None = "/"
    while address:
        seen += links(client, address)
        older = page(client, address).css_first("a[rel=next]")
        address = older.attributes["href"] if older else None
    assert len(seen) == len(set(seen)) == 84
    assert client.get("/?before=100").status_code == client.get("/?before=nobody:5").status_code == 200


def test_the_desk_and_the_calendar_are_of_all(client: TestClient) -> None:
    tree = page(client, "/changes")
    assert sorted(texts(tree, ".row .outlet")) == ["دیگر", ASR]
    assert len(page(client, "/other/changes").css(".row")) == 1
    for address in ("/calendar", "/1401", "/1401/11", "/changes/gone", "/other/calendar", "/other/1401", "/api"):
        assert client.get(address).status_code == 200, address
    assert texts(page(client, "/1401/11"), ".head b") == ["۴"]


def test_search_is_over_all_with_a_filter(client: TestClient) -> None:
    def found(address: str) -> set[str]:
        return set(links(client, address))

    both = {"/asr/news/5", "/asr/news/32911", "/other/news/5", "/other/news/7", "/other/news/8"}
    assert found("/search?q=بند") == found("/search?q=بند&outlet=asr&outlet=other") == both
    assert found("/search?q=بند&outlet=asr") == found("/asr/search?q=بند") == {"/asr/news/5", "/asr/news/32911"}
    assert client.get("/search?q=7").headers["location"] == "/other/news/7"
    assert client.get("/search?q=5").headers["location"] == "/news/5"
    assert client.get("/search?q=5&outlet=asr").headers["location"] == "/asr/news/5"
    assert client.get(f"/search?q=http://{OTHER_SITE}/fa/news/5").headers["location"] == "/other/news/5"
    assert client.get("/search.jsonl?q=بند&outlet=other").text.count("\n") == 3
    assert client.get("/search.jsonl?q=بند").text.count("\n") == 5


def test_feeds_keep_their_ids_when_another_outlet_comes(filled: Database, client: TestClient) -> None:
    alone = client_of(Library(database=filled, site=SITE))

    def ids(asked: TestClient, address: str) -> list[str | None]:
        tree = fromstring(asked.get(address).content)
        return [tree[0].text, *(entry.text for entry in tree.findall(ENTRY_ID))]

    for address in ("/feed.atom", "/changes.atom", "/tag/نفت.atom", "/search.atom?q=بند"):
        assert ids(alone, address) == ids(client, f"/asr{address}"), address
    [own, *entries] = ids(client, "/feed.atom")
    assert own not in ids(alone, "/feed.atom")
    assert set(ids(alone, "/feed.atom")[1:]) < set(entries)
    assert "/other/news/7" in client.get("/feed.atom").text
    assert "/other/news/7" not in client.get("/asr/feed.atom").text


def test_with_one_outlet_nothing_of_outlets_is_seen(filled: Database, at_that_time: None) -> None:
    client = client_of(Library(database=filled, site=SITE))
    assert links(client, "/") == links(client, "/asr") == ["/news/32911", "/news/5"]
    for address in ("/", "/news/5", "/search?q=بند", "/changes", "/health", "/calendar", "/tag/نفت"):
        text = client.get(address).text
        assert '"/asr' not in text, address
        assert "رسانه:" not in text, address
        assert "همهٔ رسانه‌ها" not in text, address
        prefixed = client.get(f"/asr{address}")
        assert prefixed.status_code == 200, address
    assert texts(page(client, "/"), ".brand") == ["بایگانی asrpress.ir"]
    assert client.get("/other/news/7").status_code == 404


def test_one_that_was_removed_stays_readable_and_one_that_is_added_is_noticed(
    own: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(Library(database=own))
    later = 0.0
    monkeypatch.setattr("asrcrawler.reader.library.monotonic", lambda: monotonic() + later)
    assert len(page(client, "/").css(".switch li")) == 3
    outlets.remove(own, "other")
    outlets.add(own, new_outlet("new_one", "http://new-one.ir"))
    later = FRESH + 1
    tree = page(client, "/")
    assert texts(tree, ".switch li")[1:] == [f"{ASR}۲", "new-one.ir۰", "دیگردنبال نمی‌شود"]
    assert links(client, "/") == ["/asr/news/32911", "/asr/news/5"]
    assert links(client, "/other") == ["/other/news/5", "/other/news/7"]
    assert client.get("/news/7").headers["location"] == "/other/news/7"
    assert page(client, "/new_one").css(".state")


def test_health_is_a_table_and_one_page_for_each(client: TestClient) -> None:
    tree = page(client, "/health")
    assert texts(tree, "tbody th") == ["دیگر", ASR]
    assert [link.attributes["href"] for link in tree.css("tbody th a")] == ["/health/other", "/health/asr"]
    assert texts(tree, "tbody .status") == ["دریافت نمی‌شود"] * 2
    assert client.get("/health/live").status_code == client.get("/health/other/live").status_code == 200
    own = page(client, "/health/asr")
    assert client.get("/asr/health").text == client.get("/health/asr").text
    assert "/health/asr/codes?outcome=missing" in [link.attributes["href"] for link in own.css("a")]
    assert texts(page(client, "/health/asr/codes?outcome=missing"), "tbody th") == ["۹"]
    assert client.get("/health/nobody").status_code == 404


def test_the_api_has_outlets(client: TestClient) -> None:
    other, asr = client.get("/api/outlets").json()["outlets"]
    assert asr == {"name": "asr", "site": SITE, "title": ASR, "followed": True, "enabled": True, "articles": 2}
    assert other["articles"] == 3
    seen, address = [], "/api/articles?limit=2"
    while address:
        answer = client.get(address).json()
        seen += [(one["outlet"], one["code"]) for one in answer["articles"]]
        address = answer["next"]
    assert seen == [("other", 8), ("other", 7), ("other", 5), ("asr", 32911), ("asr", 5)]
    assert [one["code"] for one in client.get("/api/articles?outlet=other&before=8").json()["articles"]] == [7, 5]
    assert client.get("/api/articles/7").json()["outlet"] == "other"
    assert client.get("/api/articles/5").json() == {"error": "give one outlet, outlet=NAME; there is: other, asr"}
    assert client.get("/api/articles/5?outlet=other").json()["site"] == OTHER_SITE
    assert client.get("/api/articles/5/revisions?outlet=asr").json()["revisions"]
    assert client.get("/api/articles/77").status_code == 404
    assert client.get("/api/categories").json()["categories"] == ["کتاب", "نفت"]
    assert client.get("/api/search?q=بند&outlet=asr").json()["total"] == 2
    assert [one["outlet"] for one in client.get("/api/status").json()["outlets"]] == ["other", "asr"]
    assert client.get("/api/status?outlet=asr").json()["site"] == SITE


def test_metrics_are_of_each_outlet(client: TestClient) -> None:
    told = client.get("/metrics").text
    assert f'asrcrawler_articles{{outlet="asr",site="{SITE}"}} 2.0' in told
    assert f'asrcrawler_articles{{outlet="other",site="{OTHER_SITE}"}} 3.0' in told
    own = client.get("/other/metrics").text
    assert ('outlet="other"' in own, 'outlet="asr"' in own) == (True, False)
