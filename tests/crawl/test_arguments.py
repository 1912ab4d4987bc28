"""What may follow -a: read strictly, kept small."""

from datetime import UTC, datetime

import pytest

from asrcrawler.crawl.arguments import Arguments
from asrcrawler.exceptions import SpiderArgumentError


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("", "is not a list of codes"),
        ("abc", "is not a list of codes"),
        ("5,", "is not a list of codes"),
        ("-5", "is not a list of codes"),
        ("1.5", "is not a list of codes"),
        ("۱٬۰۰۰", "is not a list of codes"),
        ("۵،", "is not a list of codes"),
        ("۰", "outside 1-1000000000"),
        ("0", "outside 1-1000000000"),
        ("1-1000000001", "outside 1-1000000000"),
        ("33000-32000", "runs backwards: 33000-32000"),
        ("9" * 50, "is not a list of codes"),
    ],
)
def test_wrong_codes_are_named_with_the_value(value: str, why: str) -> None:
    with pytest.raises(SpiderArgumentError) as caught:
        Arguments.read(codes=value)
    assert str(caught.value).startswith(f"spider argument `codes`: {value!r}")
    assert why in str(caught.value)


def test_limit_is_a_positive_number() -> None:
    assert Arguments.read(limit="500").limit == Arguments.read(limit="۵۰۰").limit == 500


@pytest.mark.parametrize("value", ["0", "-1", "many", "", "1.5"])
def test_a_wrong_limit_is_named_with_the_value(value: str) -> None:
    with pytest.raises(SpiderArgumentError, match="is not a whole number of 1 or more"):
        Arguments.read(limit=value)


def test_since_is_a_moment_in_utc_unless_it_says_otherwise() -> None:
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    for given in ("2026-03-01T12:00", "2026-03-01 15:30+03:30", "۲۰۲۶-۰۳-۰۱T۱۲:۰۰"):
        assert Arguments.read(codes="1-9", since=given).since == noon
    stored = Arguments.read(codes="1-9", since="2026-03-01T12:00").as_json()
    assert stored == {"codes": [[1, 9]], "limit": None, "since": "2026-03-01T12:00:00+00:00"}


@pytest.mark.parametrize("value", ["", "yesterday", "2026-13-01", "12:00"])
def test_a_wrong_moment_is_named_with_the_value(value: str) -> None:
    with pytest.raises(SpiderArgumentError, match=f"`since`: '{value}' is not a moment such as"):
        Arguments.read(codes="1-9", since=value)


def test_a_scheduled_run_takes_no_since() -> None:
    with pytest.raises(SpiderArgumentError, match="`since`: '2026-03-01' is for `codes`"):
        Arguments.read(since="2026-03-01")


def test_an_unknown_argument_is_refused_instead_of_ignored() -> None:
    with pytest.raises(SpiderArgumentError, match="`code`: '32911' is not known"):
        Arguments.read(code="32911")


def test_without_arguments_it_is_a_scheduled_run() -> None:
    assert Arguments.read() == Arguments(codes=None, limit=None)
