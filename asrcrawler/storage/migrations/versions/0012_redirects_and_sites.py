"""A visit with a capture remembers the redirects that led to it; a site's archive where it begins.

Of the archives that there are, it is not known with which first code they were made: none is written down.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("visit", sa.Column("redirects", sa.JSON()))
    op.create_table(
        "site",
        sa.Column("site", sa.String(length=100), nullable=False),
        sa.Column("first_code", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("site", name=op.f("pk_site")),
    )
