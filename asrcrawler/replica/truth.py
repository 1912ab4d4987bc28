"""What is true of a code at a moment: what a perfect crawler would hold after a visit then."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asrcrawler.items import Image, Kind, Outcome, Video

if TYPE_CHECKING:
    from datetime import datetime

    from asrcrawler.items import Change
    from asrcrawler.replica.content import Content


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """The right outcome of a visit and, where it is ``STORED``, every field of the article, cleaned.

    The fields are those of :class:`asrcrawler.items.Article` and mean the same.
    """

    code: int
    outcome: Outcome
    kind: Kind = Kind.ARTICLE
    kicker: str | None = None
    title: str | None = None
    lead: str | None = None
    body: str | None = None
    category: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    videos: list[Video] = field(default_factory=list)
    author: str | None = None
    published_at: datetime | None = None
    published_jalali: str | None = None
    modified_at: datetime | None = None
    comment_count: int | None = None
    duplicate_of: int | None = None
    """The lowest code on the site with the same title, lead and body, if that is another one."""
    near_of: int | None = None
    """The code of the agency report that this one is a rewriting of, if it is on the site."""
    family: int | None = None
    """What all copies and rewritings of one report have in common: the report's code. None for a text of its own."""
    revision: int = 1
    """1 = never edited."""

    def fields(self) -> dict[str, object]:
        """What a parser can read off the page: all of it but the outcome and the links to other codes."""
        return {name: getattr(self, name) for name in PAGE_FIELDS}


PAGE_FIELDS = (
    "kind",
    "kicker",
    "title",
    "lead",
    "body",
    "category",
    "tags",
    "images",
    "videos",
    "author",
    "published_at",
    "published_jalali",
    "modified_at",
    "comment_count",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """An earlier text of an article, and what became of it."""

    content: Content
    since: datetime
    until: datetime
    """When it was replaced; aware, in Tehran."""
    change: Change
    """What the edit that replaced it amounts to."""
