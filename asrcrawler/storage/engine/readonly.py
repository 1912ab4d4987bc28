"""Connections on which nothing can be written, whatever is executed, and nothing takes long: for many readers."""

from __future__ import annotations

import sqlite3
from time import monotonic
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sqlalchemy import create_engine, event

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine

READERS = 16  # connections; the 40 threads of a server share them
LONGEST_WAIT = 5  # seconds for a locked or unreachable database, and for a connection to be free
LONGEST_STATEMENT = 15  # seconds
STEPS_BETWEEN_LOOKS = 100_000  # of SQLite's virtual machine, some milliseconds; then the clock is looked at
CACHE_KIB = 8 * 1024  # of SQLite's pages in memory, for each connection


def reading_engine(url: URL) -> Engine:
    """An engine for a SQLite or PostgreSQL ``url``; the database itself refuses every change."""
    pool = {"pool_size": READERS, "max_overflow": 0, "pool_timeout": LONGEST_WAIT + LONGEST_STATEMENT}
    if url.get_backend_name() == "postgresql":
        given = {"application_name": "asrcrawler reader", "connect_timeout": LONGEST_WAIT}
        connect_args = {name: value for name, value in given.items() if name not in url.query}
        engine = create_engine(url, pool_pre_ping=True, connect_args=connect_args, **pool)
        event.listen(engine, "connect", _bind_postgresql)
        return engine
    engine = create_engine(url, creator=lambda: _open_sqlite(url), **pool)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    event.listen(engine, "before_cursor_execute", _give_it_time)
    return engine


class _Reader(sqlite3.Connection):
    """Ends a statement that takes too long."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.give_time()
        self.set_progress_handler(lambda: monotonic() > self._deadline, STEPS_BETWEEN_LOOKS)

    def give_time(self) -> None:
        self._deadline = monotonic() + LONGEST_STATEMENT


def _open_sqlite(url: URL) -> _Reader:
    connection = sqlite3.connect(
        f"file:{quote(str(url.database))}?mode=ro",
        uri=True,
        timeout=float(str(url.query.get("timeout", LONGEST_WAIT))),
        check_same_thread=False,  # the pool hands it from one thread to the next
        isolation_level=None,
        factory=_Reader,
    )
    connection.execute("PRAGMA query_only = ON")
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    return connection


def _give_it_time(connection: Connection, *_: Any) -> None:
    driver = connection.connection.driver_connection
    assert isinstance(driver, _Reader)
    driver.give_time()


def _bind_postgresql(connection: Any, _: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
        cursor.execute(f"SET statement_timeout = {LONGEST_STATEMENT * 1000:.0f}")
    connection.commit()
