"""A world: which codes are articles, what they say, and what a moment makes of them. Nothing is made before it is asked for.

Everything follows from (seed, code), so a world of a million codes costs what one of ten costs.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from asrcrawler.items import Image, Kind, Outcome
from asrcrawler.replica import editing, newsroom
from asrcrawler.replica.content import Content, Picture
from asrcrawler.replica.datestamps import jalali_day, stamp
from asrcrawler.replica.draws import draws, mix, share, weighted
from asrcrawler.replica.look import DateForm, Look, MetaForm, Modified, look_of
from asrcrawler.replica.timeline import DEFAULT_END, TEHRAN, Timeline
from asrcrawler.replica.truth import Revision, Truth
from asrcrawler.replica.words import notices

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from types import ModuleType

DEFAULT_FIRST, DEFAULT_LAST = 30_001, 33_000
"""Around the one code of the target that is known, 32911."""


class Fate(StrEnum):
    """What a code shows for good."""

    ARTICLE = "article"
    NOT_FOUND = "404"
    SOFT_404 = "soft 404"
    GONE = "410"
    HOME_REDIRECT = "redirect to home"
    HOME_PAGE = "home page"
    OTHER_PAGE = "page of another code"
    OTHER_REDIRECT = "redirect to another code"
    SHELL = "article page without an article"


OUTCOMES = {
    Fate.ARTICLE: Outcome.STORED,
    Fate.NOT_FOUND: Outcome.MISSING,
    Fate.SOFT_404: Outcome.MISSING,
    Fate.GONE: Outcome.MISSING,
    Fate.HOME_REDIRECT: Outcome.MISSING,
    Fate.HOME_PAGE: Outcome.MISSING,
    Fate.OTHER_PAGE: Outcome.UNREADABLE,
    Fate.OTHER_REDIRECT: Outcome.UNREADABLE,
    Fate.SHELL: Outcome.UNREADABLE,
}

ABSENCES: tuple[tuple[Fate, float], ...] = (
    (Fate.NOT_FOUND, 50),
    (Fate.SOFT_404, 35),
    (Fate.GONE, 4),
    (Fate.HOME_REDIRECT, 5),
    (Fate.HOME_PAGE, 2),
    (Fate.OTHER_PAGE, 2),
    (Fate.OTHER_REDIRECT, 1),
    (Fate.SHELL, 1),
)
"""How the codes that are no articles show it, by weight."""


class Origin(StrEnum):
    """How an article came about."""

    REPORT = "report"
    AGENCY = "agency"
    """A report that other codes copy; it is never edited nor deleted."""
    COPY = "copy"
    REWRITING = "rewriting"
    NOTICE = "notice"
    GALLERY = "gallery"
    VIDEO = "video"
    GIVEN = "given"


ORIGINS: tuple[tuple[Origin, float], ...] = (
    (Origin.REPORT, 76),
    (Origin.AGENCY, 8),
    (Origin.COPY, 2.5),
    (Origin.REWRITING, 4),
    (Origin.NOTICE, 4),
    (Origin.GALLERY, 3),
    (Origin.VIDEO, 2.5),
)
_EDITED = frozenset({Origin.REPORT})

FARTHEST_COPY = 400
"""Codes between an agency report and its copies."""

OLD_SHARE = 0.04
"""Of articles taken over from an older archive: the page gives a day years ago."""
OLD_DAYS = (200, 4300)
FUTURE_SHARE = 0.005
"""Of articles dated days ahead, as seen on the real site."""

COMMENTED_SHARE = 0.35
MOST_COMMENTS = 12

(_FATE, _ABSENCE, _ORIGIN, _SUBJECT, _TEXT, _SOURCE, _OLD, _OLD_AGE, _PICTURES, _FILE, _EDIT, _UNPUBLISHED, _COMMENTS,
 _MODIFIED) = range(301, 315)  # fmt: skip


class World:
    """The site's content from code ``first`` to ``last``. Its clock, :attr:`now`, stands still until it is set.

    ``articles`` puts texts of one's own at codes of one's choice, ``looks`` decides how pages look; both leave everything
    else as it is.
    """

    def __init__(
        self,
        *,
        first: int = DEFAULT_FIRST,
        last: int = DEFAULT_LAST,
        density: float = 0.4,
        seed: int = 1,
        articles_per_day: float = 120.0,
        ends: datetime = DEFAULT_END,
        now: datetime | None = None,
        edit_share: float = 0.15,
        deletion_share: float = 0.015,
        settles_at: datetime | None = None,
        absences: Sequence[tuple[Fate, float]] = ABSENCES,
        articles: Mapping[int, Content] | None = None,
        looks: Mapping[int, Look] | None = None,
    ) -> None:
        """Raises :exc:`ValueError` for codes, a density or a pace that make no world."""
        if not 0 < first <= last:
            raise ValueError(f"codes {first}-{last} are no range")
        if not 0 < density <= 1:
            raise ValueError(f"density {density} is not above 0 and at most 1")
        if articles_per_day <= 0:
            raise ValueError(f"{articles_per_day} articles a day make no news")
        self._arguments: dict[str, Any] = {key: value for key, value in locals().items() if key not in {"self"}}
        self.first, self.last, self.density, self.seed = first, last, density, seed
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
        self.now: datetime = now or ends
        self._absences = tuple(absences)
        self._articles = dict(articles or {})
        self._looks = dict(looks or {})
        self._source = lru_cache(maxsize=4096)(self._find_source)
        self._appearance = lru_cache(maxsize=4096)(self.timeline.published_at)
        self._look = lru_cache(maxsize=1024)(self._find_look)
        self.content = lru_cache(maxsize=512)(self._content)

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (self._arguments | {"now": self.now},)

    # --- what a code is

    def fate(self, code: int) -> Fate:
        """What the code shows for good, once everything is published and nothing deleted."""
        if code in self._articles:
            return Fate.ARTICLE
        if not self.first <= code <= self.last:
            return Fate.NOT_FOUND
        if share(self.seed, code, _FATE) < self.density:
            return Fate.ARTICLE
        return weighted(share(self.seed, code, _ABSENCE), self._absences)

    def is_article(self, code: int) -> bool:
        return self.fate(code) is Fate.ARTICLE

    def origin(self, code: int) -> Origin:
        """How the article of this code came about; only for codes that are articles."""
        origin = self._wished_origin(code)
        if origin in {Origin.COPY, Origin.REWRITING} and self.source(code) is None:
            return Origin.REPORT
        return origin

    def source(self, code: int) -> int | None:
        """The agency report that a copy or rewriting was made of."""
        return self._source(code)

    def kind(self, code: int) -> Kind:
        if code in self._articles:
            return self._articles[code].kind
        match self._wished_origin(code):
            case Origin.GALLERY:
                return Kind.GALLERY
            case Origin.VIDEO:
                return Kind.VIDEO
            case _:
                return Kind.ARTICLE

    def look(self, code: int) -> Look:
        """How the code's page looks; a given article has the target's own look unless told otherwise."""
        return self._look(code)

    # --- when

    def published_at(self, code: int) -> datetime:
        """When the article appears on the site."""
        given = self._articles.get(code)
        if given is not None and given.published_at is not None:
            return min(given.published_at.astimezone(UTC), self.now.astimezone(UTC))
        return self._appearance(code)

    def shown_at(self, code: int) -> datetime:
        """The moment of publication that the page gives: nearly always the true one."""
        given = self._articles.get(code)
        if given is not None and given.published_at is not None:
            return given.published_at
        published = self._appearance(code)
        if self._is_old(code):
            least, most = OLD_DAYS
            return published - timedelta(days=least + (most - least) * share(self.seed, code, _OLD_AGE))
        if share(self.seed, code, _OLD) > 1 - FUTURE_SHARE:
            return published + timedelta(days=1 + 2 * share(self.seed, code, _OLD_AGE))
        return published

    def is_visible(self, code: int, at: datetime | None = None) -> bool:
        """Whether the code's article can be read at ``at`` (default: now)."""
        at = at or self.now
        if not self.is_article(code) or self.published_at(code) > at:
            return False
        deleted = self.deleted_at(code)
        return deleted is None or deleted > at

    def deleted_at(self, code: int) -> datetime | None:
        return self.timeline.deleted_at(code) if self._may_change(code) else None

    def state(self, code: int, at: datetime | None = None) -> Fate:
        """What a visit at ``at`` meets."""
        fate = self.fate(code)
        if fate is Fate.ARTICLE and not self.is_visible(code, at):
            return Fate.SOFT_404 if share(self.seed, code, _UNPUBLISHED) < 0.5 else Fate.NOT_FOUND
        if fate in {Fate.OTHER_PAGE, Fate.OTHER_REDIRECT} and self.stand_in(code, at) is None:
            return Fate.SOFT_404
        return fate

    def stand_in(self, code: int, at: datetime | None = None) -> int | None:
        """The article that is shown in the place of a code that shows another's: the next lower one."""
        below = range(code - 1, max(self.first, code - FARTHEST_COPY) - 1, -1)
        return next((other for other in below if self.is_visible(other, at)), None)

    # --- what it says

    def revision(self, code: int, at: datetime | None = None) -> int:
        """How many texts the article has had by ``at``, from 1."""
        at = at or self.now
        return 1 + sum(edit.at <= at for edit in self._edits(code))

    def changed_at(self, code: int, at: datetime | None = None) -> datetime:
        """When the text that is on the site at ``at`` appeared."""
        edits = self._edits(code)[: self.revision(code, at) - 1]
        return edits[-1].at if edits else self.published_at(code)

    def revisions(self, code: int, at: datetime | None = None) -> list[Revision]:
        """The texts that the article had before the one it has at ``at``, oldest first."""
        edits = self._edits(code)[: self.revision(code, at) - 1]
        starts = [self.published_at(code), *(edit.at for edit in edits)]
        return [
            Revision(
                content=self.content(code, number),
                since=starts[number - 1].astimezone(TEHRAN),
                until=edit.at.astimezone(TEHRAN),
                change=edit.change,
            )
            for number, edit in enumerate(edits, start=1)
        ]

    def headline(self, code: int) -> str:
        """The article's first headline, without writing the article where that can be helped."""
        origin = self.origin(code)
        if origin in {Origin.REPORT, Origin.AGENCY, Origin.GALLERY, Origin.VIDEO}:
            return newsroom.headline(self._subject(code), self.kind(code), draws(self.seed, code, _TEXT))
        return self.content(code, 1).title

    def comment_count(self, code: int, at: datetime | None = None) -> int:
        """How many comments stand under the article at ``at``."""
        if code in self._articles or share(self.seed, code, _COMMENTS) >= COMMENTED_SHARE:
            return 0
        rnd = draws(self.seed, code, _COMMENTS)
        hours = ((at or self.now) - self.published_at(code)) / timedelta(hours=1)
        return sum(rnd() * 72 <= hours for _ in range(1 + int(rnd() * MOST_COMMENTS)))

    def modified_at(self, code: int, at: datetime | None = None) -> datetime | None:
        """What the site gives as the moment of the last change; None for never."""
        at = at or self.now
        look = self.look(code)
        if self.revision(code, at) > 1:
            return self.changed_at(code, at)
        minutes = timedelta(minutes=5 + 80 * share(self.seed, code, _MODIFIED))
        if look.modified is Modified.BEFORE:
            return (self.shown_at(code) - minutes).replace(microsecond=0)
        if look.modified is Modified.AFTER and self.published_at(code) + minutes <= at:
            return (self.shown_at(code) + minutes).replace(microsecond=0)
        return None

    # --- the truth

    def truth(self, code: int, at: datetime | None = None, *, base_url: str = "http://asrpress.ir") -> Truth:
        """What a visit at ``at`` should come to; ``base_url`` is what the addresses of pictures begin with."""
        state = self.state(code, at)
        if state is not Fate.ARTICLE:
            return Truth(code=code, outcome=OUTCOMES[state])
        revision = self.revision(code, at)
        content = self.content(code, revision)
        look = self.look(code)
        published, jalali = self._shown_publication(code, look)
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
            images=[Image(url=base_url + picture.path, caption=picture.caption) for picture in content.pictures]
            + [Image(url=base_url + path) for path in content.media],
            author=content.author,
            published_at=published,
            published_jalali=jalali,
            modified_at=self._shown_change(code, look, at),
            comment_count=comments if comments or look.has_comment_form else None,
            duplicate_of=self.duplicate_of(code, at),
            near_of=self._near_of(code, at),
            family=self._family(code),
            revision=revision,
        )

    def duplicate_of(self, code: int, at: datetime | None = None) -> int | None:
        """The lowest other code on the site whose title, lead and body are the same, if it is lower than this one."""
        source = self.source(code) if self.origin(code) is Origin.COPY else None
        if source is None:
            return None
        twins = (other for other in range(source + 1, code) if self._is_copy_of(other, source))
        return next((other for other in (source, *twins) if self.is_visible(other, at)), None)

    # --- which articles there are

    def newest(self, count: int, at: datetime | None = None) -> list[int]:
        """The codes of the articles that appeared last, newest first."""
        at = at or self.now
        timeline = self.timeline
        found: list[tuple[datetime, int]] = [(self.published_at(code), code) for code in self.given(at)]
        reaching_back = 0
        for code in range(timeline.newest_draft(at), self.first - 1, -1):
            if code not in self._articles and self.is_visible(code, at):
                found.append((self._appearance(code), code))
            # Once enough are at hand, only a draft within the longest delay of the oldest of them can still be newer.
            reaching_back += 1
            if reaching_back % 64 == 0 and len(found) >= count:
                oldest = sorted(found, reverse=True)[count - 1][0]
                if timeline.drafted_at(code) + timeline.longest_delay < oldest:
                    break
        return [code for _, code in sorted(found, reverse=True)[:count]]

    def given(self, at: datetime | None = None) -> list[int]:
        """The codes of the visible articles that were put into this world."""
        return [code for code in self._articles if self.is_visible(code, at)]

    def visible(self, first: int, last: int, at: datetime | None = None) -> Iterator[int]:
        """The codes from ``first`` to ``last`` whose articles can be read at ``at``."""
        return (code for code in range(first, last + 1) if self.is_visible(code, at))

    # --- how texts come about

    def _content(self, code: int, revision: int) -> Content:
        if revision > 1:
            change = self._edits(code)[revision - 2].change
            rnd = draws(self.seed, code, _EDIT * 1000 + revision)
            return editing.edited(self.content(code, revision - 1), change, self._subject(code), rnd)
        match self.origin(code):
            case Origin.GIVEN:
                return self._articles[code]
            case Origin.COPY:
                return self._from_agency(code)
            case Origin.REWRITING:
                rnd = draws(self.seed, code, _TEXT)
                source = self.source(code)
                assert source is not None
                return editing.rewritten(self._from_agency(code), self._subject(source), rnd)
            case Origin.NOTICE:
                return newsroom.notice(draws(self.seed, code, _TEXT))
            case Origin.GALLERY | Origin.VIDEO:
                rnd = draws(self.seed, code, _TEXT)
                return newsroom.reel(self._subject(code), self.kind(code), rnd, self._files(code))
            case _:
                return newsroom.report(self._subject(code), draws(self.seed, code, _TEXT), self._files(code))

    def _from_agency(self, code: int) -> Content:
        """The agency's report with this code's own picture."""
        source = self.source(code)
        assert source is not None
        original = self.content(source, 1)
        pictures = tuple(
            Picture(path, old.caption)
            for path, old in zip(self._paths(code, len(original.pictures)), original.pictures, strict=True)
        )
        return Content(
            title=original.title,
            lead=original.lead,
            blocks=original.blocks,
            category=original.category,
            tags=original.tags,
            pictures=pictures,
        )

    def _find_look(self, code: int) -> Look:
        if code in self._looks:
            return self._looks[code]
        if code in self._articles:
            return Look()
        return look_of(self.seed, code, self.kind(code))

    def _subject(self, code: int) -> ModuleType:
        if self._wished_origin(code) is Origin.NOTICE:
            return notices
        return newsroom.SUBJECTS[mix(self.seed, code, _SUBJECT) % len(newsroom.SUBJECTS)]

    def _files(self, code: int) -> tuple[str, ...]:
        chance = share(self.seed, code, _PICTURES)
        match self.kind(code):
            case Kind.GALLERY:
                return self._paths(code, 4 + int(chance * 9))
            case Kind.VIDEO:
                return self._paths(code, 1, "mp4")
            case _:
                return self._paths(code, 0 if chance < 0.1 else 1 if chance < 0.8 else 2 + int((chance - 0.8) * 15))

    def _paths(self, code: int, count: int, extension: str = "jpg") -> tuple[str, ...]:
        """Addresses as the CMS makes them: by Jalali day without leading zeros, a number, three digits of chance."""
        year, month, day = jalali_day(self.shown_at(code).astimezone(TEHRAN).date())
        return tuple(
            f"/files/fa/news/{year}/{month}/{day}/{code * 20 + index}_{100 + mix(self.seed, code, _FILE + 1000 * index) % 900}"
            f".{extension}"
            for index in range(count)
        )

    def _wished_origin(self, code: int) -> Origin:
        if code in self._articles:
            return Origin.GIVEN
        return weighted(share(self.seed, code, _ORIGIN), ORIGINS)

    def _find_source(self, code: int) -> int | None:
        if self._wished_origin(code) not in {Origin.COPY, Origin.REWRITING}:
            return None
        start = code - 1 - int(60 * share(self.seed, code, _SOURCE))
        for other in range(start, max(self.first, code - FARTHEST_COPY) - 1, -1):
            if self._wished_origin(other) is Origin.AGENCY and self.is_article(other):
                return other
        return None

    def _is_copy_of(self, code: int, source: int) -> bool:
        return self.is_article(code) and self._wished_origin(code) is Origin.COPY and self.source(code) == source

    def _may_change(self, code: int) -> bool:
        return self.origin(code) in _EDITED and not self._is_old(code)

    def _edits(self, code: int) -> tuple[Any, ...]:
        return self.timeline.edits(code) if self._may_change(code) else ()

    def _is_old(self, code: int) -> bool:
        return code not in self._articles and share(self.seed, code, _OLD) < OLD_SHARE

    # --- what of it a page shows

    def _shown_publication(self, code: int, look: Look) -> tuple[datetime | None, str | None]:
        shown = self.shown_at(code).astimezone(TEHRAN)
        if look.date_form is DateForm.IMPOSSIBLE:
            return None, None
        if look.date_form is DateForm.DAY_ONLY:
            return shown.replace(hour=0, minute=0, second=0, microsecond=0, fold=0), stamp(shown, with_time=False)
        if look.date_form is DateForm.MISSING and look.meta_form is MetaForm.ISO:
            return shown.replace(microsecond=0), stamp(shown)
        return shown.replace(second=0, microsecond=0, fold=0), stamp(shown)

    def _shown_change(self, code: int, look: Look, at: datetime | None) -> datetime | None:
        modified = self.modified_at(code, at)
        if modified is None or look.meta_form is MetaForm.MISSING or look.date_form is DateForm.IMPOSSIBLE:
            return None
        local = modified.astimezone(TEHRAN)
        return local if look.meta_form is MetaForm.ISO else local.replace(second=0, fold=0)

    def _family(self, code: int) -> int | None:
        origin = self.origin(code)
        return code if origin is Origin.AGENCY else self.source(code)

    def _near_of(self, code: int, at: datetime | None) -> int | None:
        source = self.source(code)
        if self.origin(code) is not Origin.REWRITING or source is None or not self.is_visible(source, at):
            return None
        return source


def _rebuilt(arguments: dict[str, Any]) -> World:
    return World(**arguments)
