"""Rows that may be there already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from sqlalchemy import Connection, Insert, Table


def upsert(connection: Connection, table: Table) -> Insert:
    """A statement that inserts a row or, where its primary key is there already, puts it in that row's place."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement: Any = dialect.insert(table)  # the two share these methods and no class
    key = [column.name for column in table.primary_key.columns]
    values = {column.name: statement.excluded[column.name] for column in table.columns if not column.primary_key}
    if not values:
        found: Insert = statement.on_conflict_do_nothing(index_elements=key)
    else:
        found = statement.on_conflict_do_update(index_elements=key, set_=values)
    return found
