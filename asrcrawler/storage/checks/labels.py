"""Check the labels by which articles are found against the lists of categories and tags they come from."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select

from asrcrawler.storage.checks.finding import Finding, codes_by_site
from asrcrawler.storage.models import article, label
from asrcrawler.storage.visits.writing import labels_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection, Row

NAME = "labels"
BATCH = 2_000  # rows read at a time


def find(connection: Connection) -> Iterator[Finding]:
    """Compare the articles with their labels, reading both once and in the same order."""
    lists = select(article.c.site, article.c.code, article.c.category, article.c.tags)
    for site in list(connection.scalars(select(article.c.site).distinct().order_by(article.c.site))):
        articles = lists.where(article.c.site == site).order_by(article.c.code)
        labels = select(label.c.code, label.c.kind, label.c.name).where(label.c.site == site).order_by(label.c.code)
        present = _grouped(iter(connection.execute(labels, execution_options={"yield_per": BATCH})))
        code, names = next(present, (None, set()))
        for row in connection.execute(articles, execution_options={"yield_per": BATCH}):
            while code is not None and code < row.code:
                code, names = next(present, (None, set()))
            found = names if code == row.code else set()
            if found != set(labels_of(row.category, row.tags)):
                yield Finding(NAME, "its labels are not those of its lists", site, row.code)


def repair(connection: Connection, findings: Sequence[Finding]) -> None:
    for site, codes in codes_by_site(findings).items():
        for code in codes:
            own = select(article.c.category, article.c.tags).where(article.c.site == site, article.c.code == code)
            category, tags = connection.execute(own).one()
            connection.execute(delete(label).where(label.c.site == site, label.c.code == code))
            rows = [
                {"site": site, "code": code, "kind": kind, "name": name} for kind, name in labels_of(category, tags)
            ]
            if rows:
                connection.execute(insert(label), rows)


def _grouped(rows: Iterator[Row[Any]]) -> Iterator[tuple[int, set[tuple[str, str]]]]:
    for code, some in groupby(rows, key=lambda row: row.code):
        yield code, {(row.kind, row.name) for row in some}
