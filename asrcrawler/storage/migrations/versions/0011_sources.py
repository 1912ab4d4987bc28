"""Each run has counted from which places of the pages the values of its articles came."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("run", sa.Column("sources", sa.JSON(), nullable=True))
