"""The changes desk and its feeds: what was edited, and what is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest

from asrcrawler.clock import pretend_it_is
from asrcrawler.reader import changes as desk
from asrcrawler.reader.library import Library
from asrcrawler.storage.visits import runs
from asrcrawler.storage.visits.writing import write_visits
from tests.reader import shelf
from tests.reader.conftest import client_of
from tests.reader.test_pages import codes, page, texts
from tests.storage.samples import DAY, HOUR, NOON, SITE, an_absence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.testclient import TestClient

    from asrcrawler.storage import Database

GONE, BACK, WAITING = 11, 12, 13
LATER = NOON + 3 * DAY
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def client(database: Database) -> Iterator[TestClient]:
    """Two edited articles, one of them in its spelling alone; one that is gone, one that is back, one in between."""
    given = {"kicker": None, "lead": "لید خبر", "body": "بند نخست دربارهٔ پل"}
    for seen, values in (
        (NOON, {"title": "تیتر نخست"}),
        (NOON + HOUR, {"title": "تیتر دوم"}),
        (NOON + DAY, {"title": "تیتر دوم", "body": "بند نخست دربارهٔ تونل"}),
    ):
        write_visits(database, [shelf.article(7, NOON - HOUR, seen=seen, **given | values)])
    for seen, body in ((NOON, "او می‌رود"), (NOON + 2 * HOUR, "او می رود")):
        write_visits(database, [shelf.article(8, NOON, seen=seen, **given | {"title": "نگارش", "body": body})])
    titles = {GONE: "خبر رفته", BACK: "خبر برگشته", WAITING: "خبر ناپیدا"}
    write_visits(database, [shelf.article(code, NOON, seen=NOON, title=title) for code, title in titles.items()])
    for at, missing in (
        (NOON + HOUR, (GONE, BACK)),
        (NOON + DAY + 2 * HOUR, (GONE, BACK)),
        (NOON + 2 * DAY, (WAITING,)),
    ):
        visited(database, at, *(an_absence(code, at=at) for code in missing))
    visited(database, NOON + 2 * DAY, shelf.article(BACK, NOON, seen=NOON + 2 * DAY, title=titles[BACK]))
    pretend_it_is(LATER)
    yield client_of(Library(database=database, site=SITE))
    pretend_it_is(None)


def visited(database: Database, at: object, *found: object) -> None:
    run = runs.begin_run(database, SITE, {})
    write_visits(database, list(found), run_id=run)  # type: ignore[arg-type]
    runs.end_run(database, run, runs.RunFigures(), reason="finished", exit_status=0)


def test_edits_by_day_with_a_line_of_difference_each(client: TestClient) -> None:
    tree = page(client, "/changes")
    assert texts(tree, ".day > h2") == [
        "پنجشنبه ۱۳ اردیبهشت ۱۴۰۳ ۲ مهٔ ۲۰۲۴ ۱ ویرایش",
        "چهارشنبه ۱۲ اردیبهشت ۱۴۰۳ ۱ مهٔ ۲۰۲۴ ۱ ویرایش",
    ]
    assert texts(tree, ".row .change") == [
        "بند نخست دربارهٔ حذف: پل افزوده: تونل",
        "تیتر حذف: نخست افزوده: دوم",
    ]
    assert [link.attributes["href"] for link in tree.css(".row .change a")] == ["/news/7/edits/2", "/news/7/edits/1"]
    assert texts(tree, ".row .badge") == ["متن", "تیتر"]
    assert "۲ ساعت پس از انتشار" in texts(tree, ".row .facts span")
    assert texts(tree, ".chips a") == [
        "همه جز نگارشی ۰ امروز", "تیتر ۰ امروز", "لید ۰ امروز", "متن ۰ امروز", "برچسب یا بخش ۰ امروز", "نگارشی ۰ امروز",
    ]  # fmt: skip
    assert [column.attributes["title"] for column in tree.css(".bars .column")][-3:] == [
        "۱۳ اردیبهشت: ۱ ویرایش", "۱۴ اردیبهشت: ۰ ویرایش", "۱۵ اردیبهشت: ۰ ویرایش",
    ]  # fmt: skip


def test_edits_of_one_class_and_those_of_the_spelling_on_demand(client: TestClient) -> None:
    assert codes(page(client, "/changes?class=headline"), ".row .facts a") == [7]
    cosmetic = page(client, "/changes?class=cosmetic")
    assert codes(cosmetic, ".row .hint a") == [8]
    assert texts(page(client, "/changes?class=tags"), ".state") == ["هنوز هیچ ویرایشی از این نوع دیده نشده است."]
    assert client.get("/changes?class=none").status_code == 400


def test_the_list_goes_on_behind_its_last_edit(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "PAGE", 1)
    older = page(client, "/changes").css("a[rel=next]")[0].attributes["href"]
    second = page(client, str(older))
    assert texts(second, ".row .badge") == ["تیتر"]
    assert second.css("a[rel=next]") == []
    for wrong in ("yesterday", "2024-05-01T12:00:00,7,1", "2024-05-01T12:00:00+00:00,7"):
        assert client.get("/changes", params={"behind": wrong}).status_code == 400


def test_what_is_gone_what_waits_and_what_came_back(client: TestClient) -> None:
    for state, code, words in (
        ("gone", GONE, ["نبود از ۱۲ اردیبهشت ۱۴۰۳، ۱۶:۳۰"]),
        ("waiting", WAITING, ["نبود از ۱۴ اردیبهشت ۱۴۰۳، ۱۵:۳۰"]),
        ("back", BACK, ["نبود از ۱۲ اردیبهشت ۱۴۰۳، ۱۶:۳۰", "برگشت: ۱۴ اردیبهشت ۱۴۰۳، ۱۵:۳۰"]),
    ):
        tree = page(client, f"/changes/gone?state={state}")
        assert codes(tree) == [code]
        assert texts(tree, ".row .badge") == words
    assert texts(page(client, "/changes/gone"), ".chips a") == [
        "حذف تأییدشده ۱", "در انتظار بازدید دوم ۱", "برگشته ۱",
    ]  # fmt: skip
    assert client.get("/changes/gone?state=lost").status_code == 400


def test_an_article_says_that_it_is_gone(client: TestClient) -> None:
    gone = page(client, f"/news/{GONE}")
    said = texts(gone, ".banner p")
    assert said[0] == "این خبر از ۱۲ اردیبهشت ۱۴۰۳، ۱۶:۳۰ در سایت نیست."
    assert said[1] == (
        "آخرین بار ۱۲ اردیبهشت ۱۴۰۳، ۱۵:۳۰ آن را دیدیم؛ در بازدید ۱۳ اردیبهشت ۱۴۰۳، ۱۷:۳۰ هم نبود."
        " متن زیر همان است که پیش از حذف منتشر شده بود."
    )
    assert texts(page(client, f"/news/{BACK}"), ".banner p")[0].endswith("در سایت نبود.")
    assert "بازدید دوم در راه است" in texts(page(client, f"/news/{WAITING}"), ".banner p")[0]
    assert page(client, "/news/7").css(".banner") == []
    assert "حذف‌شده از سایت" in texts(page(client, "/tag/کتاب"), ".row .badge")
    assert texts(page(client, "/"), "#gone")[0] == "آخرین حذف‌ها همه"


def feed(client: TestClient, address: str) -> tuple[str, list[tuple[str, str]]]:
    """The id of a feed, and the ids and titles of its entries."""
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    again = client.get(address, headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304
    root = ElementTree.fromstring(answer.content)
    links = {str(link.get("rel")): str(link.get("href")) for link in root.findall(f"{ATOM}link")}
    path = links["alternate"].removeprefix("http://localhost")
    if address != "/feed.atom":
        assert f'href="{address.replace("&", "&amp;")}"' in client.get(path).text  # the list names its feed
    entries = [
        (str(entry.findtext(f"{ATOM}id")), str(entry.findtext(f"{ATOM}title"))) for entry in root.iter(f"{ATOM}entry")
    ]
    return str(root.findtext(f"{ATOM}id")), entries


def test_every_list_has_a_feed_with_ids_that_stay(client: TestClient) -> None:
    own = "tag:asrpress.ir,2023:asrcrawler"
    assert feed(client, "/changes.atom") == (
        f"{own}/changes.atom",
        [(f"{own}/7/edits/2", "ویرایش متن: تیتر دوم"), (f"{own}/7/edits/1", "ویرایش تیتر: تیتر دوم")],
    )
    assert feed(client, "/changes.atom?class=cosmetic")[1] == [(f"{own}/8/edits/1", "ویرایش نگارشی: نگارش")]
    assert feed(client, "/changes/gone.atom?state=gone")[1] == [(f"{own}/{GONE}/gone/1", "حذف‌شده از سایت: خبر رفته")]
    assert feed(client, "/changes/gone.atom?state=back")[1] == [(f"{own}/{BACK}/back/1", "به سایت برگشت: خبر برگشته")]
    tag = "%DA%A9%D8%AA%D8%A7%D8%A8"
    assert [name for name, _ in feed(client, f"/tag/{tag}.atom")[1]] == [
        f"{own}/{code}" for code in (WAITING, BACK, GONE, 8, 7)
    ]
    assert [name for name, _ in feed(client, f"/category/{tag}.atom")[1]][:1] == [f"{own}/{WAITING}"]
    found = feed(client, "/search.atom?q=%D8%AA%D9%88%D9%86%D9%84")
    assert found == (f"{own}/search.atom?q=%D8%AA%D9%88%D9%86%D9%84", [(f"{own}/7", "تیتر دوم")])
    assert feed(client, "/undated.atom") == (f"{own}/undated.atom", [])
    assert feed(client, "/future.atom")[1] == []
    day = feed(client, "/1403/02/12.atom")
    assert day == (f"{own}/1403/02/12.atom", feed(client, f"/tag/{tag}.atom")[1])
    assert feed(client, "/feed.atom?unique=1") == (f"{own}/feed?unique=1", day[1])
    assert client.get("/1403/13/01.atom").status_code == client.get("/1403/01/32.atom").status_code == 404
    assert feed(client, "/feed.atom")[0] == f"{own}/feed"
    assert client.get("/tag/none.atom").status_code == 404


def told(client: TestClient, address: str | None, name: str) -> list[dict[str, Any]]:
    """What the API has of a list, on all of its pages."""
    found: list[dict[str, Any]] = []
    while address:
        answer = client.get(address).json()
        found += answer[name]
        address = answer["next"]
    return found


def test_machines_are_told_what_an_edit_touched(client: TestClient) -> None:
    body, headline = told(client, "/api/changes?limit=1", "changes")
    common = {"outlet": "asr", "site": SITE, "code": 7, "url": f"http://{SITE}/fa/news/7", "title": "تیتر دوم"}
    assert headline == common | {
        "number": 1,
        "change": "headline",
        "seen_at": NOON.isoformat(timespec="seconds"),
        "replaced_at": (NOON + HOUR).isoformat(timespec="seconds"),
        "gone_at": None,
        "before": {"title": "تیتر نخست"},
        "after": {"title": "تیتر دوم"},
    }
    assert (body["before"], body["after"]) == (
        {"body": "بند نخست دربارهٔ پل"},
        {"body": "بند نخست دربارهٔ تونل"},
    )
    assert [one["code"] for one in told(client, "/api/changes?class=cosmetic", "changes")] == [8]


def test_machines_are_told_what_is_gone(client: TestClient) -> None:
    [gone] = told(client, "/api/gone?limit=1", "gone")
    moments = {
        "gone_at": HOUR,
        "confirmed_at": DAY + 2 * HOUR,
        "last_seen_at": 0 * HOUR,
        "last_visit_at": DAY + 2 * HOUR,
    }
    assert gone == {
        "outlet": "asr",
        "site": SITE,
        "code": GONE,
        "url": f"http://{SITE}/fa/news/{GONE}",
        "title": "خبر رفته",
        "category": ["فرهنگی", "کتاب"],
        "published_at": "2024-05-01T15:30:00+03:30",
        "state": "gone",
        "back_at": None,
        **{name: (NOON + later).isoformat(timespec="seconds") for name, later in moments.items()},
    }
    assert [one["code"] for one in told(client, "/api/gone?state=back", "gone")] == [BACK]
    assert [one["code"] for one in told(client, "/api/gone?state=waiting", "gone")] == [WAITING]


def test_the_feed_of_edits_says_what_changed(client: TestClient) -> None:
    root = ElementTree.fromstring(client.get("/changes.atom").content)
    assert [entry.findtext(f"{ATOM}summary") for entry in root.iter(f"{ATOM}entry")] == [
        "بند نخست دربارهٔ [−پل][+تونل]", "تیتر [−نخست][+دوم]",
    ]  # fmt: skip
    assert [entry.findtext(f"{ATOM}updated") for entry in root.iter(f"{ATOM}entry")] == [
        f"{(NOON + later):%Y-%m-%dT%H:%M:%S}+00:00" for later in (DAY, HOUR)
    ]
