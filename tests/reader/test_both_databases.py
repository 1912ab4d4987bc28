"""Every page and every answer, on SQLite and on PostgreSQL: the same."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from asrcrawler.clock import pretend_it_is
from asrcrawler.reader.library import Library
from asrcrawler.storage import Database
from tests.reader.conftest import NOW, client_of
from tests.reader.shelf import fill
from tests.reader.test_pages import EVERY_PAGE
from tests.storage.samples import SITE

if TYPE_CHECKING:
    import pytest
    from starlette.testclient import TestClient

ADDRESSES = [*EVERY_PAGE, "/feed.atom", "/metrics", "/api/articles", "/api/articles/401/revisions", "/api/status"]


def test_postgresql_answers_as_sqlite_does(
    client: TestClient, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(Database(postgresql_url)) as database:
        database.prepare()
        pretend_it_is(NOW)
        fill(database, NOW)
        pretend_it_is(NOW)
    with closing(Database(postgresql_url, read_only=True)) as database:
        other = client_of(Library(database=database, site=SITE, first_code=300))
        for address in ADDRESSES:
            there, here = other.get(address), client.get(address)
            assert (address, there.status_code) == (address, here.status_code)
            if "health" not in address and "metrics" not in address and "status" not in address:  # own moments
                assert there.text == here.text, address
