"""Make the characters of an article uniform (see :mod:`asrcrawler.text.persian`) and counts where values came from."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

from asrcrawler.items import FIELDS, TYPES, Type
from asrcrawler.pipelines.fields import article_in, set_value, value_of
from asrcrawler.policy import FEWEST_TO_COMPARE, MISSING
from asrcrawler.samaneh.page import PAGE
from asrcrawler.text.persian import clean, clean_paragraphs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from scrapy.crawler import Crawler

    from asrcrawler.items import Media


def _line(text: str) -> str | None:
    return clean(text) or None


def _text(text: str) -> str | None:
    return clean_paragraphs(text) or None


def _path(names: Iterable[str]) -> list[str]:
    return [name for name in map(clean, names) if name]


def _set(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(_path(names)))


def _media(shown: Sequence[Media]) -> list[Media]:
    return [replace(media, caption=_line(media.caption or "")) for media in shown]


_CLEANERS: dict[Type, Callable[[Any], Any]] = {
    Type.LINE: _line,
    Type.TEXT: _text,
    Type.PATH: _path,
    Type.SET: _set,
    Type.MEDIA: _media,
}


def clean_article(item: Any) -> None:
    """Clean every text of an article in place. What is empty afterwards becomes None or leaves its list."""
    for name, cleaner in _CLEANED:
        if (value := value_of(item, name)) is not None:
            set_value(item, name, cleaner(value))


_CLEANED = [(name, _CLEANERS[type_]) for name, type_ in TYPES.items() if type_ in _CLEANERS]

_COUNTED = tuple(
    stated.name for stated in FIELDS if stated.type not in {Type.SITE, Type.CODE, Type.ADDRESS, Type.KIND, Type.JALALI}
)
"""What a page may lack; the Jalali date is that of the moment of publication."""


def places_of(item: Any) -> dict[str, str]:
    """Say where the value of each field that a page may lack came from; :data:`~asrcrawler.policy.MISSING` for none."""
    sources = value_of(item, "sources") or {}  # pictures, films and comments are read in the page alone
    return {name: MISSING if value_of(item, name) in (None, []) else sources.get(name, PAGE) for name in _COUNTED}


class CleanPipeline:
    """Cleans articles, also those that are not taken yet; other absences pass.

    Where the values of articles came from is counted for the run's row, and is among the crawl's stats when that ends.
    """

    def __init__(self, crawler: Crawler) -> None:
        # With it come Scrapy and SQLAlchemy, which the processes that read captures again can do without.
        from asrcrawler.crawl.archive import Archive

        self._figures = Archive.of(crawler).figures
        self._stats = crawler.stats
        self._blocks: list[Counter[tuple[str, str]]] = [Counter()]
        self._before: list[dict[str, dict[str, int]]] = []
        """All but the last of the blocks, as they are written."""
        self._articles = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_item(self, item: Any) -> Any:
        article = article_in(item)
        if article is not None:
            clean_article(article)
        if article is item:
            self._count(item)
        return item

    def close_spider(self) -> None:
        """Give the counts to Scrapy's stats; one by one, each would pass two wrappers of them."""
        for (name, place), count in sum(self._blocks, Counter()).items():
            self._stats.inc_value(f"asr/missing/{name}" if place == MISSING else f"asr/source/{name}/{place}", count)

    def _count(self, article: Any) -> None:
        self._blocks[-1].update(places_of(article).items())
        self._figures.sources = [*self._before, _by_field(self._blocks[-1])]  # a thread may be writing the last
        self._articles += 1
        if self._articles % FEWEST_TO_COMPARE == 0:
            *before, latest = self._blocks
            self._blocks = [sum(before, Counter()), latest, Counter()]
            self._before = [_by_field(block) for block in self._blocks if block]


def _by_field(counts: Counter[tuple[str, str]]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for (name, place), count in counts.items():
        found.setdefault(name, {})[place] = count
    return found
