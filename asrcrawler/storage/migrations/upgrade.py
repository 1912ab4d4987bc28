"""Run the migrations. They are not part of ``database``, because Alembic is slow to import and seldom needed."""

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
    """Make Alembic's configuration for one connection; there is no alembic.ini."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def is_declared(name: str | None, kind: str, _: object) -> bool:
    """Tell whether ``models`` declares a table or index; those of an index of words are not in it."""
    return not (kind in {"table", "index"} and name and _OF_AN_INDEX.match(name))


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Bring the schema to ``revision`` within the connection's own transaction."""
    command.upgrade(alembic_config(connection), revision)
