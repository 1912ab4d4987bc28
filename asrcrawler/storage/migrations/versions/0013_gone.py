"""Tell which articles are gone: with the moment of the latest visit, and the looks of each run that prove it.

What earlier versions left is worked out from their visits. Where the proof is still wanting, another look is booked.
"""

from datetime import timedelta
from itertools import groupby

import sqlalchemy as sa
from alembic import op

from asrcrawler.storage.engine.types import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

GONE_AFTER = timedelta(days=1)
FEWEST_LOOKS, OUTAGE = 20, 0.5

article = sa.table(
    "article",
    *(sa.column(name, sa.String) for name in ("site", "code")),
    *(sa.column(name, UtcDateTime) for name in ("first_seen_at", "last_seen_at", "last_visit_at", "gone_at")),
)
visit = sa.table(
    "visit",
    *(sa.column(name) for name in ("id", "site", "code", "run_id", "outcome")),
    sa.column("at", UtcDateTime),
)
run = sa.table(
    "run", *(sa.column(name, sa.Integer) for name in ("id", "looks", "missing_looks")), sa.column("ended_at")
)
ledger = sa.table(
    "ledger",
    *(sa.column(name) for name in ("site", "code", "outcome")),
    *(sa.column(name, UtcDateTime) for name in ("visited_at", "next_visit_at")),
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


def _disappearances(connection: sa.Connection) -> list[dict[str, object]]:
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
    rows: list[dict[str, object]] = []
    for (site, code), own in groupby(looks, lambda row: (row.site, row.code)):
        rows += [{"site": site, "code": code, "number": number, **found} for number, found in enumerate(_of(own), 1)]
    return rows


def _of(looks):
    """Work out the disappearances of one code from its visits, in their order."""
    now, was_seen = None, False
    for row in looks:
        if row.outcome == "stored":
            if now is not None and now["state"] == "gone":
                yield now | {"state": "back", "back_at": row.at, "at": row.at}
            now, was_seen = None, True
        elif was_seen:
            now = _missed(now, row)
    if now is not None:
        yield now


def _missed(known, row):
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


def _mark(connection: sa.Connection, rows: list[dict[str, object]]) -> None:
    """Mark the articles that are gone, and book the look that is wanting for the others that are missing."""
    own = {"own_site": sa.bindparam("own_site"), "own_code": sa.bindparam("own_code")}
    gone = [row for row in rows if row["state"] == "gone"]
    if gone:
        connection.execute(
            sa.update(article)
            .where(article.c.site == own["own_site"], article.c.code == own["own_code"])
            .values(gone_at=sa.bindparam("since", type_=UtcDateTime)),
            [{"own_site": row["site"], "own_code": row["code"], "since": row["gone_at"]} for row in gone],
        )
    wanting = [row for row in rows if row["state"] in {"waiting", "doubtful"}]
    if wanting:
        due = sa.bindparam("due", type_=UtcDateTime)
        connection.execute(
            sa.update(ledger)
            .where(ledger.c.site == own["own_site"], ledger.c.code == own["own_code"], ledger.c.outcome == "missing")
            .where(ledger.c.next_visit_at.is_(None) | (ledger.c.next_visit_at > due))
            .values(next_visit_at=due),
            [
                {"own_site": row["site"], "own_code": row["code"], "due": row["at"] + GONE_AFTER}  # type: ignore[operator]
                for row in wanting
            ],
        )
