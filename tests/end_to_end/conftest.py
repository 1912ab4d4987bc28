"""A site and an empty archive; every test of this folder runs whole crawls, and is marked as slow."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.end_to_end.crawling import Crawl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from asrcrawler.replica.server import ReplicaServer


HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    """Mark the tests of this folder; pytest hands over those of all folders."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.slow)


@pytest.fixture
def crawl_of(tmp_path: Path) -> Callable[[ReplicaServer], Crawl]:
    """The archive of this test, made of a given site."""

    def crawl_of(server: ReplicaServer) -> Crawl:
        return Crawl(server.base_url, f"sqlite:///{tmp_path / 'asr.db'}")

    return crawl_of
