"""A site and an empty archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.end_to_end.crawling import Crawl

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from asrcrawler.replica.server import ReplicaServer


@pytest.fixture
def crawl_of(tmp_path: Path) -> Callable[[ReplicaServer], Crawl]:
    """The archive of this test, made of a given site."""

    def crawl_of(server: ReplicaServer) -> Crawl:
        return Crawl(server.base_url, f"sqlite:///{tmp_path / 'asr.db'}")

    return crawl_of
