"""Write what visits have found: ledger, articles, revisions, labels and visits of a batch in one transaction."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import bindparam, delete, func, select, update

from asrcrawler.items import EDITED, Article, Outcome
from asrcrawler.storage.engine.among import of_codes
from asrcrawler.storage.engine.rows import insert_rows, insert_tuples, upsert_rows
from asrcrawler.storage.models import LONGEST_LABEL
from asrcrawler.storage.models import article as article_table
from asrcrawler.storage.models import label as label_table
from asrcrawler.storage.models import ledger as ledger_table
from asrcrawler.storage.models import revision as revision_table
from asrcrawler.storage.models import visit as visit_table
from asrcrawler.storage.reparse.rereading import capture_of_stored
from asrcrawler.storage.search import index
from asrcrawler.storage.visits import counters
from asrcrawler.storage.visits.articles import NEW, REFRESHED, NoEvidence
from asrcrawler.storage.visits.batch import Batch, Written
from asrcrawler.storage.visits.captures import FoundCapture, keep
from asrcrawler.storage.visits.coverage import cover
from asrcrawler.storage.visits.dictionaries import dictionary
from asrcrawler.storage.visits.duplicates import link_duplicates
from asrcrawler.storage.visits.gone import count_looks, settle
from asrcrawler.storage.visits.runs import writing
from asrcrawler.storage.visits.similar import link_similar

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from sqlalchemy import Connection, RowMapping, Update

    from asrcrawler.items import Absence, StoredCapture
    from asrcrawler.storage.engine.database import Database
    from asrcrawler.storage.visits.articles import Evidence
    from asrcrawler.storage.visits.runs import RunFigures
    from asrcrawler.text.packing import Dictionary

_HIGHEST = select(func.max(article_table.c.code)).where(article_table.c.site == bindparam("site"))
_ROWS = {table: select(table).where(*of_codes(table)) for table in (article_table, ledger_table)}
_LAST_TEXTS = (
    select(revision_table.c.code, func.max(revision_table.c.number))
    .where(*of_codes(revision_table))
    .group_by(revision_table.c.code)
)
_UNLABEL = delete(label_table).where(*of_codes(label_table))

MOST_CACHES = 10  # earlier texts that are looked through; so many caches of one site do not differ at a time

ReadAgain: TypeAlias = "Callable[[StoredCapture, Dictionary | None], Article | Absence]"

__all__ = ["NEW", "Written", "write_visits"]


def write_visits(
    database: Database,
    batch: Sequence[Article | Absence],
    *,
    run_id: int | None = None,
    newest: int = 0,
    read_again: ReadAgain | None = None,
    figures: RunFigures | None = None,
) -> list[Written]:
    """Write a batch of visits in one transaction; give a :class:`Written` for each, in their order.

    ``newest`` is the highest code known to exist, from which a missing code's next visit is reckoned; stored articles
    count too. ``read_again`` reads a capture with today's parser, so that what an earlier version of the program read
    in another way is no edit; ``figures`` are those of the run before the batch. Raises :exc:`StorageError`, or its
    kind :exc:`TokenLostError` where the run was closed by another; then nothing of the batch is written.
    """
    if not batch:
        return []
    by_site: dict[str, dict[int, Article | Absence]] = defaultdict(dict)
    for place, item in enumerate(batch):
        by_site[item.site][place] = item
    written: dict[int, Written] = {}
    with writing(database, run_id, *by_site, figures=figures) as connection:
        for site, items in by_site.items():
            evidence = _Evidence(connection, site, read_again)
            rows = load(connection, site, items.values(), run_id=run_id, newest=newest, evidence=evidence)
            written.update({place: rows.take_up(item) for place, item in items.items()})
            _save(connection, rows)
    return [written[place] for place in range(len(batch))]


class _Evidence:
    """What the database holds about a stored article; read only when another text of it was found."""

    def __init__(self, connection: Connection, site: str, read_again: ReadAgain | None) -> None:
        self._connection = connection
        self._site = site
        self._read_again = read_again

    def earlier_texts(self, code: int) -> Iterable[RowMapping]:
        table = revision_table.c
        columns = (table[name] for name in EDITED)
        latest = select(*columns).where(table.site == self._site, table.code == code).order_by(table.number.desc())
        return self._connection.execute(latest.limit(MOST_CACHES)).mappings()

    def read_again(self, code: int) -> Article | None:
        capture = capture_of_stored(self._connection, self._site, code) if self._read_again else None
        if capture is None or self._read_again is None:
            return None
        known = dictionary(self._connection, capture.dictionary_id) if capture.dictionary_id is not None else None
        item = self._read_again(capture, known)
        return item if isinstance(item, Article) else None


def load(
    connection: Connection,
    site: str,
    items: Collection[Article | Absence],
    *,
    run_id: int | None = None,
    newest: int = 0,
    evidence: Evidence | None = None,
) -> Batch:
    """Read what the database holds of the codes of ``items``."""
    codes = {item.code for item in items}
    highest = connection.scalar(_HIGHEST, {"site": site}) or 0
    articles = _rows(connection, article_table, site, codes)
    return Batch(
        site=site,
        run_id=run_id,
        newest=max(newest, highest, *(item.code for item in items if isinstance(item, Article)), 0),
        articles=articles,
        ledger=_rows(connection, ledger_table, site, codes),
        earlier=_earlier_texts(connection, site, codes - articles.keys()),
        evidence=evidence or NoEvidence(),
    )


def _rows(connection: Connection, table: Any, site: str, codes: Iterable[int]) -> dict[int, dict[str, Any]]:
    found = connection.execute(_ROWS[table], {"site": site, "codes": codes}).mappings()
    return {row["code"]: dict(row) for row in found}


def _earlier_texts(connection: Connection, site: str, codes: Collection[int]) -> dict[int, int]:
    """Read the number of the last earlier text of those ``codes`` that have any."""
    return dict(connection.execute(_LAST_TEXTS, {"site": site, "codes": codes}).all()) if codes else {}


def _save(connection: Connection, rows: Batch) -> None:
    save_articles(connection, rows)
    save_ledger(connection, rows, {visit["code"] for visit in rows.visits})
    _keep_captures(connection, rows)
    insert_rows(connection, visit_table, rows.visits)
    cover(connection, rows.site, rows.first_visits)
    count_looks(connection, rows.run_id, rows.looks, rows.missing_looks)
    settle(connection, rows.site, rows.unsettled)


def save_articles(connection: Connection, rows: Batch) -> None:
    """Write the articles of a batch with their earlier texts, labels and links.

    What is left of an article that was lost is replaced.
    """
    rewritten = rows.rewritten - rows.inserted
    refreshed = rows.refreshed - rows.inserted - rewritten
    moved = (rows.rewritten | rows.redated) - rows.inserted
    index.leave(connection, rows.site, moved)
    index.drop_lost(connection, rows.site, rows.inserted)
    insert_rows(connection, article_table, [rows.articles[code] for code in sorted(rows.inserted)])
    _update(connection, _REWRITE, _REWRITTEN, [rows.articles[code] for code in rewritten])
    _update(connection, _REFRESH, _SEEN_AGAIN, [rows.articles[code] for code in refreshed])
    insert_rows(connection, revision_table, rows.revisions)
    index.enter(connection, rows.site, [rows.articles[code] for code in sorted(rows.inserted | moved)])
    _relabel(connection, rows)
    link_duplicates(connection, rows.site, rows.digests)
    link_similar(connection, rows.site, rows.signatures, rows.retexted, rows.inserted)


def _keep_captures(connection: Connection, rows: Batch) -> None:
    ids = keep(connection, rows.site, [FoundCapture(capture, visit["outcome"]) for visit, capture in rows.captured])
    for visit, capture in rows.captured:
        visit["page_id"] = ids[capture.digest]


def _setting(names: Iterable[str]) -> Update:
    return (
        update(article_table)
        .where(article_table.c.id == bindparam("own_id"))
        .values({name: bindparam(f"new_{name}") for name in names})
    )


_SEEN_AGAIN = (*REFRESHED, "last_seen_at", "last_visit_at")
_REWRITTEN = (*_SEEN_AGAIN, *EDITED, "revision", "changed_at")
_REFRESH, _REWRITE = _setting(_SEEN_AGAIN), _setting(_REWRITTEN)


def _update(connection: Connection, statement: Update, names: Iterable[str], articles: list[dict[str, Any]]) -> None:
    if articles:
        connection.execute(
            statement, [{f"new_{name}": row[name] for name in names} | {"own_id": row["id"]} for row in articles]
        )


def labels_of(category: Iterable[str], tags: Iterable[str]) -> list[tuple[str, str]]:
    """Give kind and name of every row in ``label`` that an article with these lists has."""
    return [
        (kind, name)
        for kind, names in (("category", category), ("tag", tags))
        for name in dict.fromkeys(name[:LONGEST_LABEL] for name in names)
    ]


def _relabel(connection: Connection, rows: Batch) -> None:
    if rows.relabelled:
        connection.execute(_UNLABEL, {"site": rows.site, "codes": rows.relabelled})
    labels = [
        (rows.site, kind, name, code)
        for code in sorted(rows.relabelled)
        for kind, name in labels_of(rows.articles[code]["category"], rows.articles[code]["tags"])
    ]
    insert_tuples(connection, label_table, ("site", "kind", "name", "code"), labels)


def save_ledger(connection: Connection, rows: Batch, codes: Collection[int]) -> None:
    """Write the ledger's rows of ``codes``, and count them and what :func:`save_articles` wrote of the batch."""
    booked = [rows.ledger[code] for code in sorted(codes)]
    upsert_rows(connection, ledger_table, booked)
    before = {code: rows.ledger_before[code] for code in codes if code in rows.ledger_before}
    new = [code for code in rows.inserted if before.get(code, {}).get("outcome") != Outcome.STORED]
    counters.move(  # an article that was lost is counted still
        connection, rows.site, before.values(), booked, articles=len(new), revisions=len(rows.revisions)
    )
