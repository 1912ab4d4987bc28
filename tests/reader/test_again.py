"""Requests that meet a file that is written to while it is read."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import pytest
from fastapi import APIRouter, FastAPI
from starlette.testclient import TestClient

from asrcrawler.exceptions import MovedError
from asrcrawler.reader import (
    again,
    api,
    articles,
    changes,
    dates,
    downloads,
    feed,
    lists,
    metrics,
    searching,
    shortcuts,
    watching,
)
from asrcrawler.reader.again import ReadAgain
from asrcrawler.storage.engine.database import LOOKS

if TYPE_CHECKING:
    from starlette.testclient import TestClient as Client


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Client:
    """Of a server whose archive has moved so many times when it is asked for the ``times``-th time."""
    monkeypatch.setattr(again, "BETWEEN_LOOKS", 0)
    router, looks = APIRouter(route_class=ReadAgain), count()

    @router.get("/moves/{times}")
    def moves(times: int) -> int:
        if (look := next(looks)) < times:
            raise MovedError("sqlite:///asr.db")
        return look

    app = FastAPI()
    app.include_router(router)
    return TestClient(app)


@pytest.mark.parametrize("times", [0, 1, LOOKS - 1])
def test_an_answer_is_made_anew_until_the_archive_rests(client: Client, times: int) -> None:
    assert client.get(f"/moves/{times}").json() == times


def test_an_archive_that_never_rests_is_an_error(client: Client) -> None:
    with pytest.raises(MovedError):
        client.get(f"/moves/{LOOKS}")


ROOMS = [api, articles, changes, dates, downloads, feed, lists, metrics, searching, shortcuts, watching]


@pytest.mark.parametrize("room", ROOMS)
def test_every_page_is_one_of_these(room: object) -> None:
    routes = room.router.routes  # type: ignore[attr-defined]
    assert routes
    assert {type(route) for route in routes} == {ReadAgain}
