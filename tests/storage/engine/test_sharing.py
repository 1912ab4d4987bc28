from __future__ import annotations

import pytest

from asrcrawler.storage import shared, sharing
from asrcrawler.storage.migrations.revisions import HEAD


def test_one_database_is_shared_while_the_block_lasts(url: str) -> None:
    assert shared(url) is None
    with sharing(url, 3, idle=60) as database:
        assert shared(url) is database
        assert shared(f"{url}x") is None
        assert database.schema_version() == HEAD
        assert database.engine.pool.size() == 3  # type: ignore[attr-defined]
    assert shared(url) is None


def test_it_is_shared_no_more_after_an_error(url: str) -> None:
    with pytest.raises(RuntimeError), sharing(url, 1, idle=60):
        raise RuntimeError
    assert shared(url) is None
