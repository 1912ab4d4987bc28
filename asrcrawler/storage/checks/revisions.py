"""Check the earlier texts: an article of revision 3 has the texts 1 and 2, and no text is without its article."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, func, select

from asrcrawler.storage.checks.finding import Finding
from asrcrawler.storage.models import article, revision

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

NAME = "revisions"


def find(connection: Connection) -> Iterator[Finding]:
    kept = (
        select(
            revision.c.site,
            revision.c.code,
            func.count().label("texts"),
            func.min(revision.c.number).label("first"),
            func.max(revision.c.number).label("last"),
        )
        .group_by(revision.c.site, revision.c.code)
        .subquery()
    )
    same_code = and_(kept.c.site == article.c.site, kept.c.code == article.c.code)
    edited = (
        select(article.c.site, article.c.code, article.c.revision, kept.c.texts, kept.c.first, kept.c.last)
        .join(kept, same_code, isouter=True)
        .where((article.c.revision > 1) | kept.c.texts.is_not(None))
        .order_by(article.c.site, article.c.code)
    )
    for site, code, number, texts, first, last in connection.execute(edited):
        if (texts or 0, first or 1, last or 0) != (number - 1, 1, number - 1):
            yield Finding(NAME, f"revision {number} with {texts or 0} earlier texts", site, code)
    orphans = select(kept.c.site, kept.c.code, kept.c.texts).join(article, same_code, isouter=True)
    for site, code, texts in connection.execute(
        orphans.where(article.c.id.is_(None)).order_by(kept.c.site, kept.c.code)
    ):
        yield Finding(NAME, f"{texts} earlier texts and no article", site, code)
