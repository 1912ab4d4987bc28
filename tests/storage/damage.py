"""Damage to a database as hardware and bugs do it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from asrcrawler.storage.models import article

if TYPE_CHECKING:
    from pathlib import Path

    from asrcrawler.storage import Database


def break_leaf(path: Path, words: bytes) -> None:
    """Make nonsense of the page of a SQLite file that holds ``words``."""
    content = path.read_bytes()
    size = int.from_bytes(content[16:18], "big")
    start = content.index(words) // size * size
    path.write_bytes(content[:start] + b"\xff" * 100 + content[start + 100 :])


def break_row(database: Database, code: int) -> None:
    """Let PostgreSQL say of one article's body what it says of a damaged one; a view in the place of the table does."""
    columns = ", ".join(
        f"CASE WHEN code = {code} THEN broken(code) ELSE body END AS body" if name == "body" else f'"{name}"'
        for name in article.c.keys()  # noqa: SIM118
    )
    says = "RAISE EXCEPTION 'missing chunk number 0 for toast value 16400' USING ERRCODE = 'XX001'"
    with database.write() as connection:
        for statement in (
            f"CREATE FUNCTION broken(integer) RETURNS text STABLE LANGUAGE plpgsql AS $$ BEGIN {says}; END $$",
            "ALTER TABLE article RENAME TO real_article",
            f"CREATE VIEW article AS SELECT {columns} FROM real_article",
        ):
            connection.execute(text(statement))
