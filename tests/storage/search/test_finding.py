"""What is found for a query, the same on both databases."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from asrcrawler.outlets import new_outlet
from asrcrawler.storage import Database, outlets
from asrcrawler.storage.articles.selection import Selection
from asrcrawler.storage.search import questions
from asrcrawler.storage.search.finding import BEST, NEWEST, search
from asrcrawler.storage.search.questions import Order
from asrcrawler.storage.visits.writing import write_visits
from asrcrawler.text.calendar import TEHRAN
from tests.storage.samples import DAY, HOUR, NOON, OTHER_SITE, SITE, an_absence, an_article

if TYPE_CHECKING:
    from asrcrawler.items import Article
    from asrcrawler.storage.search.marking import Piece

BARE: dict[str, Any] = {"title": None, "lead": None, "body": None, "tags": [], "category": []}


def bare(code: int, **fields: Any) -> Article:
    """An article of nothing but ``fields``, published so many hours after another as their codes are apart."""
    return an_article(code, **{**BARE, "published_at": NOON + code * HOUR, **fields})


def codes(database: Database, words: str, *, order: Order = BEST, **selection: Any) -> list[int]:
    found = search(database, words, Selection(**selection), order=order)
    assert found.total == len(found.hits)
    return [hit.code for hit in found.hits]


def shown(pieces: list[Piece]) -> str:
    return "".join(f"[{piece.text}]" if piece.hit else piece.text for piece in pieces)


@pytest.fixture(scope="module")
def archive(shared_database: Database) -> Database:
    write_visits(
        shared_database,
        [
            bare(1, title="بهای نفت بالا رفت", body="بازار آرام است و گفت‌وگو می‌شود", category=["اقتصاد", "انرژی"]),
            bare(2, title="بازار آرام", body="از نفت و گاز سخن می شود", tags=["بهای نفت"], category=["اقتصاد"]),
            bare(3, title="پیش‌بینی هوا", lead="باران می‌بارد", body="کتاب‌ها و کتاب‌خانه‌ها بسته‌اند"),
            bare(4, title="هوا", kicker="هشدار", body="پیشبینی باران بود، کتاب ها بسته"),
            bare(5, title="ورزش", body="پیش از بازی، بینی بازیکن شکست", tags=["هوا"]),
            an_absence(6),
        ],
    )
    return shared_database


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("نفت", {1, 2}),
        ("نفت گاز", {2}),
        ("نفت -گاز", {1}),
        ("گاز | باران", {2, 3, 4}),
        ("بازار OR باران -نفت", {3, 4}),
        ('"بهای نفت"', {1, 2}),
        ('"نفت بهای"', set()),
        ("«گاز سخن»", {2}),
        ("می‌شود", {1, 2}),
        ("می شود", {1, 2}),
        ("ميشود", {1, 2}),
        ("کتاب‌ها", {3, 4}),
        ("کتاب ها", {3, 4}),
        ("کتابها", {3, 4}),
        ('"کتابها بسته"', {4}),
        ("پیش‌بینی", {3, 4}),
        ("پیشبینی", {3, 4}),
        ("پیش بینی", {3, 4, 5}),
        ('"پیش بینی"', {3, 4}),
        ('"پیشبینی هوا"', {3}),
        ("-پیشبینی هوا", {5}),
        ("گفتوگو", {1}),
        ("گفت و گو", set()),
        ("پیش*", {3, 4, 5}),
        ("باز*", {1, 2, 5}),
        ('"پیشبینی بار"*', {4}),
        ("title:هوا", {3, 4}),
        ("هوا", {3, 4, 5}),
        ("برچسب:هوا", {5}),
        ('tag:"بهای نفت"', {2}),
        ("tag:به*", {2}),
        ("kicker:هشدار", {4}),
        ("عنوان:هشدار", set()),
        ("lead:باران", {3}),
        ("body:باران", {4}),
        ("category:انرژی", {1}),
        ("دسته:اقتصاد -دسته:انرژی", {2}),
        ("-نفت", {3, 4, 5}),
        ("", {1, 2, 3, 4, 5}),
        ("؟!", {1, 2, 3, 4, 5}),
        ("هیچ‌کجا", set()),
    ],
)
def test_what_is_found(archive: Database, words: str, expected: set[int]) -> None:
    assert set(codes(archive, words)) == expected
    assert set(codes(archive, words, order=NEWEST)) == expected
    # a filter that lets all pass takes another way through the database
    assert set(codes(archive, words, until=date(2100, 1, 1))) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("۶ ساله", {1, 2}),
        ("۶ساله", {1, 2}),
        ("6\u200cساله", {1, 2}),
        ("ساله", {1, 2}),
        ("۶", {1, 2}),
        ("ساعته", {3}),
        ("«۲۴ ساعته»", {3}),
        ("۵۰درصدی", {4}),
        ("هیات", {1, 2}),
        ("هیئت", {1, 2}),
        ("tag:هیأت", {2}),
        ("-هیات", {3, 4, 5}),
        ("مسوول*", {3, 4}),
        ("مسئول*", {3, 4}),
        ("12500", {3, 4}),
        ("12,500", {3, 4}),
        ("۱۲٬۵۰۰", {3, 4}),
        ("125*", {3, 4}),
        ("۱۲/۵۰۰", {5}),
        ("ریال", {5}),
        ("رئال", {4}),
    ],
)
def test_spellings_of_a_hamza_and_of_a_number_find_each_other(
    database: Database, words: str, expected: set[int]
) -> None:
    write_visits(
        database,
        [
            bare(1, title="کودک ۶\u200cساله", body="هیأت داوران"),
            bare(2, title="کودک ۶ساله", tags=["هیئت داوران"]),
            bare(3, title="بازار ۲۴\u200cساعته", body="مسئولان سکه را ۱۲٬۵۰۰ تومان"),
            bare(4, title="رشد ۵۰\u200cدرصدی", body="مسؤولیت رئال مادرید 12500"),
            bare(5, title="نرخ", body="۱۲/۵۰۰ ریال"),
        ],
    )
    assert set(codes(database, words)) == expected


def test_a_phrase_does_not_reach_from_one_tag_or_field_into_the_next(database: Database) -> None:
    write_visits(database, [bare(1, title="یک", kicker="دو", body="سه", tags=["بهای", "نفت"])])
    assert codes(database, '"یک دو"') == codes(database, '"بهای نفت"') == codes(database, '"نفت سه"') == []
    assert codes(database, "یک دو سه بهای نفت") == [1]


def test_a_word_in_the_title_outranks_the_same_in_the_body(database: Database) -> None:
    write_visits(
        database,
        [
            bare(1, title="نفت", body="سخن دیگری است"),
            bare(2, title="سخن", body="نفت " * 3 + "در بازار"),
            bare(3, title="سخن", lead="نفت در بازار", body="چیزی"),
            *(bare(code, title="هیچ", body="چیزی دیگر") for code in range(4, 10)),
        ],
    )
    assert codes(database, "نفت")[0] == 1
    assert set(codes(database, "نفت")) == {1, 2, 3}
    scores = [hit.score for hit in search(database, "نفت").hits]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > scores[1] > 0


def test_newest_first_goes_by_date_of_publication_undated_last(database: Database) -> None:
    write_visits(
        database,
        [
            bare(1, title="نفت", published_at=NOON),
            bare(2, title="نفت", published_at=NOON - DAY),
            bare(3, title="نفت", published_at=None),
            bare(4, title="گاز", published_at=NOON + DAY),
        ],
    )
    assert codes(database, "نفت", order=NEWEST) == [1, 2, 3]
    assert codes(database, "") == codes(database, "", order=NEWEST) == [4, 1, 2, 3]


def test_the_selection_narrows_what_is_found(archive: Database) -> None:
    assert codes(archive, "نفت", category="انرژی") == [1]
    assert codes(archive, "نفت", tag="بهای نفت") == [2]
    assert codes(archive, "نفت", codes=[(2, 9)]) == [2]
    assert codes(archive, "هوا", codes=[(3, 3), (5, 9)], order=NEWEST) == [5, 3]
    assert codes(archive, "هوا", codes=[]) == []
    assert codes(archive, "", category="اقتصاد") == [2, 1]
    assert codes(archive, "-گاز", category="اقتصاد") == [1]
    assert codes(archive, "هوا", site="nobody.ir") == []


def test_thousands_of_spans_are_a_selection_like_any_other(archive: Database) -> None:
    assert codes(archive, "نفت", codes=[(code, code) for code in range(2, 10_000, 2)]) == [2]


def test_by_day_of_publication_in_tehran(database: Database) -> None:
    day = date(2024, 5, 2)
    write_visits(database, [bare(code, title="نفت", published_at=NOON + code * 6 * HOUR) for code in range(6)])
    assert sorted(codes(database, "نفت", since=day, until=day)) == [2, 3, 4, 5]
    assert codes(database, "", since=day, until=day) == [5, 4, 3, 2]


def test_without_exact_duplicates(database: Database) -> None:
    write_visits(database, [bare(1, body="نفت و گاز"), bare(2, body="نفت و گاز"), bare(3, body="نفت")])
    assert set(codes(database, "نفت", unique=True)) == {1, 3}


def test_pages_follow_each_other(database: Database) -> None:
    write_visits(database, [bare(code, title="نفت " * (code % 3 + 1)) for code in range(1, 24)])
    for words, order in (("نفت", BEST), ("نفت", NEWEST), ("", BEST)):
        whole = [hit.code for hit in search(database, words, order=order, limit=100).hits]
        pages = [search(database, words, order=order, offset=offset, limit=5) for offset in range(0, 30, 5)]
        assert [hit.code for page in pages for hit in page.hits] == whole
        assert len(whole) == 23
        assert {page.total for page in pages} == {23}
    assert search(database, "نفت", limit=0)[:2] == ([], 23)


def test_beyond_the_ranked_ones_hits_follow_newest_first(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "RANKED", 3)
    write_visits(database, [bare(code, title="نفت " * (9 - code), body="متن") for code in range(1, 8)])
    whole = codes(database, "نفت")
    assert set(whole[:3]) == {5, 6, 7}
    assert whole[3:] == [4, 3, 2, 1]
    paged = [search(database, "نفت", offset=offset, limit=2).hits for offset in range(0, 8, 2)]
    assert [hit.code for page in paged for hit in page] == whole


def test_several_sites_are_searched_as_one(database: Database) -> None:
    write_visits(database, [bare(1, title="نفت"), bare(2, title="گاز", body="نفت")])
    write_visits(database, [bare(1, title="نفت و نفت", site=OTHER_SITE), bare(9, body="هیچ", site=OTHER_SITE)])
    found = search(database, "نفت", order=NEWEST)
    assert [(hit.site, hit.code) for hit in found.hits] == [(SITE, 2), (SITE, 1), (OTHER_SITE, 1)]
    assert found.total == 3
    assert {(hit.site, hit.code) for hit in search(database, "نفت").hits} == {(SITE, 1), (SITE, 2), (OTHER_SITE, 1)}
    assert [hit.code for hit in search(database, "نفت", Selection(site=OTHER_SITE)).hits] == [1]
    for words in ("نفت", ""):
        assert search(database, words, Selection(sites=[SITE, OTHER_SITE])) == search(database, words)
        assert search(database, words, Selection(sites=[])).total == 0
    assert [hit.code for hit in search(database, "", limit=2).hits] == [9, 2]


def test_a_hit_names_its_outlet(database: Database) -> None:
    outlets.add(database, new_outlet("asr"))
    write_visits(database, [bare(1, title="نفت"), bare(2, title="نفت", site=OTHER_SITE)])
    found = search(database, "نفت", order=NEWEST)
    assert [(hit.outlet, hit.site) for hit in found.hits] == [(None, OTHER_SITE), ("asr", SITE)]


def test_a_hit_has_the_values_of_the_article_and_its_places_marked(database: Database) -> None:
    write_visits(
        database,
        [
            an_article(
                7,
                title="پیش‌بینی بهای نفت",
                kicker="بازار",
                lead="لید",
                body="بند نخست\n\nبهاي نفت، پیشبینی شد",
                published_at=NOON,
            )
        ],
    )
    [hit] = search(database, "پیشبینی نفت").hits
    assert shown(hit.title) == "[پیش‌بینی] بهای [نفت]"
    assert shown(hit.snippet) == "بند نخست بهاي [نفت]، [پیشبینی] شد"
    assert (hit.site, hit.code, hit.url, hit.kind) == (SITE, 7, "http://asrpress.ir/fa/news/7", "article")
    assert (hit.kicker, hit.lead, hit.category, hit.tags) == ("بازار", "لید", ["سیاسی", "مجلس"], ["نفت", "بودجه"])
    assert hit.published_at == NOON
    assert hit.published_at is not None
    assert hit.published_at.tzinfo is TEHRAN
    assert hit.published_jalali == "1403-02-12 14:30"


def test_the_snippet_is_of_the_lead_where_the_body_has_nothing_to_show(database: Database) -> None:
    write_visits(database, [bare(1, lead="لید نفت", body="متن"), bare(2, lead="لید", body="متن نفت"), bare(3)])
    hits = {hit.code: hit for hit in search(database, "نفت").hits}
    assert shown(hits[1].snippet) == "لید [نفت]"
    assert shown(hits[2].snippet) == "متن [نفت]"
    listed = {hit.code: hit for hit in search(database, "").hits}
    assert shown(listed[1].snippet) == "لید نفت"
    assert (listed[3].snippet, listed[3].title, listed[3].lead) == ([], [], None)


def test_an_empty_database_has_no_hits(database: Database) -> None:
    assert search(database, "نفت") == search(database, "") == ([], 0, True, False, None, False)


HOSTILE = [
    '"', "'", "''--", '"نفت', "NEAR(نفت گاز)", "نفت NEAR/2 گاز", "*", "نفت*گاز", "^نفت", "a AND OR NOT b", "(((",
    "title:", "title:^نفت", "{title}:نفت", "-", "- -", '-"', "\\", "\\'", "نفت:*A", "نفت & ! | <->", ":*",
    "%s %(a)s :words ?", "\0نفت\0", "\ud800", "\ue000 \ue001نفت", "؟؟؟", "\u202eنفت\u202c", "ء", "ﷺ*", "½",
    "ا" * 10_000, "نفت " * 2_500, "-نفت " * 2_500, '"' + "نفت " * 300, "| " * 500, "OR", "NOT", "article_search",
]  # fmt: skip


def test_no_query_is_an_error(archive: Database) -> None:
    for words in HOSTILE:
        for order in Order:
            found = search(archive, words, order=order)
            assert found.total == len(found.hits), words


PARTS = [*"نab1 *-|\"'«»:^()\\&!<>%\u200c\0", "title:", "برچسب:", " OR ", " NEAR ", "می ", " ها", "نفت", "پیش", " "]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.text(max_size=50) | st.lists(st.sampled_from(PARTS), max_size=30).map("".join))
def test_whatever_is_typed_is_answered(archive: Database, words: str) -> None:
    found = search(archive, words)
    assert found.total == len(found.hits)


def test_postgresql_goes_by_the_index_of_words_however_often_it_is_asked(postgresql_url: str) -> None:
    with closing(Database(postgresql_url)) as database:
        database.prepare()
        write_visits(database, [an_article(code, body="نفت گران شد") for code in range(1, 60)])
        with database.maintain() as connection:
            connection.exec_driver_sql("ANALYZE")
        walks, looks = _steps(database)
        for _ in range(12):  # psycopg and PostgreSQL keep a statement, and its plan, after five or ten times
            assert search(database, "نفت").total == 59
        assert _steps(database) == (walks, looks + 6 * 12)  # the words anywhere, then in each of five fields


def _steps(database: Database) -> tuple[int, int]:
    """How often all documents were walked over, and how often their index was asked."""
    walks = text("SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'search_document_1'")
    looks = text("SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = 'ix_search_document_1_words'")
    with database.maintain() as connection:
        connection.execute(text("SELECT pg_stat_force_next_flush()"))
        return connection.scalar(walks) or 0, connection.scalar(looks) or 0
