"""What differs between SQLite and PostgreSQL stands in one module for each."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy.exc import ArgumentError

import asrcrawler
from asrcrawler.storage.engine.backend import backend_of

PACKAGE = Path(asrcrawler.__file__).parent
WHO_ASKS = {
    "storage/engine/backend.py",
    "storage/engine/database.py",
    "storage/engine/types.py",
    "storage/search/backend.py",
}
QUESTION = re.compile(r"""[!=]= ?["'](sqlite|postgresql)["']|\.is_sqlite\b""")


def test_no_other_module_asks_which_database_it_is() -> None:
    modules = (path for path in PACKAGE.rglob("*.py") if "versions" not in path.parts)
    asking = {str(path.relative_to(PACKAGE)) for path in modules if QUESTION.search(path.read_text("utf-8"))}
    assert asking == WHO_ASKS


def test_another_database_is_refused() -> None:
    with pytest.raises(ArgumentError, match="mysql is not supported"):
        backend_of("mysql")
