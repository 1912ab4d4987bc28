"""Read the texts that an article has had, and what each edit touched. Every query is bounded and answered by an index.

The texts are numbered from 1; the last one is the present text, which stands in ``article`` itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from asrcrawler.items import EDITED
from asrcrawler.storage.models import article, revision

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import RowMapping

    from asrcrawler.storage.engine.database import Database


class Edit(NamedTuple):
    """An edit of an article."""

    number: int
    """Number of the text before it."""
    change: str
    """What it touched, a :class:`~asrcrawler.items.Change`."""
    seen_at: datetime
    """When the text before it was first seen."""
    replaced_at: datetime
    """When the text after it was first seen."""


def edits(database: Database, site: str, code: int, limit: int) -> list[Edit]:
    """Read the latest edits of an article, the last one first."""
    with database.read() as connection:
        rows = connection.execute(
            select(*(revision.c[name] for name in Edit._fields))
            .where(revision.c.site == site, revision.c.code == code)
            .order_by(revision.c.number.desc())
            .limit(limit)
        )
        return [Edit(*row) for row in rows]


def texts(database: Database, site: str, code: int, numbers: Collection[int]) -> dict[int, RowMapping]:
    """Read texts of an article by their numbers: the fields of :data:`~asrcrawler.items.EDITED` and ``seen_at``.

    ``seen_at`` is when the text was first seen. What the article does not have is left out.
    """
    texts = [revision.c[name] for name in ("number", "seen_at", *EDITED)]
    earlier = select(*texts).where(revision.c.site == site, revision.c.code == code, revision.c.number.in_(numbers))
    number, since = article.c.revision.label("number"), article.c.changed_at.label("seen_at")
    present = select(number, since, *(article.c[name] for name in EDITED)).where(
        article.c.site == site, article.c.code == code, article.c.revision.in_(numbers)
    )
    with database.read() as connection:
        rows = [*connection.execute(earlier).mappings(), *connection.execute(present).mappings()]
    return {row["number"]: row for row in rows}
