"""Do what PostgreSQL does in its own way: see :class:`~asrcrawler.storage.engine.backend.Backend`.

What a session needs is set after connecting: a pooler such as PgBouncer refuses start-up parameters that it does not
know. Where only the server process is stopped and its machine runs on, neither keep-alives nor the server's own
time-outs notice; so every wait of the driver ends after :attr:`~asrcrawler.storage.engine.limits.Limits.silence`.
"""

from __future__ import annotations

import socket
from hashlib import blake2b
from time import monotonic
from typing import TYPE_CHECKING, Any

import psycopg
from sqlalchemy import ARRAY, Integer, bindparam, cast, create_engine, event, extract, func, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError, StatementError

from asrcrawler.exceptions import EncodingError
from asrcrawler.storage.engine.limits import BUSY_TIMEOUT, UNLIMITED
from asrcrawler.storage.engine.readonly import POOL
from asrcrawler.storage.engine.values import WRONG_VALUES, as_json, names_of, replacing, written
from asrcrawler.system import processes

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

    from sqlalchemy import URL, Column, ColumnElement, Connection, Engine, Table

    from asrcrawler.storage.engine.limits import Limits
    from asrcrawler.storage.engine.values import Rows

CONNECT_TIMEOUT = 10  # seconds to reach a server
PROBE_EVERY = 60.0  # seconds of silence after which a long job asks whether the server is still there
ENCODING = "UTF8"
READER = "asrcrawler reader"

READING: dict[str, Any] = {"isolation_level": "REPEATABLE READ"}
WRITING: dict[str, Any] = {}
OUTSIDE: dict[str, Any] = {"isolation_level": "AUTOCOMMIT"}

SCHEMA_LOCK = (0x617372, 0)  # advisory lock held while the schema changes
SITE_LOCK = 0x617373  # … and, with the hash of its name, while something is written about a site

_SESSION = {
    "client_encoding": ENCODING,
    "DateStyle": "ISO",
    "TimeZone": "UTC",
    "standard_conforming_strings": "on",
}
_LINK: dict[str, int] = {
    "connect_timeout": CONNECT_TIMEOUT,
    "keepalives_idle": 30,  # seconds
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,  # milliseconds until what a lost host does not acknowledge ends the connection
}
"""Parameters of the driver, which are not sent to the server."""

_INVALID_INDEXES = text(
    "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
    " WHERE c.relnamespace = current_schema()::regnamespace AND NOT (i.indisvalid AND i.indisready)"
    " ORDER BY c.relname"
)


def open_engine(
    url: URL, limits: Limits, name: str, pool: dict[str, int], *, read_only: bool, any_encoding: bool
) -> Engine:
    """Connect to the server of ``url``."""
    told = {"application_name": READER if read_only else own_session_name()}
    engine = create_engine(
        url,
        pool_pre_ping=True,
        connect_args=connect_arguments(url, **told),
        json_serializer=as_json,
        **(POOL if read_only else pool),
    )
    if engine.dialect.driver == "psycopg":
        bind(engine, limits, name, read_only=read_only, any_encoding=any_encoding)
    return engine


def session_name(host: str, process: str) -> str:
    """Name the sessions of a process, which is told as in the row of a run or of a worker.

    PostgreSQL keeps 63 bytes of a name, and a host's alone may have more.

    >>> session_name("news-1", "4711 90210 33a8c0de 4026531836")
    'asrcrawler 4711 9bf7d5254983edfb165fefde'
    """
    told = blake2b(f"{host} {process}".encode(), digest_size=12)
    return f"asrcrawler {process.split()[0]} {told.hexdigest()}"


def own_session_name() -> str:
    """Name the sessions of this process."""
    return session_name(socket.gethostname(), processes.this_process())


def insert(table: Table) -> Any:
    """Begin a statement that can say what becomes of a row whose key is there already."""
    return postgresql.insert(table)


def insert_rows(connection: Connection, table: Table, rows: Rows) -> None:
    """Copy the rows into the table, as one statement."""
    names = names_of(table, rows)
    insert_tuples(connection, table, names, written(table, names, rows, connection.dialect, f"COPY {table.name}"))


def insert_tuples(
    connection: Connection, table: Table, names: tuple[str, ...], rows: Iterable[tuple[Any, ...]]
) -> None:
    """Copy rows that are as the driver takes them."""
    quoted = connection.dialect.identifier_preparer.quote
    statement = f"COPY {quoted(table.name)} ({', '.join(map(quoted, names))}) FROM STDIN"
    cursor: Any = connection.connection.cursor()
    failure = connection.dialect.dbapi.Error  # type: ignore[union-attr]
    try:
        with cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except WRONG_VALUES as error:
        raise StatementError(str(error), statement, None, error) from error
    except failure as error:
        raise DBAPIError.instance(statement, None, error, failure, dialect=connection.dialect) from error


def upsert_rows(connection: Connection, table: Table, rows: Rows, added: str = "") -> None:
    """Insert or replace rows by one statement, which is given each column as an array."""
    names = names_of(table, rows)
    columns = [func.unnest(bindparam(name, type_=ARRAY(table.c[name].type))) for name in names]
    statement = replacing(insert(table), added).from_select(names, select(*columns))
    connection.execute(statement, {name: [row[name] for row in rows] for name in names})


def hour_of(column: Column[Any]) -> ColumnElement[int]:
    """Divide the seconds since 1970."""
    return cast(func.floor(extract("epoch", column) / 3_600), Integer)


def in_order_of_python(column: Column[Any]) -> ColumnElement[Any]:
    """Compare code points, whatever the collation of the database."""
    return column.collate("C")


def lock_site(connection: Connection, site: str) -> None:
    """Hold the advisory lock of the site to the end of the transaction."""
    _wait_for(connection, SITE_LOCK, "hashtext(:key)", site)


def lock_schema(connection: Connection) -> None:
    """Hold the advisory lock of the schema to the end of the transaction, whose statements have no limit of time."""
    connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
    namespace, key = SCHEMA_LOCK
    _wait_for(connection, namespace, ":key", key)


def number_on(connection: Connection, column: Column[Any]) -> None:
    """Set the sequence of a column, which knows nothing of rows that brought their number with them."""
    highest = connection.scalar(select(func.max(column)))
    connection.execute(
        text("SELECT setval(pg_get_serial_sequence(:table, :column), :value, :used)"),
        {"table": column.table.name, "column": column.name, "value": highest or 1, "used": highest is not None},
    )


def tidy(connection: Connection, tables: Iterable[str]) -> None:
    """Free the space of deleted rows for the server's own use; nobody has to wait."""
    for name in tables:
        connection.exec_driver_sql(f'VACUUM (ANALYZE) "{name}"')


def faults(connection: Connection, texts: Iterable[Column[Any]]) -> Iterator[tuple[str, bool]]:
    """Read all long texts: the server checks its pages itself (``data_checksums``) when they are read."""
    for name in broken_indexes(connection):
        yield f"the index {name} is not valid; REINDEX INDEX {name} makes it anew", False
    for column in texts:
        connection.execute(select(func.sum(func.length(column))))


def broken_indexes(connection: Connection) -> list[str]:
    """Name the indexes that are not valid."""
    return list(connection.scalars(_INVALID_INDEXES))


def renew_index(connection: Connection, quoted: str) -> None:
    """Make an index anew from its table."""
    connection.exec_driver_sql(f"REINDEX INDEX {quoted}")


def _wait_for(connection: Connection, namespace: int, expression: str, key: str | int) -> None:
    wait = f"set_config('lock_timeout', '{BUSY_TIMEOUT}s', true)"
    connection.execute(text(f"SELECT {wait}, pg_advisory_xact_lock({namespace}, {expression})"), {"key": key})


def connect_arguments(url: URL, **others: str | int) -> dict[str, str | int]:
    """Give the driver's arguments for ``url``; those that the URL names itself are left to it."""
    return {name: value for name, value in (_LINK | others).items() if name not in url.query}


def bind(engine: Engine, limits: Limits, name: str, *, read_only: bool, any_encoding: bool) -> None:
    """Make ``engine`` open connections that state what they need and that wait no longer than ``limits`` say.

    A database with another encoding than UTF-8 is refused with :exc:`EncodingError`, unless ``any_encoding``.
    """
    kind = _connection_class(limits)

    def connect(_: Any, __: Any, arguments: Any, named: Any) -> psycopg.Connection[Any]:
        connection = kind.connect(*arguments, **named)
        try:
            encoding = _begin_session(connection, limits, read_only=read_only)
            if encoding != ENCODING and not any_encoding:
                raise EncodingError(name, encoding)
        except BaseException:
            connection.close()
            raise
        return connection

    event.listen(engine, "do_connect", connect)


def _begin_session(connection: psycopg.Connection[Any], limits: Limits, *, read_only: bool) -> str:
    """State what the session needs, in one exchange; give the encoding of the database."""
    lock = BUSY_TIMEOUT if limits.statement != UNLIMITED else UNLIMITED  # a long job waits as long as it has to
    wanted = _SESSION | {"statement_timeout": _milliseconds(limits.statement), "lock_timeout": _milliseconds(lock)}
    wanted["idle_in_transaction_session_timeout"] = _milliseconds(limits.idle)
    if read_only:
        wanted["default_transaction_read_only"] = "on"
    values = [part for setting in wanted.items() for part in setting]
    settings = ", ".join(["set_config(%s, %s, false)"] * len(wanted))
    with connection.cursor() as cursor:
        row = cursor.execute(f"SELECT current_setting('server_encoding'), {settings}", values).fetchone()
    connection.commit()
    assert row is not None
    return row[0].decode() if isinstance(row[0], bytes) else str(row[0])


def _milliseconds(seconds: float) -> str:
    return "0" if seconds == UNLIMITED else f"{seconds * 1000:.0f}"


def _connection_class(limits: Limits) -> type[psycopg.Connection[Any]]:
    class Bounded(psycopg.Connection[Any]):
        """A connection that gives up on a silent server: every wait of the driver goes through these two methods."""

        @classmethod
        def _connect_gen(cls, *args: Any, **kwargs: Any) -> Any:
            return (yield from _within(limits, super()._connect_gen(*args, **kwargs), None))

        def wait(self, gen: Any, *args: Any, **kwargs: Any) -> Any:
            try:
                return super().wait(_within(limits, gen, self._is_there), *args, **kwargs)
            except _SilentError:
                self.pgconn.finish()
                raise

        def _is_there(self) -> bool:
            """Tell whether the server answers a new connection, if only to refuse it."""
            try:
                psycopg.connect(self.info.dsn, connect_timeout=CONNECT_TIMEOUT).close()
            except psycopg.errors.ConnectionTimeout:
                return False
            except psycopg.Error:
                pass
            return True

    return Bounded


class _SilentError(psycopg.OperationalError):
    """The server no longer answers."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"the server has not answered for {seconds:.0f} seconds")


def _within(limits: Limits, steps: Any, is_there: Callable[[], bool] | None) -> Generator[Any, Any, Any]:
    """Take the driver's own ``steps`` of an exchange, as long as the server is not silent for too long.

    While nothing comes from the server, the driver resumes them every tenth of a second. ``is_there`` is asked where
    there is no limit.
    """
    heard = asked = monotonic()
    try:
        step = next(steps)
        while True:
            ready = yield step
            now = monotonic()
            if ready:
                heard = asked = now
            elif now - heard > limits.silence:
                if limits.hurried is not None:
                    limits.hurry(0)
                raise _SilentError(now - heard)
            elif limits.silence == UNLIMITED and is_there is not None and now - asked > PROBE_EVERY:
                if not is_there():
                    raise _SilentError(now - heard)
                asked = monotonic()
            step = steps.send(ready)
    except StopIteration as end:
        return end.value
