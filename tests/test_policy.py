"""When a code is looked at again, and what an edit amounts to: tables of cases."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asrcrawler.items import Outcome
from asrcrawler.policy import (
    SETTLED_AGE,
    Change,
    History,
    change_class,
    next_visit,
)

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
        (Text(category=["اجتماعی", "هوا"]), Change.TAGS),
        (Text(title="برف در راه است", body="باد نمی‌وزد."), Change.HEADLINE),
        (Text(lead="هوا سرد می شود"), Change.COSMETIC),
        (Text(body="باد میوزد،\n\nشب سردتر است."), Change.COSMETIC),
        (Text(title="باران در راه است!", tags=["برف"]), Change.TAGS),
    ],
)
def test_an_edit_is_named_by_the_weightiest_part_it_touches(edited: Text, change: Change | None) -> None:
    assert change_class(Text(), edited) is change
