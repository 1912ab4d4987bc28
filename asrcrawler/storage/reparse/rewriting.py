"""Replace what was read in captures by what today's parser reads in them.

A better reading of the same bytes is no edit by the site: the article's texts are replaced, its ``revision``,
``changed_at``, ``first_seen_at`` and ``last_seen_at`` stay, no earlier text is kept and no visit is added. A visit
whose page could not be read and now can is judged again, as if it had been read then: with the edit it found, and with
its outcome in the ledger where it was the last visit.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, update

from asrcrawler.http.completeness import UNENDED
from asrcrawler.items import EDITED, Absence, Article, Outcome
from asrcrawler.storage.models import page as page_table
from asrcrawler.storage.models import visit as visit_table
from asrcrawler.storage.visits.articles import QUIET, REFRESHED, reads_worse
from asrcrawler.storage.visits.batch import LONGEST_REASON, WORSE, validators_of
from asrcrawler.storage.visits.columns import storable
from asrcrawler.storage.visits.gone import settle
from asrcrawler.storage.visits.ledger import newest_in
from asrcrawler.storage.visits.runs import writing
from asrcrawler.storage.visits.writing import load, save_articles, save_ledger

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from asrcrawler.items import StoredCapture
    from asrcrawler.storage.engine.database import Database
    from asrcrawler.storage.reparse.rereading import CodeHistory
    from asrcrawler.storage.visits.batch import Batch

FIELDS = tuple(name for name in (*EDITED, *REFRESHED) if name != "text_digest")
"""What is compared and told, in this order."""
OUTCOME = "outcome"

_REJUDGE = (
    update(visit_table)
    .where(visit_table.c.id == bindparam("own_id"))
    .values(outcome=bindparam("new_outcome"), reason=bindparam("new_reason"), change=bindparam("new_change"))
)


class Difference(NamedTuple):
    """What another reading made of one field."""

    code: int
    kind: str
    field: str
    """A field of the article, or ``outcome``."""
    before: Any
    after: Any


@dataclass(slots=True)
class Rewritten:
    """What another reading of some codes amounts to."""

    differences: list[Difference] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    """``same``, ``better``, ``readable``, ``restored``, ``worse``, ``unreadable``: captures by what became of them."""
    worse: dict[int, str] = field(default_factory=dict)
    """Code → why its capture does not replace what is stored."""


def write_readings(
    database: Database,
    site: str,
    readings: Sequence[tuple[CodeHistory, Sequence[Article | Absence]]],
    *,
    run_id: int | None = None,
    dry_run: bool = False,
) -> Rewritten:
    """Write what was read in the captures of some histories, an item for each, in one transaction; or only say what
    would be written.

    Raises :exc:`~asrcrawler.exceptions.StorageError`; then nothing of it is written.
    """
    items = [item for _, items in readings for item in items]
    if not items:
        return Rewritten()
    with database.read() if dry_run else writing(database, run_id, site) as connection:
        rows = load(connection, site, items, newest=newest_in(connection, site))
        rewriting = _Rewriting(connection, rows)
        for history, read in readings:
            rewriting.take_up(history, read)
        if not dry_run:
            rewriting.save()
    return rewriting.result


class _Rewriting:
    def __init__(self, connection: Connection, rows: Batch) -> None:
        self._connection = connection
        self._rows = rows
        self._visits: list[dict[str, Any]] = []
        self._captures: dict[bytes, str] = {}
        self.result = Rewritten()

    def take_up(self, history: CodeHistory, read: Sequence[Article | Absence]) -> None:
        judged: dict[int, Article | Absence] = {}
        visits = {row["id"]: dict(row) for row in history.visits}
        for capture, item in zip(history.captures, read, strict=True):
            if capture.outcome == Outcome.STORED:
                self._read_again(history, _taken(item, visits[capture.visit_id]))
            elif (anew := self._judge_anew(capture, item)) is not None:
                visits[capture.visit_id] |= anew
                judged[capture.visit_id] = item
        self._rebook(history.code, list(visits.values()), judged)

    def save(self) -> None:
        save_articles(self._connection, self._rows)
        save_ledger(self._connection, self._rows, self._rows.rebooked)
        if self._visits:
            self._connection.execute(_REJUDGE, self._visits)
        settle(self._connection, self._rows.site, self._rows.unsettled)
        for outcome in sorted(set(self._captures.values())):
            digests = [digest for digest, found in self._captures.items() if found == outcome]
            table = page_table.c
            self._connection.execute(
                update(page_table)
                .where(table.site == self._rows.site, table.digest.in_(digests), table.outcome != str(Outcome.STORED))
                .values(outcome=outcome)
            )

    def _read_again(self, history: CodeHistory, item: Article | Absence) -> None:
        """Replace or restore the stored article by what its capture says today, unless that is worse."""
        stored = self._rows.articles.get(history.code)
        if isinstance(item, Absence):
            self._keep_what_is_stored(history.code, f"{item.outcome}, {item.reason}")
        elif reads_worse(stored, item):
            self._keep_what_is_stored(history.code, WORSE)
        elif stored is None:
            self._restore(history, item)
        else:
            self._replace(item)

    def _keep_what_is_stored(self, code: int, reason: str) -> None:
        self.result.counts["worse"] += 1
        self.result.worse[code] = reason

    def _replace(self, item: Article) -> None:
        changes = self._rows.replace_reading(item)
        self.result.counts["better" if changes else "same"] += 1
        self._tell(item, {name: changes[name] for name in FIELDS if name in changes})

    def _restore(self, history: CodeHistory, item: Article) -> None:
        """Restore an article that the visits know and the table lost."""
        seen = [row for row in history.visits if row["outcome"] == Outcome.STORED]
        changed = [row["at"] for row in seen if row["change"] not in QUIET]
        self._rows.restore(
            item,
            first_seen_at=seen[0]["at"],
            last_seen_at=seen[-1]["at"],
            changed_at=changed[-1] if changed else seen[0]["at"],
        )
        values = self._rows.articles[item.code]
        self.result.counts["restored"] += 1
        self._tell(item, {name: (None, values[name]) for name in FIELDS if values[name] not in (None, [])})

    def _judge_anew(self, capture: StoredCapture, item: Article | Absence) -> dict[str, Any] | None:
        """Judge a visit whose page could not be read; give its new outcome, reason and change, or None if it still
        cannot.
        """
        outcome, reason, change = Outcome.STORED, None, None
        stored = self._rows.articles.get(item.code)
        if isinstance(item, Absence):
            outcome, reason = item.outcome, item.reason
        elif reads_worse(stored, item):
            outcome, reason = Outcome.UNREADABLE, WORSE
        else:
            before = {name: stored[name] if stored else None for name in FIELDS}
            change = self._rows.take_up_article(item)
            after = self._rows.articles[item.code]
            self._tell(item, {name: (before[name], after[name]) for name in FIELDS if before[name] != after[name]})
        if outcome in {Outcome.UNREADABLE, Outcome.FAILED}:  # failed: it breaks off
            self.result.counts["unreadable"] += 1
            return None
        self.result.counts["readable"] += 1
        kind = str(item.kind) if isinstance(item, Article) else "-"
        self.result.differences.append(Difference(item.code, kind, OUTCOME, capture.outcome, str(outcome)))
        anew = {
            "outcome": str(outcome),
            "reason": (storable(reason) or "")[:LONGEST_REASON] or None,
            "change": str(change) if change else None,
        }
        self._rows.unsettled.add(item.code)
        self._visits.append({"own_id": capture.visit_id, **{f"new_{name}": value for name, value in anew.items()}})
        if self._captures.get(capture.digest) != Outcome.STORED:  # one of two codes with these bytes may be an article
            self._captures[capture.digest] = str(outcome)
        return anew

    def _rebook(self, code: int, visits: Sequence[dict[str, Any]], judged: dict[int, Article | Absence]) -> None:
        """Change the ledger's row where the last visit was judged again."""
        item, known = judged.get(visits[-1]["id"]), self._rows.ledger.get(code)
        if item is None or known is None:
            return
        last = visits[-1]
        changes = {
            "outcome": last["outcome"],
            "reason": last["reason"],
            "streak": _streak(visits),
            "unchanged": _quiet_looks(visits),
            **validators_of(known, item, Outcome(last["outcome"]), last["change"]),
        }
        self._rows.rebook(item, changes, last["at"])

    def _tell(self, item: Article, changes: dict[str, tuple[Any, Any]]) -> None:
        kind = str(item.kind)
        self.result.differences += [Difference(item.code, kind, name, *pair) for name, pair in changes.items()]


def _taken(item: Article | Absence, visit: Mapping[str, Any]) -> Article | Absence:
    """Take a page without its end where the visit took it."""
    if isinstance(item, Absence) and item.reading is not None and visit["reason"] == UNENDED:
        return item.reading
    return item


def _streak(visits: Sequence[dict[str, Any]]) -> int:
    outcomes = [row["outcome"] for row in reversed(visits)]
    return next((place for place, outcome in enumerate(outcomes) if outcome != outcomes[0]), len(outcomes))


def _quiet_looks(visits: Sequence[dict[str, Any]]) -> int:
    quiet = 0
    for row in visits:
        if row["outcome"] == Outcome.STORED:
            quiet = quiet + 1 if row["change"] in QUIET else 0
    return quiet
