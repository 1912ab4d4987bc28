"""Allow several indexes of words: a row for each, and tables with its number in their names.

The one that is there becomes the first. Where it holds articles, it is folded by version 1 and answers until another
one has taken over. Where it holds none, version 2 begins in it: full where there are no articles, else to be filled.
"""

import sqlalchemy as sa
from alembic import op

from asrcrawler.storage.engine.types import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

EMPTY, FULL = -1, 2**63 - 1  # cursors


def upgrade() -> None:
    op.create_table(
        "search_index",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("since", UtcDateTime(timezone=True), nullable=True),
        sa.Column("until", UtcDateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("cursor", sa.BigInteger(), nullable=False),
        sa.Column("stale", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_index")),
    )
    connection = op.get_bind()
    indexed, stored = (
        connection.scalar(sa.text(f"SELECT 1 FROM {table} LIMIT 1")) is not None  # noqa: S608
        for table in ("search_document", "article")
    )
    full = indexed or not stored
    values = {
        "version": 1 if indexed else 2,
        "state": "current" if full else "filling",
        "cursor": FULL if full else EMPTY,
    }
    connection.execute(
        sa.text("INSERT INTO search_index (version, state, cursor, stale) VALUES (:version, :state, :cursor, 0)"),
        values,
    )
    op.rename_table("search_document", "search_document_1")
    op.rename_table("search_compound", "search_compound_1")
    if connection.dialect.name == "sqlite":
        op.execute("ALTER TABLE article_search RENAME TO search_words_1")
        return
    op.execute("ALTER INDEX ix_search_document_words RENAME TO ix_search_document_1_words")
    for table in ("document", "compound"):
        op.execute(f"ALTER TABLE search_{table}_1 RENAME CONSTRAINT pk_search_{table} TO pk_search_{table}_1")
