"""When a code is looked at again, and what an edit amounts to. Pure functions, no clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol
from zlib import crc32

from asrcrawler.items import Outcome
from asrcrawler.text.persian import fold_letters

if TYPE_CHECKING:
    from collections.abc import Sequence

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

# A stored article: the next look comes after a share of its age, because edits cluster in the first hours.
SHARE_OF_AGE = 0.5
PATIENCE_PER_QUIET_LOOK = 0.5  # each look without a change adds so much to the share …
MOST_PATIENCE = 3.0  # … up to this
SOONEST_REVISIT = 30 * MINUTE
LATEST_REVISIT = 14 * DAY
SETTLED_AGE = 60 * DAY

# A missing code: drafts get their code hours before they are published, so those near the top are worth a look.
NEAR_TOP = 500  # codes below the newest one; two to five days of an outlet of this size
DRAFT_REVISIT = 3 * HOUR
LATEST_DRAFT_REVISIT = DAY
DEEP_REVISIT = 30 * DAY
DEEP_LOOKS = 2  # after so many misses in a row a deep code is taken as never to come

FIRST_RETRY = 5 * MINUTE
RETRY_GROWTH = 3
LATEST_RETRY = 7 * DAY
LONGEST_RETRY_AFTER = DAY  # a site may ask for more; then it gets this
JITTER = 0.2  # of the wait, so that codes which failed together do not come back together

REFUSED_RETRY = HOUR
LATEST_REFUSED_RETRY = DAY

UNREADABLE_RETRY = DAY
LATEST_UNREADABLE_RETRY = 30 * DAY

GROWTH_STEPS = 16  # beyond so many steps every wait has reached its cap; keeps the powers small


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What the ledger knows of a code when a visit has just ended."""

    code: int
    first_visit_at: datetime
    streak: int
    """Visits in a row with this outcome, this one included."""
    unchanged: int = 0
    """Looks in a row that found the article as it was stored; 0 after a change and on the first."""
    published_at: datetime | None = None
    behind: int = 0
    """How many codes below the newest known code."""
    retry_after: datetime | None = None
    """When the site asked us to come back."""


class Change(StrEnum):
    """What part of an article an edit touched: the weightiest, in this order."""

    HEADLINE = "headline"
    LEAD = "lead"
    BODY = "body"
    TAGS = "tags"
    COSMETIC = "cosmetic"
    """The text differs and reads the same after search folding: a comma, a ZWNJ."""


class Text(Protocol):
    """The parts of an article an edit is judged by."""

    @property
    def kicker(self) -> str | None: ...
    @property
    def title(self) -> str | None: ...
    @property
    def lead(self) -> str | None: ...
    @property
    def body(self) -> str | None: ...
    @property
    def category(self) -> Sequence[str]: ...
    @property
    def tags(self) -> Sequence[str]: ...


def next_visit(outcome: Outcome, history: History, now: datetime) -> datetime | None:
    """When a code whose visit ended at ``now`` is due again; None when it is settled for good."""
    match outcome:
        case Outcome.STORED:
            return _next_look_at_article(history, now)
        case Outcome.MISSING:
            return _next_look_at_missing(history, now)
        case Outcome.FAILED:
            return _retry(history, now, FIRST_RETRY * _grown(RETRY_GROWTH, history), LATEST_RETRY)
        case Outcome.REFUSED:
            return _retry(history, now, REFUSED_RETRY * history.streak, LATEST_REFUSED_RETRY)
        case Outcome.UNREADABLE:
            return _retry(history, now, UNREADABLE_RETRY * _grown(2, history), LATEST_UNREADABLE_RETRY)


def change_class(old: Text, new: Text) -> Change | None:
    """What the edit from ``old`` to ``new`` amounts to; None when the text is the same to the letter."""
    parts: tuple[tuple[Change, list[str | None], list[str | None]], ...] = (
        (Change.HEADLINE, [old.kicker, old.title], [new.kicker, new.title]),
        (Change.LEAD, [old.lead], [new.lead]),
        (Change.BODY, [old.body], [new.body]),
        (Change.TAGS, [*old.category, None, *old.tags], [*new.category, None, *new.tags]),
    )
    touched = [(change, before, after) for change, before, after in parts if before != after]
    if not touched:
        return None
    for change, before, after in touched:
        if _folded(before) != _folded(after):
            return change
    return Change.COSMETIC


def _next_look_at_article(history: History, now: datetime) -> datetime | None:
    born = history.published_at
    if born is None or born > now:  # a slip of the site's clock must not have it looked at every half hour for years
        born = history.first_visit_at
    settled_at = born + SETTLED_AGE
    if now >= settled_at:
        return None
    share = min(SHARE_OF_AGE + PATIENCE_PER_QUIET_LOOK * history.unchanged, MOST_PATIENCE)
    wait = max((now - born) * share, SOONEST_REVISIT)
    return now + min(wait, LATEST_REVISIT, settled_at - now)


def _next_look_at_missing(history: History, now: datetime) -> datetime | None:
    if history.behind <= NEAR_TOP:
        return now + min(DRAFT_REVISIT * _grown(2, history), LATEST_DRAFT_REVISIT)
    if history.streak >= DEEP_LOOKS:
        return None
    return now + DEEP_REVISIT


def _retry(history: History, now: datetime, wait: timedelta, latest: timedelta) -> datetime:
    due = now + min(wait, latest) * _jitter(history)
    if history.retry_after is None:
        return due
    return max(due, min(history.retry_after, now + LONGEST_RETRY_AFTER))


def _grown(factor: int, history: History) -> int:
    """By how much a wait has grown after so many visits with the same outcome."""
    return int(factor ** min(max(history.streak - 1, 0), GROWTH_STEPS))


def _jitter(history: History) -> float:
    """A factor around 1 that is always the same for one visit, so that the ledger can be recomputed."""
    share = crc32(f"{history.code}:{history.streak}".encode()) / 2**32
    return 1 + JITTER * (2 * share - 1)


def _folded(parts: list[str | None]) -> list[str]:
    return [fold_letters(part) if part else "" for part in parts]
