from __future__ import annotations

from contextlib import closing
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from asrcrawler.exceptions import DamagedError
from asrcrawler.items import Image, Video
from asrcrawler.outlets import new_outlet
from asrcrawler.storage import Database, open_for_reading, outlets
from asrcrawler.storage.articles import export
from asrcrawler.storage.articles.export import EXPORT_FIELDS, Selection, export_articles
from asrcrawler.storage.articles.rescue import Losses
from asrcrawler.storage.visits.writing import write_visits
from asrcrawler.text.calendar import TEHRAN
from tests.storage.damage import break_leaf, break_row
from tests.storage.samples import DAY, HOUR, NOON, OTHER_SITE, SITE, an_absence, an_article


def codes(database: Database, **wanted: Any) -> list[int]:
    return [exported["code"] for exported in export_articles(database, Selection(**wanted))]


def in_tehran(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=TEHRAN)


def test_an_article_is_exported_with_the_fields_of_the_contract_in_their_order(database: Database) -> None:
    write_visits(
        database,
        [
            an_article(
                32911,
                images=[Image(url="http://asrpress.ir/1.jpg", caption="شرح")],
                videos=[Video(url="http://asrpress.ir/1.mp4")],
                author="نویسنده",
                published_at=datetime(2023, 1, 24, 22, 54, tzinfo=TEHRAN),
                published_jalali="1401-11-04 22:54",
                comment_count=0,
            ),
        ],
    )
    [exported] = export_articles(database, Selection())
    assert tuple(exported) == EXPORT_FIELDS
    assert exported == {
        "outlet": None,
        "site": SITE,
        "code": 32911,
        "url": "http://asrpress.ir/fa/news/32911",
        "short_url": "http://asrpress.ir/032911",
        "kind": "article",
        "kicker": None,
        "title": "عنوان خبر 32911",
        "lead": "خلاصه‌ای کوتاه",
        "body": "بند نخست خبر 32911\n\nبند دوم",
        "category": ["سیاسی", "مجلس"],
        "tags": ["نفت", "بودجه"],
        "images": [{"url": "http://asrpress.ir/1.jpg", "caption": "شرح"}],
        "videos": [{"url": "http://asrpress.ir/1.mp4", "caption": None}],
        "author": "نویسنده",
        "published_at": datetime(2023, 1, 24, 22, 54, tzinfo=TEHRAN),
        "published_jalali": "1401-11-04 22:54",
        "modified_at": None,
        "comment_count": 0,
        "duplicate_of": None,
        "similar_to": None,
        "revision": 1,
        "first_seen_at": NOON,
        "last_seen_at": NOON,
        "changed_at": NOON,
        "last_visit_at": NOON,
        "gone_at": None,
    }


@pytest.mark.parametrize(
    ("published", "written"),
    [
        (datetime(2023, 1, 24, 22, 54, tzinfo=TEHRAN), "2023-01-24T22:54:00+03:30"),
        (datetime(2018, 7, 21, 0, 20, tzinfo=TEHRAN), "2018-07-21T00:20:00+04:30"),
    ],
)
def test_times_of_the_page_carry_the_offset_tehran_had_that_day(
    database: Database, published: datetime, written: str
) -> None:
    write_visits(database, [an_article(7, published_at=published, modified_at=published)])
    [exported] = export_articles(database, Selection())
    assert exported["published_at"].isoformat() == exported["modified_at"].isoformat() == written
    assert exported["first_seen_at"].isoformat() == "2024-05-01T12:00:00+00:00"


def test_articles_come_by_site_and_code_and_absences_not_at_all(database: Database) -> None:
    write_visits(database, [an_article(9), an_article(3), an_absence(5), an_article(1, site=OTHER_SITE)])
    exported = [(found["site"], found["code"]) for found in export_articles(database, Selection())]
    assert exported == [(SITE, 3), (SITE, 9), (OTHER_SITE, 1)]
    assert codes(database, site=OTHER_SITE) == [1]
    assert codes(database, site="nobody.ir") == []


def test_articles_of_some_sites_name_their_outlets_and_that_of_no_outlet_none(database: Database) -> None:
    outlets.add(database, new_outlet("asr"))
    outlets.add(database, new_outlet("sibling", f"http://{OTHER_SITE}"))
    outlets.remove(database, "sibling")
    write_visits(database, [an_article(3), an_article(1, site=OTHER_SITE), an_article(2, site="nobody.ir")])
    exported = [(found["outlet"], found["code"]) for found in export_articles(database, Selection())]
    assert exported == [("asr", 3), (None, 2), ("sibling", 1)]
    assert codes(database, sites=[OTHER_SITE, SITE, SITE]) == [3, 1]
    assert codes(database, sites=[]) == []


def test_an_empty_database_exports_nothing(database: Database) -> None:
    assert codes(database) == []


@pytest.mark.parametrize("size", [1, 2, 5, 6])
def test_slices_join_without_a_seam(database: Database, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(export, "SLICE", size)
    write_visits(database, [an_article(code) for code in range(10, 15)])
    write_visits(database, [an_article(code, site=OTHER_SITE) for code in (1, 12)])
    assert codes(database) == [10, 11, 12, 13, 14, 1, 12]


def test_articles_stored_while_the_export_runs_do_no_harm(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "SLICE", 2)
    write_visits(database, [an_article(code) for code in (1, 2, 3)])
    stream = export_articles(database, Selection())
    first = next(stream)
    write_visits(database, [an_article(9)])
    assert [first["code"], *(found["code"] for found in stream)] == [1, 2, 3, 9]


def test_by_codes(database: Database) -> None:
    write_visits(database, [an_article(code) for code in range(1, 10)])
    assert codes(database, codes=[(8, 9), (2, 3), (3, 4)]) == [2, 3, 4, 8, 9]
    assert codes(database, codes=[(20, 30)]) == []


def test_by_day_of_publication_in_tehran(database: Database) -> None:
    day = date(2018, 7, 21)
    write_visits(
        database,
        [
            an_article(1, published_at=in_tehran(day - timedelta(days=1), 23, 59)),
            an_article(2, published_at=in_tehran(day, 0, 20)),  # the day before in UTC
            an_article(3, published_at=in_tehran(day, 23, 59)),
            an_article(4, published_at=in_tehran(day + timedelta(days=1), 0)),
            an_article(5, published_at=None),
        ],
    )
    assert codes(database, since=day, until=day) == [2, 3]
    assert codes(database, since=day) == [2, 3, 4]
    assert codes(database, until=day) == [1, 2, 3]


def test_by_category_and_tag(database: Database) -> None:
    write_visits(
        database,
        [
            an_article(1, category=["سیاسی", "مجلس"], tags=["نفت"]),
            an_article(2, category=["سیاسی"], tags=["یارانه"]),
            an_article(3, category=["ورزشی"], tags=["نفت"]),
            an_article(4, category=["نفت"], tags=[]),
        ],
    )
    assert codes(database, category="سیاسی") == [1, 2]
    assert codes(database, category="سياسي") == [1, 2]  # as an Arabic keyboard writes it
    assert codes(database, tag="نفت") == [1, 3]
    assert codes(database, category="سیاسی", tag="نفت") == [1]
    assert codes(database, tag="ن") == []


def test_unique_leaves_out_exact_duplicates(database: Database) -> None:
    write_visits(database, [an_article(1, body="یک"), an_article(2, body="یک"), an_article(3)])
    assert codes(database, unique=True) == [1, 3]


def test_an_edited_article_is_exported_in_its_last_form(database: Database) -> None:
    write_visits(database, [an_article(1, body="یک")])
    write_visits(database, [an_article(1, body="دو", at=NOON + DAY)])
    write_visits(database, [an_absence(1, at=NOON + DAY + HOUR)])
    [exported] = export_articles(database, Selection())
    assert (exported["body"], exported["revision"]) == ("دو", 2)
    assert (exported["first_seen_at"], exported["changed_at"]) == (NOON, NOON + DAY)


def test_earlier_texts_come_with_their_article_the_first_one_first(database: Database) -> None:
    write_visits(database, [an_article(1, body="یک"), an_article(2)])
    write_visits(database, [an_article(1, body="دو", at=NOON + HOUR)])
    write_visits(database, [an_article(1, body="دو", title="عنوان دیگر", at=NOON + DAY)])
    edited, quiet = export_articles(database, Selection(), revisions=True)
    assert tuple(edited) == (*EXPORT_FIELDS, "revisions")
    assert (quiet["code"], quiet["revisions"]) == (2, [])
    assert [(text["revision"], text["body"], text["title"]) for text in edited["revisions"]] == [
        (1, "یک", "عنوان خبر 1"),
        (2, "دو", "عنوان خبر 1"),
    ]
    assert edited["revisions"][0] == {
        "revision": 1,
        "change": "body",
        "seen_at": NOON,
        "replaced_at": NOON + HOUR,
        "kicker": None,
        "title": "عنوان خبر 1",
        "lead": "خلاصه‌ای کوتاه",
        "body": "یک",
        "category": ["سیاسی", "مجلس"],
        "tags": ["نفت", "بودجه"],
    }


def test_articles_that_are_damaged_are_left_out_and_named(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "SLICE", 10)
    with closing(Database(url)) as database:
        database.prepare()
        write_visits(database, [an_article(code, body=f"متن {code} " * 300) for code in range(1, 36)])
        if not database.is_sqlite:
            break_row(database, 17)
    if database.path is not None:
        break_leaf(database.path, "متن 17 متن 17".encode())
    losses = Losses()
    with open_for_reading(url) as database:
        found = [article["code"] for article in export_articles(database, Selection(), losses=losses)]
        lost = [code for _, code in losses.codes]
        assert 17 in lost
        assert len(lost) < 5
        assert sorted(found + lost) == list(range(1, 36))
        with pytest.raises(DamagedError, match="restore a backup"):
            list(export_articles(database, Selection()))
