"""What a batch of visits makes of the rows it touches. No SQL: rows are plain mappings, read before and saved after."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from asrcrawler.clock import utcnow
from asrcrawler.http.completeness import UNENDED, Looks, looked_again
from asrcrawler.items import EDITED, NAMES, TYPES, Absence, Article, Change, Outcome, PackedCapture, Type
from asrcrawler.policy import History, change_class, differs, has_come, is_stale_copy, next_visit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from asrcrawler.items import Media, Redirect

NEW = "new"
STALE = "old copy"
"""The mark of a visit that found an earlier text again, see :func:`~asrcrawler.policy.is_stale_copy`."""
QUIET = frozenset({None, STALE})
"""The marks of visits that changed nothing."""
WORSE = "reads worse than what is stored: no body"
NOT_STORED = "not modified, and nothing of it is stored"
BROKEN_PAGE = "the page it was read in breaks off"

LABELS = ("category", "tags")
"""What rows of ``label`` are made of."""

REFRESHED = (*(name for name in NAMES if name not in {"site", "code", *EDITED}), "text_digest")
"""What is kept up to date without being an edit of the text."""

HIGHEST_INTEGER = 2**31 - 1  # of PostgreSQL's INTEGER
HIGHEST_STATUS = 999
DIGEST_SIZE = 16  # bytes
LONGEST_HEADER = 500  # characters; a longer validator is not sent back
LONGEST_REASON = 500


class Written(NamedTuple):
    """What became of one visit."""

    code: int
    outcome: Outcome
    change: str | None
    """``new``, a change class, :data:`STALE`, or None where nothing of the text changed."""
    next_visit_at: datetime | None
    """None: settled."""


class Evidence(Protocol):
    """What is asked about a stored article only when another text of it was found."""

    def earlier_texts(self, code: int) -> Iterable[Mapping[Any, Any]]:
        """Read the texts that the stored one has replaced."""
        ...

    def read_again(self, code: int) -> Article | None:
        """Read the capture of the stored text with today's parser; None where there is none, or no article in it."""
        ...


class NoEvidence:
    """Nothing but the stored text itself."""

    def earlier_texts(self, code: int) -> Iterable[Mapping[Any, Any]]:
        return ()

    def read_again(self, code: int) -> Article | None:
        return None


@dataclass(slots=True)
class Batch:
    """The rows of one site in one transaction, keyed so that a code visited twice ends as its last visit."""

    site: str
    run_id: int | None
    newest: int
    """The highest code known to exist."""
    articles: dict[int, dict[str, Any]]
    ledger: dict[int, dict[str, Any]]
    evidence: Evidence = field(default_factory=NoEvidence)
    now: datetime = field(default_factory=utcnow)
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
    pages: list[PackedCapture | None] = field(default_factory=list)
    """What each of ``visits`` found, where it is kept."""
    first_visits: set[int] = field(default_factory=set)

    def take_up(self, item: Article | Absence) -> Written:
        """Work one visit into the rows."""
        looks = self._looks(item)
        given, item = item, self._taken(item, looks)
        outcome, reason, change = Outcome.STORED, UNENDED if item is not given else None, None
        if isinstance(item, Absence):
            outcome, reason = self._judge(item)
        elif reads_worse(self.articles.get(item.code), item):
            outcome, reason = Outcome.UNREADABLE, WORSE
        else:
            change = self.take_up_article(item)
        row = self._book(item, outcome, storable(reason), change, looks)
        return Written(item.code, outcome, change, row["next_visit_at"])

    def _looks(self, item: Article | Absence) -> Looks | None:
        """Count the looks at the code that found a page without its end, this one included.

        A whole page ends the count, and so does the word that there is none. No answer says nothing.
        """
        if not isinstance(item, Absence) or item.outcome in {Outcome.STORED, Outcome.MISSING}:
            return None
        known = self.ledger.get(item.code, {})
        digest, since, count = (known.get(f"unended_{name}") for name in ("digest", "since", "looks"))
        before = Looks(digest, since, count) if digest and since and count else None
        if item.reading is None:
            return before
        return looked_again(before, reading_digest(values_of(item.reading)), _moment(item))

    def _taken(self, item: Article | Absence, looks: Looks | None) -> Article | Absence:
        """Take a page without its end after all, where enough looks read the same; otherwise give ``item`` itself.

        It is taken as a new article, never in the place of a stored text. One that reads like the stored text was
        seen again, and no more: a page that never has an end is no failure for ever.
        """
        if looks is None or not isinstance(item, Absence) or item.reading is None or not looks.prove(_moment(item)):
            return item
        stored = self.articles.get(item.code)
        if stored is None:
            return item.reading
        if reading_digest(stored) != looks.digest:
            return item
        return replace(item, outcome=Outcome.STORED, reason=UNENDED)

    def _judge(self, item: Absence) -> tuple[Outcome, str]:
        """An absence that says *stored* is the answer «not modified»: the article was seen again."""
        if item.outcome is not Outcome.STORED:
            return item.outcome, item.reason
        stored = self.articles.get(item.code)
        if stored is None:
            return Outcome.FAILED, NOT_STORED
        if not self._is_older(item, stored["last_seen_at"]):
            stored["last_seen_at"] = _moment(item)
            self.refreshed.add(item.code)
        return Outcome.STORED, item.reason

    def take_up_article(self, item: Article) -> str | None:
        """Work an article into the rows that its visit found; give what that changed.

        One that was fetched before what is stored changes nothing.
        """
        at = _moment(item)
        stored = self.articles.get(item.code)
        if stored is not None and self._is_older(item, stored["last_seen_at"]):
            return None
        values = values_of(item)
        self.signatures[item.code] = item.signature
        if stored is None:
            self.add(values, at)
            return NEW
        change = change_class(stored, values)
        if change is not None:
            if self._is_stale_copy(stored, values, at):
                return STALE
            change = self._compare_todays_readings(stored, values)
        if change is None:
            values = {name: values[name] for name in REFRESHED}
        if stored["text_digest"] != values["text_digest"]:
            self.digests.update(digest for digest in (stored["text_digest"], values["text_digest"]) if digest)
            self.retexted.add(item.code)
        if change is not None:
            self._keep_revision(stored, change, at)
            if any(differs(name, stored, values) for name in LABELS):
                self.relabelled.add(item.code)
            values |= {"revision": stored["revision"] + 1, "changed_at": at}
            self.rewritten.add(item.code)
        stored.update(values, last_seen_at=at)
        self.refreshed.add(item.code)
        return change

    def _is_stale_copy(self, stored: Mapping[str, Any], values: Mapping[str, Any], at: datetime) -> bool:
        """Tell whether an earlier text of the article came back that is no edit."""
        if not is_stale_copy(at, stored["last_seen_at"]):
            return False
        if self.ledger.get(stored["code"], {}).get("reason") == BROKEN_PAGE:  # what comes now is to take its place
            return False
        code = stored["code"]
        here = (row for row in self.revisions if row["code"] == code)
        return any(change_class(text, values) is None for text in (*here, *self.evidence.earlier_texts(code)))

    def _compare_todays_readings(self, stored: dict[str, Any], values: Mapping[str, Any]) -> Change | None:
        """Bring the stored text to what its capture says today, and name the change that is left.

        A text that an earlier version of this program read or cleaned in another way was not edited by the site.
        """
        again = self.evidence.read_again(stored["code"])
        if again is not None and not reads_worse(stored, again):
            today = values_of(again)
            if change_class(stored, today) is not None:
                self.rewritten.add(stored["code"])
                if any(differs(name, stored, today) for name in LABELS):
                    self.relabelled.add(stored["code"])
                stored.update({name: today[name] for name in EDITED})
        return change_class(stored, values)

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
            {name: stored[name] for name in (*EDITED, "site", "code")}
            | {
                "number": stored["revision"],
                "change": str(change),
                "seen_at": stored["changed_at"],
                "replaced_at": at,
            }
        )

    def _book(
        self, item: Article | Absence, outcome: Outcome, reason: str | None, change: str | None, looks: Looks | None
    ) -> dict[str, Any]:
        """Write the visit down and give the ledger's new row; a visit before the last one is only counted there."""
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
            "first_visit_at": min(known.get("first_visit_at") or at, at),
            "visited_at": at,
            "streak": (known["streak"] if same else 0) + 1,
            "unchanged": _unchanged(known, outcome, change),
            "visits": known.get("visits", 0) + 1,
            "listed_at": known.get("listed_at"),
            "run_id": self.run_id,
            "unended_digest": looks.digest if looks else None,
            "unended_since": looks.since if looks else None,
            "unended_looks": looks.count if looks else None,
            **validators_of(known, item, outcome, change),
        }
        row["next_visit_at"] = next_visit(outcome, self.history(row, item), at)
        page = item.fetch.capture if item.fetch and isinstance(item.fetch.capture, PackedCapture) else None
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
                "redirects": [_redirect(step) for step in page.redirects] or None if page else None,
            }
        )
        if self._is_older(item, known.get("visited_at")):
            row = dict(known) | {"visits": row["visits"]}
        self.ledger[item.code] = row
        return row

    def _is_older(self, item: Article | Absence, moment: datetime | None) -> bool:
        """Whether an answer was fetched before ``moment``, as far as that can be believed."""
        return has_come(moment, self.now) and _moment(item) < moment

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
    return before + 1 if change in QUIET else 0


def _moment(item: Article | Absence) -> datetime:
    return item.fetch.at if item.fetch else utcnow()


def values_of(item: Article) -> dict[str, Any]:
    """Give what the page says as columns of ``article``."""
    values = {name: _COLUMN[type_](getattr(item, name)) for name, type_ in TYPES.items()}
    return values | {"text_digest": item.text_digest}


def _shown(given: Sequence[Media]) -> list[dict[str, str | None]]:
    return [{"url": storable(media.url), "caption": storable(media.caption)} for media in given]


def reading_digest(values: Mapping[str, Any]) -> bytes:
    """Fingerprint what a page reads to, given or stored as columns of ``article``: its text and its pictures."""
    said = {name: values[name] for name in ("kind", *EDITED, "images", "videos")} | {
        "tags": sorted(set(values["tags"]))
    }
    return blake2b(json.dumps(said, sort_keys=True).encode(), digest_size=DIGEST_SIZE).digest()


def _names(given: list[str]) -> list[str]:
    return [name for name in map(storable, given) if name]


def _count(given: int | None) -> int | None:
    return given if given is not None and 0 <= given <= HIGHEST_INTEGER else None


def _as_it_is(given: Any) -> Any:
    return given


_COLUMN: dict[Type, Callable[[Any], Any]] = {
    Type.SITE: _as_it_is,
    Type.CODE: _as_it_is,
    Type.ADDRESS: storable,
    Type.KIND: str,
    Type.LINE: storable,
    Type.TEXT: storable,
    Type.PATH: _names,
    Type.SET: _names,
    Type.MEDIA: _shown,
    Type.MOMENT: _as_it_is,
    Type.JALALI: storable,
    Type.COUNT: _count,
}
"""How a value of each type is made fit for its column."""


def validators_of(
    known: Mapping[str, Any], item: Article | Absence, outcome: Outcome, change: str | None
) -> dict[str, str | None]:
    """What the next conditional request may send: only of an answer whose text is the stored one."""
    if outcome is not Outcome.STORED:
        return {"etag": None, "last_modified": None}
    if isinstance(item, Article) and item.fetch and change != STALE:
        return {"etag": _header(item.fetch.etag), "last_modified": _header(item.fetch.last_modified)}
    return {"etag": known.get("etag"), "last_modified": known.get("last_modified")}


def _headers(given: Mapping[str, str]) -> dict[str, str]:
    storables = ((storable(name), storable(value)) for name, value in given.items())
    return {name: value or "" for name, value in storables if name}


def _redirect(step: Redirect) -> dict[str, Any]:
    url, location = storable(step.url) or "", storable(step.location) or ""
    return {"at": step.at.isoformat(), "status": step.status, "url": url, "location": location}


def _header(value: str | None) -> str | None:
    return storable(value) if value and len(value) <= LONGEST_HEADER else None
