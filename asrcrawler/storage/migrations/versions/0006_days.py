"""Add the codes to the index of articles by date, so that a search within some days reads no other articles."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_article_site_published_at", "article")
    op.create_index("ix_article_site_published_at_code", "article", ["site", "published_at", "code"])
