"""Compress long texts with lz4 where a PostgreSQL server has it, and captures, which are packed already, not at all.

Stored rows keep their form; rows that are written from then on have the new one.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TEXTS = (("article", "body"), ("revision", "body"), ("search_document", "words"))
HAS_LZ4 = sa.text("SELECT 'lz4' = ANY (enumvals) FROM pg_settings WHERE name = 'default_toast_compression'")


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    if op.get_bind().scalar(HAS_LZ4):
        for table, column in TEXTS:
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET COMPRESSION lz4")
    op.execute("ALTER TABLE page ALTER COLUMN content SET STORAGE EXTERNAL")
