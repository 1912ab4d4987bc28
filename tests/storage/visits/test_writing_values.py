"""What pages may hold and databases may not like."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from asrcrawler.exceptions import UnstorableError
from asrcrawler.items import Absence, Article, Fetch, Outcome
from asrcrawler.storage import models
from asrcrawler.storage.visits.writing import write_visits
from tests.storage.samples import HOUR, NOON, SITE, an_article, row, rows

if TYPE_CHECKING:
    from asrcrawler.storage import Database


def test_labels_follow_categories_and_tags(database: Database) -> None:
    write_visits(database, [an_article(7, category=["سیاسی"], tags=["نفت", "نفت"])])
    write_visits(database, [an_article(7, at=NOON + HOUR, category=["سیاسی"], tags=["بودجه"])])
    found = {(label["kind"], label["name"]) for label in rows(database, models.label)}
    assert found == {("category", "سیاسی"), ("tag", "بودجه")}


def test_a_tag_as_long_as_a_book_does_not_stop_the_crawl(database: Database) -> None:
    book = "نفت" * 5_000
    write_visits(database, [an_article(7, category=[], tags=[book])])
    assert row(database, models.article, 7)["tags"] == [book]
    assert [label["name"] for label in rows(database, models.label)] == [book[:200]]


def test_what_no_database_takes_is_left_out(database: Database) -> None:
    fetch = Fetch(at=NOON, status=123456, size=2**40, etag="x" * 600)
    write_visits(
        database,
        [
            an_article(7, title="عن\0وان\ud800", author="\0", tags=["\ud800", "نفت"], comment_count=10**12),
            Absence(site=SITE, code=8, outcome=Outcome.FAILED, reason="چرا\0\udc00", fetch=fetch),
        ],
    )
    stored, booked = row(database, models.article, 7), row(database, models.ledger, 8)
    assert (stored["title"], stored["author"], stored["tags"]) == ("عنوان", None, ["نفت"])
    assert (stored["comment_count"], booked["reason"], booked["http_status"]) == (None, "چرا", None)
    assert rows(database, models.visit)[1]["size"] == 2**31 - 1


def test_a_batch_with_one_value_that_cannot_be_stored_is_not_written_at_all(database: Database) -> None:
    bad: Article = an_article(8, modified_at=datetime(2024, 5, 1))  # noqa: DTZ001 - the fault under test
    with pytest.raises(UnstorableError, match="a moment without its zone"):
        write_visits(database, [an_article(7), bad])
    assert rows(database, models.article) == rows(database, models.ledger) == rows(database, models.visit) == []
