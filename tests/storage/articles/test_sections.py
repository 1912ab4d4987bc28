from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asrcrawler.storage.articles.sections import Section, categories, sections
from asrcrawler.storage.visits.writing import write_visits
from tests.storage.samples import OTHER_SITE, SITE, an_article

if TYPE_CHECKING:
    from asrcrawler.storage import Database


def test_categories_each_once(database: Database) -> None:
    write_visits(database, [an_article(code) for code in (1, 2)] + [an_article(3, category=["ورزش"])])
    write_visits(database, [an_article(4, site=OTHER_SITE, category=["هنر"])])
    assert categories(database, SITE) == ["سیاسی", "مجلس", "ورزش"]


def test_categories_are_in_the_order_of_the_persian_alphabet_on_either_database(database: Database) -> None:
    names = [
        "آموزش",
        "اقتصاد",
        "بازار",
        "پزشکی",
        "تاریخ",
        "جامعه",
        "چین",
        "زنان",
        "ژاپن",
        "کتاب",
        "گردشگری",
        "مجلس",
        "یزد",
    ]
    write_visits(database, [an_article(7, category=[*names[::-1]])])
    assert categories(database, SITE) == names


def test_sections_stand_below_the_one_before_them_in_the_newest_article(database: Database) -> None:
    paths = {1: ["فرهنگ", "کتاب"], 2: ["فرهنگ", "سینما"], 3: ["کتاب"], 4: ["فرهنگ", "کتاب"], 5: ["اقتصاد"]}
    write_visits(database, [an_article(code, category=path) for code, path in paths.items()])
    assert sections(database, SITE) == [
        Section("اقتصاد", 1, []),
        Section("فرهنگ", 3, [Section("سینما", 1, []), Section("کتاب", 3, [])]),
    ]


@pytest.mark.parametrize("paths", [[["الف", "ب"], ["ب", "الف"]], [["الف", "الف", "ب"], ["ب", "الف"]]])
def test_categories_in_a_circle_are_listed_all_the_same(database: Database, paths: list[list[str]]) -> None:
    write_visits(database, [an_article(code, category=path) for code, path in enumerate(paths, 1)])
    found = sections(database, SITE)
    assert sorted(name for section in found for name in (section.name, *(own.name for own in section.within))) == [
        "الف",
        "ب",
    ]
