"""Open a database: its connections, its transactions, its schema."""

from __future__ import annotations

import logging
from contextlib import closing, contextmanager, suppress
from errno import ENOSPC
from pathlib import Path
from stat import S_ISREG
from time import sleep
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError

from asrcrawler.exceptions import MovedError, SchemaError, StorageError, UnusableError, VanishedError
from asrcrawler.storage.engine import readonly
from asrcrawler.storage.engine.backend import backend_of
from asrcrawler.storage.engine.errors import is_about_missing_table, translated
from asrcrawler.storage.engine.limits import STATEMENT, UNLIMITED, Limits
from asrcrawler.storage.migrations.revisions import HEAD, REVISIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import URL, Connection

T = TypeVar("T")

TURN = 120  # seconds until a connection is free, where there are few; more than a silent server may take
LOOKS = 5  # at a file that another program writes to while it is read without locks
BETWEEN_LOOKS = 0.1  # seconds


class Database:
    """A SQLite file or a PostgreSQL database, by its SQLAlchemy URL."""

    def __init__(
        self,
        url: str,
        *,
        read_only: bool = False,
        longest: float | None = None,
        connections: int | None = None,
        idle: float = UNLIMITED,
        any_encoding: bool = False,
    ) -> None:
        """Open the database of ``url``; ``read_only``: it refuses every change.

        ``longest``: seconds that a statement may take; unless given, few for a server of readers (``read_only``), and a
        minute else. ``connections``: how many there may be at once. ``idle``: seconds that a transaction on PostgreSQL
        may wait for its next statement. ``any_encoding``: also of a PostgreSQL database that does not keep text as
        UTF-8. Raises :exc:`StorageError` for a URL that names no database or a driver that
        is not installed.
        """
        if longest is None:
            longest = readonly.LONGEST_STATEMENT if read_only else STATEMENT
        self._limits = Limits(longest, idle)
        self._read_only = read_only
        with translated(url.partition("://")[0]):
            self._url = _url(url)
            self.name = _without_password(self._url)
            pool = {} if connections is None else {"pool_size": connections, "max_overflow": 0, "pool_timeout": TURN}
            self.backend = backend_of(self._url.get_backend_name())
            self.engine = self.backend.open_engine(
                self._url, self._limits, self.name, pool, read_only=read_only, any_encoding=any_encoding
            )
        self._file: tuple[int, int] | None = None

    @property
    def is_sqlite(self) -> bool:
        return self._url.get_backend_name() == "sqlite"

    @property
    def path(self) -> Path | None:
        """Give the file of a SQLite database."""
        return Path(self._url.database) if self.is_sqlite and self._url.database else None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a connection that sees one state of the database.

        Raises :exc:`StorageError`, and :exc:`MovedError` where another program wrote to a file that could not be
        locked: see :meth:`again`.
        """
        if self._read_only:
            self._follow_file()
        else:
            self._refuse_if_vanished()
        with (
            translated(self.name),
            self.engine.connect().execution_options(**self.backend.READING) as connection,
            self._unmoved(connection),
        ):
            transaction = connection.begin()
            try:
                yield connection
            finally:
                transaction.rollback()  # there is nothing to commit, and SQLite refuses that where it met with damage

    def again(self, question: Callable[[], T]) -> T:
        """Give what ``question`` gives, which only reads; call it again where the file was written to meanwhile.

        Raises :exc:`MovedError` where the file is written to each time.
        """
        for _ in range(LOOKS - 1):
            with suppress(MovedError):
                return question()
            sleep(BETWEEN_LOOKS)
        return question()

    @contextmanager
    def write(self, *sites: str) -> Iterator[Connection]:
        """Open a transaction that writes, the only one that writes about ``sites``. Raises :exc:`StorageError`."""
        self._refuse_if_vanished()
        with (
            translated(self.name),
            self.engine.connect().execution_options(**self.backend.WRITING) as connection,
            connection.begin(),
        ):
            for site in sorted(set(sites)):  # the same order everywhere: no deadlock
                self.backend.lock_site(connection, site)
            yield connection

    @contextmanager
    def maintain(self) -> Iterator[Connection]:
        """Open a connection outside any transaction, for the statements that refuse to be in one.

        Raises :exc:`StorageError`.
        """
        with (
            translated(self.name),
            self.engine.connect().execution_options(**self.backend.OUTSIDE) as connection,
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
                kind = StorageError if error.errno == ENOSPC else UnusableError  # room may come; nothing else will
                raise kind(f"database {self.name}: {error.strerror}: {error.filename}") from error
        if self.schema_version() != HEAD:
            self._migrate()
        self._file = _identity(self.path)

    def open_existing(self) -> None:
        """Check that the archive is there, and bring its schema to this version's; no archive is made.

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
        """Tell whether an earlier version of this program wrote it. Raises :exc:`StorageError` if it is not there."""
        self._refuse_if_absent()
        return self.schema_version() not in {None, HEAD}

    def schema_version(self) -> str | None:
        """Give the revision of the schema, None without one. Raises :exc:`SchemaError` if it is unknown."""
        version = self.again(self._schema_version)
        if version is not None and version not in REVISIONS:
            raise SchemaError(f"database {self.name}: written by a newer version (schema {version}); update asrcrawler")
        return version

    def close(self) -> None:
        self.engine.dispose()

    def _schema_version(self) -> str | None:
        with self.read() as connection:
            return _version(connection)

    def _migrate(self) -> None:
        logging.getLogger("alembic").setLevel(logging.WARNING)  # it tells of its plugins when it is imported
        from asrcrawler.storage.migrations.upgrade import upgrade

        with self._limits.lifted(), self.write() as connection:
            self.backend.lock_schema(connection)
            version = _version(connection)
            if version is None:
                self._refuse_if_foreign(connection)
            if version != HEAD:
                upgrade(connection)

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
        """Check that a file that was opened without locks is not written to meanwhile; close it afterwards."""
        stamp = readonly.unlocked_stamp(connection)
        if stamp is None or self.path is None:
            yield
            return
        try:
            yield
        except Exception as error:
            if readonly.stamp_of(self.path) != stamp:  # then the error comes from that
                raise MovedError(self.name) from error
            raise
        finally:
            connection.invalidate()
        if readonly.stamp_of(self.path) != stamp:
            raise MovedError(self.name)

    def _follow_file(self) -> None:
        """Close a SQLite file that was deleted or replaced, as the demo does with its own."""
        if self.path is not None and self._file != (identity := _identity(self.path)):
            self._refuse_if_absent()
            self.engine.dispose()
            self._file = identity

    def _refuse_if_vanished(self) -> None:
        """Refuse a SQLite file that was deleted or replaced: it is still open, and rows would be lost."""
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
        if is_about_missing_table(error):
            return None
        raise
    return found


def _url(text: str) -> URL:
    try:
        return make_url(text)
    except ValueError as error:  # a port that is no number
        raise ArgumentError(str(error)) from error


def _without_password(url: URL) -> str:
    """Write the address of a database for people; libpq takes passwords among the parameters, too."""
    secret = {name: "***" for name in url.query if "password" in name}
    return url.update_query_dict(secret).render_as_string(hide_password=True)


@contextmanager
def open_for_reading(url: str, *, longest: float = STATEMENT, any_encoding: bool = False) -> Iterator[Database]:
    """Open the archive of ``url`` for a command that only reads it, also where nothing can be written.

    An older schema is brought to this version's where possible; else it is refused. Raises :exc:`StorageError`.
    """
    with closing(Database(url, read_only=True, longest=longest, any_encoding=any_encoding)) as database:
        if database.is_outdated():
            with suppress(StorageError), closing(Database(url, longest=UNLIMITED, any_encoding=any_encoding)) as owned:
                owned.open_existing()
        database.open_existing()
        yield database
