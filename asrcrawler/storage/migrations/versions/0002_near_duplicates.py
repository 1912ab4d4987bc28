"""Add near duplicates: the signatures of articles and the bands they are found by."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "signature",
        sa.Column("site", sa.String(length=100), nullable=False),
        sa.Column("code", sa.Integer(), nullable=False),
        sa.Column("algorithm", sa.SmallInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("site", "code", name=op.f("pk_signature")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "band",
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", "code", name=op.f("pk_band")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_article_near_duplicates",
        "article",
        ["site", "similar_to"],
        unique=False,
        sqlite_where=sa.text("similar_to IS NOT NULL"),
        postgresql_where=sa.text("similar_to IS NOT NULL"),
    )
