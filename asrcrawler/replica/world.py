"""Build a world: which codes are articles, what they say, and what a visit meets at a moment.

Nothing is made before it is asked for, and everything follows from (seed, code): a world of a million codes costs what
one of ten codes costs.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any

from asrcrawler.items import Image, Outcome, Video
from asrcrawler.replica.desk import Desk
from asrcrawler.replica.draws import share
from asrcrawler.replica.fates import ABSENCES, OUTCOMES, Fate, Origin
from asrcrawler.replica.look import without_date
from asrcrawler.replica.outlets import ASR
from asrcrawler.replica.registry import FARTHEST_COPY, Entry, Registry
from asrcrawler.replica.shown import shown_change, shown_publication
from asrcrawler.replica.timeline import DEFAULT_END, TEHRAN, Timeline
from asrcrawler.replica.truth import Revision, Truth
from asrcrawler.replica.variations import Comments, Modified

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from asrcrawler.replica.content import Content
    from asrcrawler.replica.look import Look
    from asrcrawler.replica.outlets import InventedOutlet
    from asrcrawler.replica.wire import Wire

DEFAULT_FIRST, DEFAULT_LAST = 30_001, 33_000
"""Codes around 32911, the one code of the target that is known."""
DEFAULT_PACE = 120.0
"""Articles a day."""

SCAN_STEP = 64
"""Number of codes between two checks whether a search for the newest may stop."""

_UNPUBLISHED, _MODIFIED = 401, 402


class World:
    """The site's content from code ``first`` to ``last``. Its clock, :attr:`now`, stands still until it is set.

    ``articles`` puts given texts at given codes, ``looks`` decides how pages look; both leave all else as it is.
    """

    def __init__(
        self,
        *,
        first: int = DEFAULT_FIRST,
        last: int = DEFAULT_LAST,
        density: float = 0.4,
        seed: int = 1,
        articles_per_day: float = DEFAULT_PACE,
        ends: datetime = DEFAULT_END,
        now: datetime | None = None,
        edit_share: float = 0.15,
        deletion_share: float = 0.015,
        settles_at: datetime | None = None,
        absences: Sequence[tuple[Fate, float]] = ABSENCES,
        articles: Mapping[int, Content] | None = None,
        looks: Mapping[int, Look] | None = None,
        date_moves_at: datetime | None = None,
        outlet: InventedOutlet = ASR,
        wire: Wire | None = None,
    ) -> None:
        """Build the world; ``ends`` is a day after the last draft, when all is published, and ``now`` starts there.

        From ``date_moves_at`` on, the site has a template without the date of publication: only the head gives it.
        The site is that of ``outlet``; where there is a ``wire``, its agency reports are those that others print too.
        Raises :exc:`ValueError` for codes, a density or a pace that are impossible.
        """
        self._arguments: dict[str, Any] = {name: value for name, value in locals().items() if name != "self"}
        if not 0 < first <= last:
            raise ValueError(f"codes {first}-{last} are no range")
        if not 0 < density <= 1:
            raise ValueError(f"density {density} is not above 0 and at most 1")
        if articles_per_day <= 0:
            raise ValueError(f"{articles_per_day} articles a day make no news")
        self.first, self.last, self.density, self.seed = first, last, density, seed
        self.now: datetime = now or ends
        self.outlet = outlet
        self._date_moves_at = date_moves_at
        self.timeline = Timeline(
            seed=seed,
            first=first,
            last=last,
            density=density,
            articles_per_day=articles_per_day,
            ends=ends.astimezone(UTC),
            edit_share=edit_share,
            deletion_share=deletion_share,
            settles_at=settles_at,
        )
        given = dict(articles or {})
        self._registry = Registry(
            self.timeline,
            absences=tuple(absences),
            given=given,
            looks=dict(looks or {}),
            latest=self.now.astimezone(UTC),
            template=outlet.template,
            wire=wire,
        )
        self._desk = Desk(self._registry, seed, title=outlet.title, wire=wire)
        self.is_article = self._registry.is_article
        self.fate = self._registry.fate
        self.entry = self._registry.entry
        self.content = self._desk.content
        self.headline = self._desk.headline

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (self._arguments | {"now": self.now},)

    # --- what a visit meets

    def is_visible(self, code: int, at: datetime | None = None) -> bool:
        """Tell whether the code's article can be read at ``at`` (default: now)."""
        return self._registry.is_visible(code, at or self.now)

    def state(self, code: int, at: datetime | None = None) -> Fate:
        """Give what a visit at ``at`` meets. What is not published yet, or deleted, is a 404 of either kind."""
        fate = self.fate(code)
        if fate is Fate.ARTICLE and not self.is_visible(code, at):
            return Fate.SOFT_404 if share(self.seed, code, _UNPUBLISHED) < 0.5 else Fate.NOT_FOUND
        if fate in {Fate.OTHER_PAGE, Fate.OTHER_REDIRECT} and self.stand_in(code, at) is None:
            return Fate.SOFT_404
        return fate

    def stand_in(self, code: int, at: datetime | None = None) -> int | None:
        """Give the article that is shown for a code that shows another's: the next lower one."""
        below = range(code - 1, max(self.first, code - FARTHEST_COPY) - 1, -1)
        return next((other for other in below if self.is_visible(other, at)), None)

    # --- the texts, and when they change

    def origin(self, code: int) -> Origin:
        """Tell how the article of this code came about."""
        return self.entry(code).origin

    def look(self, code: int, at: datetime | None = None) -> Look:
        """Give the look of the article's page; a given article has the target's look unless told otherwise."""
        look = self.entry(code).look
        has_moved = self._date_moves_at is not None and (at or self.now) >= self._date_moves_at
        return without_date(look) if has_moved else look

    def published_at(self, code: int) -> datetime:
        """Give the moment when the article appears on the site."""
        return self._registry.published_at(code)

    def revision(self, code: int, at: datetime | None = None) -> int:
        """Count the texts that the article has had by ``at``, from 1."""
        return self.entry(code).revision(at or self.now)

    def changed_at(self, code: int, at: datetime | None = None) -> datetime:
        """Give the moment when the text that is on the site at ``at`` appeared."""
        entry = self.entry(code)
        revision = entry.revision(at or self.now)
        return entry.edits[revision - 2].at if revision > 1 else entry.published_at

    def revisions(self, code: int, at: datetime | None = None) -> list[Revision]:
        """List the texts that the article had before the one it has at ``at``, oldest first."""
        entry = self.entry(code)
        edits = entry.edits[: entry.revision(at or self.now) - 1]
        starts = [entry.published_at, *(edit.at for edit in edits)]
        return [
            Revision(
                content=self.content(code, number),
                since=since.astimezone(TEHRAN),
                until=edit.at.astimezone(TEHRAN),
                change=edit.change,
            )
            for number, (since, edit) in enumerate(zip(starts, edits, strict=False), start=1)
        ]

    def comment_count(self, code: int, at: datetime | None = None) -> int:
        """Count the comments under the article at ``at``."""
        comments = self.entry(code).comments
        return sum(written <= (at or self.now) for written in comments) if comments else 0

    def modified_at(self, code: int, at: datetime | None = None) -> datetime | None:
        """Give what the site shows as the moment of the last change; None for never."""
        entry, at = self.entry(code), at or self.now
        if entry.revision(at) > 1:
            return self.changed_at(code, at)
        if entry.look.modified is Modified.NEVER:
            return None
        minutes = timedelta(minutes=5 + 80 * share(self.seed, code, _MODIFIED))
        if entry.look.modified is Modified.BEFORE:
            return (entry.shown_at - minutes).replace(microsecond=0)
        return (entry.shown_at + minutes).replace(microsecond=0) if entry.published_at + minutes <= at else None

    # --- the truth

    def truth(self, code: int, at: datetime | None = None, *, base_url: str = "http://asrpress.ir") -> Truth:
        """Give what a visit at ``at`` should find; addresses of pictures begin with ``base_url``."""
        state = self.state(code, at)
        if state is not Fate.ARTICLE:
            return Truth(code=code, outcome=OUTCOMES[state])
        entry = self.entry(code)
        revision = entry.revision(at or self.now)
        content = self.content(code, revision)
        look = self.look(code, at)
        published, jalali = shown_publication(entry.shown_at, look)
        comments = self.comment_count(code, at)
        return Truth(
            code=code,
            outcome=Outcome.STORED,
            kind=content.kind,
            kicker=content.kicker,
            title=content.title,
            lead=content.lead,
            body=content.body,
            category=list(content.category),
            tags=list(content.tags),
            images=[Image(url=base_url + picture.path, caption=picture.caption) for picture in content.pictures],
            videos=[Video(url=base_url + path) for path in content.media],
            author=content.author,
            published_at=published,
            published_jalali=jalali,
            modified_at=shown_change(look, self.modified_at(code, at)),
            comment_count=comments if comments or entry.look.comments is Comments.COUNTER else None,
            duplicate_of=self.duplicate_of(code, at),
            near_of=self._near_of(entry, at),
            family=code if entry.origin is Origin.AGENCY else entry.source,
            wire=entry.wire,
            revision=revision,
        )

    def duplicate_of(self, code: int, at: datetime | None = None) -> int | None:
        """Find the lowest other code on the site with the same title, lead and body, if it is lower than this one."""
        source = self.entry(code).source
        if source is None:
            return None
        text = self.content(code, 1).identity
        kin = (other for other in range(source + 1, code) if self._registry.is_made_of(other, source))
        family = (other for other in chain([source], kin) if self.is_visible(other, at))
        return next((other for other in family if self.content(other, 1).identity == text), None)

    def _near_of(self, entry: Entry, at: datetime | None) -> int | None:
        source = entry.source
        if entry.origin is not Origin.REWRITING or source is None or not self.is_visible(source, at):
            return None
        return source

    # --- which articles there are

    def newest(self, count: int, at: datetime | None = None) -> list[int]:
        """List the codes of the articles that appeared last, newest first."""
        at = at or self.now
        found = [(self.published_at(code), code) for code in self.given(at)]
        top = self.timeline.newest_draft(at)
        for code in range(top, self.first - 1, -1):
            if code not in self._registry.given and self.is_visible(code, at):
                found.append((self.published_at(code), code))
            if (top - code) % SCAN_STEP == SCAN_STEP - 1 and self._is_far_enough(code, found, count):
                break
        return [code for _, code in sorted(found, reverse=True)[:count]]

    def given(self, at: datetime | None = None) -> list[int]:
        """List the codes of the visible articles that were given to this world."""
        return [code for code in self._registry.given if self.is_visible(code, at)]

    def visible(self, first: int, last: int, at: datetime | None = None) -> Iterator[int]:
        """Give the codes from ``first`` to ``last`` whose articles can be read at ``at``."""
        return (code for code in range(first, last + 1) if self.is_visible(code, at))

    def _is_far_enough(self, code: int, found: list[tuple[datetime, int]], count: int) -> bool:
        """Tell whether drafts before ``code`` are too old to be among the newest, even after the longest delay."""
        if len(found) < count:
            return False
        oldest, _ = sorted(found, reverse=True)[count - 1]
        return self.timeline.drafted_at(code) + self.timeline.longest_delay < oldest


def _rebuilt(arguments: dict[str, Any]) -> World:
    return World(**arguments)
