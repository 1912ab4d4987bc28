"""Open a SQLite file so that nothing can be written, whatever is executed: for the reading room and commands that read.

Usually SQLite's own locks keep readers and the writer apart. In a folder or on a file system where nothing can be
written, SQLite cannot lock the file. Then the file is read without locks, as one that nobody changes, and after each
reading it is checked that nobody did.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from sqlalchemy import create_engine, event

from asrcrawler.exceptions import StorageError

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine

    from asrcrawler.storage.engine.limits import Limits

READERS = 16  # connections; the 40 threads of a server share them
LONGEST_WAIT = 5  # seconds for a locked or unreachable database, and for a connection to be free
LONGEST_STATEMENT = 15  # seconds, for one of many readers
STEPS_BETWEEN_LOOKS = 100_000  # of SQLite's virtual machine, some milliseconds; then the clock is looked at
CACHE_KIB = 8 * 1024  # of SQLite's pages in memory, for each connection

OUTSIDE = "asr_outside"
"""The option of a connection on which no transaction is begun."""

POOL = {"pool_size": READERS, "max_overflow": 0, "pool_timeout": LONGEST_WAIT + LONGEST_STATEMENT}
_CLOSED_TO_WRITING = frozenset({sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY})
_PRIMARY = 0xFF  # of an error's number; the rest says more of the same


class Stamp(NamedTuple):
    """The facts about a SQLite file of which at least one changes when the file is written to."""

    device: int
    inode: int
    size: int
    modified: int
    """Nanoseconds."""
    log: int | None
    """Bytes of the write-ahead log; None where there is none."""


def stamp_of(path: Path) -> Stamp | None:
    """Take the stamp of a file; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return Stamp(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, _size_beside(path, "-wal"))


def reading_engine(url: URL, limits: Limits) -> Engine:
    """Make an engine for a SQLite ``url``; SQLite itself refuses every change."""
    engine = create_engine(url, creator=lambda: _open(url, limits), **POOL)
    event.listen(engine, "begin", _begin)
    event.listen(engine, "before_cursor_execute", _give_it_time)
    return engine


def unlocked_stamp(connection: Connection) -> Stamp | None:
    """Give the file's stamp of when ``connection`` opened it without locks; None for a connection with locks."""
    driver = connection.connection.driver_connection
    return driver.stamp if isinstance(driver, _Reader) else None


class _Reader(sqlite3.Connection):
    """A connection that ends a statement that takes too long."""

    limits: Limits
    stamp: Stamp | None = None

    def give_time(self) -> None:
        self._deadline = monotonic() + self.limits.statement

    def is_late(self) -> bool:
        return monotonic() > self._deadline


def _open(url: URL, limits: Limits) -> _Reader:
    path = Path(str(url.database))
    timeout = float(str(url.query.get("timeout", LONGEST_WAIT)))
    try:
        return _connect(path, "mode=ro", timeout, limits)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & _PRIMARY not in _CLOSED_TO_WRITING or (stamp := stamp_of(path)) is None:
            raise
        for journal in ("-wal", "-journal"):
            if _size_beside(path, journal):
                raise StorageError(
                    f"database {path}: its last changes lie in {path.name}{journal}, which cannot be read in a"
                    " folder that is closed to this user; let its owner put them in (scrapy db tidy),"
                    " or copy both elsewhere"
                ) from error
        reader = _connect(path, "mode=ro&immutable=1", timeout, limits)
        reader.stamp = stamp
        return reader


def _connect(path: Path, mode: str, timeout: float, limits: Limits) -> _Reader:
    connection = sqlite3.connect(
        f"file:{quote(str(path))}?{mode}",
        uri=True,
        timeout=timeout,
        check_same_thread=False,  # the pool hands it from one thread to the next
        isolation_level=None,
        factory=_Reader,
    )
    try:
        connection.limits = limits
        connection.give_time()
        connection.set_progress_handler(connection.is_late, STEPS_BETWEEN_LOOKS)
        connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        connection.execute("SELECT count(*) FROM sqlite_master")  # only the first reading opens the file
    except BaseException:
        connection.close()
        raise
    return connection


def _size_beside(path: Path, suffix: str) -> int | None:
    try:
        return path.with_name(path.name + suffix).stat().st_size
    except OSError:
        return None


def _begin(connection: Connection) -> None:
    if not connection.get_execution_options().get(OUTSIDE):
        connection.exec_driver_sql("BEGIN")


def _give_it_time(connection: Connection, *_: Any) -> None:
    driver = connection.connection.driver_connection
    assert isinstance(driver, _Reader)
    driver.give_time()
