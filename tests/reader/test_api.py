"""What machines are told."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import fromstring

import pytest
from starlette.testclient import TestClient

from asrcrawler.export.contract import EXPORT_FIELDS, export_schema
from asrcrawler.reader.app import create_app
from asrcrawler.reader.library import Library
from asrcrawler.storage import Database
from asrcrawler.storage.visits import runs
from asrcrawler.storage.visits.writing import write_visits
from tests.reader import shelf
from tests.reader.conftest import NOW, client_of
from tests.storage.samples import DAY, HOUR, SITE, an_absence, an_article

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

VISITED = {5: NOW - HOUR, 6: NOW + 3650 * DAY}  # the second by a clock that was ahead
ATOM = {"a": "http://www.w3.org/2005/Atom"}


def told(client: TestClient, address: str, status: int = 200) -> Any:
    answer = client.get(address)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/json"), answer.text
    return answer.json()


def codes(client: TestClient, address: str) -> list[int]:
    return [found["code"] for found in told(client, address)["articles"]]


def test_an_article_has_exactly_the_exported_fields(client: TestClient) -> None:
    found = told(client, f"/api/articles/{shelf.EDITED}")
    assert tuple(found) == EXPORT_FIELDS
    assert (found["title"], found["revision"]) == ("آغاز ساخت پل تازه", 3)
    assert found["published_at"] == "2023-01-23T22:55:00+03:30"
    assert found["first_seen_at"] == "2023-01-23T19:29:00+00:00"


def test_earlier_texts(client: TestClient) -> None:
    texts = told(client, f"/api/articles/{shelf.EDITED}/revisions")["revisions"]
    assert [(text["revision"], text["change"], text["title"]) for text in texts] == [
        (1, "headline", "ساخت پل تازه آغاز می‌شود"),
        (2, "body", "آغاز ساخت پل تازه"),
    ]


def test_articles_come_page_by_page_until_there_are_no_more(client: TestClient) -> None:
    address, seen = "/api/articles?tag=کتاب&limit=17", list[int]()
    while address:
        answer = told(client, address)
        seen += [found["code"] for found in answer["articles"]]
        address = answer["next"]
    assert seen == sorted(seen, reverse=True)
    assert set(seen) == {*shelf.ORDINARY, *range(shelf.ORIGINAL, shelf.DAY_ONLY + 1)}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("since=1401/11/05", [shelf.FUTURE]),
        ("until=2023-01-22", [shelf.DAY_ONLY]),
        ("category=جامعه", [shelf.EDITED]),
        ("category=جامعه&tag=کتاب", []),
        ("since=1401/11/04&until=1401/11/04&unique=1&limit=2", [shelf.GALLERY, shelf.NEAR]),
        (f"before={shelf.ORDINARY[1]}", [shelf.ORDINARY[0]]),
        ("before=۳۰۴&limit=٢&unique=۰", [303, 302]),
    ],
)
def test_filters(client: TestClient, query: str, expected: list[int]) -> None:
    assert codes(client, f"/api/articles?{query}") == expected


def test_what_the_site_no_longer_has_can_be_asked_for(tmp_path: Path) -> None:
    with closing(Database(f"sqlite:///{tmp_path / 'asr.db'}")) as database:
        database.prepare()
        write_visits(database, [an_article(code, at=NOW - 3 * DAY) for code in (7, 8)])
        for at in (NOW - 2 * DAY, NOW - DAY):
            write_visits(database, [an_absence(8, at=at)])
        client = client_of(Library(database=database, site=SITE, first_code=1))
        assert [codes(client, f"/api/articles?gone={asked}") for asked in ("1", "۰", "")] == [[8], [8, 7], [8, 7]]
        assert codes(client, "/api/articles?gone=1&until=1390/01/01") == []
        there, article = told(client, "/api/articles/7"), told(client, "/api/articles/8")
        moments = [(NOW - days * DAY).isoformat(timespec="seconds") for days in (3, 1, 2)]
        assert [article[name] for name in ("last_seen_at", "last_visit_at", "gone_at")] == moments
        assert there["gone_at"] is None
        hits = told(client, "/api/search?gone=1")["hits"]
        assert [(hit["code"], hit["gone_at"]) for hit in hits] == [(8, moments[2])]
        assert told(client, "/api/search?q=خبر&gone=1")["total"] == 1


def test_exact_duplicates_can_be_left_out(client: TestClient) -> None:
    assert shelf.COPY in codes(client, "/api/articles?limit=100")
    assert shelf.COPY not in codes(client, "/api/articles?limit=100&unique=1")


@pytest.mark.parametrize(
    ("address", "status", "error"),
    [
        ("/api/articles/9", 404, "no article with this code is stored"),
        ("/api/articles/nine", 404, "code: 'nine' is not a whole number of 0 or more"),
        ("/api/articles?limit=101", 400, "limit: Input should be less than or equal to 100"),
        ("/api/articles?limit=-1", 400, "limit: '-1' is not a whole number of 0 or more"),
        ("/api/articles?before=0", 400, "before: neither a news code nor OUTLET:CODE"),
        ("/api/articles?unique=both", 400, "unique: Input should be a valid boolean, unable to interpret input"),
        ("/api/search?q=x&order=worst", 400, "order: Input should be 'best' or 'newest'"),
        ("/api/search?q=-", 400, "q: there is no word to look for"),
        (
            "/api/articles?since=yesterday",
            400,
            "since: neither a Jalali day such as 1401/11/04 nor a Gregorian one such as 2023-01-24",
        ),
        ("/api/articles?since=1401/11/05&until=1401/11/04", 400, "since is later than until"),
        ("/api/articles?tag=" + "x" * 201, 400, "tag: String should have at most 200 characters"),
        ("/api/nothing", 404, "Not Found"),
        (
            "/api/articles?sine=1401/11/04",
            400,
            (
                "'sine' is not a parameter of this address;"
                " there is: outlet, since, until, category, tag, gone, unique, before, limit"
            ),
        ),
        (
            "/api/search?query=x&query=y&q=z",
            400,
            (
                "'query' is not a parameter of this address;"
                " there is: outlet, since, until, category, tag, gone, q, order, page, limit"
            ),
        ),
        ("/api/status?x", 400, "'x' is not a parameter of this address; there is: outlet"),
        ("/api/articles/9?Limit=1", 400, "'Limit' is not a parameter of this address; there is: outlet"),
        ("/api/articles/9/revisions?code=9", 400, "'code' is not a parameter of this address; there is: outlet"),
        ("/api/changes?class=all", 400, "class: Input should be 'headline', 'lead', 'body', 'tags' or 'cosmetic'"),
        ("/api/changes?behind=7", 400, "behind: no place in this list"),
        ("/api/gone?state=lost", 400, "state: Input should be 'gone', 'waiting' or 'back'"),
        (
            "/api/gone?class=body",
            400,
            "'class' is not a parameter of this address; there is: outlet, limit, state, behind",
        ),
        ("/api/categories?page=1", 400, "'page' is not a parameter of this address; there is: outlet"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(client: TestClient, address: str, status: int, error: str) -> None:
    assert told(client, address, status) == {"error": error}


@pytest.mark.parametrize("address", ["/api?from=there", "/search?q=پل&from=there", "/?from=there"])
def test_pages_for_people_pass_over_what_they_do_not_know(client: TestClient, address: str) -> None:
    assert client.get(address).status_code == 200


def test_categories(client: TestClient) -> None:
    assert told(client, "/api/categories") == {"categories": ["<i>بخش</i>", "جامعه", "فرهنگی", "کتاب"], "next": None}


def ended_well(library: Library) -> datetime:
    """Give the moment at which the good run of this archive ended."""
    refused, good = runs.last_runs(library.database, SITE, 2)
    assert (refused.exit_status, good.exit_status) == (75, 0)
    assert good.ended_at is not None
    return good.ended_at


def test_the_standing(client: TestClient, library: Library) -> None:
    found = told(client, "/api/status")
    assert (found["site"], found["articles"], found["newest_code"], found["working"]) == ("asrpress.ir", 49, 420, False)
    assert found["last_good_run_at"] == ended_well(library).isoformat(timespec="seconds")
    assert found["due_by_outcome"]["listed"] == 1
    assert sum(sum(cell["outcomes"].values()) for cell in found["cells"]) == 121
    assert found["sources"]["articles"] == 49
    assert found["sources"]["shares"]["author"] == {"missing": 1.0}
    assert found["days"][-1] == {"day": "2023-01-24", "articles": 27, "lag": found["days"][-1]["lag"]}


def test_the_description_names_every_path_and_the_published_schema(client: TestClient) -> None:
    found = told(client, "/api/openapi.json")
    assert found["openapi"].startswith("3.1")
    below = {"articles", "articles/{code}", "articles/{code}/revisions", "categories", "changes", "gone", "outlets"}
    below |= {"search", "status"}
    assert set(found["paths"]) == {f"/api/{path}" for path in below}
    schema = {name: value for name, value in export_schema().items() if name != "$schema"}
    assert found["components"]["schemas"]["Article"] == schema
    for path in found["paths"].values():
        assert "400" in path["get"]["responses"]


def test_the_description_says_what_is_taken(client: TestClient) -> None:
    described = told(client, "/api/openapi.json")
    assert described["components"]["schemas"]["Order"]["enum"] == ["best", "newest"]
    assert "422" not in described["paths"]["/api/search"]["get"]["responses"]
    seen = {}
    for path in ("/api/articles", "/api/search"):
        for parameter in described["paths"][path]["get"]["parameters"]:
            name, schema = parameter["name"], parameter["schema"]
            seen[path, name] = schema.get("default")
            for one in schema.get("anyOf", [schema]):
                if one.get("type") != "integer":
                    continue
                for number in (one["minimum"], one["maximum"]):
                    told(client, f"{path}?q=x&{name}={number}" if "search" in path else f"{path}?{name}={number}")
                for number in (one["minimum"] - 1, one["maximum"] + 1):
                    assert told(client, f"{path}?{name}={number}", 400)["error"].startswith(f"{name}: ")
    filters = dict.fromkeys(("outlet", "since", "until", "category", "tag")) | {"gone": False}
    for path, own in (
        ("/api/articles", {"unique": False, "before": None, "limit": 30}),
        ("/api/search", {"q": "", "order": "best", "page": 1, "limit": 30}),
    ):
        assert {name: default for (at, name), default in seen.items() if at == path} == filters | own


def test_the_feed_has_the_newest_and_nothing_of_the_future(client: TestClient) -> None:
    answer = client.get("/feed.atom")
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    feed = fromstring(answer.content)
    entries = feed.findall("a:entry", ATOM)
    assert len(entries) == 30
    ids = [entry.findtext("a:id", namespaces=ATOM) for entry in entries]
    assert ids[0] == f"tag:asrpress.ir,2023:asrcrawler/{shelf.HOSTILE}"
    assert f"tag:asrpress.ir,2023:asrcrawler/{shelf.FUTURE}" not in ids
    assert len(set(ids)) == 30
    assert entries[0].findtext("a:title", namespaces=ATOM) == f"عنوان {shelf.SCRIPT} برعکس"
    links = {link.attrib["rel"]: link.attrib["href"] for link in entries[1].findall("a:link", ATOM)}
    assert links == {
        "alternate": f"http://localhost/news/{shelf.NEAR}",
        "via": f"http://asrpress.ir/fa/news/{shelf.NEAR}",
    }
    assert [link.attrib["rel"] for link in entries[0].findall("a:link", ATOM)] == ["alternate"]  # no script for «via»


def test_the_feed_did_not_change_in_the_future(sqlite_url: str, at_that_time: None) -> None:
    with closing(Database(sqlite_url)) as database:
        database.prepare()
        write_visits(database, [an_article(code, at=at, published_at=NOW - DAY) for code, at in VISITED.items()])
        feed = fromstring(client_of(Library(database=database, site=SITE)).get("/feed.atom").content)
    assert feed.findtext("a:updated", namespaces=ATOM) == "2023-01-24T18:24:00+00:00"


def test_ids_of_the_feed_stay_whatever_the_reading_room_is_called(library: Library) -> None:
    feeds = []
    for base, public_url in (
        ("http://localhost", None),
        ("http://[::1]:8000", None),
        ("http://a.org", "https://a.org"),
    ):
        library.public_url = public_url
        client = TestClient(create_app(library), base_url=base)
        feed = fromstring(client.get("/feed.atom").content)
        feeds.append([node.text for node in feed.iter(f"{{{ATOM['a']}}}id")])
        link = feed.find("a:entry/a:link", ATOM)
        assert link is not None
        assert link.attrib["href"].startswith(f"{public_url or base}/news/")
    assert feeds[0] == feeds[1] == feeds[2]
    assert feeds[0][0] == "tag:asrpress.ir,2023:asrcrawler/feed"


def test_metrics(client: TestClient, library: Library) -> None:
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    figures = dict(line.rsplit(" ", 1) for line in answer.text.splitlines() if not line.startswith("#"))
    site = 'outlet="asr",site="asrpress.ir"'
    assert float(figures[f"asrcrawler_articles{{{site}}}"]) == 49
    assert float(figures[f"asrcrawler_failures{{{site}}}"]) == 1
    assert float(figures[f'asrcrawler_codes{{outcome="missing",{site}}}']) == 49
    ended = float(figures[f"asrcrawler_last_successful_run_timestamp_seconds{{{site}}}"])
    assert ended == ended_well(library).timestamp()
    assert float(figures[f"asrcrawler_last_run_exit_status{{{site}}}"]) == 75
    assert float(figures[f"asrcrawler_lag_seconds{{{site}}}"]) > 0
    share = "asrcrawler_field_source_share"
    assert float(figures[f'{share}{{field="title",{site},source="page"}}']) == pytest.approx(40 / 49)
    assert float(figures[f'{share}{{field="author",{site},source="missing"}}']) == 1
    assert float(figures[f"asrcrawler_field_falls{{{site}}}"]) == 0


def test_healthz(client: TestClient) -> None:
    assert client.get("/healthz").text == "ok\n"
