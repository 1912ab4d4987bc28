"""State what is true of a code at a moment: what a perfect crawler would store after a visit then."""

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
    """The code of the agency report that this one is a rewriting of, if that is on the site."""
    family: int | None = None
    """Code of the report that it, its copies and its rewritings come from. None for a text of its own."""
    wire: int | None = None
    """Number of the agency's report that it prints, whole or reworked, as other outlets may; None for no such one."""
    revision: int = 1
    """Number of its text; 1 = never edited."""

    def fields(self) -> dict[str, object]:
        """Give what a parser can read from the page: all but the outcome and the links to other codes."""
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
    """An earlier text of an article, and the edit that replaced it."""

    content: Content
    since: datetime
    until: datetime
    """When it was replaced; aware, in Tehran."""
    change: Change
    """The class of the edit that replaced it."""
