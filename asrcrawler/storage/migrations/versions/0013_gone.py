"""Tell which articles are gone: with the moment of the latest visit, and the looks of each run that prove it.

What earlier versions left is worked out from their visits. Where the proof is still wanting, another look is booked.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from alembic import op

from asrcrawler.storage.engine.types import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

GONE_AFTER = timedelta(days=1)
FEWEST_LOOKS, OUTAGE = 20, 0.5


def _table(name: str, **columns: Any) -> sa.TableClause:
    return sa.table(name, *(sa.column(column, type_) for column, type_ in columns.items()))


article = _table(
    "article",
    site=sa.String,
    code=sa.Integer,
    first_seen_at=UtcDateTime,
    last_seen_at=UtcDateTime,
    last_visit_at=UtcDateTime,
    gone_at=UtcDateTime,
)
visit = _table(
    "visit", id=sa.Integer, site=sa.String, code=sa.Integer, run_id=sa.Integer, outcome=sa.String, at=UtcDateTime
)
run = _table("run", id=sa.Integer, looks=sa.Integer, missing_looks=sa.Integer, ended_at=UtcDateTime)
ledger = _table(
    "ledger",
    site=sa.String,
    code=sa.Integer,
    outcome=sa.String,
    visited_at=UtcDateTime,
    next_visit_at=UtcDateTime,
)
same_code = sa.and_(article.c.site == visit.c.site, article.c.code == visit.c.code)


def upgrade() -> None:
    op.add_column("article", sa.Column("last_visit_at", UtcDateTime(timezone=True), nullable=True))
    op.add_column("article", sa.Column("gone_at", UtcDateTime(timezone=True), nullable=True))
    for name in ("looks", "missing_looks"):
        op.add_column("run", sa.Column(name, sa.Integer(), nullable=False, server_default=sa.text("0")))
    gone = op.create_table(
        "gone",
        sa.Column("site", sa.String(length=100), nullable=False),
        sa.Column("code", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("gone_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("back_at", UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("site", "code", "number", name=op.f("pk_gone")),
    )
    connection = op.get_bind()
    _fill_last_visits(connection)
    _count_looks(connection)
    rows = _disappearances(connection)
    if rows:
        connection.execute(sa.insert(gone), rows)
        _mark(connection, rows)
    for table, *columns in (
        ("gone", "state", "at", "code", "site"),
        ("gone", "site", "state", "at", "code"),
        ("revision", "change", "replaced_at", "code", "number", "site"),
        ("revision", "site", "change", "replaced_at", "code", "number"),
    ):
        op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, columns)
    _index_some("ix_article_gone", "article", ["site", "code"], "gone_at IS NOT NULL")
    _index_some("ix_ledger_settled", "ledger", ["site", "visited_at"], "next_visit_at IS NULL AND outcome = 'stored'")


def _index_some(name: str, table: str, columns: list[str], condition: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(condition), postgresql_where=sa.text(condition))


def _fill_last_visits(connection: sa.Connection) -> None:
    booked = sa.select(ledger.c.visited_at).where(ledger.c.site == article.c.site, ledger.c.code == article.c.code)
    latest = sa.func.coalesce(booked.scalar_subquery(), article.c.last_seen_at)
    connection.execute(sa.update(article).values(last_visit_at=latest))


def _count_looks(connection: sa.Connection) -> None:
    """Count the visits of each run to articles that were stored before, and those that answered missing."""
    missing = sa.func.sum(sa.case((visit.c.outcome == "missing", 1), else_=0))
    counted = connection.execute(
        sa.select(visit.c.run_id, sa.func.count(), missing)
        .join_from(visit, article, same_code)
        .where(visit.c.run_id.is_not(None), visit.c.at > article.c.first_seen_at)
        .group_by(visit.c.run_id)
    ).all()
    if counted:
        connection.execute(
            sa.update(run)
            .where(run.c.id == sa.bindparam("own_id"))
            .values(looks=sa.bindparam("all"), missing_looks=sa.bindparam("missing")),
            [{"own_id": own_id, "all": looks, "missing": lost} for own_id, looks, lost in counted],
        )


def _disappearances(connection: sa.Connection) -> list[dict[str, Any]]:
    missed = (
        sa.select(visit.c.site, visit.c.code)
        .join_from(visit, article, same_code)
        .where(visit.c.outcome == "missing", visit.c.at > article.c.first_seen_at)
        .distinct()
        .subquery()
    )
    looks = connection.execute(
        sa.select(
            visit.c.site, visit.c.code, visit.c.at, visit.c.outcome,
            visit.c.run_id, run.c.ended_at, run.c.looks, run.c.missing_looks,
        )
        .join_from(visit, missed, sa.and_(missed.c.site == visit.c.site, missed.c.code == visit.c.code))
        .join(run, run.c.id == visit.c.run_id, isouter=True)
        .where(visit.c.outcome.in_(["stored", "missing"]))
        .order_by(visit.c.site, visit.c.code, visit.c.id)
    )  # fmt: skip
    rows: list[dict[str, Any]] = []
    for (site, code), own in groupby(looks, lambda row: (row.site, row.code)):
        rows += [{"site": site, "code": code, "number": number, **found} for number, found in enumerate(_of(own), 1)]
    return rows


def _of(looks: Iterable[Any]) -> Iterator[dict[str, Any]]:
    """Work out the disappearances of one code from its visits, in their order."""
    now: dict[str, Any] | None = None
    was_seen = False
    for row in looks:
        if row.outcome == "stored":
            if now is not None and now["state"] == "gone":
                yield now | {"state": "back", "back_at": row.at, "at": row.at}
            now, was_seen = None, True
        elif was_seen:
            now = _missed(now, row)
    if now is not None:
        yield now


def _missed(known: dict[str, Any] | None, row: Any) -> dict[str, Any]:
    judged = row.run_id is None or row.ended_at is not None
    counts = judged and not ((row.looks or 0) >= FEWEST_LOOKS and row.missing_looks > OUTAGE * row.looks)
    fresh = {"gone_at": row.at, "at": row.at, "confirmed_at": None, "back_at": None}
    if not counts:
        return known or fresh | {"state": "doubtful"}
    if known is None or known["state"] == "doubtful":
        return fresh | {"state": "waiting"}
    if known["state"] == "waiting" and row.at - known["gone_at"] >= GONE_AFTER:
        return known | {"state": "gone", "confirmed_at": row.at, "at": row.at}
    if known["state"] == "waiting" and row.at < known["gone_at"]:
        return fresh | {"state": "waiting"}
    return known


def _mark(connection: sa.Connection, rows: list[dict[str, Any]]) -> None:
    """Mark the articles that are gone, and book the look that is wanting for the others that are missing."""
    own_code: dict[str, Any] = {"site": sa.bindparam("own_site"), "code": sa.bindparam("own_code")}
    moment = sa.bindparam("moment", type_=UtcDateTime)
    gone = [_at(row, row["gone_at"]) for row in rows if row["state"] == "gone"]
    if gone:
        own = article.c.site == own_code["site"], article.c.code == own_code["code"]
        connection.execute(sa.update(article).where(*own).values(gone_at=moment), gone)
    wanting = [_at(row, row["at"] + GONE_AFTER) for row in rows if row["state"] in {"waiting", "doubtful"}]
    if wanting:
        missing = ledger.c.site == own_code["site"], ledger.c.code == own_code["code"], ledger.c.outcome == "missing"
        late = ledger.c.next_visit_at.is_(None) | (ledger.c.next_visit_at > moment)
        connection.execute(sa.update(ledger).where(*missing, late).values(next_visit_at=moment), wanting)


def _at(row: dict[str, Any], moment: datetime) -> dict[str, Any]:
    return {"own_site": row["site"], "own_code": row["code"], "moment": moment}
