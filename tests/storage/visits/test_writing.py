from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete

from asrcrawler.clock import utcnow
from asrcrawler.items import Change, Image, Kind, Outcome, Video
from asrcrawler.policy import DRAFT_REVISIT, NEAR_TOP, History, next_visit
from asrcrawler.storage import Database, models
from asrcrawler.storage.checks import findings
from asrcrawler.storage.search import refilling, search
from asrcrawler.storage.visits.batch import NOT_STORED, WORSE
from asrcrawler.storage.visits.writing import NEW, Written, write_visits
from asrcrawler.text.calendar import TEHRAN
from asrcrawler.text.similarity import signature
from tests.storage.samples import (
    DAY,
    HOUR,
    MINUTE,
    NOON,
    OTHER_SITE,
    SITE,
    an_absence,
    an_article,
    column,
    digest,
    row,
    rows,
)

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Table


def test_a_new_article_is_stored_with_every_field(database: Database) -> None:
    article = an_article(
        32911,
        kind=Kind.GALLERY,
        kicker="روتیتر",
        author="نویسنده",
        images=[Image(url="http://asrpress.ir/files/1.jpg", caption="شرح عکس"), Image(url="http://asrpress.ir/2.jpg")],
        videos=[Video(url="http://asrpress.ir/files/1.mp4", caption="شرح فیلم")],
        published_at=datetime(2023, 1, 24, 22, 54, tzinfo=TEHRAN),
        published_jalali="1401-11-04 22:54",
        modified_at=datetime(2023, 1, 25, 8, 0, tzinfo=TEHRAN),
        comment_count=3,
    )
    write_visits(database, [article])
    stored = row(database, models.article, 32911)
    stored.pop("id")
    assert stored == {
        "site": SITE,
        "code": 32911,
        "url": "http://asrpress.ir/fa/news/32911",
        "short_url": "http://asrpress.ir/032911",
        "kind": "gallery",
        "kicker": "روتیتر",
        "title": "عنوان خبر 32911",
        "lead": "خلاصه‌ای کوتاه",
        "body": "بند نخست خبر 32911\n\nبند دوم",
        "category": ["سیاسی", "مجلس"],
        "tags": ["نفت", "بودجه"],
        "images": [
            {"url": "http://asrpress.ir/files/1.jpg", "caption": "شرح عکس"},
            {"url": "http://asrpress.ir/2.jpg", "caption": None},
        ],
        "videos": [{"url": "http://asrpress.ir/files/1.mp4", "caption": "شرح فیلم"}],
        "author": "نویسنده",
        "published_at": datetime(2023, 1, 24, 19, 24, tzinfo=UTC),
        "published_jalali": "1401-11-04 22:54",
        "modified_at": datetime(2023, 1, 25, 4, 30, tzinfo=UTC),
        "comment_count": 3,
        "text_digest": article.text_digest,
        "duplicate_of": None,
        "similar_to": None,
        "revision": 1,
        "first_seen_at": NOON,
        "last_seen_at": NOON,
        "changed_at": NOON,
        "last_visit_at": NOON,
        "gone_at": None,
    }


def test_a_visit_is_booked_logged_and_covered(database: Database) -> None:
    [written] = write_visits(database, [an_article(7)])
    due = next_visit(Outcome.STORED, History(code=7, first_visit_at=NOON, streak=1, published_at=NOON - HOUR), NOON)
    assert written == Written(7, Outcome.STORED, NEW, due)
    assert row(database, models.ledger, 7) == {
        "site": SITE,
        "code": 7,
        "outcome": "stored",
        "reason": None,
        "http_status": 200,
        "first_visit_at": NOON,
        "visited_at": NOON,
        "next_visit_at": due,
        "streak": 1,
        "unchanged": 0,
        "visits": 1,
        "listed_at": None,
        "etag": '"e1"',
        "last_modified": "Wed, 01 May 2024 11:00:00 GMT",
        "run_id": None,
        "unended_digest": None,
        "unended_since": None,
        "unended_looks": None,
    }
    [visit] = rows(database, models.visit)
    assert (visit["at"], visit["outcome"], visit["http_status"], visit["size"], visit["change"]) == (
        NOON, "stored", 200, 80_000, "new",
    )  # fmt: skip
    assert rows(database, models.coverage) == [{"site": SITE, "first": 7, "last": 7}]


def test_unchanged_text_is_seen_again_and_not_a_revision(database: Database) -> None:
    write_visits(database, [an_article(7, comment_count=1)])
    [written] = write_visits(database, [an_article(7, at=NOON + HOUR, comment_count=9)])
    stored = row(database, models.article, 7)
    assert written.change is None
    assert (stored["revision"], stored["changed_at"], stored["first_seen_at"]) == (1, NOON, NOON)
    assert (stored["last_seen_at"], stored["comment_count"]) == (NOON + HOUR, 9)
    assert rows(database, models.revision) == []
    assert row(database, models.ledger, 7)["unchanged"] == 1


def test_an_edit_keeps_the_earlier_text_as_a_revision(database: Database) -> None:
    write_visits(database, [an_article(7, kicker="پیشین", title="عنوان نخست")])
    [written] = write_visits(database, [an_article(7, at=NOON + HOUR, title="عنوان دوم")])
    assert written.change == Change.HEADLINE
    assert rows(database, models.revision) == [
        {
            "site": SITE,
            "code": 7,
            "number": 1,
            "change": "headline",
            "seen_at": NOON,
            "replaced_at": NOON + HOUR,
            "kicker": "پیشین",
            "title": "عنوان نخست",
            "lead": "خلاصه‌ای کوتاه",
            "body": "بند نخست خبر 7\n\nبند دوم",
            "category": ["سیاسی", "مجلس"],
            "tags": ["نفت", "بودجه"],
        }
    ]
    stored = row(database, models.article, 7)
    assert (stored["title"], stored["revision"], stored["changed_at"]) == ("عنوان دوم", 2, NOON + HOUR)


def test_every_edit_is_a_revision_of_its_own(database: Database) -> None:
    for number, body in enumerate(("یک", "دو", "سه", "چهار")):
        write_visits(database, [an_article(7, at=NOON + number * HOUR, body=body)])
    assert [(kept["number"], kept["body"], kept["seen_at"]) for kept in rows(database, models.revision)] == [
        (1, "یک", NOON),
        (2, "دو", NOON + HOUR),
        (3, "سه", NOON + 2 * HOUR),
    ]
    assert row(database, models.article, 7)["revision"] == 4


@pytest.mark.parametrize(
    ("edit", "change"),
    [
        ({"title": "عنوان دیگر"}, "headline"),
        ({"lead": "خلاصه‌ای دیگر"}, "lead"),
        ({"body": "متنی دیگر"}, "body"),
        ({"tags": ["نفت"]}, "tags"),
        ({"lead": "خلاصه ای کوتاه"}, "cosmetic"),
    ],
)
def test_the_change_class_is_written_down_everywhere(database: Database, edit: dict[str, Any], change: str) -> None:
    write_visits(database, [an_article(7)])
    [written] = write_visits(database, [an_article(7, at=NOON + HOUR, **edit)])
    assert written.change == change
    assert [kept["change"] for kept in rows(database, models.revision)] == [change]
    assert [visit["change"] for visit in rows(database, models.visit)] == ["new", change]


def test_a_page_that_lost_its_body_does_not_replace_the_article(database: Database) -> None:
    write_visits(database, [an_article(7)])
    [written] = write_visits(database, [an_article(7, at=NOON + HOUR, title="صفحه‌ای دیگر", body=None)])
    stored = row(database, models.article, 7)
    booked = row(database, models.ledger, 7)
    assert (written.outcome, written.change) == (Outcome.UNREADABLE, None)
    assert (stored["title"], stored["body"], stored["last_seen_at"]) == (
        "عنوان خبر 7", "بند نخست خبر 7\n\nبند دوم", NOON,
    )  # fmt: skip
    assert (booked["outcome"], booked["reason"], booked["etag"]) == ("unreadable", WORSE, None)


def test_an_article_without_a_body_is_stored_and_can_gain_one(database: Database) -> None:
    write_visits(database, [an_article(7, kind=Kind.VIDEO, body=None)])
    assert row(database, models.article, 7)["text_digest"] is None
    [written] = write_visits(database, [an_article(7, at=NOON + HOUR, body="متن فیلم")])
    assert (written.change, row(database, models.article, 7)["body"]) == (Change.BODY, "متن فیلم")


@pytest.mark.parametrize("outcome", [Outcome.MISSING, Outcome.FAILED, Outcome.REFUSED, Outcome.UNREADABLE])
def test_an_absence_never_touches_the_stored_article(database: Database, outcome: Outcome) -> None:
    write_visits(database, [an_article(7)])
    before = row(database, models.article, 7)
    [written] = write_visits(database, [an_absence(7, outcome, at=NOON + HOUR, reason="چرا")])
    assert row(database, models.article, 7) == before | {"last_visit_at": NOON + HOUR}
    booked = row(database, models.ledger, 7)
    assert (booked["outcome"], booked["reason"], booked["streak"]) == (outcome, "چرا", 1)
    assert booked["next_visit_at"] == written.next_visit_at


def test_the_streak_counts_visits_in_a_row_with_the_same_outcome(database: Database) -> None:
    streaks = []
    for outcome in (Outcome.FAILED, Outcome.FAILED, Outcome.MISSING, Outcome.FAILED):
        write_visits(database, [an_absence(7, outcome)])
        streaks.append(row(database, models.ledger, 7)["streak"])
    assert streaks == [1, 2, 1, 1]
    assert row(database, models.ledger, 7)["visits"] == 4


def test_a_failure_in_between_does_not_forget_the_quiet_looks(database: Database) -> None:
    for number in range(3):
        write_visits(database, [an_article(7, at=NOON + number * HOUR)])
    write_visits(database, [an_absence(7, Outcome.FAILED, at=NOON + 3 * HOUR)])
    assert row(database, models.ledger, 7)["unchanged"] == 2
    write_visits(database, [an_article(7, at=NOON + 4 * HOUR, title="نو")])
    assert row(database, models.ledger, 7)["unchanged"] == 0


def test_a_missing_code_is_reckoned_from_the_newest_one(database: Database) -> None:
    [near] = write_visits(database, [an_absence(7)], newest=NEAR_TOP)
    [deep] = write_visits(database, [an_absence(8)], newest=NEAR_TOP + 9)
    assert near.next_visit_at == NOON + DRAFT_REVISIT
    assert deep.next_visit_at is not None
    assert deep.next_visit_at > NOON + DAY


def test_the_newest_stored_article_counts_when_no_newer_code_is_known(database: Database) -> None:
    write_visits(database, [an_article(10_000)])
    [deep] = write_visits(database, [an_absence(8)])
    assert deep.next_visit_at is not None
    assert deep.next_visit_at > NOON + DAY


def test_retry_after_is_honoured(database: Database) -> None:
    [written] = write_visits(database, [an_absence(7, Outcome.FAILED, status=503, retry_after=NOON + 6 * HOUR)])
    assert written.next_visit_at == NOON + 6 * HOUR


def test_the_same_code_twice_in_a_batch_ends_as_its_last_visit_and_both_are_logged(database: Database) -> None:
    written = write_visits(
        database,
        [an_article(7, title="نخست"), an_absence(8), an_article(7, at=NOON + MINUTE, title="دوم"), an_article(8)],
    )
    assert [(visit.code, visit.change) for visit in written] == [(7, "new"), (8, None), (7, "headline"), (8, "new")]
    assert row(database, models.article, 7)["title"] == "دوم"
    assert [kept["title"] for kept in rows(database, models.revision)] == ["نخست"]
    assert column(database, models.ledger, "outcome") == {7: "stored", 8: "stored"}
    assert column(database, models.ledger, "visits") == {7: 2, 8: 2}
    assert [visit["code"] for visit in rows(database, models.visit)] == [7, 8, 7, 8]


def test_two_edits_of_a_stored_article_in_one_batch_are_two_revisions(database: Database) -> None:
    write_visits(database, [an_article(7, body="یک")])
    write_visits(database, [an_article(7, at=NOON + n * MINUTE, body=body) for n, body in ((1, "دو"), (2, "سه"))])
    assert [kept["body"] for kept in rows(database, models.revision)] == ["یک", "دو"]
    assert (row(database, models.article, 7)["revision"], row(database, models.article, 7)["body"]) == (3, "سه")


def test_several_sites_share_a_database_and_a_batch(database: Database) -> None:
    written = write_visits(
        database, [an_article(7, body="یک"), an_article(7, site=OTHER_SITE, body="یک"), an_absence(8)]
    )
    assert [(visit.code, visit.change) for visit in written] == [(7, "new"), (7, "new"), (8, None)]
    assert [(stored["site"], stored["duplicate_of"]) for stored in rows(database, models.article)] == [
        (SITE, None),
        (OTHER_SITE, None),
    ]
    assert rows(database, models.coverage) == [
        {"site": SITE, "first": 7, "last": 8},
        {"site": OTHER_SITE, "first": 7, "last": 7},
    ]


def test_an_answer_not_modified_is_the_article_seen_again(database: Database) -> None:
    write_visits(database, [an_article(7)])
    [written] = write_visits(
        database, [an_absence(7, Outcome.STORED, at=NOON + HOUR, reason="not modified", status=304)]
    )
    booked = row(database, models.ledger, 7)
    assert (written.outcome, written.change) == (Outcome.STORED, None)
    assert row(database, models.article, 7)["last_seen_at"] == NOON + HOUR
    assert (booked["outcome"], booked["http_status"], booked["unchanged"], booked["etag"]) == ("stored", 304, 1, '"e1"')


def test_not_modified_of_an_article_that_is_not_there_is_a_failure(database: Database) -> None:
    [written] = write_visits(database, [an_absence(7, Outcome.STORED, status=304)])
    assert written.outcome is Outcome.FAILED
    assert row(database, models.ledger, 7)["reason"] == NOT_STORED


def test_a_batch_leaves_the_rows_that_its_visits_leave_one_by_one_whatever_the_database(
    database: Database, tmp_path: Path
) -> None:
    words = [f"واژه{number} نمونه" for number in range(30)]
    texts = [" ".join(words), " ".join([*words, "پایان"]), " ".join(reversed(words)), " ".join(words), "کوتاه"]
    batch = [an_article(code, body=text, tags=[f"برچسب {code % 2}"]) for code, text in enumerate(texts, 1)]
    for article in batch:
        article.signature = signature(article.body)
    write_visits(database, batch)
    with closing(Database(f"sqlite:///{tmp_path / 'one_by_one.db'}")) as other:
        other.prepare()
        for article in reversed(batch):
            write_visits(other, [article])
        for table in models.metadata.sorted_tables:
            assert _without_ids(database, table) == _without_ids(other, table), table.name
    assert column(database, models.article, "similar_to") == {1: None, 2: 1, 3: None, 4: 2, 5: None}
    assert column(database, models.article, "duplicate_of") == {1: None, 2: None, 3: None, 4: 1, 5: None}


def _without_ids(database: Database, table: Table) -> list[str]:
    own = {"id", "format"}  # the form of words in the index is each database's own
    return sorted(repr({name: row[name] for name in sorted(row.keys() - own)}) for row in rows(database, table))


def test_an_empty_batch_is_no_transaction(database: Database) -> None:
    assert write_visits(database, []) == []


def test_a_listed_code_keeps_the_time_it_was_listed(database: Database) -> None:
    from asrcrawler.storage.visits.ledger import record_listed

    record_listed(database, SITE, [7], NOON - DAY)
    write_visits(database, [an_article(7)])
    booked = row(database, models.ledger, 7)
    assert (booked["listed_at"], booked["first_visit_at"], booked["visits"]) == (NOON - DAY, NOON, 1)


def test_a_digest_of_a_new_algorithm_is_taken_over_without_a_revision(database: Database) -> None:
    write_visits(database, [an_article(7), an_article(8)])
    write_visits(database, [an_article(code, at=NOON + HOUR, text_digest=digest("نو")) for code in (7, 8)])
    assert column(database, models.article, "duplicate_of") == {7: None, 8: 7}
    assert rows(database, models.revision) == []


def test_an_article_that_was_lost_is_stored_again_beside_what_is_left_of_it(database: Database) -> None:
    long = " ".join(f"واژهٔ {number} از گزارش" for number in range(200))
    first = an_article(1, body=f"{long} نخست", signature=signature(long))
    write_visits(database, [first, an_article(2, body=long, signature=signature(long))])
    write_visits(database, [an_article(2, at=NOON + DAY, body=f"{long} دوم", signature=signature(long))])
    with database.write(SITE) as connection:
        connection.execute(delete(models.article).where(models.article.c.code == 2))
    assert [hit.code for hit in search(database, "گزارش").hits] == [1]
    for day, word in enumerate(("سوم", "چهارم"), 2):
        again = an_article(2, at=NOON + day * DAY, body=f"{long} {word}", signature=signature(long))
        assert write_visits(database, [again])[0].outcome is Outcome.STORED
    found = row(database, models.article, 2)
    assert (found["revision"], found["similar_to"]) == (3, 1)
    refilling.complete(database)  # on SQLite nobody knows the words of what was lost
    assert [hit.code for hit in search(database, "دوم").hits] == []
    assert [hit.code for hit in search(database, "چهارم").hits] == [2]
    assert list(findings(database)) == []


def test_an_answer_fetched_before_the_one_that_is_stored_replaces_nothing(database: Database) -> None:
    write_visits(database, [an_article(body="متن تازه", at=NOON + HOUR, published_at=NOON - DAY)])
    stored, booked = row(database, models.article, 7), row(database, models.ledger, 7)
    [late] = write_visits(database, [an_article(body="متن کهنه", at=NOON)])
    assert late == Written(7, Outcome.STORED, None, booked["next_visit_at"])
    assert row(database, models.article, 7) == stored
    assert row(database, models.ledger, 7) == booked | {"visits": 2}
    assert [(visit["at"], visit["change"]) for visit in rows(database, models.visit)] == [
        (NOON + HOUR, "new"), (NOON, None),
    ]  # fmt: skip
    assert rows(database, models.revision) == []
    assert list(findings(database)) == []


@pytest.mark.parametrize("late", [an_absence(at=NOON), an_absence(at=NOON, outcome=Outcome.STORED, status=304)])
def test_nor_does_an_absence(database: Database, late: Any) -> None:
    write_visits(database, [an_article(at=NOON + HOUR)])
    stored, booked = row(database, models.article, 7), row(database, models.ledger, 7)
    write_visits(database, [late])
    assert row(database, models.article, 7) == stored
    assert row(database, models.ledger, 7) == booked | {"visits": 2}


def test_within_one_batch_the_later_answer_counts_too(database: Database) -> None:
    write_visits(database, [an_article(body="متن تازه", at=NOON + HOUR), an_article(body="متن کهنه", at=NOON)])
    assert row(database, models.article, 7)["body"] == "متن تازه"


def test_an_article_that_was_fetched_before_a_failure_is_stored_all_the_same(database: Database) -> None:
    write_visits(database, [an_absence(outcome=Outcome.FAILED, at=NOON + HOUR, status=None)])
    write_visits(database, [an_article(at=NOON)])
    assert row(database, models.article, 7)["last_seen_at"] == NOON
    assert row(database, models.ledger, 7)["outcome"] == "failed"  # and so it is looked at again soon


def test_what_a_clock_that_was_ahead_has_written_is_older_than_any_answer_now(database: Database) -> None:
    ahead = utcnow() + 3650 * DAY
    write_visits(database, [an_article(body="متن کهنه", at=ahead), an_absence(8, at=ahead)])
    write_visits(database, [an_article(body="متن تازه", at=NOON), an_absence(8, Outcome.FAILED, at=NOON)])
    assert row(database, models.article, 7)["body"] == "متن تازه"
    assert row(database, models.article, 7)["last_seen_at"] == NOON
    found = row(database, models.ledger, 8)
    assert (found["outcome"], found["first_visit_at"], found["visited_at"]) == ("failed", NOON, NOON)
    assert found["next_visit_at"] < NOON + HOUR
