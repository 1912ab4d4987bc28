"""Decide when a code is visited again, which stored moments are believed, and how an edit is classed.

Pure functions, no clock. A clock may have been far ahead when a moment was stored. So no stored moment is waited for
longer than the policy ever waits (:func:`is_due`), and none in the future counts as the latest of anything
(:func:`has_come`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt
from typing import TYPE_CHECKING, Any, NamedTuple, TypeGuard
from zlib import crc32

from asrcrawler.gone import GONE_AFTER
from asrcrawler.items import FIELDS, TYPES, Change, Outcome, Type
from asrcrawler.text.persian import fold_letters

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
OLD_REVISIT = 30 * DAY  # between two looks at an article past that age, at least; a run takes a few, in turn

# A missing code: drafts get their code hours before they are published, so those near the top are worth a look.
NEAR_TOP = 500  # codes below the newest one; two to five days of an outlet of this size
DRAFT_REVISIT = 3 * HOUR
LATEST_DRAFT_REVISIT = DAY
DEEP_REVISIT = 30 * DAY
DEEP_LOOKS = 2  # after so many misses in a row a deep code is settled

# A stored article that is missing: the second look proves it (asrcrawler.gone), later ones see it come back.
LATEST_GONE_REVISIT = 30 * DAY  # the waits double up to this
GONE_LOOKS = 6  # after so many misses in a row it is settled, like an article of the settled age

FIRST_RETRY = 5 * MINUTE
RETRY_GROWTH = 3
LATEST_RETRY = 7 * DAY
LONGEST_RETRY_AFTER = DAY  # a site may ask for more; then it gets this
JITTER = 0.2  # of the wait, so that codes which failed together do not come back together

REFUSED_RETRY = HOUR
LATEST_REFUSED_RETRY = DAY

UNREADABLE_RETRY = DAY
LATEST_UNREADABLE_RETRY = 30 * DAY

STALE_COPY = DAY  # how long after a text was last seen an earlier one is an old copy from another cache, and no edit

GROWTH_STEPS = 16  # beyond so many steps every wait has reached its cap; keeps the powers small

FIRST_REST = HOUR  # of a site that refused a run …
LONGEST_REST = DAY  # … up to this, even if it asks for more

SITEMAP_EVERY = 30 * DAY  # the index of the archive sitemap; what is new stands in the feed
SITEMAP_AFTER_FAILURE = DAY  # … where it did not answer, or there is none

LONGEST_NEXT_VISIT = max(
    LATEST_REVISIT,
    LATEST_DRAFT_REVISIT,
    DEEP_REVISIT,
    LATEST_GONE_REVISIT,
    LONGEST_RETRY_AFTER,
    (1 + JITTER) * max(LATEST_RETRY, LATEST_REFUSED_RETRY, LATEST_UNREADABLE_RETRY),
)
"""The longest wait that :func:`next_visit` gives."""

CLOCKS_APART = 10 * MINUTE
"""How much the clocks of two hosts that work on one database may differ."""


# Where values come from: a field that leaves its main place tells of a template that has changed.
FEWEST_TO_COMPARE = 50  # articles on either side
FALL = 0.5  # of the share that the main place had before
MISSING = "missing"  # stands for the place of a value that no place had
CHANCE = 2.0  # standard deviations; a fall within them is none, in a field that few articles have
COME_WITH_AGE = frozenset({"modified_at", "comment_count"})
"""What new articles do not have yet: where these are missing, the template is not to blame."""


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
    is_held: bool = False
    """Whether an article of the code is stored."""


def next_visit(outcome: Outcome, history: History, now: datetime) -> datetime | None:
    """Decide when a code whose visit ended at ``now`` is due again; None when it is settled.

    >>> now = datetime(2026, 3, 1)
    >>> history = History(code=7, first_visit_at=now - 2 * HOUR, streak=1, published_at=now - 2 * HOUR)
    >>> next_visit(Outcome.STORED, history, now) - now < DAY
    True
    >>> next_visit(Outcome.STORED, history, now + SETTLED_AGE) is None
    True
    """
    match outcome:
        case Outcome.STORED:
            return _next_look_at_article(history, now)
        case Outcome.MISSING if history.is_held:
            return _next_look_at_gone(history, now)
        case Outcome.MISSING:
            return _next_look_at_missing(history, now)
        case Outcome.FAILED:
            return _retry(history, now, FIRST_RETRY * _grown(RETRY_GROWTH, history), LATEST_RETRY)
        case Outcome.REFUSED:
            return _retry(history, now, REFUSED_RETRY * history.streak, LATEST_REFUSED_RETRY)
        case Outcome.UNREADABLE:
            return _retry(history, now, UNREADABLE_RETRY * _grown(2, history), LATEST_UNREADABLE_RETRY)


def is_due(moment: datetime, longest: timedelta, now: datetime) -> bool:
    """Tell whether a stored wait until ``moment`` is over, or longer than the ``longest`` that the policy allows.

    >>> now = datetime(2026, 3, 1)
    >>> is_due(now + HOUR, DAY, now), is_due(now, DAY, now), is_due(now + 9 * DAY, DAY, now)
    (False, True, True)
    """
    return not now < moment <= now + longest


def has_come(moment: datetime | None, now: datetime, *, apart: timedelta = timedelta(0)) -> TypeGuard[datetime]:
    """Tell whether a stored moment is known and not after ``now``; one that is counts as older than all others.

    ``apart`` is by how much the clock of whoever stored it may differ.
    """
    return moment is not None and moment <= now + apart


def change_class(old: Mapping[Any, Any], new: Mapping[Any, Any]) -> Change | None:
    """Name what the edit from ``old`` to ``new`` touched; None when the text is the same to the letter.

    Both are articles by field. Tags are a set: another order is no edit.

    >>> text = {"kicker": None, "title": "باران", "lead": None, "body": "هوا سرد شد.", "category": [], "tags": []}
    >>> change_class(text, text | {"title": "برف"})
    <Change.HEADLINE: 'headline'>
    >>> change_class(text, text | {"body": "هوا سرد شد!"})
    <Change.COSMETIC: 'cosmetic'>
    """
    touched = [stated for stated in FIELDS if stated.change and differs(stated.name, old, new)]
    if not touched:
        return None
    read_otherwise = {stated.change for stated in touched if _folded(stated.name, old) != _folded(stated.name, new)}
    return next((change for change in Change if change in read_otherwise), Change.COSMETIC)


def differs(name: str, old: Mapping[Any, Any], new: Mapping[Any, Any]) -> bool:
    """Tell whether a field of an article differs."""
    return set(old[name]) != set(new[name]) if TYPES.get(name) is Type.SET else bool(old[name] != new[name])


class Fall(NamedTuple):
    """A field that is found in its main place far less often than before."""

    field: str
    place: str
    before: float
    """The share of articles whose value came from there, 0 to 1."""
    now: float


def falls(before: Mapping[str, Mapping[str, int]], now: Mapping[str, Mapping[str, int]]) -> list[Fall]:
    """Name the fields whose main place lost half of its share or more. Both are articles by field and place.

    >>> falls({"title": {"page": 90, "meta": 10}}, {"title": {"page": 20, "missing": 40}})
    [Fall(field='title', place='page', before=0.9, now=0.3333333333333333)]
    """
    found = []
    for name in before:
        places, places_now = _comparable(name, before), _comparable(name, now)
        earlier, later = sum(places.values()), sum(places_now.values())
        named = {place: count for place, count in places.items() if place != MISSING}
        if not named or min(earlier, later) < FEWEST_TO_COMPARE:
            continue
        place = max(named, key=named.__getitem__)
        share, count = named[place] / earlier, places_now.get(place, 0)
        by_chance = CHANCE * sqrt(later * share * (1 - share))
        if count <= FALL * share * later and share * later - count > by_chance:
            found.append(Fall(name, place, share, count / later))
    return found


def is_stale_copy(earlier_seen_at: datetime, stored_seen_at: datetime) -> bool:
    """Tell whether an earlier text that is seen again comes from a cache of the site that still holds it.

    It does while the stored text was seen not long before (:data:`STALE_COPY`). After that the site has taken its
    edit back. A ``stored_seen_at`` that lies ahead is a wrong clock's and proves nothing.
    """
    return timedelta(0) <= earlier_seen_at - stored_seen_at < STALE_COPY


def _comparable(name: str, counts: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    counted = counts.get(name, {})
    return {place: count for place, count in counted.items() if place != MISSING or name not in COME_WITH_AGE}


def _next_look_at_article(history: History, now: datetime) -> datetime | None:
    born = history.published_at
    if not has_come(born, now):  # else a wrong date of the site would have it visited every half hour for years
        born = min(history.first_visit_at, now)
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


def _next_look_at_gone(history: History, now: datetime) -> datetime | None:
    if history.streak >= GONE_LOOKS:
        return None
    return now + min(GONE_AFTER * _grown(2, history), LATEST_GONE_REVISIT)


def _retry(history: History, now: datetime, wait: timedelta, latest: timedelta) -> datetime:
    due = now + min(wait, latest) * _jitter(history)
    if history.retry_after is None:
        return due
    return max(due, min(history.retry_after, now + LONGEST_RETRY_AFTER))


def _grown(factor: int, history: History) -> int:
    """Give the factor by which a wait has grown after so many visits with the same outcome."""
    return int(factor ** min(max(history.streak - 1, 0), GROWTH_STEPS))


def _jitter(history: History) -> float:
    """Give a factor around 1 that is always the same for one visit, so that the ledger can be recomputed."""
    share = crc32(f"{history.code}:{history.streak}".encode()) / 2**32
    return 1 + JITTER * (2 * share - 1)


def _folded(name: str, article: Mapping[str, Any]) -> Sequence[str]:
    value = article[name]
    parts = value if TYPES[name].is_list else [value or ""]
    folded = [fold_letters(part) for part in parts]
    return sorted(set(folded)) if TYPES[name] is Type.SET else folded
