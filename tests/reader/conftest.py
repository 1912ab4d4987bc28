"""A reading room, asked without a socket."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from asrcrawler.clock import pretend_it_is
from asrcrawler.reader.app import create_app
from asrcrawler.reader.library import Library
from asrcrawler.storage import Database
from tests.reader.shelf import fill
from tests.storage.samples import SITE

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2023, 1, 24, 19, 24, tzinfo=UTC)  # 22:54 of 4 Bahman 1401 in Tehran


@pytest.fixture(scope="session")
def shelf_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The archive of :mod:`tests.reader.shelf`, on SQLite."""
    url = f"sqlite:///{tmp_path_factory.mktemp('shelf') / 'asr.db'}"
    with closing(Database(url)) as database:
        database.prepare()
        pretend_it_is(NOW)
        fill(database, NOW)
        pretend_it_is(None)
    return url


@pytest.fixture
def at_that_time() -> Iterator[None]:
    """The clock of the reading room stands where its archive ends."""
    pretend_it_is(NOW)
    yield
    pretend_it_is(None)


@pytest.fixture
def library(shelf_url: str, at_that_time: None) -> Iterator[Library]:
    with closing(Database(shelf_url, read_only=True)) as database:
        yield Library(database=database, site=SITE, first_code=300)


@pytest.fixture
def client(library: Library) -> TestClient:
    return client_of(library)


def client_of(library: Library) -> TestClient:
    app = create_app(library, hosts={"localhost"})
    return TestClient(app, base_url="http://localhost", follow_redirects=False, raise_server_exceptions=False)
