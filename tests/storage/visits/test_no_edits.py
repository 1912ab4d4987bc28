"""Differences that the site did not make: they add no revision, and no look sooner than a quiet one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from asrcrawler.items import Article, Change, Outcome
from asrcrawler.storage import models
from asrcrawler.storage.checks import findings
from asrcrawler.storage.search import search
from asrcrawler.storage.visits.articles import STALE
from asrcrawler.storage.visits.writing import write_visits
from tests.storage.samples import DAY, HOUR, MINUTE, NOON, an_absence, an_article, row, rows, with_page

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from asrcrawler.items import StoredCapture
    from asrcrawler.storage import Database
    from asrcrawler.text.packing import Dictionary


def test_tags_in_another_order_are_no_edit(database: Database) -> None:
    write_visits(database, [an_article(7, tags=["نفت", "بودجه"])])
    [written] = write_visits(database, [an_article(7, at=NOON + HOUR, tags=["بودجه", "نفت"])])
    stored = row(database, models.article, 7)
    assert written.change is None
    assert (stored["tags"], stored["revision"], stored["last_seen_at"]) == (["نفت", "بودجه"], 1, NOON + HOUR)
    assert row(database, models.ledger, 7)["unchanged"] == 1
    assert list(findings(database)) == []


def look(database: Database, after: timedelta, body: str, **fields: Any) -> str | None:
    """Visit code 7 ``after`` noon and find ``body``; give the mark of the visit."""
    return write_visits(database, [with_page(an_article(7, at=NOON + after, body=body, **fields))])[0].change


def test_two_caches_that_alternate_make_one_edit(database: Database) -> None:
    marks = [look(database, n * 5 * HOUR, ("کهنه", "نو")[n % 2]) for n in range(20)]
    assert marks == ["new", Change.BODY, *[STALE, None] * 9]
    stored = row(database, models.article, 7)
    assert (stored["body"], stored["revision"], stored["last_seen_at"]) == ("نو", 2, NOON + 95 * HOUR)
    assert [kept["body"] for kept in rows(database, models.revision)] == ["کهنه"]
    assert row(database, models.ledger, 7)["unchanged"] == 18
    assert list(findings(database)) == []


def test_an_old_copy_changes_nothing_and_is_asked_for_by_no_validator(database: Database) -> None:
    look(database, HOUR, "کهنه")
    look(database, 2 * HOUR, "نو", comment_count=5)
    before = row(database, models.article, 7)
    item = an_article(7, at=NOON + 3 * HOUR, body="کهنه", comment_count=2)
    assert item.fetch is not None
    item.fetch.etag = '"old"'
    [written] = write_visits(database, [item])
    booked = row(database, models.ledger, 7)
    assert (written.outcome, written.change) == (Outcome.STORED, STALE)
    assert row(database, models.article, 7) == before | {"last_visit_at": NOON + 3 * HOUR}
    assert (booked["etag"], booked["outcome"]) == ('"e1"', "stored")
    assert search(database, "کهنه").total == 0


def test_three_caches_make_two_edits(database: Database) -> None:
    marks = [look(database, n * HOUR, body) for n, body in enumerate(("یک", "دو", "سه", "یک", "دو", "سه", "یک"))]
    assert marks == ["new", Change.BODY, Change.BODY, STALE, STALE, None, STALE]


def test_an_earlier_text_is_an_edit_once_the_stored_one_was_not_seen_for_a_day(database: Database) -> None:
    marks = [look(database, after, body) for after, body in ((0 * DAY, "یک"), (HOUR, "دو"), (2 * HOUR, "یک"))]
    marks += [look(database, DAY + HOUR, "یک"), look(database, DAY + 2 * HOUR, "یک")]
    assert marks == ["new", Change.BODY, STALE, Change.BODY, None]
    assert [kept["body"] for kept in rows(database, models.revision)] == ["یک", "دو"]


def test_not_modified_is_a_sight_of_the_stored_text(database: Database) -> None:
    look(database, HOUR, "یک")
    look(database, 2 * HOUR, "دو")
    write_visits(database, [an_absence(7, Outcome.STORED, at=NOON + DAY, reason="not modified", status=304)])
    assert look(database, DAY + 20 * HOUR, "یک") == STALE


def test_an_old_copy_is_told_within_one_batch_too(database: Database) -> None:
    bodies = ("یک", "دو", "یک", "دو")
    written = write_visits(database, [an_article(7, at=NOON + n * MINUTE, body=body) for n, body in enumerate(bodies)])
    assert [visit.change for visit in written] == ["new", Change.BODY, STALE, None]


# --- what an earlier version of this program read in another way


def reads(found: Article | None) -> Callable[[StoredCapture, Dictionary | None], Any]:
    """What a capture says today, whatever its bytes are."""
    return lambda capture, dictionary: found or an_absence(capture.code)


def test_a_text_that_only_we_read_otherwise_is_no_edit(database: Database) -> None:
    look(database, HOUR, "کودک ۶ساله پیدا شد.", tags=["نفت خام"])
    today = an_article(7, at=NOON + 2 * HOUR, body="کودک ۶\u200cساله پیدا شد.", tags=["نفت", "خام"])
    [written] = write_visits(database, [with_page(today)], read_again=reads(today))
    stored = row(database, models.article, 7)
    assert (written.change, rows(database, models.revision)) == (None, [])
    assert (stored["body"], stored["tags"]) == ("کودک ۶\u200cساله پیدا شد.", ["نفت", "خام"])
    assert (stored["revision"], stored["changed_at"]) == (1, NOON + HOUR)
    assert row(database, models.ledger, 7)["unchanged"] == 1
    assert {label["name"] for label in rows(database, models.label)} == {"سیاسی", "مجلس", "نفت", "خام"}
    assert list(findings(database)) == []


def test_an_edit_is_told_between_two_readings_of_today(database: Database) -> None:
    look(database, HOUR, "کودک ۶ساله پیدا شد.", title="عنوان نخست")
    again = an_article(7, body="کودک ۶\u200cساله پیدا شد.", title="عنوان نخست")
    edited = an_article(7, at=NOON + 2 * HOUR, body="کودک ۶\u200cساله پیدا شد.", title="عنوان دوم")
    [written] = write_visits(database, [with_page(edited)], read_again=reads(again))
    [kept] = rows(database, models.revision)
    assert written.change == Change.HEADLINE
    assert (kept["title"], kept["body"]) == ("عنوان نخست", "کودک ۶\u200cساله پیدا شد.")


@pytest.mark.parametrize("again", [None, an_article(7, body=None)])
def test_a_capture_that_reads_worse_today_says_nothing(database: Database, again: Article | None) -> None:
    look(database, HOUR, "یک")
    edited = an_article(7, at=NOON + 2 * HOUR, body="دو")
    assert write_visits(database, [edited], read_again=reads(again))[0].change == Change.BODY
    assert [kept["body"] for kept in rows(database, models.revision)] == ["یک"]


def test_only_the_capture_of_the_stored_text_is_asked(database: Database) -> None:
    asked = []

    def read_again(capture: StoredCapture, dictionary: Dictionary | None) -> Any:
        asked.append((capture.at, dictionary))
        return an_absence(capture.code)

    look(database, HOUR, "یک")
    look(database, 2 * HOUR, "دو")
    for after, body in ((3, "یک"), (4, "دو")):
        write_visits(database, [with_page(an_article(7, at=NOON + after * HOUR, body=body))], read_again=read_again)
    assert asked == []
    write_visits(database, [an_article(7, at=NOON + 5 * HOUR, body="سه")], read_again=read_again)
    assert asked == [(NOON + 4 * HOUR, None)]
