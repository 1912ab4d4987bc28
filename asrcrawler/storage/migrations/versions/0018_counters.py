"""Keep how many codes, articles and earlier texts there are, so that no figure counts the ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

HOURS = {
    "sqlite": "coalesce(CAST(strftime('%s', substr({0}, 1, 19)) AS INTEGER), 0) / 3600",
    "postgresql": "CAST(floor(extract(epoch FROM {0}) / 3600) AS INTEGER)",
}


def upgrade() -> None:
    op.create_table(
        "counter",
        sa.Column("site", sa.String(length=100), nullable=False),
        sa.Column("what", sa.String(length=10), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("what", "site", "place", "name", name=op.f("pk_counter")),
        sqlite_with_rowid=False,
    )
    hour = HOURS[op.get_bind().dialect.name]
    outcome = "coalesce(outcome, '')"
    _count("codes", "code / 1024", outcome, "ledger")
    _count("booked", hour.format("next_visit_at"), outcome, "ledger WHERE next_visit_at IS NOT NULL")
    _count("first", hour.format("first_visit_at"), "''", "ledger WHERE first_visit_at IS NOT NULL")
    _count("articles", "0", "''", "article")
    _count("revisions", "0", "''", "revision")


def _count(what: str, place: str, name: str, rows: str) -> None:
    placed = f"SELECT site, {place} AS place, {name} AS name FROM {rows}"  # noqa: S608
    counts = f"SELECT site, '{what}', place, name, count(*) FROM ({placed}) AS placed GROUP BY site, place, name"  # noqa: S608
    op.execute(f"INSERT INTO counter (site, what, place, name, number) {counts}")
