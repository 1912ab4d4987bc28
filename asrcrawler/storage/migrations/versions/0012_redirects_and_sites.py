"""A visit with a capture remembers the redirects that led to it."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("visit", sa.Column("redirects", sa.JSON()))
