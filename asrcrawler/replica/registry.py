"""Work out the facts of every code, but not its text, from (seed, code) when they are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from asrcrawler.items import Kind
from asrcrawler.replica import newsroom
from asrcrawler.replica.draws import draws, mix, share, weighted
from asrcrawler.replica.fates import ORIGINS, Fate, Origin
from asrcrawler.replica.look import Look, look_of
from asrcrawler.replica.templates import in_template
from asrcrawler.replica.words import notices

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from types import ModuleType

    from asrcrawler.replica.content import Content
    from asrcrawler.replica.timeline import Edit, Timeline
    from asrcrawler.replica.wire import Wire

FARTHEST_COPY = 400
"""Most codes between an agency report and its copies."""
NEAREST_COPIES = 60

OLD_SHARE = 0.04
"""Share of articles taken over from an older archive: the page gives a day years ago. They are never edited."""
OLD_DAYS = (200, 4300)
FUTURE_SHARE = 0.005
"""Share of articles dated days ahead, as seen on real sites."""

COMMENTED_SHARE = 0.35
MOST_COMMENTS = 12
COMMENT_HOURS = 72

ENTRIES_KEPT = 4096
_MADE_OF_OTHERS = frozenset({Origin.COPY, Origin.REWRITING})
_KINDS = {Origin.GALLERY: Kind.GALLERY, Origin.VIDEO: Kind.VIDEO}
_FATE, _ABSENCE, _ORIGIN, _SUBJECT, _SOURCE, _DATING, _DATING_DAYS, _COMMENTED, _COMMENTS = range(301, 310)


@dataclass(frozen=True, slots=True)
class Entry:
    """The facts of an article. Moments are aware, in UTC."""

    code: int
    origin: Origin
    kind: Kind
    subject: ModuleType
    """The grammar of :mod:`asrcrawler.replica.words` for its subject."""
    source: int | None
    """Code of the agency report that it was made of; None for a text of its own."""
    wire: int | None
    """Number of the report of the :class:`~asrcrawler.replica.wire.Wire` that it prints; None for no such one."""
    look: Look
    published_at: datetime
    shown_at: datetime
    """The moment of publication that its page gives: nearly always the true one."""
    edits: tuple[Edit, ...]
    deleted_at: datetime | None
    comments: tuple[datetime, ...]
    """The moment of each comment."""

    def revision(self, at: datetime) -> int:
        """Count the texts it has had by ``at``, from 1."""
        return 1 + sum(edit.at <= at for edit in self.edits) if self.edits else 1

    def is_visible(self, at: datetime) -> bool:
        return self.published_at <= at and (self.deleted_at is None or self.deleted_at > at)


class Registry:
    """All codes of a world: which of them are articles, and the facts of these."""

    def __init__(
        self,
        timeline: Timeline,
        *,
        absences: Sequence[tuple[Fate, float]],
        given: Mapping[int, Content],
        looks: Mapping[int, Look],
        latest: datetime,
        template: Look | None,
        wire: Wire | None,
    ) -> None:
        """State the rules; a given article appears at ``latest`` at the latest, so that it can be read.

        Pages are in the ``template`` if there is one. Agency reports are those of the ``wire`` if there is one.
        """
        self.timeline = timeline
        self.given = given
        self._seed = timeline.seed
        self._absences = absences
        self._looks = looks
        self._latest = latest
        self._template = template
        self._wire = wire
        self._printer = lru_cache(maxsize=ENTRIES_KEPT)(self._find_printer)
        self.entry = lru_cache(maxsize=ENTRIES_KEPT)(self._entry)

    def fate(self, code: int) -> Fate:
        """Give what the code shows when everything is published and nothing deleted."""
        if self.is_article(code):
            return Fate.ARTICLE
        if not self.timeline.first <= code <= self.timeline.last:
            return Fate.NOT_FOUND
        return weighted(share(self._seed, code, _ABSENCE), self._absences)

    def is_article(self, code: int) -> bool:
        if code in self.given:
            return True
        timeline = self.timeline
        return timeline.first <= code <= timeline.last and share(self._seed, code, _FATE) < timeline.density

    def published_at(self, code: int) -> datetime:
        """Give the moment the article appears, without working out its entry, which is slow for many codes."""
        if code not in self.given:
            return self.timeline.published_at(code)
        wished = self.given[code].published_at
        return min(wished.astimezone(UTC), self._latest) if wished is not None else self._latest

    def is_visible(self, code: int, at: datetime) -> bool:
        """Tell whether the article can be read at ``at``, without working out its entry while it is not published."""
        return self.is_article(code) and self.published_at(code) <= at and self._is_kept(code, at)

    def is_made_of(self, code: int, source: int) -> bool:
        """Tell whether the article is a copy or a rewriting of this agency report, without working out its entry."""
        return self.is_article(code) and self._wish(code) in _MADE_OF_OTHERS and self._source(code) == source

    def _is_kept(self, code: int, at: datetime) -> bool:
        deleted = self.timeline.deleted_at(code)
        return deleted is None or deleted > at or not self._may_change(code, self._wish(code))

    def _entry(self, code: int) -> Entry:
        origin, source = self._wish(code), None
        if origin in _MADE_OF_OTHERS:
            source = self._source(code)
            origin = Origin.REPORT if source is None else origin
        given = self.given.get(code)
        kind = given.kind if given is not None else _KINDS.get(origin, Kind.ARTICLE)
        published = self.published_at(code)
        changes = self._may_change(code, origin)
        return Entry(
            code=code,
            origin=origin,
            kind=kind,
            subject=self._subject(code, origin),
            source=source,
            wire=self._wire_number(code if source is None else source),
            look=self._look(code, kind),
            published_at=published,
            shown_at=self._shown_at(code, published),
            edits=self.timeline.edits(code) if changes else (),
            deleted_at=self.timeline.deleted_at(code) if changes else None,
            comments=self._comments(code, published),
        )

    def _wish(self, code: int) -> Origin:
        """Choose the origin that the code would have if there were always a source to copy."""
        return Origin.GIVEN if code in self.given else weighted(share(self._seed, code, _ORIGIN), ORIGINS)

    def _source(self, code: int) -> int | None:
        start = code - 1 - int(NEAREST_COPIES * share(self._seed, code, _SOURCE))
        for other in range(start, max(self.timeline.first, code - FARTHEST_COPY) - 1, -1):
            if self._wish(other) is Origin.AGENCY and self.is_article(other):
                return other
        return None

    def _wire_number(self, code: int) -> int | None:
        """Give the number of the wire's report that the code prints; one that another code has printed is not its."""
        if self._wire is None or self._wish(code) is not Origin.AGENCY:
            return None
        number = self._wire.number_at(self.timeline.drafted_at(code))
        return number if self._printer(self._wire, number) == code else None

    def _find_printer(self, wire: Wire, number: int) -> int | None:
        """Find the first agency report that is drafted while this report of the wire is the latest."""
        timeline = self.timeline
        sent, over = wire.sent_at(number), wire.sent_at(number + 1)
        code = timeline.first + max(0, -((timeline.starts - sent) // timeline.step))
        while code <= timeline.last and timeline.drafted_at(code) < over:
            if self._wish(code) is Origin.AGENCY and self.is_article(code):
                return code
            code += 1
        return None

    def _may_change(self, code: int, origin: Origin) -> bool:
        """Tell whether it may be edited and deleted; a copy without a source is a report that never changes."""
        return origin is Origin.REPORT and self._wish(code) is Origin.REPORT and not self._is_old(code)

    def _is_old(self, code: int) -> bool:
        return share(self._seed, code, _DATING) < OLD_SHARE

    def _shown_at(self, code: int, published: datetime) -> datetime:
        if code in self.given:
            return self.given[code].published_at or published
        dating = share(self._seed, code, _DATING)
        if dating < OLD_SHARE:
            least, most = OLD_DAYS
            return published - timedelta(days=least + (most - least) * share(self._seed, code, _DATING_DAYS))
        if dating > 1 - FUTURE_SHARE:
            return published + timedelta(days=1 + 2 * share(self._seed, code, _DATING_DAYS))
        return published

    def _look(self, code: int, kind: Kind) -> Look:
        if code in self._looks:
            return self._looks[code]
        if code in self.given:
            return Look()
        look = look_of(self._seed, code, kind)
        return look if self._template is None else in_template(look, self._template, kind)

    def _subject(self, code: int, origin: Origin) -> ModuleType:
        if origin is Origin.NOTICE:
            return notices
        return newsroom.SUBJECTS[mix(self._seed, code, _SUBJECT) % len(newsroom.SUBJECTS)]

    def _comments(self, code: int, published: datetime) -> tuple[datetime, ...]:
        if code in self.given or share(self._seed, code, _COMMENTED) >= COMMENTED_SHARE:
            return ()
        rnd = draws(self._seed, code, _COMMENTS)
        hours = sorted(rnd() * COMMENT_HOURS for _ in range(1 + int(rnd() * MOST_COMMENTS)))
        return tuple(published + timedelta(hours=hour) for hour in hours)
