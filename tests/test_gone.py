"""When a stored article counts as gone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from asrcrawler.gone import (
    FEWEST_LOOKS,
    GONE_AFTER,
    Disappearance,
    Look,
    Presence,
    disappearances,
    gone_since,
    is_outage,
)
from asrcrawler.items import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

FIRST = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SEEN, NOT_SEEN = Outcome.STORED, Outcome.MISSING


def looks(*given: tuple[float, Outcome] | tuple[float, Outcome, bool]) -> list[Look]:
    return [Look(FIRST + hour * HOUR, outcome, rest[0] if rest else True) for hour, outcome, *rest in given]


def hour(number: float) -> datetime:
    return FIRST + number * HOUR


def test_two_looks_a_day_apart_prove_it_and_the_first_says_since_when() -> None:
    found = disappearances(looks((0, SEEN), (5, NOT_SEEN), (28.9, NOT_SEEN), (29, NOT_SEEN), (90, NOT_SEEN)))
    assert found == [Disappearance(Presence.GONE, hour(5), confirmed_at=hour(29))]
    assert (found[0].at, gone_since(found)) == (hour(29), hour(5))


def test_one_look_waits_for_another_one() -> None:
    found = disappearances(looks((0, SEEN), (5, NOT_SEEN), (28.9, NOT_SEEN)))
    assert found == [Disappearance(Presence.WAITING, hour(5))]
    assert gone_since(found) is None


def test_what_is_seen_in_between_was_never_gone() -> None:
    story = looks((0, SEEN), (5, NOT_SEEN), (6, SEEN), (7, NOT_SEEN), (30, NOT_SEEN))
    assert disappearances(story) == [Disappearance(Presence.WAITING, hour(7))]
    assert disappearances([*story, *looks((31, SEEN))]) == []


def test_it_can_come_back_and_go_again() -> None:
    found = disappearances(looks((0, SEEN), (5, NOT_SEEN), (30, NOT_SEEN), (40, SEEN), (50, NOT_SEEN), (80, NOT_SEEN)))
    assert found == [
        Disappearance(Presence.BACK, hour(5), hour(30), hour(40)),
        Disappearance(Presence.GONE, hour(50), hour(80)),
    ]
    assert (found[0].at, gone_since(found), gone_since(found[:1])) == (hour(40), hour(50), None)


def test_no_answer_says_nothing() -> None:
    silent = (10, Outcome.FAILED), (11, Outcome.REFUSED), (12, Outcome.UNREADABLE)
    found = disappearances(looks((0, SEEN), (5, NOT_SEEN), *silent, (29, NOT_SEEN)))
    assert found == [Disappearance(Presence.GONE, hour(5), hour(29))]


def test_looks_of_an_outage_prove_nothing_and_begin_nothing() -> None:
    found = disappearances(looks((0, SEEN), (5, NOT_SEEN, False), (29, NOT_SEEN)))
    assert found == [Disappearance(Presence.WAITING, hour(29))]
    assert disappearances(looks((0, SEEN), (5, NOT_SEEN), (29, NOT_SEEN, False))) == [
        Disappearance(Presence.WAITING, hour(5))
    ]
    assert disappearances(looks((0, SEEN), (5, NOT_SEEN, False))) == [Disappearance(Presence.DOUBTFUL, hour(5))]


def test_a_draft_that_was_missing_before_it_appeared_was_not_gone() -> None:
    assert disappearances(looks((0, NOT_SEEN), (30, NOT_SEEN), (60, SEEN))) == []


def test_a_first_look_by_a_clock_that_was_ahead_is_forgotten() -> None:
    found = disappearances(looks((0, SEEN), (999, NOT_SEEN), (5, NOT_SEEN), (29, NOT_SEEN)))
    assert found == [Disappearance(Presence.GONE, hour(5), hour(29))]


def test_more_than_half_of_twenty_looks_are_an_outage() -> None:
    assert [is_outage(*counts) for counts in ((20, 10), (20, 11), (19, 19), (0, 0), (1_000, 501), (1_000, 500))] == [
        False, True, False, False, True, False,
    ]  # fmt: skip
    assert FEWEST_LOOKS == 20


STORIES = st.lists(st.tuples(st.integers(0, 400), st.sampled_from(Outcome), st.booleans()), max_size=30).map(
    lambda given: [Look(hour(at), outcome, counts) for at, outcome, counts in sorted(given, key=lambda look: look[0])]
)


def proved(story: Sequence[Look]) -> set[tuple[datetime, datetime]]:
    """The first and the proving look of every time it was gone, worked out pair by pair."""
    found = set()
    for place, first in enumerate(story):
        seen = [number for number in range(place) if story[number].outcome is SEEN]
        if not seen or not _misses(first) or any(_misses(look) for look in story[seen[-1] : place]):
            continue
        for later in story[place + 1 :]:
            if later.outcome is SEEN:
                break
            if _misses(later) and later.at - first.at >= GONE_AFTER:
                found.add((first.at, later.at))
                break
    return found


def _misses(look: Look) -> bool:
    return look.outcome is NOT_SEEN and look.counts


@given(STORIES)
def test_what_is_gone_is_what_every_pair_of_looks_says(story: list[Look]) -> None:
    found = disappearances(story)
    times = [time for time in found if time.state in {Presence.GONE, Presence.BACK}]
    assert {(time.gone_at, time.confirmed_at) for time in times} == proved(story)
    assert all(time.state is Presence.BACK for time in found[:-1])


@given(STORIES)
def test_an_outage_never_makes_an_article_gone(story: list[Look]) -> None:
    counting = [look for look in story if look.counts or look.outcome is not NOT_SEEN]
    with_outages = [time for time in disappearances(story) if time.state is not Presence.DOUBTFUL]
    assert with_outages == disappearances(counting)
