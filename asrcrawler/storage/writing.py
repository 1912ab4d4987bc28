"""Writes what visits have yielded: ledger, articles, revisions, labels and visits of a batch in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from asrcrawler.clock import utcnow
from asrcrawler.items import Absence, Article, Outcome
from asrcrawler.policy import Change, History, change_class, next_visit
from asrcrawler.storage.coverage import cover
from asrcrawler.storage.duplicates import link_duplicates
from asrcrawler.storage.models import article as article_table
from asrcrawler.storage.models import label as label_table
from asrcrawler.storage.models import ledger as ledger_table
from asrcrawler.storage.models import revision as revision_table
from asrcrawler.storage.models import visit as visit_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from asrcrawler.storage.database import Database

NEW = "new"
WORSE = "reads worse than what is stored: no body"

_TEXT = ("kicker", "title", "lead", "body", "category", "tags")
_REFRESHED = ("url", "short_url", "kind", "images", "author", "published_at", "published_jalali", "modified_at",
              "comment_count", "text_digest")  # fmt: skip
"""What is kept up to date without being an edit of the text."""


class Written(NamedTuple):
    """What became of one visit."""

    code: int
    outcome: Outcome
    change: str | None
    """``new``, a change class, or None where nothing of the text changed."""


class _StoredText(NamedTuple):
    kicker: str | None
    title: str | None
    lead: str | None
    body: str | None
    category: list[str]
    tags: list[str]


@dataclass(slots=True)
class _Batch:
    """The rows of one transaction, keyed so that a code visited twice ends as its last visit."""

    site: str
    run_id: int | None
    newest: int
    articles: dict[int, dict[str, Any]]
    ledger: dict[int, dict[str, Any]]
    inserted: dict[int, None]
    updated: dict[int, None]
    relabelled: dict[int, None]
    digests: set[bytes]
    revisions: list[dict[str, Any]]
    visits: list[dict[str, Any]]
    first_visits: set[int]


def write_visits(
    database: Database, batch: Sequence[Article | Absence], *, run_id: int | None = None, newest: int = 0
) -> list[Written]:
    """Write a batch of visits in one transaction; one :class:`Written` for each, in their order.

    ``newest`` is the highest code known to exist, from which a missing code's next visit is reckoned; stored articles
    count beside it. Raises :exc:`StorageError`; then nothing of the batch is written.
    """
    if not batch:
        return []
    with database.write() as connection:
        written: list[Written] = []
        for site in dict.fromkeys(item.site for item in batch):
            items = [item for item in batch if item.site == site]
            written += _write_site(connection, site, items, run_id, newest)
    return written


def _write_site(
    connection: Connection, site: str, items: Sequence[Article | Absence], run_id: int | None, newest: int
) -> list[Written]:
    rows = _load(connection, site, items, run_id, newest)
    written = [_take_up(rows, item) for item in items]
    _save(connection, rows)
    link_duplicates(connection, site, rows.digests)
    cover(connection, site, rows.first_visits)
    return written


# --- what is there


def _load(
    connection: Connection, site: str, items: Sequence[Article | Absence], run_id: int | None, newest: int
) -> _Batch:
    codes = list({item.code for item in items})
    highest = connection.scalar(select(func.max(article_table.c.code)).where(article_table.c.site == site)) or 0
    return _Batch(
        site=site,
        run_id=run_id,
        newest=max(newest, highest, *(item.code for item in items if isinstance(item, Article)), 0),
        articles=_rows(connection, article_table, site, codes),
        ledger=_rows(connection, ledger_table, site, codes),
        inserted={},
        updated={},
        relabelled={},
        digests=set(),
        revisions=[],
        visits=[],
        first_visits=set(),
    )


def _rows(connection: Connection, table: Any, site: str, codes: Iterable[int]) -> dict[int, dict[str, Any]]:
    found = connection.execute(select(table).where(table.c.site == site, table.c.code.in_(codes))).mappings()
    return {row["code"]: dict(row) for row in found}


# --- what the visits make of it


def _take_up(rows: _Batch, item: Article | Absence) -> Written:
    outcome, reason, change = Outcome.STORED, None, None
    if isinstance(item, Absence):
        outcome, reason = item.outcome, item.reason
    elif _reads_worse(rows.articles.get(item.code), item):
        outcome, reason = Outcome.UNREADABLE, WORSE
    else:
        change = _take_up_article(rows, item)
    _book(rows, item, outcome, reason, change)
    return Written(item.code, outcome, change)


def _reads_worse(stored: Mapping[str, Any] | None, item: Article) -> bool:
    return stored is not None and bool(stored["body"]) and not item.body


def _take_up_article(rows: _Batch, item: Article) -> str | None:
    at = item.fetch.at if item.fetch else utcnow()
    stored = rows.articles.get(item.code)
    values = _values(item)
    if item.text_digest is not None:
        rows.digests.add(item.text_digest)
    if stored is None:
        rows.articles[item.code] = values | {
            "duplicate_of": None,
            "similar_to": None,
            "revision": 1,
            "first_seen_at": at,
            "last_seen_at": at,
            "changed_at": at,
        }
        rows.inserted[item.code] = rows.relabelled[item.code] = None
        return NEW
    change = change_class(_text(stored), item)
    if change is not None:
        _keep_revision(rows, stored, change, at)
        if (stored["category"], stored["tags"]) != (item.category, item.tags):
            rows.relabelled[item.code] = None
        if stored["text_digest"] is not None:
            rows.digests.add(stored["text_digest"])
        values |= {"revision": stored["revision"] + 1, "changed_at": at}
    stored.update(values, last_seen_at=at)
    if item.code not in rows.inserted:
        rows.updated[item.code] = None
    return change


def _values(item: Article) -> dict[str, Any]:
    values = {name: getattr(item, name) for name in (*_TEXT, *_REFRESHED)}
    values["images"] = [{"url": image.url, "caption": image.caption} for image in item.images]
    return values | {"site": item.site, "code": item.code, "kind": str(item.kind)}


def _text(stored: Mapping[str, Any]) -> _StoredText:
    return _StoredText(*(stored[name] for name in _TEXT))


def _keep_revision(rows: _Batch, stored: Mapping[str, Any], change: Change, at: datetime) -> None:
    rows.revisions.append(
        {name: stored[name] for name in (*_TEXT, "site", "code")}
        | {
            "number": stored["revision"],
            "change": str(change),
            "seen_at": stored["changed_at"],
            "replaced_at": at,
        }
    )


def _book(rows: _Batch, item: Article | Absence, outcome: Outcome, reason: str | None, change: str | None) -> None:
    """The ledger row and the visit row of one visit."""
    fetch = item.fetch
    at = fetch.at if fetch else utcnow()
    known = rows.ledger.get(item.code)
    first_visit_at = (known or {}).get("first_visit_at")
    if first_visit_at is None:
        rows.first_visits.add(item.code)
    same = known is not None and known["outcome"] == outcome
    quiet = outcome is Outcome.STORED and change is None
    row = {
        "site": item.site,
        "code": item.code,
        "outcome": str(outcome),
        "reason": reason,
        "http_status": fetch.status if fetch else None,
        "first_visit_at": first_visit_at or at,
        "visited_at": at,
        "streak": (known["streak"] if known and same else 0) + 1,
        "unchanged": known["unchanged"] + 1 if known and quiet else 0,
        "visits": (known["visits"] if known else 0) + 1,
        "listed_at": known["listed_at"] if known else None,
        "run_id": rows.run_id,
        **_validators(known, item, outcome),
    }
    row["next_visit_at"] = next_visit(outcome, _history(rows, row, item), at)
    rows.ledger[item.code] = row
    rows.visits.append(
        {
            "site": item.site,
            "code": item.code,
            "run_id": rows.run_id,
            "at": at,
            "outcome": str(outcome),
            "reason": reason,
            "http_status": row["http_status"],
            "size": fetch.size if fetch else 0,
            "change": str(change) if change else None,
        }
    )


def _validators(known: Mapping[str, Any] | None, item: Article | Absence, outcome: Outcome) -> dict[str, str | None]:
    """What the next conditional request may send: only of an answer that was stored."""
    if outcome is Outcome.STORED and isinstance(item, Article) and item.fetch:
        return {"etag": item.fetch.etag, "last_modified": item.fetch.last_modified}
    if outcome is Outcome.STORED and known:
        return {"etag": known["etag"], "last_modified": known["last_modified"]}
    return {"etag": None, "last_modified": None}


def _history(rows: _Batch, row: Mapping[str, Any], item: Article | Absence) -> History:
    stored = rows.articles.get(item.code)
    return History(
        code=item.code,
        first_visit_at=row["first_visit_at"],
        streak=row["streak"],
        unchanged=row["unchanged"],
        published_at=stored["published_at"] if stored else None,
        behind=max(rows.newest - item.code, 0),
        retry_after=item.retry_after if isinstance(item, Absence) else None,
    )


# --- into the database


def _save(connection: Connection, rows: _Batch) -> None:
    _insert(connection, article_table, [rows.articles[code] for code in rows.inserted])
    _update_articles(connection, [rows.articles[code] for code in rows.updated])
    _insert(connection, revision_table, rows.revisions)
    _relabel(connection, rows)
    _upsert_ledger(connection, list(rows.ledger.values()))
    _insert(connection, visit_table, rows.visits)


def _insert(connection: Connection, table: Any, values: list[dict[str, Any]]) -> None:
    if values:
        connection.execute(insert(table), values)


_CHANGING = (*_TEXT, *_REFRESHED, "revision", "last_seen_at", "changed_at")
_UPDATE = (
    update(article_table)
    .where(article_table.c.id == bindparam("own_id"))
    .values({name: bindparam(f"new_{name}") for name in _CHANGING})
)


def _update_articles(connection: Connection, articles: list[dict[str, Any]]) -> None:
    if articles:
        values = [{f"new_{name}": row[name] for name in _CHANGING} | {"own_id": row["id"]} for row in articles]
        connection.execute(_UPDATE, values)


def _relabel(connection: Connection, rows: _Batch) -> None:
    old = [code for code in rows.relabelled if code not in rows.inserted]
    if old:
        connection.execute(delete(label_table).where(label_table.c.site == rows.site, label_table.c.code.in_(old)))
    labels = [
        {"site": rows.site, "code": code, "kind": kind, "name": name}
        for code in rows.relabelled
        for kind, names in (("category", rows.articles[code]["category"]), ("tag", rows.articles[code]["tags"]))
        for name in dict.fromkeys(names)
    ]
    _insert(connection, label_table, labels)


def _upsert_ledger(connection: Connection, values: list[dict[str, Any]]) -> None:
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(ledger_table)
    names = [column.name for column in ledger_table.columns if not column.primary_key]
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["site", "code"], set_={name: statement.excluded[name] for name in names}
        ),
        values,
    )
