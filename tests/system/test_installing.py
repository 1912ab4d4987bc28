"""How an extra is added to the install that is running."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from asrcrawler.system import installing
from asrcrawler.system.installing import command_for

if TYPE_CHECKING:
    from pathlib import Path


class Told:
    """A distribution that says where it came from."""

    def __init__(self, origin: object) -> None:
        self.origin = origin

    def read_text(self, name: str) -> str | None:
        assert name == "direct_url.json"
        return json.dumps(self.origin) if self.origin else None


@pytest.mark.parametrize(
    ("origin", "command"),
    [
        (
            {"url": "file:///tmp/asrcrawler-0.1.0-py3-none-any.whl", "archive_info": {}},
            "pip install 'asrcrawler[web] @ file:///tmp/asrcrawler-0.1.0-py3-none-any.whl'",
        ),
        ({"url": "file:///srv/asrcrawler", "dir_info": {}}, "pip install 'asrcrawler[web] @ file:///srv/asrcrawler'"),
        (None, "pip install 'asrcrawler[web]'"),
    ],
)
def test_of_a_package_it_names_what_that_was_installed_from(
    origin: object, command: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(installing, "FOLDER", tmp_path)
    monkeypatch.setattr(installing, "distribution", lambda name: Told(origin))
    assert command_for("web") == command


def test_in_a_checkout_it_is_the_checkout() -> None:
    assert command_for("web") == "pip install -e '.[web]'"
