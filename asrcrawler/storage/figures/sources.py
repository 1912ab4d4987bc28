"""Compare where the values of the last articles came from with where those before came from."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from sqlalchemy import select

from asrcrawler.items import NAMES
from asrcrawler.policy import FEWEST_TO_COMPARE, Fall, falls
from asrcrawler.storage.models import run

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from asrcrawler.storage.engine.database import Database

MOST_RUNS = 2_000  # that are read: a week of a run every five minutes; most of them have met nothing
MOST_BEFORE = 1_000  # articles to compare with: a new template is told of until half of them have it, for some days

Counts: TypeAlias = "Mapping[str, Mapping[str, int]]"
"""Articles by field and by the place that its value came from."""

_WORDS = {
    "page": "on the page",
    "meta": "in the meta elements of the page",
    "jsonld": "in the JSON-LD of the page",
}


@dataclass(frozen=True, slots=True)
class Sources:
    """Where values came from: those of the last articles, and those of the articles before them."""

    now: Counts
    before: Counts

    @property
    def articles(self) -> int:
        """Count the last articles."""
        return _articles(self.now)

    @property
    def articles_before(self) -> int:
        return _articles(self.before)

    @property
    def shares(self) -> dict[str, dict[str, float]]:
        """Give the share of the last articles by field and place, 0 to 1; the fields in the order of the export.

        A place where values were found before has a share of 0.
        """
        return {
            name: {place: places.get(place, 0) / _total(places) for place in {**places, **self.before.get(name, {})}}
            for name, places in self.now.items()
        }

    @property
    def falls(self) -> list[Fall]:
        """Find the fields that are found in their main place far less often than before."""
        return falls(self.before, self.now)

    @property
    def warnings(self) -> list[str]:
        """Say each of :attr:`falls` in one line."""
        return [warning(fall, self.articles) for fall in self.falls]


def warning(fall: Fall, articles: int) -> str:
    """Say in one line that a field has left its main place; ``articles`` are the last ones."""
    return (
        f"{fall.field}: found {_WORDS.get(fall.place, fall.place)} in {fall.now:.0%} of the last {articles:,}"
        f" articles, {fall.before:.0%} before; has the template changed?"
    )


def sources(database: Database, site: str) -> Sources:
    """Read the counts of the latest runs of ``site``, of one at work those so far.

    The last articles are those of as few blocks of counts, or whole runs, as have
    :data:`~asrcrawler.policy.FEWEST_TO_COMPARE` articles together.
    """
    latest = select(run.c.sources).where(run.c.site == site).order_by(run.c.id.desc()).limit(MOST_RUNS)
    with database.read() as connection:
        runs = (counts for counts in connection.scalars(latest) if counts)
        # An earlier version wrote one block, without a list around it.
        counted = (block for run in runs for block in (reversed(run) if isinstance(run, list) else [run]))
        return Sources(_added(counted, FEWEST_TO_COMPARE), _added(counted, MOST_BEFORE))


def _added(blocks: Iterator[Counts], enough: int) -> Counts:
    """Add up blocks of counts until there are enough articles."""
    found: dict[str, Counter[str]] = {}
    while _articles(found) < enough and (counts := next(blocks, None)) is not None:
        for name, places in counts.items():
            found.setdefault(name, Counter()).update(places)
    return {name: _by_weight(found[name]) for name in NAMES if name in found}


def _by_weight(places: Counter[str]) -> dict[str, int]:
    return dict(sorted(places.items(), key=lambda counted: (-counted[1], counted[0])))


def _articles(counts: Counts) -> int:
    """Count the articles: each was counted once in every field."""
    return max(map(_total, counts.values()), default=0)


def _total(places: Mapping[str, int]) -> int:
    return sum(places.values())
