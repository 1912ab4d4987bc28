"""What a connection to PostgreSQL says of itself, and how long it waits."""

from __future__ import annotations

import socket
import struct
from contextlib import closing
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import create_engine, make_url, text

from asrcrawler.exceptions import EncodingError, StorageError
from asrcrawler.storage import Database, open_for_reading
from asrcrawler.storage.engine import limits, postgresql
from asrcrawler.storage.engine.limits import UNLIMITED
from asrcrawler.storage.upkeep.copying import copy_archive
from tests.database_fixture import postgresql_database
from tests.end_to_end.freezing import frozen
from tests.storage.samples import all_rows, live

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

READS = "SELECT count(*) FROM article"


class Pooler:
    """Takes one connection and what it begins with, and says no."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = Thread(target=self._listen, daemon=True)
        self._thread.start()
        self.parameters: dict[str, str] = {}

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://reader:secret@127.0.0.1:{self._listener.getsockname()[1]}/asr"

    def close(self) -> None:
        self._thread.join()
        self._listener.close()

    def _listen(self) -> None:
        peer, _ = self._listener.accept()
        with peer:
            while True:
                length, version = struct.unpack("!ii", peer.recv(8, socket.MSG_WAITALL))
                body = peer.recv(length - 8, socket.MSG_WAITALL)
                if version == 3 << 16:
                    break
                peer.sendall(b"N")  # neither TLS nor GSSAPI
            words = [word.decode() for word in body.rstrip(b"\0").split(b"\0")]
            self.parameters = dict(zip(words[::2], words[1::2], strict=True))
            said = b"SFATAL\0C08P01\0Mno more\0\0"
            peer.sendall(b"E" + struct.pack("!i", len(said) + 4) + said)


@pytest.mark.parametrize(
    ("read_only", "query", "name"),
    [
        (False, "", None),
        (True, "", "asrcrawler reader"),
        (False, "?application_name=mine", "mine"),
    ],
)
def test_a_pooler_is_told_nothing_at_the_start_that_it_does_not_know(
    read_only: bool, query: str, name: str | None
) -> None:
    pooler = Pooler()
    with closing(Database(pooler.url + query, read_only=read_only)) as database, pytest.raises(StorageError):
        database.schema_version()
    pooler.close()
    assert pooler.parameters == {
        "user": "reader",
        "database": "asr",
        "application_name": name or postgresql.own_session_name(),
    }


def test_a_session_has_what_is_needed_whatever_the_server_prefers(empty_postgresql_url: str) -> None:
    admin = create_engine(empty_postgresql_url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        for setting in (
            "client_encoding = 'LATIN1'",
            "DateStyle = 'SQL, DMY'",
            "TimeZone = 'Asia/Tehran'",
            "standard_conforming_strings = off",
        ):
            connection.execute(text(f"ALTER DATABASE {admin.url.database} SET {setting}"))
    admin.dispose()
    names = ("client_encoding", "DateStyle", "TimeZone", "standard_conforming_strings", "statement_timeout")
    found = {}
    for longest in (60.0, UNLIMITED):
        with closing(Database(empty_postgresql_url, longest=longest)) as database, database.read() as connection:
            found[longest] = [str(connection.scalar(text(f"SHOW {name}"))) for name in names]
    assert found[60.0] == ["UTF8", "ISO, DMY", "UTC", "on", "1min"]
    assert found[UNLIMITED][-1] == "0"


def test_a_lost_host_is_noticed_unless_the_address_says_otherwise() -> None:
    given = postgresql.connect_arguments(make_url("postgresql+psycopg://h/d?keepalives_idle=5&connect_timeout=3"))
    assert "keepalives_idle" not in given
    assert "connect_timeout" not in given
    assert {"keepalives_interval", "keepalives_count", "tcp_user_timeout"} <= given.keys()


# --- encodings


def encoded(encoding: str) -> str:
    """What makes a database with an encoding of its own."""
    return f"ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"


@pytest.fixture(params=["LATIN1", "SQL_ASCII"])
def other_encoding(request: pytest.FixtureRequest, postgresql_server: Engine) -> Iterator[str]:
    """A database that is not UTF-8."""
    with postgresql_database(postgresql_server, encoded(request.param)) as url:
        yield url


def test_a_database_that_is_not_utf_8_is_refused_by_whoever_opens_it(other_encoding: str) -> None:
    for database in (Database(other_encoding), Database(other_encoding, read_only=True)):
        with closing(database), pytest.raises(EncodingError, match=r"its encoding is \w+ and has to be UTF8"):
            database.schema_version()
    with pytest.raises(EncodingError), open_for_reading(other_encoding):
        pass


def articles_and_all(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Every row but those of the index of words, which is another one on each database."""
    return {name: found for name, found in all_rows(database).items() if not name.startswith("search_")}


def test_an_archive_is_copied_out_of_a_database_that_is_not_utf_8(postgresql_server: Engine, sqlite_url: str) -> None:
    with (
        postgresql_database(postgresql_server, encoded("SQL_ASCII")) as url,
        closing(Database(url, any_encoding=True)) as source,
        closing(Database(sqlite_url)) as target,
    ):
        source.prepare()
        live(source, 30)
        with open_for_reading(url, any_encoding=True) as reading:
            copy_archive(reading, target)
        assert articles_and_all(target) == articles_and_all(source)


# --- a server that is stopped


def ask(database: Database) -> None:
    with database.read() as connection:
        connection.execute(text(READS))


def asking(database: Database, url: str) -> None:
    with database.read() as connection, frozen(url):
        connection.execute(text(READS))


def committing(database: Database, url: str) -> None:
    with database.write() as connection:
        connection.execute(text("DELETE FROM article"))
        with frozen(url):
            connection.commit()


def test_a_stopped_server_is_given_up_in_the_middle_of_a_statement_and_at_connecting(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "GRACE", 0.2)
    with closing(Database(postgresql_url, longest=0.1)) as own:
        own.prepare()
        with frozen(postgresql_url):
            for _ in range(2):  # the ping of a connection in the pool; then a new one
                with pytest.raises(StorageError, match="the server has not answered"):
                    ask(own)
        ask(own)
        for stopped_in_the_middle in (asking, committing):
            with pytest.raises(StorageError, match="the server has not answered"):
                stopped_in_the_middle(own, postgresql_url)
        ask(own)


def test_whoever_has_to_end_waits_no_longer(postgresql_url: str) -> None:
    with closing(Database(postgresql_url)) as own:
        own.prepare()
        with frozen(postgresql_url):
            own.hurry(0.2)
            with pytest.raises(StorageError, match="the server has not answered"):
                ask(own)
            own.hurry(60)  # later than now is no hurry
            with pytest.raises(StorageError, match="the server has not answered for 0 seconds"):
                ask(own)


def test_a_long_job_asks_now_and_then_whether_the_server_is_there(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "PROBE_EVERY", 0.2)
    with closing(Database(postgresql_url, longest=UNLIMITED)) as own:
        own.prepare()
        with own.read() as connection:
            assert connection.scalar(text("SELECT pg_sleep(1) IS NULL")) is False
        monkeypatch.setattr(postgresql, "CONNECT_TIMEOUT", 2)
        with pytest.raises(StorageError, match="the server has not answered"):
            asking(own, postgresql_url)
