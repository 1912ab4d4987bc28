"""When a site says to come back."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asrcrawler.http.retry import LONGEST_WAIT, retry_moment

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("0", NOW),
        ("3600", NOW + timedelta(hours=1)),
        ("Sun, 01 Mar 2026 13:00:00 GMT", datetime(2026, 3, 1, 13, tzinfo=UTC)),
        ("Sun, 01 Mar 2026 13:00:00", datetime(2026, 3, 1, 13, tzinfo=UTC)),
        ("soon", None),
        ("", None),
        ("4.0", NOW + timedelta(seconds=4)),
        ("4.5", NOW + timedelta(seconds=4.5)),
        ("4.", NOW + timedelta(seconds=4)),
        (" 4\t", NOW + timedelta(seconds=4)),
        ("4s", NOW + timedelta(seconds=4)),
        ("4, 4", NOW + timedelta(seconds=4)),
        ("9" * 5000, NOW + timedelta(seconds=LONGEST_WAIT)),
        ("Sunday, 01-Mar-26 13:00:00 GMT", datetime(2026, 3, 1, 13, tzinfo=UTC)),
        ("Sun Mar  1 13:00:00 2026", datetime(2026, 3, 1, 13, tzinfo=UTC)),
        ("Fri, 27 Feb 2026 13:00:00 GMT", datetime(2026, 2, 27, 13, tzinfo=UTC)),
        ("-5", None),
        ("-4.0", None),
        ("4m", None),
        ("nan", None),
        ("inf", None),
        ("1e3", None),
        ("۴", None),
        ("Sun, 01 Mar 99999 13:00:00 GMT", None),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str | None, moment: datetime | None) -> None:
    assert retry_moment(value, NOW) == moment


@given(st.one_of(st.text(), st.integers().map(str)))
def test_any_retry_after_is_a_moment_or_nothing(value: str) -> None:
    moment = retry_moment(value, NOW)
    assert moment is None or moment.tzinfo is not None
