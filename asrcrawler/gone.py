"""Decide which stored articles are gone: the site no longer has them.

Pure functions, no clock. What a run found counts only when it has ended and is judged (:func:`is_outage`): a site that
answers *missing* for everything has lost its database for an hour, not its articles.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from asrcrawler.items import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

GONE_AFTER = timedelta(days=1)
"""How far apart the two looks are, at least, that prove that an article is gone."""

FEWEST_LOOKS = 20  # at stored articles in a run, from which an outage can be told
OUTAGE = 0.5  # a run in which a greater share of them answers missing met one


class Presence(StrEnum):
    """The steps of a stored article that the site no longer shows."""

    DOUBTFUL = "doubtful"
    """Only looks that do not count answered missing."""
    WAITING = "waiting"
    """One look that counts did; another one, at least :data:`GONE_AFTER` later, would prove it."""
    GONE = "gone"
    BACK = "back"
    """It was gone, and was seen again."""


class Look(NamedTuple):
    """A visit of a code, as far as it tells whether the site has its article."""

    at: datetime
    outcome: Outcome
    counts: bool
    """Whether its answer *missing* counts: its run has ended and was no outage."""


class Disappearance(NamedTuple):
    """A time during which the site did not show a stored article."""

    state: Presence
    gone_at: datetime
    """The first look that answered missing."""
    confirmed_at: datetime | None = None
    """The look that proved it."""
    back_at: datetime | None = None

    @property
    def at(self) -> datetime:
        """The moment of the last step."""
        return self.back_at or self.confirmed_at or self.gone_at


def is_outage(looks: int, missing: int) -> bool:
    """Tell whether a run met an outage of the site, from its looks at stored articles and those that answered missing.

    >>> is_outage(20, 11), is_outage(20, 10), is_outage(19, 19)
    (True, False, False)
    """
    return looks >= FEWEST_LOOKS and missing > OUTAGE * looks


def disappearances(looks: Iterable[Look]) -> list[Disappearance]:
    """Find when a stored article was gone, from all looks at its code in their order.

    It is gone from the first of two looks at least :data:`GONE_AFTER` apart that answer missing, until it is seen
    again. No look between them saw it; no answer (failed, refused, unreadable) says anything. What was missing only
    once is left out when it is seen again; so is what was missing before it was first seen.

    >>> first = datetime(2026, 3, 1)
    >>> seen, missing = Look(first - GONE_AFTER, Outcome.STORED, True), Look(first, Outcome.MISSING, True)
    >>> [found.state.value for found in disappearances([seen, missing])]
    ['waiting']
    >>> [found.state.value for found in disappearances([seen, missing, missing._replace(at=first + GONE_AFTER)])]
    ['gone']
    """
    found: list[Disappearance] = []
    now: Disappearance | None = None
    was_seen = False
    for look in looks:
        if look.outcome is Outcome.STORED:
            if now is not None and now.state is Presence.GONE:
                found.append(now._replace(state=Presence.BACK, back_at=look.at))
            now, was_seen = None, True
        elif look.outcome is Outcome.MISSING and was_seen:
            now = _missed(now, look)
    return [*found, now] if now is not None else found


def gone_since(times: Sequence[Disappearance]) -> datetime | None:
    """Give since when an article is gone; None for one that is there, or may be."""
    return times[-1].gone_at if times and times[-1].state is Presence.GONE else None


def _missed(known: Disappearance | None, look: Look) -> Disappearance:
    """Take up a look that answered missing."""
    if not look.counts:
        return known or Disappearance(Presence.DOUBTFUL, look.at)
    if known is None or known.state is Presence.DOUBTFUL:
        return Disappearance(Presence.WAITING, look.at)
    if known.state is Presence.WAITING and look.at - known.gone_at >= GONE_AFTER:
        return known._replace(state=Presence.GONE, confirmed_at=look.at)
    if known.state is Presence.WAITING and look.at < known.gone_at:  # the clock was ahead at the look before
        return Disappearance(Presence.WAITING, look.at)
    return known
