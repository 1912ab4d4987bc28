"""Define what a visit can yield: an :class:`Article` or an :class:`Absence`."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from enum import Enum, StrEnum, auto
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime


class Kind(StrEnum):
    """The main content of the page."""

    ARTICLE = "article"
    GALLERY = "gallery"
    VIDEO = "video"


class Outcome(StrEnum):
    """The result of a visit. Every visit has exactly one."""

    STORED = "stored"
    """The page is the article of the code asked for."""
    MISSING = "missing"
    """The site says there is no such article: 404, 410, its error page, or its home page."""
    REFUSED = "refused"
    """The site did not let us look: 401, 403, 429, a challenge page, robots.txt, a redirect to another host."""
    FAILED = "failed"
    """No complete answer: a network error, a time-out, a 5xx status, a page that breaks off."""
    UNREADABLE = "unreadable"
    """An answer that is neither an article we can read nor a clear absence."""


@dataclass(slots=True, kw_only=True)
class Media:
    """A picture or a recording of an article: its absolute URL and its caption."""

    url: str
    caption: str | None = None


@dataclass(slots=True, kw_only=True)
class Image(Media):
    """A picture of the article."""


@dataclass(slots=True, kw_only=True)
class Video(Media):
    """A film or a recording of the article; the URL is that of the file itself."""


class Redirect(NamedTuple):
    """An answer that led elsewhere, on the way to a page."""

    at: datetime
    """When it came; aware, UTC."""
    status: int
    url: str
    """What was asked for."""
    location: str
    """Where it led, as its header says."""


@dataclass(slots=True, kw_only=True)
class Capture:
    """What is kept of an answer, as the evidence of what was read in it."""

    url: str
    """Where it came from, after redirects."""
    headers: dict[str, str]
    """By lower-case name; without cookies, bounded."""
    body: bytes = field(repr=False)
    """Decompressed."""
    redirects: tuple[Redirect, ...] = ()
    """What led to it, the first one first; bounded."""


@dataclass(slots=True, kw_only=True)
class PackedCapture:
    """A :class:`Capture` as it is stored."""

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
    redirects: tuple[Redirect, ...] = ()


class StoredCapture(NamedTuple):
    """A capture to be read again, as one visit found it; packed, as it goes to another process."""

    visit_id: int
    code: int
    at: datetime
    outcome: str
    """What the visit made of it."""
    url: str
    http_status: int | None
    headers: dict[str, str]
    size: int
    digest: bytes
    content: bytes
    dictionary_id: int | None


@dataclass(slots=True, kw_only=True)
class Fetch:
    """The facts of the HTTP exchange in which a page was fetched, for the ledger."""

    at: datetime
    """When the answer was complete; aware, UTC."""
    status: int | None = None
    """The HTTP status; None where no answer came."""
    size: int = 0
    """Bytes of the decompressed body."""
    etag: str | None = None
    last_modified: str | None = None
    capture: Capture | PackedCapture | None = None
    """The answer, where it is worth keeping; packed by the keep pipeline on its way to storage."""


class Change(StrEnum):
    """The most important part of an article that an edit touched; this is the order of importance."""

    HEADLINE = "headline"
    """The headline, or the line above it."""
    LEAD = "lead"
    """The summary below the headline."""
    BODY = "body"
    """The text itself."""
    TAGS = "tags"
    """Tags or sections."""
    COSMETIC = "cosmetic"
    """The text differs and reads the same after search folding: a comma, a ZWNJ."""


class Type(Enum):
    """The kind of value that a field of an article holds; how it is cleaned, stored and exported follows from it."""

    SITE = auto()
    CODE = auto()
    ADDRESS = auto()
    KIND = auto()
    LINE = auto()
    """One line of text."""
    TEXT = auto()
    """Paragraphs separated by one blank line."""
    PATH = auto()
    """Names in an order that means something."""
    SET = auto()
    """Names in an order that means nothing."""
    MEDIA = auto()
    MOMENT = auto()
    """Aware, in Asia/Tehran."""
    JALALI = auto()
    """``1401-11-04 22:54``; ``1401-11-04`` where the page gives no time."""
    COUNT = auto()

    @property
    def is_list(self) -> bool:
        return self in {Type.PATH, Type.SET, Type.MEDIA}


class ArticleField(NamedTuple):
    """The facts that are stated about a field of :class:`Article`."""

    name: str
    type: Type
    change: Change | None
    """What an edit of it is called; None for what is kept up to date without being an edit."""
    about: str
    """What it holds, for the JSON Schema; may be empty."""


def _field(type_: Type, *, edit: Change | None = None, about: str = "") -> Any:
    """State a field of :class:`Article`: exported, stored and cleaned as its type asks for; unknown unless given."""
    metadata = {"type": type_, "change": edit, "about": about}
    if type_ in {Type.SITE, Type.CODE, Type.ADDRESS}:
        return field(metadata=metadata)
    if type_.is_list:
        return field(default_factory=list, metadata=metadata)
    return field(default=Kind.ARTICLE if type_ is Type.KIND else None, metadata=metadata)


@dataclass(slots=True, kw_only=True)
class Article:
    """One article as its page gives it. Unknown is None (or an empty list), never an empty string.

    The parser fills it with the page's own characters; the cleaning pipeline makes them uniform. A new field of the
    page is stated here, in the order of the export; schema, exports, revisions and storage follow from that.
    """

    site: str = _field(Type.SITE, about="host name of the outlet, without www")
    code: int = _field(Type.CODE, about="news code (کد خبر)")
    url: str = _field(Type.ADDRESS, about="address of its page")
    short_url: str = _field(Type.ADDRESS, about="short link to it")
    kind: Kind = _field(Type.KIND, about="the main content of its page")
    kicker: str | None = _field(Type.LINE, edit=Change.HEADLINE, about="line above the headline")
    title: str | None = _field(Type.LINE, edit=Change.HEADLINE, about="headline")
    lead: str | None = _field(Type.LINE, edit=Change.LEAD, about="summary below the headline")
    body: str | None = _field(Type.TEXT, edit=Change.BODY, about="paragraphs separated by a blank line")
    category: list[str] = _field(Type.PATH, edit=Change.TAGS, about="path of sections, outermost first")
    tags: list[str] = _field(Type.SET, edit=Change.TAGS, about="in an order that means nothing")
    images: list[Image] = _field(Type.MEDIA, about="its pictures")
    videos: list[Video] = _field(Type.MEDIA, about="files of films")
    author: str | None = _field(Type.LINE, about="as the page names him or her")
    published_at: datetime | None = _field(
        Type.MOMENT, about="with the offset of Tehran on that day; midnight where the page gives no time"
    )
    published_jalali: str | None = _field(Type.JALALI, about="without a time where the page gives none")
    modified_at: datetime | None = _field(Type.MOMENT, about="when the site says it was changed")
    comment_count: int | None = _field(Type.COUNT, about="as the page states them, or as many as it shows")
    sources: dict[str, str] = field(default_factory=dict)
    """Field name → where its value came from: ``page``, ``meta`` or ``jsonld``. Counted, not stored."""
    notes: list[str] = field(default_factory=list)
    """What the parser saw and a person should know (contradicting dates, an impossible date). Logged, not stored."""
    text_digest: bytes | None = None
    """Fingerprint of the folded title, lead and body; None without a body. Set by the dedupe pipeline."""
    signature: bytes | None = None
    """What near duplicates are told by (:mod:`asrcrawler.text.similarity`). Set by the dedupe pipeline."""
    fetch: Fetch | None = None


FIELDS = tuple(ArticleField(stated.name, **stated.metadata) for stated in fields(Article) if stated.metadata)
"""What the page says of an article, in the order of the export."""
NAMES = tuple(stated.name for stated in FIELDS)
EDITED = tuple(stated.name for stated in FIELDS if stated.change)
"""What an edit is judged by, and what a revision keeps."""
TYPES = {stated.name: stated.type for stated in FIELDS}


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
    is_damaged: bool = False
    """Whether it was read in a capture whose bytes are damaged, and so says nothing about the article."""
    reading: Article | None = None
    """What a page reads to that lacks nothing but its end; several equal ones may be taken, see
    :mod:`asrcrawler.http.completeness`."""


def reading_of(item: object) -> Article | None:
    """Give what was read in the page of a visit, be it one that is not taken yet; None where nothing was."""
    if isinstance(item, Absence):
        return item.reading
    return item if isinstance(item, Article) else None
