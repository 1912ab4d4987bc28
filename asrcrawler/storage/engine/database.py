"""One database: its engine, its transactions, its schema."""

from __future__ import annotations

import json
import logging
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError

from asrcrawler.exceptions import SchemaError, StorageError, VanishedError
from asrcrawler.storage.engine.errors import translated
from asrcrawler.storage.engine.readonly import reading_engine
from asrcrawler.storage.migrations.revisions import HEAD, REVISIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL, Connection, Engine

BUSY_TIMEOUT = (
    10  # seconds that a writer waits for another one, and that a stop may take; `?timeout=` in a SQLite URL goes first
)
CONNECT_TIMEOUT = 10  # seconds to reach a PostgreSQL server
CHECKPOINT_PAGES = 16_000  # of SQLite's write-ahead log; the default of 1,000 halves the rate of large batches
LOG_FILE_LIMIT = 64 * 1024 * 1024  # bytes the write-ahead log shrinks to after a checkpoint; 16,000 pages
CACHE_KIB = 16 * 1024  # of SQLite's pages in memory; the default of 2 MiB thrashes on the digests of a million texts

SCHEMA_LOCK = (0x617372, 0)  # PostgreSQL advisory lock held while the schema changes
SITE_LOCK = 0x617373  # … and, with the hash of its name, while something is written about a site

_WRITES = {"asr_writes": True}
_OUTSIDE = {"asr_outside": True}
_NO_SUCH_TABLE = "42P01"  # PostgreSQL's code


class Database:
    """A SQLite file or a PostgreSQL database, by its SQLAlchemy URL."""

    def __init__(self, url: str, *, read_only: bool = False) -> None:
        """``read_only``: for a server of readers; the database itself refuses to change, and ends long questions.

        Raises :exc:`StorageError` for a URL that names no database or a driver that is not installed.
        """
        with translated(url.partition("://")[0]):
            self._url = _url(url)
            self.name = self._url.render_as_string(hide_password=True)
            self.engine = reading_engine(self._url) if read_only else _engine(self._url)
        self._read_only = read_only
        self._file: tuple[int, int] | None = None

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
        if self._read_only:
            self._follow_file()
        options = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        with (
            translated(self.name),
            self.engine.connect().execution_options(**options) as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def write(self, *sites: str) -> Iterator[Connection]:
        """One transaction that writes, the only one at work on ``sites``. Raises :exc:`StorageError`.

        SQLite has one writer at a time anyway; it takes its lock at once, not at the first change.
        """
        self._refuse_if_vanished()
        with (
            translated(self.name),
            self.engine.connect().execution_options(**_WRITES) as connection,
            connection.begin(),
        ):
            for site in sorted(set(sites)):  # the same order everywhere: no deadlock
                self._wait_for(connection, SITE_LOCK, "hashtext(:key)", site)
            yield connection

    @contextmanager
    def maintain(self) -> Iterator[Connection]:
        """A connection outside any transaction, for the statements that refuse to be in one. Raises
        :exc:`StorageError`.
        """
        options: dict[str, Any] = _OUTSIDE if self.is_sqlite else {"isolation_level": "AUTOCOMMIT"}
        with translated(self.name), self.engine.connect().execution_options(**options) as connection:
            yield connection

    def prepare(self) -> None:
        """Create the schema, or bring it to this version's. Safe when two processes do it at once.

        Makes the directory of a SQLite file. Raises :exc:`SchemaError` for a database that a newer version or
        another program has written.
        """
        if self.path is not None:
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise StorageError(f"database {self.name}: {error.strerror}: {error.filename}") from error
        if self.schema_version() != HEAD:
            self._migrate()
        self._file = _identity(self.path)

    def open_existing(self) -> None:
        """Like :meth:`prepare`, for commands that only read: a database that is not there is not made.

        A read-only database has to have this version's schema already; else :exc:`SchemaError`.
        """
        self._refuse_if_absent()
        if not self._read_only:
            self.prepare()
        elif (version := self.schema_version()) != HEAD:
            stands = f"its schema {version} is older than this version's {HEAD}" if version else "it holds no archive"
            raise SchemaError(f"database {self.name}: {stands}; scrapy db upgrade brings it up to date")

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
        logging.getLogger("alembic").setLevel(logging.WARNING)  # it tells of its plugins when it is imported
        from asrcrawler.storage.migrations.upgrade import upgrade

        with self.write() as connection:
            namespace, key = SCHEMA_LOCK
            self._wait_for(connection, namespace, ":key", key)
            version = _version(connection)
            if version is None:
                self._refuse_if_foreign(connection)
            if version != HEAD:
                upgrade(connection)

    def _wait_for(self, connection: Connection, namespace: int, expression: str, key: str | int) -> None:
        """Hold an advisory lock of PostgreSQL to the end of the transaction."""
        if not self.is_sqlite:
            wait = f"set_config('lock_timeout', '{BUSY_TIMEOUT}s', true)"
            connection.execute(text(f"SELECT {wait}, pg_advisory_xact_lock({namespace}, {expression})"), {"key": key})

    def _refuse_if_foreign(self, connection: Connection) -> None:
        if tables := sorted(set(inspect(connection).get_table_names()) - {"alembic_version"}):
            named = ", ".join(tables[:3])
            raise SchemaError(
                f"database {self.name}: holds tables of another program ({named}); give asrcrawler its own"
            )

    def _refuse_if_absent(self) -> None:
        if self.path is not None and not self.path.exists():
            raise StorageError(f"there is no database {self.path} yet; scrapy crawl asr makes it")

    def _follow_file(self) -> None:
        """Let go of a SQLite file that was deleted or replaced, as the demo does with its own."""
        if self.path is not None and self._file != (identity := _identity(self.path)):
            self._refuse_if_absent()
            self.engine.dispose()
            self._file = identity

    def _refuse_if_vanished(self) -> None:
        """A deleted or replaced SQLite file stays open: what is written would go nowhere, without an error."""
        if self._file is not None and self._file != _identity(self.path):
            raise VanishedError(f"database {self.name}: its file was deleted or replaced while it was in use")


def _identity(path: Path | None) -> tuple[int, int] | None:
    try:
        status = path.stat() if path else None
    except OSError:
        return 0, 0
    return (status.st_dev, status.st_ino) if status else None


def _version(connection: Connection) -> str | None:
    try:
        with connection.begin_nested():
            found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    except DBAPIError as error:
        if "no such table" in str(error.orig) or getattr(error.orig, "sqlstate", None) == _NO_SUCH_TABLE:
            return None
        raise
    return found


def _url(text: str) -> URL:
    try:
        url = make_url(text)
    except ValueError as error:  # a port that is no number
        raise ArgumentError(str(error)) from error
    if url.get_backend_name() not in {"sqlite", "postgresql"}:
        raise ArgumentError(f"{url.get_backend_name()} is not supported; use sqlite:/// or postgresql+psycopg://")
    return url


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "postgresql":
        given = {"application_name": "asrcrawler", "connect_timeout": CONNECT_TIMEOUT}
        connect_args = {name: value for name, value in given.items() if name not in url.query}
        return create_engine(url, pool_pre_ping=True, connect_args=connect_args, json_serializer=_json)
    engine = create_engine(
        url,
        connect_args={} if "timeout" in url.query else {"timeout": BUSY_TIMEOUT},
        json_serializer=_json,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode  # escaped, Persian takes thrice the room


def _prepare_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # the driver's own idea of transactions is off; see _begin_sqlite
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")  # readers and the one writer do not wait for each other
    cursor.execute("PRAGMA synchronous = FULL")  # one fsync a batch: what was committed outlives a power cut
    cursor.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
    cursor.execute(f"PRAGMA journal_size_limit = {LOG_FILE_LIMIT}")
    cursor.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get("asr_outside"):
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("asr_writes") else "BEGIN")
