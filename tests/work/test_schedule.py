from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asrcrawler.outlets import LONGEST_EVERY, Outlet
from asrcrawler.work.schedule import due_at

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

names = st.from_regex(r"[a-z][a-z0-9_]{1,31}", fullmatch=True).filter(lambda name: name not in {"about", "news"})
moments = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def an_outlet(name: str = "asr", every: int = 10) -> Outlet:
    return Outlet(name=f"x{name}"[:32], site="127.0.0.1:8000", base_url="http://127.0.0.1:8000", every=every)


outlets = st.builds(an_outlet, names, st.integers(1, LONGEST_EVERY))


@given(outlets, moments, st.timedeltas(timedelta(0), 2 * DAY))
def test_a_run_comes_between_half_an_interval_and_one_and_a_half_after_the_last(
    outlet: Outlet, last: datetime, since: timedelta
) -> None:
    due = due_at(outlet, last, None, last + since)
    interval = timedelta(minutes=outlet.every)
    assert interval / 2 <= due - last <= interval * 1.5


@given(outlets, moments, st.timedeltas(timedelta(0), 10 * MINUTE))
def test_an_outlet_keeps_its_interval_when_its_runs_begin_a_little_late(
    outlet: Outlet, begun: datetime, late: timedelta
) -> None:
    first = due_at(outlet, begun, None, begun)
    interval = timedelta(minutes=outlet.every)
    delay = min(late, interval / 2 - timedelta(microseconds=1))
    assert due_at(outlet, first + delay, None, first + delay) - first == interval


def test_outlets_that_were_begun_together_are_spread_over_the_interval() -> None:
    due = sorted(due_at(an_outlet(f"outlet{number}"), NOW, None, NOW) - NOW for number in range(300))
    in_each_minute = [sum(minute <= moment / MINUTE < minute + 1 for moment in due) for minute in range(5, 15)]
    assert sum(in_each_minute) == 300
    assert 15 <= min(in_each_minute) <= max(in_each_minute) <= 45


def test_one_that_never_ran_is_due_now() -> None:
    assert due_at(an_outlet(), None, None, NOW) == NOW


def test_a_start_that_lies_ahead_is_a_wrong_clocks() -> None:
    assert due_at(an_outlet(), NOW + DAY, None, NOW) == NOW


def test_an_outlet_that_refused_its_last_run_is_left_alone_until_its_rest_is_over() -> None:
    assert due_at(an_outlet(), NOW - HOUR, NOW + HOUR, NOW) == NOW + HOUR
    assert due_at(an_outlet(), NOW - HOUR, NOW - 30 * MINUTE, NOW) < NOW
    assert due_at(an_outlet(), NOW - HOUR, NOW + 30 * DAY, NOW) < NOW, "longer than the policy ever rests"


@pytest.mark.parametrize(("every", "wait"), [(2, 1.5), (10, 7.5), (60, 55), (24 * 60, 24 * 60 - 5)])
def test_cron_takes_an_outlet_an_interval_after_its_last_start_or_a_little_less(every: int, wait: float) -> None:
    last = NOW - 3 * HOUR
    assert due_at(an_outlet(every=every), last, None, NOW, by_cron=True) - last == wait * MINUTE
