"""Connections to PostgreSQL: what each asks of its session, and how long it waits for a server that has gone silent.

What a session needs is set after connecting: a pooler such as PgBouncer refuses start-up parameters that it does not
know. A server that is stopped, on a machine that is well, is found by no keep-alive and by none of the server's own
time-outs; so every wait of the driver is given up after :attr:`~asrcrawler.storage.engine.limits.Limits.silence`.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any

import psycopg
from sqlalchemy import event

from asrcrawler.exceptions import EncodingError
from asrcrawler.storage.engine.limits import BUSY_TIMEOUT, UNLIMITED

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from sqlalchemy import URL, Engine

    from asrcrawler.storage.engine.limits import Limits

CONNECT_TIMEOUT = 10  # seconds to reach a server
PROBE_EVERY = 60.0  # seconds of silence after which a long job asks whether the server is still there
ENCODING = "UTF8"

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
"""What the driver itself is told; the server hears nothing of it."""


def connect_arguments(url: URL, **others: str | int) -> dict[str, str | int]:
    """The driver's arguments for ``url``, whose own go first."""
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
        """Gives a silent server up: every wait of the driver is one of these two."""

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
            """Whether the server answers others, if only to refuse them."""
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
    """The driver's own ``steps`` of a conversation, as long as the server is not silent for too long.

    Between two words of the server they are resumed every tenth of a second, with nothing. ``is_there`` is asked where
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
