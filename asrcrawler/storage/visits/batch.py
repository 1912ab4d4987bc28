"""Change the rows that visits touch. No SQL: rows are plain mappings, read before and saved after."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from asrcrawler.http.completeness import UNENDED, Looks, looked_again
from asrcrawler.items import Absence, Article, Outcome, PackedCapture
from asrcrawler.policy import History, next_visit
from asrcrawler.storage.visits.articles import NEW, QUIET, STALE, ArticleRows, moment_of, reads_worse
from asrcrawler.storage.visits.columns import (
    HIGHEST_INTEGER,
    header_of,
    headers_of,
    reading_digest,
    redirect_of,
    storable,
    values_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


WORSE = "reads worse than what is stored: no body"
NOT_STORED = "not modified, and nothing of it is stored"

HIGHEST_STATUS = 999
LONGEST_REASON = 500


class Written(NamedTuple):
    """What became of one visit."""

    code: int
    outcome: Outcome
    change: str | None
    """``new``, a change class, :data:`STALE`, or None where nothing of the text changed."""
    next_visit_at: datetime | None
    """None: settled."""


@dataclass(slots=True, kw_only=True)
class Batch(ArticleRows):
    """The rows of one site in one transaction, keyed so that a code visited twice ends as its last visit."""

    run_id: int | None
    newest: int
    """The highest code known to exist."""
    visits: list[dict[str, Any]] = field(default_factory=list)
    captured: list[tuple[dict[str, Any], PackedCapture]] = field(default_factory=list)
    """Those of ``visits`` that have a capture, with it."""
    first_visits: set[int] = field(default_factory=set)
    ledger_before: dict[int, dict[str, Any]] = field(init=False)
    """The rows as they were read."""
    rebooked: set[int] = field(default_factory=set)
    """Codes whose row in the ledger changed without a visit."""
    looks: int = 0
    """Visits of articles that were stored before."""
    missing_looks: int = 0
    """Those of them that answered missing."""

    def __post_init__(self) -> None:
        self.ledger_before = dict(self.ledger)

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
        known = self.ledger.get(item.code, {})
        row = self._book(item, outcome, storable(reason), change, looks)
        self._look_for(item, outcome, change, known)
        return Written(item.code, outcome, change, row["next_visit_at"])

    def _look_for(
        self, item: Article | Absence, outcome: Outcome, change: str | None, known: Mapping[str, Any]
    ) -> None:
        """Note whether the site has a stored article; ``known`` is the ledger's row before this visit."""
        stored = self.articles.get(item.code)
        if stored is None:
            return
        if outcome is Outcome.MISSING or (outcome is Outcome.STORED and known.get("outcome") != outcome):
            self.unsettled.add(item.code)
        stored["last_visit_at"] = self.ledger[item.code]["visited_at"]
        if change == NEW:
            return
        self.refreshed.add(item.code)
        self.looks += 1
        self.missing_looks += outcome is Outcome.MISSING

    def _looks(self, item: Article | Absence) -> Looks | None:
        """Count the looks at the code that found a page without its end, this one included.

        A whole page ends the count, and so does the answer that there is none. No answer leaves it as it is.
        """
        if not isinstance(item, Absence) or item.outcome in {Outcome.STORED, Outcome.MISSING}:
            return None
        known = self.ledger.get(item.code, {})
        digest, since, count = (known.get(f"unended_{name}") for name in ("digest", "since", "looks"))
        before = Looks(digest, since, count) if digest and since and count else None
        if item.reading is None:
            return before
        return looked_again(before, reading_digest(values_of(item.reading)), moment_of(item))

    def _taken(self, item: Article | Absence, looks: Looks | None) -> Article | Absence:
        """Take a page without its end if enough looks read the same; otherwise give ``item`` itself.

        It is taken as a new article, and never replaces a stored text. One that reads like the stored text counts as
        seen again: a page that never has an end does not fail for ever.
        """
        if looks is None or not isinstance(item, Absence) or item.reading is None or not looks.prove(moment_of(item)):
            return item
        stored = self.articles.get(item.code)
        if stored is None:
            return item.reading
        if reading_digest(stored) != looks.digest:
            return item
        return replace(item, outcome=Outcome.STORED, reason=UNENDED)

    def _judge(self, item: Absence) -> tuple[Outcome, str]:
        """Judge an absence. One that says *stored* is the answer «not modified»: the article was seen again."""
        if item.outcome is not Outcome.STORED:
            return item.outcome, item.reason
        stored = self.articles.get(item.code)
        if stored is None:
            return Outcome.FAILED, NOT_STORED
        if not self.is_older(item, stored["last_seen_at"]):
            stored["last_seen_at"] = moment_of(item)
            self.refreshed.add(item.code)
        return Outcome.STORED, item.reason

    def replace_reading(self, item: Article) -> dict[str, tuple[Any, Any]]:
        """Replace a stored article by another reading of its capture; give the fields that differ, before and after.

        That is no edit by the site: revision and moments stay.
        """
        stored = self.articles[item.code]
        before, values = dict(stored), values_of(item)
        self.signatures[item.code] = item.signature
        touched = self.update(stored, values)
        if "published_at" in touched:  # the next visit depends on it
            known = self.ledger.get(item.code)
            if known is not None and known["outcome"] == Outcome.STORED:
                self.rebook(item, {}, known["visited_at"])
        return {name: (before[name], values[name]) for name in touched}

    def _book(
        self, item: Article | Absence, outcome: Outcome, reason: str | None, change: str | None, looks: Looks | None
    ) -> dict[str, Any]:
        """Add the visit and give the ledger's new row; there, a visit before the last one is only counted."""
        at = moment_of(item)
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
        row["next_visit_at"] = next_visit(outcome, self._history(row, item), at)
        capture = item.fetch.capture if item.fetch and isinstance(item.fetch.capture, PackedCapture) else None
        visit = {name: row[name] for name in ("site", "code", "run_id", "outcome", "reason", "http_status")} | {
            "at": at,
            "size": min(item.fetch.size, HIGHEST_INTEGER) if item.fetch else 0,
            "change": str(change) if change else None,
            "page_id": None,
            "url": storable(capture.url) if capture else None,
            "headers": headers_of(capture.headers) if capture else None,
            "redirects": [redirect_of(step) for step in capture.redirects] or None if capture else None,
        }
        self.visits.append(visit)
        if capture is not None:
            self.captured.append((visit, capture))
        if self.is_older(item, known.get("visited_at")):
            row = dict(known) | {"visits": row["visits"]}
        self.ledger[item.code] = row
        return row

    def rebook(self, item: Article | Absence, changes: Mapping[str, Any], at: datetime) -> None:
        """Change the ledger's row of a code whose last visit, ``at``, is read in another way."""
        row = self.ledger[item.code] | dict(changes)
        row["next_visit_at"] = next_visit(Outcome(row["outcome"]), self._history(row, item), at)
        self.ledger[item.code] = row
        self.rebooked.add(item.code)

    def _history(self, row: Mapping[str, Any], item: Article | Absence) -> History:
        """Give what :func:`next_visit` asks about a code with the ledger row ``row``."""
        stored = self.articles.get(item.code)
        return History(
            code=item.code,
            first_visit_at=row["first_visit_at"],
            streak=row["streak"],
            unchanged=row["unchanged"],
            published_at=stored["published_at"] if stored else None,
            behind=max(self.newest - item.code, 0),
            retry_after=item.retry_after if isinstance(item, Absence) else None,
            is_held=stored is not None,
        )


def _unchanged(known: Mapping[str, Any], outcome: Outcome, change: str | None) -> int:
    """Count the looks in a row that changed nothing; one that found no article is not counted."""
    before: int = known.get("unchanged", 0)
    if outcome is not Outcome.STORED:
        return before
    return before + 1 if change in QUIET else 0


def validators_of(
    known: Mapping[str, Any], item: Article | Absence, outcome: Outcome, change: str | None
) -> dict[str, str | None]:
    """Give what the next conditional request may send: only of an answer whose text is the stored one."""
    if outcome is not Outcome.STORED:
        return {"etag": None, "last_modified": None}
    if isinstance(item, Article) and item.fetch and change != STALE:
        return {"etag": header_of(item.fetch.etag), "last_modified": header_of(item.fetch.last_modified)}
    return {"etag": known.get("etag"), "last_modified": known.get("last_modified")}
