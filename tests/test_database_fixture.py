"""The databases that tests are given."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, text

if TYPE_CHECKING:
    import pytest


def test_the_files_of_postgresql_lie_where_no_other_run_of_pytest_closes_them(
    postgresql_url: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    engine = create_engine(postgresql_url)
    with engine.connect() as connection:
        folder = Path(connection.execute(text("SHOW data_directory")).scalar_one())
    engine.dispose()
    folders = (parent for parent in tmp_path_factory.getbasetemp().parents if parent.name.startswith("pytest-of-"))
    assert not any(folder.is_relative_to(parent) for parent in folders)
