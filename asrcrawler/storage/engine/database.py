"""One database: its engine, its transactions, its schema."""

from __future__ import annotations

import json
import logging
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from stat import S_ISREG
from time import sleep
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError

from asrcrawler.exceptions import MovedError, SchemaError, StorageError, UnusableError, VanishedError
from asrcrawler.storage.engine import readonly
from asrcrawler.storage.engine.errors import translated
from asrcrawler.storage.engine.limits import BUSY_TIMEOUT, STATEMENT, UNLIMITED, Limits
from asrcrawler.storage.migrations.revisions import HEAD, REVISIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import URL, Connection, Engine

T = TypeVar("T")

CHECKPOINT_PAGES = 16_000  # of SQLite's write-ahead log; the default of 1,000 halves the rate of large batches
LOG_FILE_LIMIT = 64 * 1024 * 1024  # bytes the write-ahead log shrinks to after a checkpoint; 16,000 pages
CACHE_KIB = 16 * 1024  # of SQLite's pages in memory; the default of 2 MiB thrashes on the digests of a million texts

SCHEMA_LOCK = (0x617372, 0)  # PostgreSQL advisory lock held while the schema changes
SITE_LOCK = 0x617373  # … and, with the hash of its name, while something is written about a site

TURN = 120  # seconds until a connection is free, where there are few; more than a silent server may take
LOOKS = 5  # at a file that another program writes to while it is read without locks
BETWEEN_LOOKS = 0.1  # seconds

_WRITES = {"asr_writes": True}
_NO_SUCH_TABLE = "42P01"  # PostgreSQL's code


class Database:
    """A SQLite file or a PostgreSQL database, by its SQLAlchemy URL."""

    def __init__(
        self,
        url: str,
        *,
        read_only: bool = False,
        longest: float | None = None,
        connections: int | None = None,
        any_encoding: bool = False,
    ) -> None:
        """``read_only``: the database itself refuses to change.

        ``longest``: seconds that a statement may take; unless given, few for a server of readers (``read_only``), and a
        minute else. ``connections``: how many there may be at once. ``any_encoding``: also of a PostgreSQL database
        that does not keep text as UTF-8. Raises :exc:`StorageError` for a URL that names no database or a driver that
        is not installed.
        """
        if longest is None:
            longest = readonly.LONGEST_STATEMENT if read_only else STATEMENT
        self._limits = Limits(longest)
        self._read_only = read_only
        with translated(url.partition("://")[0]):
            self._url = _url(url)
            self.name = _without_password(self._url)
            pool = {} if connections is None else {"pool_size": connections, "max_overflow": 0, "pool_timeout": TURN}
            if self._url.get_backend_name() == "postgresql":
                self.engine = self._postgresql_engine(pool, any_encoding=any_encoding)
            elif read_only:
                self.engine = readonly.reading_engine(self._url, self._limits)
            else:
                self.engine = _sqlite_engine(self._url, pool)
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
        """A connection that sees one state of the database. Raises :exc:`StorageError`, and :exc:`MovedError` where
        another program wrote to a file that could not be locked: see :meth:`again`.
        """
        if self._read_only:
            self._follow_file()
        options = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        with (
            translated(self.name),
            self.engine.connect().execution_options(**options) as connection,
            self._unmoved(connection),
        ):
            transaction = connection.begin()
            try:
                yield connection
            finally:
                transaction.rollback()  # there is nothing to commit, and SQLite refuses that where it met with damage

    def again(self, question: Callable[[], T]) -> T:
        """What ``question`` gives, which reads and changes nothing; it is put again where the file moved meanwhile.

        Raises :exc:`MovedError` where it moves all the time.
        """
        for _ in range(LOOKS - 1):
            with suppress(MovedError):
                return question()
            sleep(BETWEEN_LOOKS)
        return question()

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
        options: dict[str, Any] = {readonly.OUTSIDE: True} if self.is_sqlite else {"isolation_level": "AUTOCOMMIT"}
        with (
            translated(self.name),
            self.engine.connect().execution_options(**options) as connection,
            self._unmoved(connection),
        ):
            yield connection

    def hurry(self, seconds: float) -> None:
        """Wait no longer than so many seconds from now on for a server that is silent: this process is to end."""
        self._limits.hurry(seconds)

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
        """Like :meth:`prepare`, for an archive that has to be there: none is made.

        A read-only database has to have this version's schema already; else :exc:`SchemaError`.
        """
        self._refuse_if_absent()
        version = self.schema_version()
        if version is None:
            raise SchemaError(f"database {self.name}: it holds no archive; scrapy crawl asr begins one")
        if not self._read_only:
            self.prepare()
        elif version != HEAD:
            raise SchemaError(
                f"database {self.name}: its schema {version} is older than this version's {HEAD};"
                " scrapy db upgrade brings it up to date"
            )

    def is_outdated(self) -> bool:
        """Whether an earlier version of this program has written it. Raises :exc:`StorageError` if it is not there."""
        self._refuse_if_absent()
        return self.schema_version() not in {None, HEAD}

    def schema_version(self) -> str | None:
        """The revision of the schema; None for a database without one. Raises :exc:`SchemaError` if it is unknown."""
        version = self.again(self._schema_version)
        if version is not None and version not in REVISIONS:
            raise SchemaError(f"database {self.name}: written by a newer version (schema {version}); update asrcrawler")
        return version

    def close(self) -> None:
        self.engine.dispose()

    def _postgresql_engine(self, pool: dict[str, int], *, any_encoding: bool) -> Engine:
        from asrcrawler.storage.engine import postgresql

        readers = readonly.POOL if self._read_only else pool
        told = {"application_name": "asrcrawler reader" if self._read_only else "asrcrawler"}
        engine = create_engine(
            self._url,
            pool_pre_ping=True,
            connect_args=postgresql.connect_arguments(self._url, **told),
            json_serializer=_json,
            **readers,
        )
        if engine.dialect.driver == "psycopg":
            postgresql.bind(engine, self._limits, self.name, read_only=self._read_only, any_encoding=any_encoding)
        return engine

    def _schema_version(self) -> str | None:
        with self.read() as connection:
            return _version(connection)

    def _migrate(self) -> None:
        logging.getLogger("alembic").setLevel(logging.WARNING)  # it tells of its plugins when it is imported
        from asrcrawler.storage.migrations.upgrade import upgrade

        with self._limits.lifted(), self.write() as connection:
            if not self.is_sqlite:
                connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
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
        if self.path is None:
            return
        try:
            status = self.path.stat()
        except (FileNotFoundError, NotADirectoryError):
            raise StorageError(f"there is no database {self.path} yet; scrapy crawl asr makes it") from None
        except OSError as error:
            raise UnusableError(f"database {self.path}: {error.strerror}") from error
        if S_ISREG(status.st_mode) and status.st_size == 0:
            raise StorageError(f"there is no archive in {self.path}: the file is empty; put a backup in its place")

    @contextmanager
    def _unmoved(self, connection: Connection) -> Iterator[None]:
        """See that a file that was opened without locks is not written to meanwhile; the next reading opens it anew."""
        stamp = readonly.unlocked_stamp(connection)
        if stamp is None or self.path is None:
            yield
            return
        try:
            yield
        except Exception as error:
            if readonly.stamp_of(self.path) != stamp:  # then the error is one of the moment
                raise MovedError(self.name) from error
            raise
        finally:
            connection.invalidate()
        if readonly.stamp_of(self.path) != stamp:
            raise MovedError(self.name)

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


def _without_password(url: URL) -> str:
    """Write the address of a database for people; libpq takes passwords among the parameters, too."""
    secret = {name: "***" for name in url.query if "password" in name}
    return url.update_query_dict(secret).render_as_string(hide_password=True)


def _sqlite_engine(url: URL, pool: dict[str, int]) -> Engine:
    engine = create_engine(
        url,
        connect_args={} if "timeout" in url.query else {"timeout": BUSY_TIMEOUT},
        json_serializer=_json,
        **pool,
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
    if not options.get(readonly.OUTSIDE):
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("asr_writes") else "BEGIN")


@contextmanager
def open_for_reading(url: str, *, longest: float = STATEMENT, any_encoding: bool = False) -> Iterator[Database]:
    """The archive of ``url`` for a command that only reads it, and so also where nothing can be written.

    An older schema is brought to this version's where that can be; else it is refused. Raises :exc:`StorageError`.
    """
    with closing(Database(url, read_only=True, longest=longest, any_encoding=any_encoding)) as database:
        if database.is_outdated():
            with suppress(StorageError), closing(Database(url, longest=UNLIMITED, any_encoding=any_encoding)) as owned:
                owned.open_existing()
        database.open_existing()
        yield database
