"""The two things a visit can yield: an :class:`Article` or an :class:`Absence`."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class Kind(StrEnum):
    """What the page chiefly shows."""

    ARTICLE = "article"
    GALLERY = "gallery"
    VIDEO = "video"


class Outcome(StrEnum):
    """What became of a visit. Every visit has exactly one."""

    STORED = "stored"
    """The page is the article of the code asked for."""
    MISSING = "missing"
    """The site says there is no such article: 404, 410, its error page, or its home page."""
    REFUSED = "refused"
    """The site did not let us look: 401, 403, 429, a challenge page, robots.txt, a redirect to another host."""
    FAILED = "failed"
    """No complete answer: a network error, a time-out, a 5xx status."""
    UNREADABLE = "unreadable"
    """An answer that is neither an article we can read nor a clear absence."""


@dataclass(slots=True, kw_only=True)
class Image:
    """A picture of the article: its absolute URL and its caption."""

    url: str
    caption: str | None = None


@dataclass(slots=True, kw_only=True)
class Page:
    """An answer itself, as the evidence of what was read in it."""

    url: str
    """Where it came from, after redirects."""
    headers: dict[str, str]
    """By lower-case name; without cookies, bounded."""
    body: bytes = field(repr=False)
    """Decompressed."""


@dataclass(slots=True, kw_only=True)
class PackedPage:
    """A :class:`Page` as it is stored."""

    url: str
    headers: dict[str, str]
    digest: bytes
    """SHA-256 of the body."""
    size: int
    """Bytes of the body."""
    content: bytes = field(repr=False)
    """The body, zstd."""
    dictionary: int | None = None
    """The id of the dictionary it was packed with."""


@dataclass(slots=True, kw_only=True)
class Fetch:
    """How a page was fetched: the facts of the HTTP exchange, for the ledger."""

    at: datetime
    """When the answer was complete; aware, UTC."""
    status: int | None = None
    """The HTTP status; None where no answer came."""
    size: int = 0
    """Bytes of the decompressed body."""
    etag: str | None = None
    last_modified: str | None = None
    page: Page | PackedPage | None = None
    """The answer, where it is worth keeping; packed by the keep pipeline on its way to storage."""


@dataclass(slots=True, kw_only=True)
class Article:
    """One article as its page gives it. Unknown is None (or an empty list), never an empty string.

    The parser fills it with the page's own characters; the cleaning pipeline makes them uniform.
    """

    site: str
    """The outlet's host name without www: ``asrpress.ir``."""
    code: int
    """The news code (کد خبر)."""
    url: str
    short_url: str
    kind: Kind = Kind.ARTICLE
    kicker: str | None = None
    """The line above the headline (روتیتر)."""
    title: str | None = None
    lead: str | None = None
    body: str | None = None
    """Paragraphs separated by one blank line."""
    category: list[str] = field(default_factory=list)
    """The path of sections, outermost first, without صفحه نخست."""
    tags: list[str] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    author: str | None = None
    published_at: datetime | None = None
    """Aware, in Asia/Tehran. Midnight where the page gives a day and no time."""
    published_jalali: str | None = None
    """``1401-11-04 22:54``; ``1401-11-04`` where the page gives no time."""
    modified_at: datetime | None = None
    comment_count: int | None = None
    sources: dict[str, str] = field(default_factory=dict)
    """Field name → where its value came from: ``page``, ``meta`` or ``jsonld``. Counted, not stored."""
    notes: list[str] = field(default_factory=list)
    """What the parser saw and a person should know (contradicting dates, an impossible date). Logged, not stored."""
    text_digest: bytes | None = None
    """Fingerprint of the folded title, lead and body; None without a body. Set by the dedupe pipeline."""
    signature: bytes | None = None
    """What near duplicates are told by (:mod:`asrcrawler.text.similarity`). Set by the dedupe pipeline."""
    fetch: Fetch | None = None


@dataclass(slots=True, kw_only=True)
class Absence:
    """A visit that gave no article text, and why."""

    site: str
    code: int
    outcome: Outcome
    """``STORED`` only where the site says that what is stored has not been modified."""
    reason: str
    """One short English line for people: ``404``, ``soft 404``, ``redirected to home``, ``timeout`` …"""
    retry_after: datetime | None = None
    """When the site asked us to come back, aware UTC."""
    fetch: Fetch | None = None
