"""Give films a field of their own, and move their addresses there from the pictures of articles that are videos."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

FILM = re.compile(r"\.(?:mp4|m3u8|webm|flv|mp3|ogg|wav|m4a)(?:[?#]|$)", re.IGNORECASE)
BATCH = 2_000

article = sa.table(
    "article",
    sa.column("id", sa.Integer),
    sa.column("kind", sa.String),
    sa.column("images", sa.JSON),
    sa.column("videos", sa.JSON),
)


def upgrade() -> None:
    op.add_column("article", sa.Column("videos", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
    connection = op.get_bind()
    last = 0
    while True:
        rows = connection.execute(
            sa.select(article.c.id, article.c.images)
            .where(article.c.kind == "video", article.c.id > last)
            .order_by(article.c.id)
            .limit(BATCH)
        ).all()
        if not rows:
            return
        last = rows[-1].id
        moved = [(row.id, [shown for shown in row.images if FILM.search(shown["url"])], row.images) for row in rows]
        changes = [
            {"own_id": own_id, "films": films, "pictures": [shown for shown in shown_all if shown not in films]}
            for own_id, films, shown_all in moved
            if films
        ]
        if changes:
            connection.execute(
                sa.update(article)
                .where(article.c.id == sa.bindparam("own_id"))
                .values(images=sa.bindparam("pictures"), videos=sa.bindparam("films")),
                changes,
            )
