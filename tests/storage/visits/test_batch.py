from __future__ import annotations

from dataclasses import replace

from asrcrawler.items import Fetch, Outcome
from asrcrawler.storage.visits.batch import Batch
from tests.storage.samples import HOUR, NOON, SITE, an_absence, an_article, digest


def a_batch() -> Batch:
    return Batch(site=SITE, run_id=1, newest=100, articles={}, ledger={})


def test_only_texts_that_came_or_went_touch_groups_of_duplicates() -> None:
    batch = a_batch()
    batch.take_up(an_article(7, body="یک"))
    assert batch.digests == {digest("یک")}
    again = replace(batch, digests=set())
    again.take_up(an_article(7, at=NOON + HOUR, body="یک"))
    assert again.digests == set()
    again.take_up(an_article(7, at=NOON + HOUR, body="دو"))
    assert again.digests == {digest("یک"), digest("دو")}


def test_a_code_is_visited_first_only_once() -> None:
    batch = a_batch()
    batch.ledger[8] = {"first_visit_at": NOON, "outcome": "missing", "streak": 3, "unchanged": 0, "visits": 3}
    batch.take_up(an_absence(7))
    batch.take_up(an_absence(7))
    batch.take_up(an_absence(8))
    assert batch.first_visits == {7}
    assert (batch.ledger[7]["streak"], batch.ledger[8]["streak"]) == (2, 4)


def test_a_validator_too_long_to_send_back_is_not_kept() -> None:
    batch = a_batch()
    article = an_article(7)
    article.fetch = Fetch(at=NOON, etag="x" * 501, last_modified="Wed, 01 May 2024 11:00:00 GMT")
    batch.take_up(article)
    assert (batch.ledger[7]["etag"], batch.ledger[7]["last_modified"]) == (None, "Wed, 01 May 2024 11:00:00 GMT")


def test_a_visit_without_its_fetch_is_booked_as_of_now() -> None:
    batch = a_batch()
    absence = an_absence(7, Outcome.UNREADABLE)
    absence.fetch = None
    batch.take_up(absence)
    assert batch.ledger[7]["visited_at"] > NOON
    assert (batch.ledger[7]["http_status"], batch.visits[0]["size"]) == (None, 0)


def test_another_reading_of_a_capture_changes_the_text_and_neither_revision_nor_moments() -> None:
    batch = a_batch()
    batch.take_up(an_article(7, body="یک"))
    before = dict(batch.articles[7])
    changes = batch.replace_reading(an_article(7, at=NOON + HOUR, body="دو", published_at=NOON - 2 * HOUR))
    assert changes["body"] == ("یک", "دو")
    assert changes.keys() == {"body", "text_digest", "published_at"}
    after = batch.articles[7]
    moments = ("revision", "first_seen_at", "last_seen_at", "changed_at")
    assert [after[name] for name in moments] == [before[name] for name in moments]
    assert (batch.revisions, batch.rewritten, batch.rebooked) == ([], {7}, {7})
    assert batch.digests == {digest("یک"), digest("دو")}
    assert batch.replace_reading(an_article(7, body="دو", published_at=NOON - 2 * HOUR)) == {}


def test_an_article_that_was_lost_comes_back_with_the_moments_and_the_number_that_are_known() -> None:
    batch = Batch(site=SITE, run_id=1, newest=100, articles={}, ledger={}, earlier={7: 2})
    batch.restore(an_article(7), first_seen_at=NOON, last_seen_at=NOON + 2 * HOUR, changed_at=NOON + HOUR)
    found = batch.articles[7]
    assert [found[name] for name in ("revision", "first_seen_at", "last_seen_at", "changed_at")] == [
        3, NOON, NOON + 2 * HOUR, NOON + HOUR,
    ]  # fmt: skip
    assert (batch.inserted, batch.relabelled, batch.retexted) == ({7}, {7}, {7})
