"""What a batch of visits makes of the rows it touches. No SQL: rows are plain mappings, read before and saved after."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from asrcrawler.clock import utcnow
from asrcrawler.items import Absence, Article, Outcome, PackedPage
from asrcrawler.policy import Change, History, change_class, next_visit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

NEW = "new"
WORSE = "reads worse than what is stored: no body"
NOT_STORED = "not modified, and nothing of it is stored"

TEXT = ("kicker", "title", "lead", "body", "category", "tags")
"""What an edit is judged by, and what a revision keeps."""

REFRESHED = ("url", "short_url", "kind", "images", "author", "published_at", "published_jalali", "modified_at",
             "comment_count", "text_digest")  # fmt: skip
"""What is kept up to date without being an edit of the text."""

HIGHEST_INTEGER = 2**31 - 1  # of PostgreSQL's INTEGER
HIGHEST_STATUS = 999
LONGEST_HEADER = 500  # characters; a longer validator is not sent back
LONGEST_REASON = 500


class Written(NamedTuple):
    """What became of one visit."""

    code: int
    outcome: Outcome
    change: str | None
    """``new``, a change class, or None where nothing of the text changed."""
    next_visit_at: datetime | None
    """None: settled."""


class StoredText(NamedTuple):
    """A text as stored, for :func:`~asrcrawler.policy.change_class`."""

    kicker: str | None
    title: str | None
    lead: str | None
    body: str | None
    category: list[str]
    tags: list[str]


@dataclass(slots=True)
class Batch:
    """The rows of one site in one transaction, keyed so that a code visited twice ends as its last visit."""

    site: str
    run_id: int | None
    newest: int
    """The highest code known to exist."""
    articles: dict[int, dict[str, Any]]
    ledger: dict[int, dict[str, Any]]
    earlier: dict[int, int] = field(default_factory=dict)
    """How many earlier texts are kept of articles that were lost themselves."""
    inserted: set[int] = field(default_factory=set)
    rewritten: set[int] = field(default_factory=set)
    """Articles whose text changed."""
    refreshed: set[int] = field(default_factory=set)
    relabelled: set[int] = field(default_factory=set)
    digests: set[bytes] = field(default_factory=set)
    """Of the texts that came or went: their groups of duplicates change."""
    signatures: dict[int, bytes | None] = field(default_factory=dict)
    """Of every article of the batch, for its near duplicates."""
    retexted: set[int] = field(default_factory=set)
    """Articles with another ``text_digest`` than before, new ones among them."""
    revisions: list[dict[str, Any]] = field(default_factory=list)
    visits: list[dict[str, Any]] = field(default_factory=list)
    pages: list[PackedPage | None] = field(default_factory=list)
    """What each of ``visits`` found, where it is kept."""
    first_visits: set[int] = field(default_factory=set)

    def take_up(self, item: Article | Absence) -> Written:
        """Work one visit into the rows."""
        outcome, reason, change = Outcome.STORED, None, None
        if isinstance(item, Absence):
            outcome, reason = self._judge(item)
        elif reads_worse(self.articles.get(item.code), item):
            outcome, reason = Outcome.UNREADABLE, WORSE
        else:
            change = self.take_up_article(item)
        row = self._book(item, outcome, storable(reason), change)
        return Written(item.code, outcome, change, row["next_visit_at"])

    def _judge(self, item: Absence) -> tuple[Outcome, str]:
        """An absence that says *stored* is the answer «not modified»: the article was seen again."""
        if item.outcome is not Outcome.STORED:
            return item.outcome, item.reason
        stored = self.articles.get(item.code)
        if stored is None:
            return Outcome.FAILED, NOT_STORED
        stored["last_seen_at"] = _moment(item)
        self.refreshed.add(item.code)
        return Outcome.STORED, item.reason

    def take_up_article(self, item: Article) -> str | None:
        """Work an article into the rows that its visit found; give what that changed."""
        at = _moment(item)
        stored = self.articles.get(item.code)
        values = values_of(item)
        self.signatures[item.code] = item.signature
        if stored is None:
            self.add(values, at)
            return NEW
        change = change_class(_text(stored), _text(values))
        if stored["text_digest"] != values["text_digest"]:
            self.digests.update(digest for digest in (stored["text_digest"], values["text_digest"]) if digest)
            self.retexted.add(item.code)
        if change is not None:
            self._keep_revision(stored, change, at)
            if (stored["category"], stored["tags"]) != (values["category"], values["tags"]):
                self.relabelled.add(item.code)
            values |= {"revision": stored["revision"] + 1, "changed_at": at}
            self.rewritten.add(item.code)
        stored.update(values, last_seen_at=at)
        self.refreshed.add(item.code)
        return change

    def add(self, values: dict[str, Any], at: datetime) -> None:
        """An article that is not there, first seen ``at``."""
        self.articles[values["code"]] = values | {
            "duplicate_of": None,
            "similar_to": None,
            "revision": self.earlier.get(values["code"], 0) + 1,
            "first_seen_at": at,
            "last_seen_at": at,
            "changed_at": at,
        }
        self.inserted.add(values["code"])
        self.relabelled.add(values["code"])
        self.retexted.add(values["code"])
        if values["text_digest"]:
            self.digests.add(values["text_digest"])

    def _keep_revision(self, stored: Mapping[str, Any], change: Change, at: datetime) -> None:
        self.revisions.append(
            {name: stored[name] for name in (*TEXT, "site", "code")}
            | {
                "number": stored["revision"],
                "change": str(change),
                "seen_at": stored["changed_at"],
                "replaced_at": at,
            }
        )

    def _book(
        self, item: Article | Absence, outcome: Outcome, reason: str | None, change: str | None
    ) -> dict[str, Any]:
        """Write the visit down and give the ledger's new row."""
        at = _moment(item)
        known = self.ledger.get(item.code, {})
        if known.get("first_visit_at") is None:
            self.first_visits.add(item.code)
        same = known.get("outcome") == outcome
        status = item.fetch.status if item.fetch else None
        row = {
            "site": item.site,
            "code": item.code,
            "outcome": str(outcome),
            "reason": reason[:LONGEST_REASON] if reason else None,
            "http_status": status if status is not None and 0 <= status <= HIGHEST_STATUS else None,
            "first_visit_at": known.get("first_visit_at") or at,
            "visited_at": at,
            "streak": (known["streak"] if same else 0) + 1,
            "unchanged": _unchanged(known, outcome, change),
            "visits": known.get("visits", 0) + 1,
            "listed_at": known.get("listed_at"),
            "run_id": self.run_id,
            **validators_of(known, item, outcome),
        }
        row["next_visit_at"] = next_visit(outcome, self.history(row, item), at)
        self.ledger[item.code] = row
        page = item.fetch.page if item.fetch and isinstance(item.fetch.page, PackedPage) else None
        self.pages.append(page)
        self.visits.append(
            {name: row[name] for name in ("site", "code", "run_id", "outcome", "reason", "http_status")}
            | {
                "at": at,
                "size": min(item.fetch.size, HIGHEST_INTEGER) if item.fetch else 0,
                "change": str(change) if change else None,
                "page_id": None,
                "url": storable(page.url) if page else None,
                "headers": _headers(page.headers) if page else None,
            }
        )
        return row

    def history(self, row: Mapping[str, Any], item: Article | Absence) -> History:
        """What :func:`next_visit` asks about a code with the ledger row ``row``."""
        stored = self.articles.get(item.code)
        return History(
            code=item.code,
            first_visit_at=row["first_visit_at"],
            streak=row["streak"],
            unchanged=row["unchanged"],
            published_at=stored["published_at"] if stored else None,
            behind=max(self.newest - item.code, 0),
            retry_after=item.retry_after if isinstance(item, Absence) else None,
        )


def storable(text: str | None) -> str | None:
    """``text`` without what no database takes (NUL, lone surrogates); None when nothing is left."""
    if not text:
        return None
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode(errors="ignore").decode()
    return text.replace("\0", "") or None


def reads_worse(stored: Mapping[str, Any] | None, item: Article) -> bool:
    """Whether ``item`` may not replace the article that is stored."""
    return stored is not None and bool(stored["body"]) and not item.body


def _unchanged(known: Mapping[str, Any], outcome: Outcome, change: str | None) -> int:
    """Quiet looks in a row; a look that saw no article says nothing about it."""
    before: int = known.get("unchanged", 0)
    if outcome is not Outcome.STORED:
        return before
    return before + 1 if change is None else 0


def _moment(item: Article | Absence) -> datetime:
    return item.fetch.at if item.fetch else utcnow()


def values_of(item: Article) -> dict[str, Any]:
    """What the page says, as columns of ``article``."""
    count = item.comment_count
    return {
        "site": item.site,
        "code": item.code,
        "url": storable(item.url),
        "short_url": storable(item.short_url),
        "kind": str(item.kind),
        "kicker": storable(item.kicker),
        "title": storable(item.title),
        "lead": storable(item.lead),
        "body": storable(item.body),
        "category": _names(item.category),
        "tags": _names(item.tags),
        "images": [{"url": storable(image.url), "caption": storable(image.caption)} for image in item.images],
        "author": storable(item.author),
        "published_at": item.published_at,
        "published_jalali": storable(item.published_jalali),
        "modified_at": item.modified_at,
        "comment_count": count if count is not None and 0 <= count <= HIGHEST_INTEGER else None,
        "text_digest": item.text_digest,
    }


def _names(given: list[str]) -> list[str]:
    return [name for name in map(storable, given) if name]


def _text(row: Mapping[str, Any]) -> StoredText:
    return StoredText(*(row[name] for name in TEXT))


def validators_of(known: Mapping[str, Any], item: Article | Absence, outcome: Outcome) -> dict[str, str | None]:
    """What the next conditional request may send: only of an answer that was stored."""
    if outcome is not Outcome.STORED:
        return {"etag": None, "last_modified": None}
    if isinstance(item, Article) and item.fetch:
        return {"etag": _header(item.fetch.etag), "last_modified": _header(item.fetch.last_modified)}
    return {"etag": known.get("etag"), "last_modified": known.get("last_modified")}


def _headers(given: Mapping[str, str]) -> dict[str, str]:
    storables = ((storable(name), storable(value)) for name, value in given.items())
    return {name: value or "" for name, value in storables if name}


def _header(value: str | None) -> str | None:
    return storable(value) if value and len(value) <= LONGEST_HEADER else None
