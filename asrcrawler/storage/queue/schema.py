"""Make the PostgreSQL schema that holds Procrastinate's tables, and bring it up to date.

It is named after the archive's schema: ``public_queue``. Which of Procrastinate's migrations it has is written into the
comment of the schema, as Procrastinate itself keeps no record of them.
"""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import text

from asrcrawler.exceptions import MissingLibraryError, QueueError, UsageError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from asrcrawler.storage.engine.database import Database

MADE, UPGRADED, UNCHANGED = "made", "brought up to date", "up to date already"
"""What :func:`init` did."""

_MIGRATION = re.compile(r"\d\d\.\d\d\.\d\d_\d\d_\w+")


def init(database: Database) -> str:
    """Make the queue beside an archive, or bring it to the version of the installed Procrastinate; say which.

    Safe when two processes do it at once. Raises :exc:`QueueError` where a newer version made it.
    """
    latest = _migrations()[-1]
    with database.write() as connection:
        database.backend.lock_schema(connection)
        if version_of(connection) is None:
            connection.execute(text(f'CREATE SCHEMA IF NOT EXISTS "{name_of(connection)}"'))
            _apply(connection, _source("schema.sql"), latest)
            return MADE
    done = UNCHANGED
    while (step := _next_step(database)) is not None:
        done = UPGRADED
        with database.write() as connection:  # one at a time: PostgreSQL uses a new value of an enum after COMMIT only
            database.backend.lock_schema(connection)
            if (version_of(connection) or "") < step:
                _apply(connection, _source("migrations", f"{step}.sql"), step)
    return done


def check(database: Database) -> None:
    """Check that the queue is there, of the version of the installed Procrastinate. Raises :exc:`QueueError`."""
    if _next_step(database) is not None:
        raise QueueError(f"the queue of database {database.name} is of an older version; scrapy queue init upgrades it")


def name_of(connection: Connection) -> str:
    """Give the name of the schema of the queue."""
    return f"{connection.scalar(text('SELECT current_schema()'))}_queue"


def version_of(connection: Connection) -> str | None:
    """Give the migration that the queue was brought to; None where there is no queue."""
    found: str | None = connection.scalar(
        text(
            "SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = current_schema() || '_queue'"
        )
    )
    return found


def refuse_sqlite(database: Database) -> None:
    """Refuse a SQLite database, which one worker alone works on. Raises :exc:`UsageError`."""
    if database.path is not None:  # a file, which one worker alone works on
        raise UsageError(
            "a queue needs PostgreSQL, and this archive is SQLite; scrapy db copy takes it over, scrapy work does"
            " without a queue"
        )


def look_into(connection: Connection) -> None:
    """Let the statements of a transaction find the tables of the queue, and those of the archive too."""
    path = f"""set_config('search_path', '"{name_of(connection)}", ' || current_setting('search_path'), true)"""
    connection.execute(text(f"SELECT {path}"))


def _next_step(database: Database) -> str | None:
    """Find the first migration that the queue does not have. Raises :exc:`QueueError`."""
    with database.read() as connection:
        version = version_of(connection)
    if version is None:
        raise QueueError(f"database {database.name} has no queue yet; scrapy queue init makes it")
    known = _migrations()
    if version > known[-1]:
        raise QueueError(
            f"the queue of database {database.name} is of a newer version ({version}) than the installed Procrastinate"
            f" ({known[-1]}); bring this machine to the version of the others"
        )
    return next((step for step in known if step > version), None)


def _apply(connection: Connection, statements: str, version: str) -> None:
    look_into(connection)
    connection.connection.cursor().execute(statements)  # several statements: not for SQLAlchemy's own parameters
    quoted = connection.dialect.identifier_preparer.quote_identifier(
        str(connection.scalar(text("SELECT current_schema()")))
    )
    connection.execute(text(f"COMMENT ON SCHEMA {quoted} IS '{version}'"))


def _migrations() -> list[str]:
    names = (path.stem for path in _folder().joinpath("migrations").glob("*.sql"))
    return sorted(name for name in names if _MIGRATION.fullmatch(name))


def _source(*names: str) -> str:
    return _folder().joinpath(*names).read_text("utf-8")


def _folder() -> Path:
    """Find Procrastinate's statements. Raises :exc:`MissingLibraryError`."""
    if (found := find_spec("procrastinate")) is None or found.origin is None:
        raise MissingLibraryError("work from a queue", "Procrastinate", "distributed")
    return Path(found.origin).with_name("sql")
