"""Write the texts of a world when they are asked for; a code's text is the same each time."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from asrcrawler.items import Kind
from asrcrawler.replica import editing, newsroom
from asrcrawler.replica.content import Content, Picture
from asrcrawler.replica.datestamps import jalali_day
from asrcrawler.replica.draws import draws, mix, share
from asrcrawler.replica.fates import Origin
from asrcrawler.replica.outlets import ASR
from asrcrawler.replica.timeline import TEHRAN

if TYPE_CHECKING:
    from asrcrawler.replica.registry import Entry, Registry
    from asrcrawler.replica.wire import Wire

CONTENTS_KEPT = 512
WHOLE_SHARE = 0.6
"""Share of the wire's reports that are printed as they are; the others are reworked."""
_TEXT, _PICTURES, _FILE, _WHOLE, _EDIT = 501, 502, 503, 504, 600


class Desk:
    """A writer of the texts of all articles that a :class:`~asrcrawler.replica.registry.Registry` has.

    The outlet calls itself ``title`` in them. ``wire`` is that of the registry.
    """

    def __init__(self, registry: Registry, seed: int, *, title: str, wire: Wire | None) -> None:
        self._registry = registry
        self._seed = seed
        self._title = title
        self._wire = wire
        self.content = lru_cache(maxsize=CONTENTS_KEPT)(self._content)

    def headline(self, code: int) -> str:
        """Give the article's first headline, without writing the whole article where possible."""
        entry = self._registry.entry(code)
        if entry.origin in {Origin.REPORT, Origin.AGENCY, Origin.GALLERY, Origin.VIDEO} and entry.wire is None:
            title = newsroom.headline(entry.subject, entry.kind, draws(self._seed, code, _TEXT))
            return title.replace(ASR.title, self._title)
        return self.content(code, 1).title

    def _content(self, code: int, revision: int) -> Content:
        entry = self._registry.entry(code)
        if entry.origin is Origin.GIVEN:
            return self._registry.given[code]
        content = self._written(entry) if revision == 1 else self._edited(entry, revision)
        return content if self._title == ASR.title else content.renamed(ASR.title, self._title)

    def _edited(self, entry: Entry, revision: int) -> Content:
        change = entry.edits[revision - 2].change
        rnd = draws(self._seed, entry.code, _EDIT + revision)
        return editing.edited(self.content(entry.code, revision - 1), change, entry.subject, rnd)

    def _written(self, entry: Entry) -> Content:
        code = entry.code
        rnd = draws(self._seed, code, _TEXT)
        match entry.origin:
            case Origin.COPY:
                return self._from_agency(entry)
            case Origin.REWRITING:
                return editing.rewritten(self._from_agency(entry), self._source(entry).subject, rnd)
            case Origin.AGENCY if self._wire is not None and entry.wire is not None:
                report = self._printed(entry, self._wire.report(entry.wire))
                is_whole = share(self._seed, code, _WHOLE) < WHOLE_SHARE
                return report if is_whole else editing.rewritten(report, self._wire.subject(entry.wire), rnd)
            case Origin.NOTICE:
                return newsroom.notice(rnd)
            case Origin.GALLERY | Origin.VIDEO:
                return newsroom.gallery_or_video(entry.subject, entry.kind, rnd, self._files(entry))
            case _:
                return newsroom.report(entry.subject, rnd, self._files(entry))

    def _source(self, entry: Entry) -> Entry:
        assert entry.source is not None  # an article without a source is a report
        return self._registry.entry(entry.source)

    def _from_agency(self, entry: Entry) -> Content:
        return self._printed(entry, self.content(self._source(entry).code, 1))

    def _printed(self, entry: Entry, original: Content) -> Content:
        """Copy a report for this code, with the code's own pictures."""
        paths = self._paths(entry, len(original.pictures))
        return Content(
            title=original.title,
            lead=original.lead,
            blocks=original.blocks,
            category=original.category,
            tags=original.tags,
            pictures=tuple(Picture(path, old.caption) for path, old in zip(paths, original.pictures, strict=True)),
        )

    def _files(self, entry: Entry) -> tuple[str, ...]:
        chance = share(self._seed, entry.code, _PICTURES)
        match entry.kind:
            case Kind.GALLERY:
                return self._paths(entry, 4 + int(chance * 9))
            case Kind.VIDEO:
                return self._paths(entry, 1, "mp4")
            case _:
                return self._paths(entry, 0 if chance < 0.1 else 1 if chance < 0.8 else 2 + int((chance - 0.8) * 15))

    def _paths(self, entry: Entry, count: int, extension: str = "jpg") -> tuple[str, ...]:
        """Make paths as the CMS does: Jalali day without leading zeros, a number, three random digits."""
        year, month, day = jalali_day(entry.shown_at.astimezone(TEHRAN).date())
        folder = f"/files/fa/news/{year}/{month}/{day}"
        chance = mix(self._seed, entry.code, _FILE)
        return tuple(
            f"{folder}/{entry.code * 20 + index}_{100 + (chance >> index) % 900}.{extension}" for index in range(count)
        )
