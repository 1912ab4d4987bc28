"""Indexes that lead to the newest articles of all sites."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    name = op.f("ix_article_published_at_code_site")
    op.create_index(name, "article", ["published_at", "code", "site"])
    op.create_index(op.f("ix_article_changed_at_site"), "article", ["changed_at", "site"])
