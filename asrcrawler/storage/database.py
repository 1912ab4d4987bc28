"""One database: its engine, its transactions, its schema."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError

from asrcrawler.exceptions import SchemaError, StorageError
from asrcrawler.storage.errors import translated
from asrcrawler.storage.schema import HEAD, REVISIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

BUSY_TIMEOUT = 30  # seconds that a SQLite writer waits for another one
CHECKPOINT_PAGES = 16_000  # of SQLite's write-ahead log; the default of 1,000 halves the rate of large batches
SCHEMA_LOCK = 0x617372  # PostgreSQL advisory lock held while the schema changes

_WRITES = {"asr_writes": True}


class Database:
    """A SQLite file or a PostgreSQL database, by its SQLAlchemy URL."""

    def __init__(self, url: str) -> None:
        """Raises :exc:`StorageError` for a URL that names no database or a driver that is not installed."""
        with translated(url.partition("://")[0]):
            self._url = make_url(url)
            self.name = self._url.render_as_string(hide_password=True)
            self.engine = _engine(url)

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @property
    def path(self) -> Path | None:
        """The file of a SQLite database."""
        return Path(self._url.database) if self.is_sqlite and self._url.database else None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one state of the database. Raises :exc:`StorageError`."""
        with translated(self.name), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that writes; SQLite takes its lock at once. Raises :exc:`StorageError`."""
        with (
            translated(self.name),
            self.engine.connect().execution_options(**_WRITES) as connection,
            connection.begin(),
        ):
            yield connection

    def prepare(self) -> None:
        """Create the schema, or bring it to this version's. Safe when two processes do it at once.

        Raises :exc:`SchemaError` for a database that a newer version has written.
        """
        if self.path is not None:
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise StorageError(f"database {self.name}: {error.strerror}: {error.filename}") from error
        if self.schema_version() != HEAD:
            self._migrate()

    def open_existing(self) -> None:
        """Like :meth:`prepare`, for commands that only read: a database that is not there is not made."""
        if self.path is not None and not self.path.exists():
            raise StorageError(f"there is no database {self.path} yet; scrapy crawl asr makes it")
        self.prepare()

    def schema_version(self) -> str | None:
        """The revision of the schema; None for a database without one. Raises :exc:`SchemaError` if it is unknown."""
        with self.read() as connection:
            version = _version(connection)
        if version is not None and version not in REVISIONS:
            raise SchemaError(f"database {self.name}: written by a newer version (schema {version}); update asrcrawler")
        return version

    def close(self) -> None:
        self.engine.dispose()

    def _migrate(self) -> None:
        from asrcrawler.storage.migrate import upgrade

        with self.write() as connection:
            if not self.is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": SCHEMA_LOCK})
            if _version(connection) != HEAD:
                upgrade(connection)


def _version(connection: Connection) -> str | None:
    try:
        with connection.begin_nested():
            found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    except DBAPIError as error:
        if "alembic_version" in str(error.orig):
            return None
        raise
    return found


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, connect_args={"application_name": "asrcrawler"})
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # the driver's own idea of transactions is off; see _begin_sqlite
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")  # readers and the one writer do not wait for each other
    cursor.execute("PRAGMA synchronous = NORMAL")  # in WAL mode: a power cut may lose the last batches, never corrupts
    cursor.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("asr_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
