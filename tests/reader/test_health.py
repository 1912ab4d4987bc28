"""The figures and pictures of the health page."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from asrcrawler.clock import pretend_it_is, utcnow
from asrcrawler.endings import REPARSE_INTERRUPTED, REPARSED
from asrcrawler.items import Article, Outcome
from asrcrawler.pipelines.clean import places_of
from asrcrawler.policy import MISSING, Fall
from asrcrawler.reader import library as library_room
from asrcrawler.reader import plots, verdict, words
from asrcrawler.reader.health import CELLS, Day, standing
from asrcrawler.reader.library import Library
from asrcrawler.samaneh.page import JSONLD, META, PAGE
from asrcrawler.storage.figures.census import Cell
from asrcrawler.storage.figures.verdicts import Kind, Problem
from asrcrawler.storage.visits import runs
from asrcrawler.storage.visits.writing import write_visits
from tests.reader.conftest import client_of
from tests.storage.samples import DAY, MINUTE, NOON, SITE, an_absence, an_article

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from asrcrawler.storage import Database


def test_cells_cover_the_archive_from_its_first_code_to_the_newest(database: Database) -> None:
    write_visits(database, [an_article(1_000), an_absence(1), an_absence(500)])
    found = standing(database, SITE, 401, NOON)
    assert (found.cells[0].first, found.cells[-1].last) == (401, 1_000)
    assert len(found.cells) == CELLS
    assert {cell.total for cell in found.cells} == {5}
    assert found.outcomes == {"stored": 1, "missing": 1, "refused": 0, "failed": 0, "unreadable": 0, "unvisited": 598}
    assert (found.total, found.visited) == (600, 2)
    assert all(sum(cell.outcomes.values()) == cell.total for cell in found.cells)


def test_an_empty_archive_has_a_page(database: Database) -> None:
    found = standing(database, SITE, 1, NOON)
    assert (found.cells, found.days, found.runs, found.total) == ([], [], [], 0)
    answer = client_of(Library(database=database, site=SITE)).get("/health")
    assert answer.status_code == 200
    assert "هنوز کدی بازدید نشده است." in answer.text
    assert client_of(Library(database=database, site=SITE)).get("/").status_code == 200


def test_an_archive_of_long_ago_is_plotted_at_its_own_end(database: Database) -> None:
    write_visits(database, [an_article(7, published_at=NOON - 400 * DAY, at=NOON - 400 * DAY + 3 * MINUTE)])
    days = standing(database, SITE, 1, NOON).days
    assert days[-1] == Day(date(2023, 3, 28), 1, 180.0, 180.0)
    assert len(days) == 45


def test_rare_outcomes_can_be_seen_and_a_bar_is_full() -> None:
    [stack] = plots.stacks([Cell(1, 1_000, {"stored": 999, "failed": 1, "unvisited": 0})])
    assert [(segment.outcome, segment.height) for segment in stack.segments] == [("stored", 98.5), ("failed", 1.5)]
    assert [segment.y for segment in stack.segments] == [1.5, 0.0]


@pytest.mark.parametrize(("most", "top"), [(0, 1), (1, 1), (7, 8), (11, 20), (99, 100), (101, 200)])
def test_the_scale_ends_at_a_round_number(most: int, top: int) -> None:
    plot = plots.counts([Day(date(2023, 1, 24), most, None, None)])
    assert plot.top == top
    assert plot.bars[0].height == pytest.approx(most / top * 100)


@pytest.mark.parametrize(("longest", "top"), [(50, 60), (4_000, 7_200), (170_000, 172_800)])
def test_and_that_of_lags_at_a_round_time(longest: float, top: float) -> None:
    plot = plots.lags([Day(date(2023, 1, 24), 2, longest / 2, longest), Day(date(2023, 1, 25), 0, None, None)])
    assert plot.top == top
    assert plot.bars[0].whisker == pytest.approx(longest / top * 100, abs=0.01)
    assert (plot.bars[1].height, plot.bars[1].whisker) == (0, 0)


def test_the_page_shows_it_all(client: TestClient) -> None:
    tree = LexborHTMLParser(client.get("/health").text)
    words = {key.text().split()[0]: node.text() for key in tree.css("h2") for node in [key.parent] if node}
    assert "۴۹" in [node.text() for node in tree.css(".tiles b")]
    assert len(tree.css(".coverage g")) == 121 // 2 + 1
    assert "ردشده از سوی سایت ۱" in " ".join(words["همهٔ"].split())
    assert [node.text().strip() for node in tree.css(".run .badge")] == ["وضعیت ۷۵", "خوب"]
    assert "سایت درخواست‌ها را رد کرد" in tree.css(".run")[0].text()
    assert len(tree.css(".days tbody tr")) == 90
    assert all({"aria-labelledby", "aria-hidden"} & set(node.attributes) for node in tree.css("svg"))


@pytest.mark.parametrize(
    ("reason", "status", "badge", "shown"),
    [
        ("finished", 0, "خوب", None),
        ("shutdown", 75, "وضعیت ۷۵", "پیش از پایان متوقف شد"),
        ("closespider_timeout", 0, "خوب", "زمانی که داشت به پایان رسید"),
        ("finished", 1, "وضعیت ۱", "تا پایان رفت"),
        ("reparse finished", None, "پایان‌یافته", "بازخوانی صفحه‌های نگه‌داشته، تا پایان"),
        ("<b>who knows</b>", 1, "وضعیت ۱", "<b>who knows</b>"),
    ],
)
def test_how_a_run_ended_is_told_in_words(
    database: Database, reason: str, status: int | None, badge: str, shown: str | None
) -> None:
    runs.end_run(database, runs.begin_run(database, SITE, {}), runs.RunFigures(), reason=reason, exit_status=status)
    tree = LexborHTMLParser(client_of(Library(database=database, site=SITE)).get("/health").text)
    told = [node.text().strip() for node in tree.css(".run .badge, .run small")]
    assert told == [badge, shown] if shown else [badge]


def test_where_the_values_of_the_last_articles_came_from(client: TestClient) -> None:
    tree = LexborHTMLParser(client.get("/health").text)
    [heading] = tree.css("#sources")
    table = tree.css("table[aria-labelledby=sources]")[0]
    assert heading.text() == "منبع هر فیلد در ۴۹ خبر اخیر"
    assert [cell.text() for cell in table.css("thead th")] == ["فیلد", "خود صفحه", "تگ‌های meta", "JSON-LD", "پیدا نشد"]
    assert [[cell.text() for cell in row.css("th, td")] for row in table.css("tbody tr")] == [
        ["تیتر", "۸۱٫۶٪", "۱۸٫۳٪", "–", "–"],
        ["نویسنده", "–", "–", "–", "۱۰۰٪"],
    ]
    assert not tree.css(".problem")


def test_a_field_that_has_left_its_place_is_told_in_a_sentence(database: Database) -> None:
    for page, missing in ((98, 2), (9, 54)):
        figures = runs.RunFigures(sources=[{"published_at": {"page": page, "missing": missing}}])
        runs.end_run(database, runs.begin_run(database, SITE, {}), figures, reason="finished", exit_status=0)
    client = client_of(Library(database=database, site=SITE))
    [told] = LexborHTMLParser(client.get("/health").text).css(".problem")
    assert told.text() == (
        "«تاریخ انتشار» تنها در ۱۴٪ از ۶۳ خبر اخیر از خود صفحه خوانده شده، در حالی که این رقم پیش‌تر ۹۸٪ بود؛"
        " شاید قالب سایت تغییر کرده باشد."
    )
    assert 'asrcrawler_field_falls{outlet="asr",site="asrpress.ir"} 1.0' in client.get("/metrics").text
    assert [fall["field"] for fall in client.get("/api/status").json()["sources"]["falls"]] == ["published_at"]


def test_every_place_and_every_counted_field_has_a_word() -> None:
    article = Article(site=SITE, code=5, url="u", short_url="s")
    assert list(words.FIELDS) == list(places_of(article))
    assert set(words.PLACES) == {PAGE, META, JSONLD, MISSING}


def test_the_live_part_is_what_stands_in_the_page(client: TestClient) -> None:
    live = client.get("/health/live").text
    assert "<html" not in live
    assert live.strip() in client.get("/health").text


def test_a_crawl_at_work_is_seen(database: Database) -> None:
    runs.begin_run(database, SITE, {})
    library = Library(database=database, site=SITE)
    assert 'data-working="yes"' in client_of(library).get("/health").text
    assert client_of(library).get("/api/status").json()["working"] is True


@pytest.mark.parametrize(("reason", "words"), [(REPARSED, "تا پایان"), (REPARSE_INTERRUPTED, "نیمه‌کاره ماند")])
def test_another_reading_of_kept_pages_is_neither_good_nor_bad(database: Database, reason: str, words: str) -> None:
    run = runs.begin_run(database, SITE, {"command": "reparse"})
    runs.end_run(database, run, runs.RunFigures(), reason=reason, exit_status=None)
    text = client_of(Library(database=database, site=SITE)).get("/health").text
    [shown] = LexborHTMLParser(text).css(".run")
    badge = shown.css_first(".badge")
    assert badge is not None
    assert (badge.text().strip(), badge.attributes["class"]) == ("پایان‌یافته", "badge ")
    assert words in shown.text()
    assert "None" not in text


def test_figures_are_counted_anew_after_some_seconds_only(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library(database=database, site=SITE)
    assert library.standing(library.outlets()[0]).figures.articles == 0
    write_visits(database, [an_article(7)])
    assert library.standing(library.outlets()[0]).figures.articles == 0
    monkeypatch.setattr(library_room, "FRESH", -1)
    assert library.standing(library.outlets()[0]).figures.articles == 1
    assert library.standing(library.outlets()[0]).at - NOON > timedelta(0)


def judged(database: Database, now: datetime) -> tuple[list[str], list[str]]:
    """The class of the banner, and its sentence with the reasons."""
    pretend_it_is(now)
    try:
        tree = LexborHTMLParser(client_of(Library(database=database, site=SITE)).get("/health").text)
    finally:
        pretend_it_is(None)
    [banner] = tree.css(".banner")
    lines = [" ".join(node.text().split()) for node in banner.css(".big, li")]
    return str(banner.attributes["class"]).split()[1:], lines


def test_the_page_begins_with_the_judgement_of_the_check(database: Database) -> None:
    now = utcnow()
    assert judged(database, now) == (["bad"], ["خبرهای تازه دریافت نمی‌شوند.", "هنوز هیچ اجرایی نبوده است."])
    end(database, 75)
    at = words.short_moment(runs.first_run(database, SITE).started_at)  # type: ignore[union-attr]
    assert judged(database, now)[1][1] == f"از نخستین اجرا در {at} تاکنون هیچ اجرایی به‌خوبی پایان نیافته است."
    end(database, 0)
    ended = runs.last_good_run(database, SITE)
    assert ended is not None
    assert ended.ended_at is not None
    assert judged(database, ended.ended_at + timedelta(minutes=18)) == (
        ["good"], ["به‌روز است: آخرین اجرای خوب ۱۸ دقیقه پیش پایان یافت."],
    )  # fmt: skip
    colour, lines = judged(database, ended.ended_at + timedelta(hours=30))
    assert (colour, lines[0]) == (["bad"], "خبرهای تازه دریافت نمی‌شوند؛ آخرین اجرای خوب ۳۰ ساعت پیش پایان یافت.")
    assert lines[1].startswith("از آخرین اجرای خوب ۳۰ ساعت می‌گذرد (")


def end(database: Database, status: int, **figures: Any) -> None:
    run = runs.begin_run(database, SITE, {})
    runs.end_run(database, run, runs.RunFigures(**figures), reason="finished", exit_status=status)


def test_what_is_only_to_be_heeded_is_a_warning(database: Database) -> None:
    for page, missing in ((98, 2), (9, 54)):
        end(database, 0, sources=[{"title": {"page": page, "missing": missing}}])
    colour, lines = judged(database, utcnow())
    assert colour == ["warn"]
    assert lines[0].startswith("به‌روز است، اما نیاز به توجه دارد: آخرین اجرای خوب ")
    assert lines[1].startswith("«تیتر» تنها در ۱۴٪ از ۶۳ خبر اخیر از خود صفحه خوانده شده")
    client = client_of(Library(database=database, site=SITE))
    assert 'asrcrawler_check_ok{outlet="asr",site="asrpress.ir"} 0.0' in client.get("/metrics").text


def test_every_problem_has_its_sentence() -> None:
    fall = Fall("title", "page", 0.9, 0.1)
    told = [verdict.told(Problem(kind=kind, at=NOON, host="h", fall=fall), NOON + DAY) for kind in Kind]
    assert len(set(told)) == len(Kind)
    assert all(line.endswith(".") for line in told)


def test_the_space_that_is_taken_and_the_next_run(database: Database) -> None:
    for _ in range(4):
        end(database, 0)
    client = client_of(Library(database=database, site=SITE))
    facts = LexborHTMLParser(client.get("/health").text).css_first("#live .facts")
    assert facts is not None
    assert "پایگاه داده" in facts.text()
    assert ("جای خالی دیسک" in facts.text()) == database.is_sqlite
    told = client.get("/metrics").text
    size = re.search(r"^asrcrawler_database_bytes (\S+)", told, re.MULTILINE)
    assert size is not None
    assert float(size[1]) > 50_000
    assert 'asrcrawler_revisions{outlet="asr",site="asrpress.ir"} 0.0' in told
    assert 'asrcrawler_check_ok{outlet="asr",site="asrpress.ir"} 1.0' in told


def test_the_next_run_is_expected_by_the_time_between_the_last_ones(database: Database) -> None:
    for number in range(5):
        pretend_it_is(NOON + number * 15 * MINUTE)
        end(database, 0)
    pretend_it_is(None)
    expected = standing(database, SITE, 1, NOON + 61 * MINUTE).next_run_at
    assert expected is not None
    assert abs(expected - (NOON + 75 * MINUTE)) < timedelta(seconds=1)
    assert standing(database, SITE, 1, NOON + 80 * MINUTE).next_run_at is None


def test_numbers_lead_to_their_codes(client: TestClient) -> None:
    tree = LexborHTMLParser(client.get("/health").text)
    address = "/health/codes?outcome=unreadable"
    assert address in [link.attributes["href"] for link in tree.css(".legend a")]
    listed = LexborHTMLParser(client.get(address).text)
    assert [" ".join(node.text().split()) for node in listed.css("h1, .head .facts span")] == [
        "کدهای ناخوانا", "۱ کد از ۱۲۱", "پاسخ کامل رسیده، اما خبری از آن خوانده نشده است",
    ]  # fmt: skip
    cells = [" ".join(cell.text().split()) for cell in listed.css("tbody th, tbody td")]
    assert cells[:5] == ["۳۹۲", "no title", "۲۰۰", "۱", "۲۱:۵۴"]
    missing = LexborHTMLParser(client.get("/health/codes?outcome=missing").text)
    assert (len(missing.css("tbody tr")), missing.css("tbody th")[0].text()) == (30, "۳۸۹")
    older = missing.css("a[rel=next]")[0].attributes["href"]
    assert older == "/health/codes?outcome=missing&before=360"
    assert len(LexborHTMLParser(client.get(str(older)).text).css("tbody tr")) == 19
    unvisited = LexborHTMLParser(client.get("/health/codes?outcome=unvisited").text)
    assert [" ".join(row.text().split()) for row in unvisited.css("tbody tr")] == [
        "۴۱۰۴۲۰۱۱", "۳۹۳۴۰۰۸", "۳۰۰۳۰۰۱",
    ]  # fmt: skip
    assert client.get("/health/codes?outcome=lost").status_code == 400


def test_the_codes_behind_a_number_by_reason_and_as_a_file(database: Database) -> None:
    at: dict[str, Any] = {"at": NOON, "outcome": Outcome.UNREADABLE, "status": 200}
    reasons = {5: "no title", 6: "=no title", 7: "no title", 9: "no date"}
    write_visits(database, [an_absence(code, reason=reason, **at) for code, reason in reasons.items()])
    client = client_of(Library(database=database, site=SITE))
    chosen = LexborHTMLParser(client.get("/health/codes?outcome=unreadable&reason=no+title").text)
    assert [node.text() for node in chosen.css("tbody th")] == ["۷", "۵"]
    links = {" ".join(link.text().split()): link.attributes["href"] for link in chosen.css(".facet a, .head .button")}
    own = "/health/codes?outcome=unreadable"
    assert links["no title ۲"] == f"{own}&reason=no+title"
    assert (links["همه"], links["no date ۱"]) == (own, f"{own}&reason=no+date")
    file = client.get(str(links["CSV"]))
    assert file.headers["content-disposition"] == 'attachment; filename="asr-unreadable.csv"'
    assert [line.split(",")[:4] for line in file.content.decode("utf-8-sig").splitlines()] == [
        ["code", "reason", "http_status", "visits"], ["7", "no title", "200", "1"], ["5", "no title", "200", "1"],
    ]  # fmt: skip
    whole = client.get("/health/codes.csv?outcome=unreadable").text.splitlines()
    assert len(whole) == 5
    assert "6,'=no title,200" in whole[3]  # for a spreadsheet no formula
    assert client.get("/health/codes.csv?outcome=unvisited").text.splitlines()[1:] == ["8,8", "1,4"]
