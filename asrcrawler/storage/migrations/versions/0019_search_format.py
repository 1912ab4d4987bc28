"""Say in which form an index of words has its words; one that is empty has them in the last one."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

FORMATS = {"sqlite": 1, "postgresql": 2}


def upgrade() -> None:
    op.add_column("search_index", sa.Column("format", sa.SmallInteger(), nullable=False, server_default=sa.text("1")))
    last = FORMATS[op.get_bind().dialect.name]
    op.execute(f"UPDATE search_index SET format = {last} WHERE NOT EXISTS (SELECT 1 FROM article)")  # noqa: S608
