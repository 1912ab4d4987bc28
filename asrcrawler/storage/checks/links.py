"""Check the links between articles: each leads to an article, with a lower code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, select

from asrcrawler.storage.checks.finding import Finding, codes_by_site
from asrcrawler.storage.models import article, signature
from asrcrawler.storage.visits.duplicates import link_duplicates
from asrcrawler.storage.visits.similar import link_similar
from asrcrawler.text.similarity import ALGORITHM

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

NAME = "links"
LINKS = ("duplicate_of", "similar_to")


def find(connection: Connection) -> Iterator[Finding]:
    other = article.alias()
    for name in LINKS:
        link = article.c[name]
        joined = article.join(other, and_(other.c.site == article.c.site, other.c.code == link), isouter=True)
        wrong = (
            select(article.c.site, article.c.code, link, other.c.code)
            .select_from(joined)
            .where(link.is_not(None), other.c.code.is_(None) | (link >= article.c.code))
            .order_by(article.c.site, article.c.code)
        )
        for site, code, to, there in connection.execute(wrong):
            why = "which is not stored" if there is None else "which is not a lower code"
            yield Finding(NAME, f"{name} is {to}, {why}", site, code)


def repair(connection: Connection, findings: Sequence[Finding]) -> None:
    """Find the links of these articles again, as is done when they are stored."""
    for site, codes in codes_by_site(findings).items():
        for code in codes:
            own = article.c.site == site, article.c.code == code
            connection.execute(article.update().where(*own).values(duplicate_of=None, similar_to=None))
            digest = connection.scalar(select(article.c.text_digest).where(*own))
            link_duplicates(connection, site, [digest] if digest else [])
            found = connection.scalar(
                select(signature.c.digest).where(
                    signature.c.site == site, signature.c.code == code, signature.c.algorithm == ALGORITHM
                )
            )
            if found is not None:
                link_similar(connection, site, {code: found}, {code})
