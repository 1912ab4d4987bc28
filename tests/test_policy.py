"""When a code is looked at again, and what an edit amounts to: tables of cases."""

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asrcrawler.items import Change, Outcome
from asrcrawler.policy import SETTLED_AGE, Fall, History, change_class, falls, is_stale_copy, next_visit

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def wait(outcome: Outcome, **known: object) -> timedelta | None:
    history = History(**{"code": 32911, "first_visit_at": NOW, "streak": 1, **known})  # type: ignore[arg-type]
    due = next_visit(outcome, history, NOW)
    return None if due is None else due - NOW


@pytest.mark.parametrize(
    ("age", "unchanged", "expected"),
    [
        (timedelta(0), 0, 30 * MINUTE),  # just published: soon, but not at once
        (10 * MINUTE, 0, 30 * MINUTE),
        (2 * HOUR, 0, HOUR),  # an edit was found: half its age
        (2 * HOUR, 1, 2 * HOUR),  # quiet: its age
        (2 * HOUR, 3, 4 * HOUR),
        (2 * HOUR, 50, 6 * HOUR),  # patience ends at three times the age
        (10 * DAY, 2, 14 * DAY),  # never longer than two weeks
        (50 * DAY, 5, 10 * DAY),  # one last look when it settles
        (60 * DAY, 0, None),
        (900 * DAY, 0, None),
    ],
)
def test_a_stored_article_is_looked_at_in_proportion_to_its_age(
    age: timedelta, unchanged: int, expected: timedelta | None
) -> None:
    assert wait(Outcome.STORED, published_at=NOW - age, unchanged=unchanged) == expected


def test_an_article_without_a_date_counts_from_its_first_visit() -> None:
    assert wait(Outcome.STORED, first_visit_at=NOW - 4 * HOUR) == 2 * HOUR


def test_so_does_an_article_whose_publication_lies_in_the_future() -> None:
    assert wait(Outcome.STORED, published_at=NOW + 400 * DAY) == 30 * MINUTE
    assert wait(Outcome.STORED, published_at=NOW + 400 * DAY, first_visit_at=NOW - 4 * HOUR) == 2 * HOUR
    assert wait(Outcome.STORED, published_at=NOW + 400 * DAY, first_visit_at=NOW - 60 * DAY) is None


@pytest.mark.parametrize(
    ("behind", "streak", "expected"),
    [
        (0, 1, 3 * HOUR),
        (500, 1, 3 * HOUR),
        (10, 2, 6 * HOUR),
        (10, 3, 12 * HOUR),
        (10, 4, DAY),
        (10, 90, DAY),  # near the top: for as long as it is near the top
        (501, 1, 30 * DAY),
        (501, 2, None),
        (90_000, 7, None),
    ],
)
def test_a_missing_code_is_worth_a_look_near_the_top(behind: int, streak: int, expected: timedelta | None) -> None:
    assert wait(Outcome.MISSING, behind=behind, streak=streak) == expected


@pytest.mark.parametrize(
    ("streak", "expected"),
    [(1, 5 * MINUTE), (2, 15 * MINUTE), (3, 45 * MINUTE), (4, 135 * MINUTE), (9, 7 * DAY), (10_000, 7 * DAY)],
)
def test_a_failure_is_tried_again_after_growing_waits(streak: int, expected: timedelta) -> None:
    found = wait(Outcome.FAILED, streak=streak)
    assert found is not None
    assert expected * 0.8 <= found <= expected * 1.2


def test_codes_that_failed_together_do_not_come_back_together() -> None:
    waits = {wait(Outcome.FAILED, code=code) for code in range(1, 101)}
    assert len(waits) == 100


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.REFUSED])
@pytest.mark.parametrize(("asked", "least"), [(10 * HOUR, 10 * HOUR), (9 * DAY, DAY)])
def test_the_site_is_heard_up_to_a_day(outcome: Outcome, asked: timedelta, least: timedelta) -> None:
    assert wait(outcome, retry_after=NOW + asked) == least


def test_a_retry_after_in_the_past_changes_nothing() -> None:
    assert wait(Outcome.FAILED, retry_after=NOW - DAY) == wait(Outcome.FAILED)


def test_a_refused_code_waits_hours_and_an_unreadable_one_days() -> None:
    refused, unreadable = wait(Outcome.REFUSED), wait(Outcome.UNREADABLE)
    assert refused is not None
    assert unreadable is not None
    assert 0.8 * HOUR <= refused <= 1.2 * HOUR
    assert 0.8 * DAY <= unreadable <= 1.2 * DAY


@pytest.mark.parametrize(("streak", "days"), [(1, 1), (2, 2), (3, 4), (5, 16), (6, 30), (10_000, 30)])
def test_an_unreadable_code_is_looked_at_again_after_growing_waits(streak: int, days: int) -> None:
    found = wait(Outcome.UNREADABLE, streak=streak)
    assert found is not None
    assert abs(found / (days * DAY) - 1) <= 0.2


def test_the_longest_wait_for_an_unreadable_code_is_a_month_more_or_less() -> None:
    waits = [wait(Outcome.UNREADABLE, code=code, streak=99) or timedelta(0) for code in range(1, 2001)]
    assert 30 * DAY * 1.199 < max(waits) <= 30 * DAY * 1.2
    assert 30 * DAY * 0.8 <= min(waits) < 30 * DAY * 0.801


@pytest.mark.parametrize(("streak", "days"), [(1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, None), (99, None)])
@pytest.mark.parametrize("behind", [0, 10**6])
def test_a_stored_article_that_is_missing_is_looked_at_a_day_later(streak: int, days: int | None, behind: int) -> None:
    expected = None if days is None else days * DAY
    assert wait(Outcome.MISSING, streak=streak, behind=behind, is_held=True) == expected


@given(
    st.sampled_from(Outcome),
    st.integers(1, 10**6),
    st.integers(0, 10**6),
    st.integers(0, 10**9),
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)),  # noqa: DTZ001
)
def test_the_next_visit_lies_ahead(outcome: Outcome, streak: int, unchanged: int, behind: int, born: datetime) -> None:
    found = wait(outcome, streak=streak, unchanged=unchanged, behind=behind, published_at=born.replace(tzinfo=UTC))
    assert found is None or timedelta(0) < found <= SETTLED_AGE


@dataclass(frozen=True)
class Text:
    kicker: str | None = "گزارش"
    title: str | None = "باران در راه است"
    lead: str | None = "هوا سرد می‌شود."
    body: str | None = "باد می‌وزد.\n\nشب سردتر است."
    category: list[str] = field(default_factory=lambda: ["اجتماعی"])
    tags: list[str] = field(default_factory=lambda: ["هوا", "باران"])


@pytest.mark.parametrize(
    ("edited", "change"),
    [
        (Text(), None),
        (Text(title="برف در راه است"), Change.HEADLINE),
        (Text(kicker=None), Change.HEADLINE),
        (Text(lead="هوا گرم می‌شود."), Change.LEAD),
        (Text(body="باد نمی‌وزد."), Change.BODY),
        (Text(tags=["هوا"]), Change.TAGS),
        (Text(tags=["باران", "هوا"]), None),
        (Text(tags=["باران", "هوا", "باران"]), None),
        (Text(tags=["باران", "هوا"], lead="هوا گرم می‌شود."), Change.LEAD),
        (Text(category=["هوا", "اجتماعی"]), Change.TAGS),
        (Text(category=["اجتماعی", "هوا"]), Change.TAGS),
        (Text(category=["اجتماعی", "هوا"], tags=["باران"]), Change.TAGS),  # from the tags to the sections
        (Text(title="برف در راه است", body="باد نمی‌وزد."), Change.HEADLINE),
        (Text(lead="هوا سرد می شود"), Change.COSMETIC),
        (Text(body="باد میوزد،\n\nشب سردتر است."), Change.COSMETIC),
        (Text(title="باران در راه است!", tags=["برف"]), Change.TAGS),
    ],
)
def test_an_edit_is_named_by_the_weightiest_part_it_touches(edited: Text, change: Change | None) -> None:
    assert change_class(asdict(Text()), asdict(edited)) is change


@pytest.mark.parametrize(
    ("since_the_stored_text", "stale"),
    [(timedelta(0), True), (DAY - HOUR, True), (DAY, False), (30 * DAY, False), (-HOUR, False)],
)
def test_an_earlier_text_is_an_old_copy_while_the_stored_one_is_about(
    since_the_stored_text: timedelta, stale: bool
) -> None:
    assert is_stale_copy(NOW + since_the_stored_text, NOW) is stale


def places(page: int, missing: int, meta: int = 0) -> dict[str, dict[str, int]]:
    return {"published_at": {"page": page, "meta": meta, "missing": missing}}


@pytest.mark.parametrize(
    ("before", "now", "fallen"),
    [
        (places(100, 0), places(0, 0, meta=50), (1.0, 0.0)),  # moved to another place: still read, and still told
        (places(100, 0), places(25, 25), (1.0, 0.5)),
        (places(100, 0), places(26, 24), None),
        (places(100, 0), places(0, 49), None),  # too few now
        (places(49, 0), places(0, 50), None),  # too few before
        (places(40, 60), places(10, 40), (0.4, 0.2)),
        (places(4, 96), places(1, 49), None),  # as chance has it
        (places(40, 960), places(0, 500), (0.04, 0.0)),
        (places(0, 100), places(0, 100), None),
        (places(100, 0), {}, None),
        ({}, places(0, 100), None),
    ],
)
def test_a_place_that_lost_half_of_its_share_is_told(
    before: dict[str, dict[str, int]], now: dict[str, dict[str, int]], fallen: tuple[float, float] | None
) -> None:
    assert falls(before, now) == ([Fall("published_at", "page", *fallen)] if fallen else [])


def test_what_articles_get_with_their_age_is_told_only_where_it_has_moved() -> None:
    aged = {"modified_at": {"meta": 90, "missing": 10}, "comment_count": {"page": 90, "missing": 10}}
    young = {"modified_at": {"meta": 10, "missing": 90}, "comment_count": {"page": 0, "missing": 100}}
    assert falls(aged, young) == []
    moved = {"modified_at": {"jsonld": 60, "missing": 40}}
    assert falls(aged, moved) == [Fall("modified_at", "meta", 1.0, 0.0)]
