"""Add full-text search: the index of words, empty."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "search_site",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_site")),
        sa.UniqueConstraint("site", name=op.f("uq_search_site_site")),
    )
    op.create_table(
        "search_document",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("words", postgresql.TSVECTOR().with_variant(sa.LargeBinary(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_document")),
    )
    op.create_table(
        "search_compound",
        sa.Column("glued", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("glued", "words", name=op.f("pk_search_compound")),
        sqlite_with_rowid=False,
    )
    if op.get_bind().dialect.name == "sqlite":
        columns = '"title", "kicker", "lead", "tag", "category", "body"'
        op.execute(f"CREATE VIRTUAL TABLE article_search USING fts5({columns}, content='', tokenize='ascii')")
    else:
        op.execute("CREATE INDEX ix_search_document_words ON search_document USING gin (words)")
