"""A run says after how much silence it may be taken for dead: a worker's is heard of more often than one from cron."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("run", sa.Column("dead_after", sa.Integer()))
