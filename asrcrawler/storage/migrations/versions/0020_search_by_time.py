"""Number the documents of the index of words by the time of publication.

An index with other numbers is not asked any more: it is left, and a new one filled from the newest articles on. Where
there are no articles, the old tables go at once, and the new index is full.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

FORMAT, FOLDING, SPAN = 3, 2, 12
EMPTY, FULL = 2**63 - 1, -1  # cursors


def upgrade() -> None:
    op.add_column("search_index", sa.Column("span", sa.SmallInteger(), nullable=False, server_default=sa.text("12")))
    connection = op.get_bind()
    is_sqlite = connection.dialect.name == "sqlite"
    has_articles = connection.scalar(sa.text("SELECT 1 FROM article LIMIT 1")) is not None
    op.execute("UPDATE search_index SET state = 'left'")
    if not has_articles:
        for old in list(connection.scalars(sa.text("SELECT id FROM search_index"))):
            _drop(old, is_sqlite=is_sqlite)
        op.execute("DELETE FROM search_index")
    number = 1 + (connection.scalar(sa.text("SELECT max(id) FROM search_index")) or 0)
    state, cursor = ("filling", EMPTY) if has_articles else ("current", FULL)
    columns = "id, version, state, cursor, stale, format, span"
    values = f"{number}, {FOLDING}, '{state}', {cursor}, 0, {FORMAT}, {SPAN}"
    op.execute(f"INSERT INTO search_index ({columns}) VALUES ({values})")  # noqa: S608
    if not is_sqlite:  # an index that is added later has a higher number
        op.execute(f"SELECT setval(pg_get_serial_sequence('search_index', 'id'), {number})")
    _create(number, is_sqlite=is_sqlite)


def _drop(number: int, *, is_sqlite: bool) -> None:
    for kind in ("document", "compound", *(["words", "gone_data", "gone_docsize"] if is_sqlite else [])):
        name = f"search_gone_{number}_{kind[5:]}" if kind.startswith("gone") else f"search_{kind}_{number}"
        op.execute(f"DROP TABLE IF EXISTS {name}")


def _create(number: int, *, is_sqlite: bool) -> None:
    document, compound = f"search_document_{number}", f"search_compound_{number}"
    op.create_table(
        document,
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("site", sa.Integer(), nullable=False),
        sa.Column("code", sa.Integer(), nullable=False),
        sa.Column("words", postgresql.TSVECTOR().with_variant(sa.LargeBinary(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{document}")),
        sa.UniqueConstraint("site", "code", name=op.f(f"uq_{document}_site_code")),
    )
    op.create_table(
        compound,
        sa.Column("glued", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("glued", "words", name=op.f(f"pk_{compound}")),
        sqlite_with_rowid=False,
    )
    if is_sqlite:
        columns = '"title", "kicker", "lead", "tag", "category", "body"'
        op.execute(f"CREATE VIRTUAL TABLE search_words_{number} USING fts5({columns}, content='', tokenize='ascii')")
    else:
        op.execute(f"CREATE INDEX ix_{document}_words ON {document} USING gin (words)")
        lz4 = "SELECT 'lz4' = ANY (enumvals) FROM pg_settings WHERE name = 'default_toast_compression'"
        if op.get_bind().scalar(sa.text(lz4)):
            op.execute(f"ALTER TABLE {document} ALTER COLUMN words SET COMPRESSION lz4")
