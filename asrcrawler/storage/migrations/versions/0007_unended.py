"""Count the looks at a code whose page came without its end and read the same each time."""

import sqlalchemy as sa
from alembic import op

from asrcrawler.storage.engine.types import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("ledger", sa.Column("unended_digest", sa.LargeBinary(), nullable=True))
    op.add_column("ledger", sa.Column("unended_since", UtcDateTime(timezone=True), nullable=True))
    op.add_column("ledger", sa.Column("unended_looks", sa.SmallInteger(), nullable=True))
