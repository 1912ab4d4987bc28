"""Runs the migrations. Apart from ``database`` because Alembic is slow to import and seldom needed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config

if TYPE_CHECKING:
    from sqlalchemy import Connection

SCRIPTS = Path(__file__).parent
_OF_AN_INDEX = re.compile(r"(ix_)?search_(document|compound|words|gone)_\d")


def alembic_config(connection: Connection) -> Config:
    """Alembic's configuration for one connection; there is no alembic.ini."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def is_declared(name: str | None, kind: str, _: object) -> bool:
    """Whether ``models`` declares what a database holds; the tables of an index of words have its number."""
    return not (kind in {"table", "index"} and name and _OF_AN_INDEX.match(name))


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Bring the schema to ``revision`` within the connection's own transaction."""
    command.upgrade(alembic_config(connection), revision)
