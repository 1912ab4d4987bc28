"""A condition on one of many whole numbers, handed over as one value: the statement is the same for ten and for ten
thousand, which SQLAlchemy works out once and no database refuses as too long.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import ARRAY, any_, bindparam, func, select

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Column, ColumnElement, Connection


def among(connection: Connection, column: Column[int], values: Iterable[int]) -> ColumnElement[bool]:
    """Whether ``column`` is one of ``values``."""
    wanted = sorted(values)
    if connection.dialect.name == "sqlite":
        listed = func.json_each(json.dumps(wanted)).table_valued("value")
        return column.in_(select(listed.c.value))
    return column == any_(bindparam(None, wanted, type_=ARRAY(column.type)))
