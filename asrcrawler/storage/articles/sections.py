"""Read the categories of a site: their names, and their tree with the number of articles in each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, select

from asrcrawler.storage.models import LONGEST_LABEL, article, label
from asrcrawler.text.persian import name_order

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from asrcrawler.storage.engine.database import Database

MOST_NAMES = 300  # categories of a site that are listed


class Section(NamedTuple):
    """A category, with those below it."""

    name: str
    articles: int
    within: list[Section]


def categories(database: Database, site: str) -> list[str]:
    """Read the names of categories in the order of the Persian alphabet, with one look into the index for each."""
    with database.read() as connection:
        return sorted(_names(connection, site), key=name_order)


def sections(database: Database, site: str) -> list[Section]:
    """Read the categories as a tree, in the order of the Persian alphabet.

    A category stands below the one that stands before it in the newest article that carries it. Counting reads the
    index entries of all articles, so that the answer is to be kept for a while.
    """
    with database.read() as connection:
        counts, above = {}, {}
        for name in _names(connection, site):
            own = label.c.site == site, label.c.kind == "category", label.c.name == name
            counts[name], newest = connection.execute(select(func.count(), func.max(label.c.code)).where(*own)).one()
            path = connection.scalar(select(article.c.category).where(article.c.site == site, article.c.code == newest))
            above[name] = _before(name, path or [])
    return _below(None, {name: parent if _reaches_top(name, above) else None for name, parent in above.items()}, counts)


def _names(connection: Connection, site: str) -> Iterator[str]:
    own = label.c.site == site, label.c.kind == "category"
    name = connection.scalar(select(func.min(label.c.name)).where(*own))
    for _ in range(MOST_NAMES):
        if name is None:
            return
        yield name
        name = connection.scalar(select(func.min(label.c.name)).where(*own, label.c.name > name))


def _before(name: str, path: list[str]) -> str | None:
    """Give the name that stands before ``name`` in the category of an article."""
    names = [step[:LONGEST_LABEL] for step in path]
    place = names.index(name) if name in names else 0
    return names[place - 1] if place else None


def _reaches_top(name: str, above: dict[str, str | None]) -> bool:
    """Tell whether the names above ``name`` are all listed and lead to one with none above it, without a circle."""
    passed, step = set[str](), name
    while (parent := above.get(step)) is not None:
        passed.add(step)
        if parent in passed or parent not in above:
            return False
        step = parent
    return True


def _below(parent: str | None, above: dict[str, str | None], counts: dict[str, int]) -> list[Section]:
    names = sorted((name for name, upper in above.items() if upper == parent), key=name_order)
    return [Section(name, counts[name], _below(name, above, counts)) for name in names]
