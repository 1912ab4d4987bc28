"""Add captures: what was fetched, the dictionaries it is packed with, and which visit found which capture."""

import sqlalchemy as sa
from alembic import op

from asrcrawler.storage.engine.types import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEPT = sa.text("content IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "dictionary",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site", sa.String(length=100), nullable=False),
        sa.Column("trained_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dictionary")),
    )
    op.create_index(op.f("ix_dictionary_site_id"), "dictionary", ["site", "id"], unique=False)
    op.create_table(
        "page",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site", sa.String(length=100), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("dictionary_id", sa.Integer(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["dictionary_id"], ["dictionary.id"], name=op.f("fk_page_dictionary_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page")),
        sa.UniqueConstraint("site", "digest", name=op.f("uq_page_site_digest")),
    )
    op.create_index(
        "ix_page_kept",
        "page",
        ["site", "outcome", "id"],
        unique=False,
        sqlite_where=KEPT,
        postgresql_where=KEPT,
    )
    op.add_column("visit", sa.Column("page_id", sa.Integer(), nullable=True))
    op.add_column("visit", sa.Column("url", sa.Text(), nullable=True))
    op.add_column("visit", sa.Column("headers", sa.JSON(none_as_null=True), nullable=True))
