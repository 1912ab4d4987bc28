from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING

import pytest

from asrcrawler.storage import models
from asrcrawler.storage.visits.writing import write_visits
from tests.storage.samples import HOUR, NOON, an_article, column

if TYPE_CHECKING:
    from asrcrawler.storage import Database

TEXT = "متنی که سه بار آمده است"


@pytest.mark.parametrize("order", [*permutations((3, 5, 9))])
def test_the_lowest_code_is_the_original_whatever_the_order_of_visits(
    database: Database, order: tuple[int, ...]
) -> None:
    for code in order:
        write_visits(database, [an_article(code, body=TEXT)])
    assert column(database, models.article, "duplicate_of") == {3: None, 5: 3, 9: 3}


def test_one_batch_gives_the_same_links(database: Database) -> None:
    write_visits(database, [an_article(code, body=TEXT) for code in (9, 3, 5)] + [an_article(1)])
    assert column(database, models.article, "duplicate_of") == {1: None, 3: None, 5: 3, 9: 3}


def test_an_original_that_is_edited_leaves_its_group_to_the_next(database: Database) -> None:
    write_visits(database, [an_article(code, body=TEXT) for code in (3, 5, 9)])
    write_visits(database, [an_article(3, at=NOON + HOUR, body="متنی دیگر")])
    assert column(database, models.article, "duplicate_of") == {3: None, 5: None, 9: 5}


def test_an_edit_can_make_a_duplicate(database: Database) -> None:
    write_visits(database, [an_article(3, body=TEXT), an_article(5, body="متنی دیگر")])
    write_visits(database, [an_article(5, at=NOON + HOUR, body=TEXT)])
    assert column(database, models.article, "duplicate_of") == {3: None, 5: 3}


def test_an_edited_duplicate_is_one_no_longer(database: Database) -> None:
    write_visits(database, [an_article(code, body=TEXT) for code in (3, 5)])
    write_visits(database, [an_article(5, at=NOON + HOUR, body="متنی دیگر")])
    assert column(database, models.article, "duplicate_of") == {3: None, 5: None}


def test_articles_without_a_body_are_nobodys_duplicates(database: Database) -> None:
    write_visits(database, [an_article(code, body=None, title="بی‌متن") for code in (3, 5)])
    assert column(database, models.article, "duplicate_of") == {3: None, 5: None}
