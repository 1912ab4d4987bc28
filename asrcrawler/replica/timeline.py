"""Work out when things happen to a code: draft, publication, edits, deletion. Each answer takes microseconds.

A code is taken when a draft is made, and drafts are made at an even pace. The publication follows, mostly soon,
sometimes hours later; so codes are not in the order of publication, as on real sites.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from asrcrawler.items import Change
from asrcrawler.replica.draws import between, draws, share, weighted

TEHRAN = ZoneInfo("Asia/Tehran")

DEFAULT_END = datetime(2022, 9, 26, 12, 0, tzinfo=TEHRAN)
"""4 Mehr 1401. Iran left summer time a week earlier, so a small world has both offsets."""

MARGIN = timedelta(days=1)
"""Time from the last draft to the end of the world; every delay is shorter."""

LATE_SHARE = 0.06
"""Share of drafts that are published hours later."""
LATE_HOURS = (2.0, 18.0)
USUAL_DELAY = 3.0
"""The longest usual delay, in steps between two articles. With the late ones, some 28 of 99 neighbours in the feed go
up in code, as counted on a real feed."""
LONGEST_USUAL_DELAY = timedelta(hours=6)

EDIT_WINDOW_HOURS = 48.0
DELETION_WINDOW_HOURS = 120.0

CHANGES: tuple[tuple[Change, float], ...] = (
    (Change.BODY, 4),
    (Change.HEADLINE, 2),
    (Change.LEAD, 1.5),
    (Change.TAGS, 1.5),
    (Change.COSMETIC, 2),
)

_LATE, _DELAY, _EDITED, _EDITS, _DELETED, _DELETION = range(101, 107)


@dataclass(frozen=True, slots=True)
class Edit:
    """An edit of an article."""

    at: datetime
    change: Change


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """The pace of a world."""

    seed: int
    first: int
    last: int
    density: float
    articles_per_day: float
    ends: datetime
    """End of the world, aware, in UTC: sums of local times are wrong across a change to summer time."""
    edit_share: float
    deletion_share: float
    settles_at: datetime | None
    """No edit and no deletion happens later; None for no limit."""

    @cached_property
    def step(self) -> timedelta:
        """Time from one draft to the next."""
        return timedelta(days=self.density / self.articles_per_day)

    @cached_property
    def starts(self) -> datetime:
        return self.ends - MARGIN - (self.last - self.first) * self.step

    def drafted_at(self, code: int) -> datetime:
        return self.starts + (code - self.first) * self.step

    def newest_draft(self, now: datetime) -> int:
        """Give the highest code taken by ``now``, which is below ``first`` when there is none."""
        return min(self.first + (now - self.starts) // self.step, self.last)

    def published_at(self, code: int) -> datetime:
        """Give the moment, in whole seconds, when the article of this code appears, if there is one."""
        moment = self.drafted_at(code) + self._delay(code)
        return moment.replace(microsecond=0)

    @property
    def longest_delay(self) -> timedelta:
        return timedelta(hours=LATE_HOURS[1])

    def edits(self, code: int) -> tuple[Edit, ...]:
        """List the edits of the article after its publication, in order; most articles have none."""
        if share(self.seed, code, _EDITED) >= self.edit_share:
            return ()
        rnd = draws(self.seed, code, _EDITS)
        published = self.published_at(code)
        hours = sorted(EDIT_WINDOW_HOURS * rnd() ** 3 + 0.1 * (index + 1) for index in range(between(rnd, 1, 3)))
        edits = (
            Edit((published + timedelta(hours=hour)).replace(microsecond=0), weighted(rnd(), CHANGES)) for hour in hours
        )
        return tuple(edit for edit in edits if not self._is_settled(edit.at))

    def deleted_at(self, code: int) -> datetime | None:
        if share(self.seed, code, _DELETED) >= self.deletion_share:
            return None
        hours = 1 + (DELETION_WINDOW_HOURS - 1) * share(self.seed, code, _DELETION)
        moment = (self.published_at(code) + timedelta(hours=hours)).replace(microsecond=0)
        return None if self._is_settled(moment) else moment

    @cached_property
    def _usual_delay(self) -> timedelta:
        return min(USUAL_DELAY * timedelta(days=1 / self.articles_per_day), LONGEST_USUAL_DELAY)

    def _delay(self, code: int) -> timedelta:
        length = share(self.seed, code, _DELAY)
        if share(self.seed, code, _LATE) < LATE_SHARE:
            least, most = LATE_HOURS
            return timedelta(hours=least + (most - least) * length)
        return self._usual_delay * length

    def _is_settled(self, moment: datetime) -> bool:
        return self.settles_at is not None and moment >= self.settles_at
