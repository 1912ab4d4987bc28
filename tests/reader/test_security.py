"""What keeps the reading room safe, and what it says when its database is gone."""

from __future__ import annotations

import logging
import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from asrcrawler.exceptions import StorageError
from asrcrawler.reader.library import Library
from asrcrawler.storage import Database
from tests.reader import shelf
from tests.reader.conftest import client_of
from tests.storage.samples import SITE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from starlette.testclient import TestClient


@pytest.mark.parametrize(
    "address", ["/", "/health", "/api/status", "/nowhere", "/static/style.css", "/metrics", "/api/articles/9"]
)
def test_every_answer_carries_the_headers(client: TestClient, address: str) -> None:
    headers = client.get(address).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'; script-src 'self'")
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("localhost:8000", 200),
        ("LOCALHOST", 200),
        ("evil.example", 421),
        ("localhost.evil.example", 421),
        ("", 421),
    ],
)
def test_only_our_own_names_are_answered(client: TestClient, host: str, status: int) -> None:
    assert client.get("/", headers={"host": host}).status_code == status


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_only_reading_is_possible(client: TestClient, method: str) -> None:
    answer = client.request(method, "/")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


def test_head_is_answered_like_get(client: TestClient) -> None:
    assert client.head("/health").status_code == 200


def test_a_very_long_address_is_refused(client: TestClient) -> None:
    assert client.get("/search?q=" + "x" * 5000).status_code == 414


def test_a_page_one_has_already_is_not_sent_again(client: TestClient) -> None:
    first = client.get(f"/news/{shelf.EDITED}")
    again = client.get(f"/news/{shelf.EDITED}", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert first.headers["content-encoding"] == "gzip"


def test_nothing_can_be_written(library: Library) -> None:
    with pytest.raises(StorageError, match="readonly"), library.database.write() as connection:
        connection.execute(text("DELETE FROM article"))


@pytest.fixture
def borrowed(shelf_url: str, tmp_path: Path, at_that_time: None) -> Iterator[tuple[Path, TestClient]]:
    """A database of the test's own, and a reading room over it."""
    path = tmp_path / "asr.db"
    with (
        closing(sqlite3.connect(shelf_url.removeprefix("sqlite:///"))) as source,
        closing(sqlite3.connect(path)) as copy,
    ):
        source.backup(copy)
    with closing(Database(f"sqlite:///{path}", read_only=True)) as database:
        yield path, client_of(Library(database=database, site=SITE))


def test_a_database_that_is_gone_is_a_page_and_comes_back(
    borrowed: tuple[Path, TestClient], caplog: pytest.LogCaptureFixture
) -> None:
    path, client = borrowed
    assert client.get("/").status_code == 200
    away = path.with_suffix(".away")
    shutil.move(path, away)
    with caplog.at_level(logging.WARNING):
        answer = client.get("/")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
    assert "بایگانی چند لحظه در دسترس نیست" in answer.text
    assert str(path) not in answer.text
    assert f"there is no database {path}" in caplog.text
    assert client.get("/api/articles").json() == {"error": "the archive is out of reach; the server's log says why"}
    assert client.get("/healthz").status_code == 503
    shutil.move(away, path)
    assert client.get("/").status_code == 200


def test_what_stands_in_the_place_of_the_archive_and_is_none_is_not_healthy(borrowed: tuple[Path, TestClient]) -> None:
    path, client = borrowed
    assert client.get("/healthz").status_code == 200
    path.with_suffix(".empty").touch()
    path.with_suffix(".empty").replace(path)
    assert client.get("/healthz").status_code == 503


def test_a_locked_database_is_a_page_too(borrowed: tuple[Path, TestClient]) -> None:
    path, _ = borrowed
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("PRAGMA journal_mode = DELETE")
        holder.execute("BEGIN EXCLUSIVE")
        with closing(Database(f"sqlite:///{path}?timeout=0.1", read_only=True)) as database:
            assert client_of(Library(database=database, site=SITE)).get("/").status_code == 503


def test_an_error_of_ours_shows_no_traceback(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("asrcrawler.storage.articles.reading.relatives", lambda *_: 1 / 0)
    answer = client.get(f"/news/{shelf.EDITED}")
    assert answer.status_code == 500
    assert "خطایی در برنامه رخ داد" in answer.text
    assert "ZeroDivision" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
