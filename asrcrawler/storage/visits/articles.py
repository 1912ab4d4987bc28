"""Change the rows of the articles that visits found. No SQL: rows are plain mappings, read before and saved after."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from asrcrawler.clock import utcnow
from asrcrawler.items import EDITED, NAMES, Absence, Article, Change
from asrcrawler.policy import change_class, differs, has_come, is_stale_copy
from asrcrawler.storage.visits.columns import values_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime


NEW = "new"
STALE = "old copy"
"""The mark of a visit that found an earlier text again, see :func:`~asrcrawler.policy.is_stale_copy`."""
QUIET = frozenset({None, STALE})
"""The marks of visits that changed nothing."""
BROKEN_PAGE = "the page it was read in breaks off"

LABELS = ("category", "tags")
"""What rows of ``label`` are made of."""

REFRESHED = (*(name for name in NAMES if name not in {"site", "code", *EDITED}), "text_digest")
"""What is kept up to date without being an edit of the text."""


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


@dataclass(slots=True, kw_only=True)
class ArticleRows:
    """The rows of articles of one site in one transaction, and what has to be written of them."""

    site: str
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
    redated: set[int] = field(default_factory=set)
    """Articles with another moment of publication, which the index of words goes by."""
    relabelled: set[int] = field(default_factory=set)
    digests: set[bytes] = field(default_factory=set)
    """Of the texts that came or went: their groups of duplicates change."""
    signatures: dict[int, bytes | None] = field(default_factory=dict)
    """Of every article of the batch, for its near duplicates."""
    retexted: set[int] = field(default_factory=set)
    """Articles with another ``text_digest`` than before, new ones among them."""
    revisions: list[dict[str, Any]] = field(default_factory=list)
    unsettled: set[int] = field(default_factory=set)
    """Codes whose articles may have gone or come back, see :mod:`asrcrawler.storage.visits.gone`."""

    def take_up_article(self, item: Article) -> str | None:
        """Work an article into the rows that its visit found; give what it changed.

        One that was fetched before what is stored changes nothing.
        """
        at = moment_of(item)
        stored = self.articles.get(item.code)
        if stored is not None and self.is_older(item, stored["last_seen_at"]):
            return None
        if stored is None:
            self._add(item, at)
            return NEW
        values = values_of(item)
        self.signatures[item.code] = item.signature
        change = change_class(stored, values)
        if change is not None:
            if self._is_stale_copy(stored, values, at):
                return STALE
            change = self._compare_todays_readings(stored, values)
        if change is None:
            values = {name: values[name] for name in REFRESHED}
        else:
            self._keep_revision(stored, change, at)
            values |= {"revision": stored["revision"] + 1, "changed_at": at}
        self.update(stored, values | {"last_seen_at": at})
        return change

    def update(self, stored: dict[str, Any], values: Mapping[str, Any]) -> set[str]:
        """Bring a stored article to ``values``, and note what has to be written; give the fields that differ."""
        code = stored["code"]
        touched = {name for name in values if differs(name, stored, values)}
        if "text_digest" in touched:
            self.digests.update(digest for digest in (stored["text_digest"], values["text_digest"]) if digest)
            self.retexted.add(code)
        if not touched.isdisjoint(LABELS):
            self.relabelled.add(code)
        if "published_at" in touched:
            self.redated.add(code)
        if not touched.isdisjoint(EDITED):
            self.rewritten.add(code)
        elif touched:
            self.refreshed.add(code)
        stored.update(values)
        return touched

    def _is_stale_copy(self, stored: Mapping[str, Any], values: Mapping[str, Any], at: datetime) -> bool:
        """Tell whether an earlier text of the article came back, out of a cache, and so is no edit."""
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
                self.update(stored, {name: today[name] for name in EDITED})
        return change_class(stored, values)

    def restore(self, item: Article, *, first_seen_at: datetime, **moments: datetime) -> None:
        """Add an article that was lost, with the moments that its visits tell."""
        self._add(item, first_seen_at)
        self.articles[item.code] |= moments
        self.unsettled.add(item.code)

    def _add(self, item: Article, at: datetime) -> None:
        """Add an article that is not stored, first seen ``at``."""
        self.articles[item.code] = values_of(item) | {
            "duplicate_of": None,
            "similar_to": None,
            "revision": self.earlier.get(item.code, 0) + 1,
            "first_seen_at": at,
            "last_seen_at": at,
            "changed_at": at,
            "last_visit_at": self.ledger.get(item.code, {}).get("visited_at") or at,
            "gone_at": None,
        }
        self.signatures[item.code] = item.signature
        self.inserted.add(item.code)
        self.relabelled.add(item.code)
        self.retexted.add(item.code)
        if item.text_digest:
            self.digests.add(item.text_digest)

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

    def is_older(self, item: Article | Absence, moment: datetime | None) -> bool:
        """Tell whether an answer was fetched before ``moment``; a moment in the future is not believed."""
        return has_come(moment, self.now) and moment_of(item) < moment


def reads_worse(stored: Mapping[str, Any] | None, item: Article) -> bool:
    """Tell whether ``item`` may not replace the article that is stored."""
    return stored is not None and bool(stored["body"]) and not item.body


def moment_of(item: Article | Absence) -> datetime:
    """Give the moment of a visit."""
    return item.fetch.at if item.fetch else utcnow()
