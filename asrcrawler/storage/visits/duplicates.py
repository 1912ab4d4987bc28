"""Link exact duplicates: of the articles of a site with the same text, the one with the lowest code is the original.

The whole group is worked out each time one of it changes, so that the order of visits makes no difference.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select, update

from asrcrawler.storage.models import article

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

_GROUPS = select(article.c.id, article.c.code, article.c.text_digest, article.c.duplicate_of).where(
    article.c.site == bindparam("site"), article.c.text_digest.in_(bindparam("digests", expanding=True))
)
"""Without ORDER BY: for its sake SQLite walks through every article of the site in the order of codes."""
_LINK = update(article).where(article.c.id == bindparam("own_id")).values(duplicate_of=bindparam("original"))


def link_duplicates(connection: Connection, site: str, digests: Iterable[bytes]) -> None:
    """Set ``duplicate_of`` again for every article whose text has one of ``digests``."""
    wanted = list(digests)
    if not wanted:
        return
    groups = defaultdict(list)
    for row in connection.execute(_GROUPS, {"site": site, "digests": wanted}):
        groups[row.text_digest].append(row)
    changes = []
    for group in groups.values():
        original = min(row.code for row in group)
        for row in group:
            link = None if row.code == original else original
            if row.duplicate_of != link:
                changes.append({"own_id": row.id, "original": link})
    if changes:
        connection.execute(_LINK, changes)
