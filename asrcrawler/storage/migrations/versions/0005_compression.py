"""On PostgreSQL: long texts are packed with lz4, where the server has it, and pages, packed already, are left alone.

What is stored keeps its form; rows that are written from then on have the new one.
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
