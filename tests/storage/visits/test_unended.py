"""Pages without their end: failed at first, taken when several looks read the same, and never in a text's place."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from asrcrawler.clock import utcnow
from asrcrawler.http.completeness import BREAKS_OFF, UNENDED
from asrcrawler.items import Absence, Article, Image, Outcome
from asrcrawler.storage import models
from asrcrawler.storage.visits.writing import Written, write_visits
from tests.storage.samples import DAY, HOUR, NOON, an_absence, an_article, row, rows, with_page

if TYPE_CHECKING:
    from asrcrawler.storage import Database

MINUTE = timedelta(minutes=1)
STORED, FAILED = Outcome.STORED, Outcome.FAILED
WEEK = 7 * DAY


def unended(after: timedelta, **text: Any) -> Absence:
    """A look at code 7 that found all of its page but the end, as the pipelines hand it over."""
    at = NOON + after
    reading = with_page(an_article(7, at=at, **text), f"<html>{after}{text}".encode())
    assert reading.fetch is not None
    reading.fetch.etag = reading.fetch.last_modified = None
    absence = an_absence(7, FAILED, at=at, reason=BREAKS_OFF, status=200)
    absence.reading = reading
    return absence


def whole(after: timedelta, **text: Any) -> Article:
    return with_page(an_article(7, at=NOON + after, **text), f"<html>{after}{text}</html>".encode())


def look(database: Database, item: Article | Absence) -> Written:
    [written] = write_visits(database, [item])
    return written


def looks(database: Database, *items: Article | Absence) -> list[tuple[Outcome, str | None]]:
    return [(written.outcome, written.change) for written in (look(database, item) for item in items)]


def ledger(database: Database) -> dict[str, Any]:
    return row(database, models.ledger, 7)


def test_three_looks_over_a_day_that_read_the_same_are_taken_as_new_with_a_note(database: Database) -> None:
    failed = (FAILED, None)
    assert looks(database, *(unended(after) for after in (0 * HOUR, HOUR, 23 * HOUR))) == [failed] * 3
    assert rows(database, models.article) == rows(database, models.page) == []
    assert (ledger(database)["reason"], ledger(database)["next_visit_at"] > NOON + 23 * HOUR) == (BREAKS_OFF, True)
    assert looks(database, unended(DAY)) == [(STORED, "new")]
    article, [page] = row(database, models.article, 7), rows(database, models.page)
    assert (article["title"], article["revision"], article["first_seen_at"]) == ("عنوان خبر 7", 1, NOON + DAY)
    assert page["outcome"] == "stored"
    assert rows(database, models.label)
    assert [visit["reason"] for visit in rows(database, models.visit)] == [BREAKS_OFF] * 3 + [UNENDED]
    assert {name: ledger(database)[name] for name in ("outcome", "reason", "etag", "last_modified")} == {
        "outcome": "stored",
        "reason": UNENDED,
        "etag": None,
        "last_modified": None,
    }


def taken(database: Database) -> None:
    looks(database, unended(0 * HOUR), unended(HOUR), unended(DAY))
    assert ledger(database)["outcome"] == "stored"


def test_later_looks_that_read_the_same_see_the_article_again(database: Database) -> None:
    taken(database)
    found = [look(database, unended(DAY + hours * HOUR)) for hours in range(1, 6)]
    assert [(written.outcome, written.change) for written in found] == [(STORED, None)] * 5
    article = row(database, models.article, 7)
    assert (article["last_seen_at"], article["revision"]) == (NOON + DAY + 5 * HOUR, 1)
    assert (ledger(database)["unchanged"], ledger(database)["streak"], ledger(database)["reason"]) == (5, 6, UNENDED)
    assert len(rows(database, models.page)) == 1
    assert look(database, unended(100 * DAY)).next_visit_at is None  # settled, like any other


def test_another_reading_begins_anew_and_replaces_nothing(database: Database) -> None:
    taken(database)
    cut = [unended(after, body="نیمه") for after in (2 * DAY, 3 * DAY, 4 * DAY, 9 * DAY)]
    assert looks(database, *cut) == [(FAILED, None)] * 4
    assert row(database, models.article, 7)["body"] == "بند نخست خبر 7\n\nبند دوم"
    assert looks(database, *(unended(after) for after in (WEEK + 3 * DAY, WEEK + 4 * DAY, WEEK + 5 * DAY))) == [
        (FAILED, None),
        (FAILED, None),
        (STORED, None),
    ]


def test_a_text_of_a_whole_page_stays_until_another_whole_page(database: Database) -> None:
    look(database, whole(0 * HOUR))
    before = row(database, models.article, 7)
    cut = [unended(HOUR + days * DAY, body="نیمه", tags=[]) for days in range(5)]
    assert looks(database, *cut) == [(FAILED, None)] * 5
    assert row(database, models.article, 7) == before | {"last_visit_at": NOON + HOUR + 4 * DAY}
    assert (ledger(database)["etag"], rows(database, models.revision)) == (None, [])
    assert looks(database, whole(WEEK)) == [(STORED, None)]
    known = ledger(database)
    assert (known["etag"], known["unended_digest"], known["unended_since"], known["unended_looks"]) == (
        '"e1"', None, None, None,
    )  # fmt: skip


def test_a_site_that_loses_the_end_of_all_pages_does_not_fail_for_ever(database: Database) -> None:
    look(database, whole(0 * HOUR))
    same = [unended(HOUR + days * DAY, comment_count=days) for days in range(4)]
    assert looks(database, *same) == [(FAILED, None)] * 2 + [(STORED, None)] * 2
    article = row(database, models.article, 7)
    assert (article["comment_count"], article["last_seen_at"]) == (None, NOON + HOUR + 3 * DAY)
    assert (ledger(database)["etag"], ledger(database)["reason"]) == (None, UNENDED)


def test_a_whole_page_replaces_what_was_taken_without_an_end(database: Database) -> None:
    taken(database)
    assert looks(database, whole(2 * DAY, body="همه خبر")) == [(STORED, "body")]
    assert (row(database, models.article, 7)["body"], ledger(database)["etag"]) == ("همه خبر", '"e1"')
    assert looks(database, unended(3 * DAY)) == [(FAILED, None)]


@pytest.mark.parametrize(
    ("between", "outcome"),
    [
        (an_absence(7, FAILED, at=NOON + 2 * HOUR, reason="timeout", status=None), STORED),
        (an_absence(7, Outcome.REFUSED, at=NOON + 2 * HOUR, status=403), STORED),
        (an_absence(7, Outcome.MISSING, at=NOON + 2 * HOUR), FAILED),
        (unended(2 * HOUR, title="عنوانی دیگر"), FAILED),
        (unended(2 * HOUR, images=[Image(url="http://asrpress.ir/1.jpg")]), FAILED),
    ],
)
def test_what_comes_between_the_looks(database: Database, between: Absence, outcome: Outcome) -> None:
    looks(database, unended(0 * HOUR), unended(HOUR), between)
    assert look(database, unended(DAY)).outcome is outcome


def test_a_clock_that_was_put_back_begins_anew(database: Database) -> None:
    ahead = utcnow() - NOON + 100 * DAY
    looks(database, unended(ahead), unended(ahead + HOUR))
    assert looks(database, *(unended(after) for after in (0 * HOUR, HOUR, 2 * HOUR))) == [(FAILED, None)] * 3
    assert looks(database, unended(DAY)) == [(STORED, "new")]


def test_looks_of_one_batch_are_counted_in_their_order(database: Database) -> None:
    written = write_visits(database, [unended(after) for after in (0 * HOUR, HOUR, DAY, DAY + MINUTE)])
    assert [(one.outcome, one.change) for one in written] == [
        (FAILED, None), (FAILED, None), (STORED, "new"), (STORED, None),
    ]  # fmt: skip


def test_another_order_of_tags_is_the_same_reading(database: Database) -> None:
    orders = (["نفت", "بودجه"], ["بودجه", "نفت"], ["نفت", "بودجه"])
    items = [unended(after, tags=tags) for after, tags in zip((0 * HOUR, HOUR, DAY), orders, strict=True)]
    assert looks(database, *items)[-1] == (STORED, "new")
