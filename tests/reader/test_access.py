"""Who may read what, with passwords and without; what search engines are told."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from asrcrawler.reader import passwords
from asrcrawler.reader.app import create_app
from asrcrawler.reader.passwords import Hash
from tests.reader import shelf

if TYPE_CHECKING:
    from asrcrawler.reader.library import Library

PASSWORD = "گذر:واژه"


def basic(name: str, password: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


def asked_by(library: Library, *, open_metrics: bool = False) -> TestClient:
    app = create_app(library, hosts={"localhost"}, visitors={"سارا": Hash.of(PASSWORD)}, open_metrics=open_metrics)
    return TestClient(app, base_url="http://localhost", follow_redirects=False)


@pytest.fixture
def guarded(library: Library, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setattr(passwords, "COST", 16)
    return asked_by(library)


ADDRESSES = (
    "/", f"/news/{shelf.EDITED}", "/search?q=x", "/health", "/metrics", "/feed.atom", "/static/style.css", "/nowhere",
    "/healthz/", "/%2fhealthz", "/api/openapi.json",
)  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    "headers",
    [
        {},
        basic("سارا", "x"),
        basic("ali", PASSWORD),
        {"authorization": "Basic !"},
        {"authorization": "Basic //8="},
        {"authorization": "Basic c2FyYQ=="},
        {"authorization": "Bearer x"},
    ],
)
def test_nothing_is_shown_without_the_right_password(
    guarded: TestClient, address: str, headers: dict[str, str]
) -> None:
    answer = guarded.get(address, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Basic realm="asrcrawler", charset="UTF-8"'
    assert answer.headers["cache-control"] == "no-store"
    assert "content-security-policy" in answer.headers
    assert "a name and its password are needed here" in answer.text


def test_the_api_answers_in_json(guarded: TestClient) -> None:
    answer = guarded.get("/api/articles")
    assert (answer.status_code, answer.json()) == (401, {"error": "a name and its password are needed here"})


@pytest.mark.parametrize("address", ["/", f"/news/{shelf.EDITED}", "/metrics", "/api/status", "/static/style.css"])
def test_with_it_all_is_as_without(guarded: TestClient, client: TestClient, address: str) -> None:
    answer = guarded.get(address, headers=basic("سارا", PASSWORD))
    assert (answer.status_code, answer.content) == (200, client.get(address).content)
    assert guarded.head(address, headers=basic("سارا", PASSWORD)).status_code == 200
    assert guarded.get("/nowhere/at/all", headers=basic("سارا", PASSWORD)).status_code == 404


def test_a_monitor_needs_none_and_prometheus_only_where_it_is_said(guarded: TestClient, library: Library) -> None:
    assert [guarded.get(path).status_code for path in ("/healthz", "/robots.txt", "/metrics")] == [200, 200, 401]
    opened = asked_by(library, open_metrics=True)
    assert [opened.get(path).status_code for path in ("/healthz", "/metrics", "/metrics/", "/")] == [200, 200, 401, 401]


def test_who_asks_in_a_crowd_is_told_when_to_come_again(guarded: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "MOST_WAITING", 0)
    answer = guarded.get("/", headers=basic("سارا", PASSWORD))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")


def test_search_engines_are_asked_to_stay_away(client: TestClient) -> None:
    assert client.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"
    for address in ("/", "/api/status", "/feed.atom", "/nowhere/at/all", "/healthz"):
        assert client.get(address).headers["x-robots-tag"] == "noindex, nofollow"
    assert '<meta name="robots" content="noindex, nofollow">' in client.get("/").text
