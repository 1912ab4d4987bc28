"""Make the characters of an article uniform (see :mod:`asrcrawler.text.persian`) and counts where values came from."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

from itemadapter import ItemAdapter

from asrcrawler.crawl.archive import Archive
from asrcrawler.items import FIELDS, TYPES, Article, Type, reading_of
from asrcrawler.policy import MISSING
from asrcrawler.samaneh.page import PAGE
from asrcrawler.text.persian import clean, clean_paragraphs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from scrapy.crawler import Crawler

    from asrcrawler.items import Media


def _line(text: str | None) -> str | None:
    return clean(text) or None if text else None


def _text(text: str | None) -> str | None:
    return clean_paragraphs(text) or None if text else None


def _path(names: Iterable[str]) -> list[str]:
    return [name for name in map(clean, names) if name]


def _set(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(_path(names)))


def _media(shown: Sequence[Media]) -> list[Media]:
    return [replace(media, caption=_line(media.caption)) for media in shown]


_CLEANERS: dict[Type, Callable[[Any], Any]] = {
    Type.LINE: _line,
    Type.TEXT: _text,
    Type.PATH: _path,
    Type.SET: _set,
    Type.MEDIA: _media,
}


def clean_article(item: Any) -> None:
    """Clean every text of an article in place. What is empty afterwards becomes None or leaves its list."""
    adapter = ItemAdapter(item)
    for name, cleaner in _CLEANED:
        if name in adapter:
            adapter[name] = cleaner(adapter[name])


_CLEANED = [(name, _CLEANERS[type_]) for name, type_ in TYPES.items() if type_ in _CLEANERS]

_COUNTED = tuple(
    stated.name for stated in FIELDS if stated.type not in {Type.SITE, Type.CODE, Type.ADDRESS, Type.KIND, Type.JALALI}
)
"""What a page may lack; the Jalali date is that of the moment of publication."""


def places_of(article: Article) -> dict[str, str]:
    """Say where the value of each field that a page may lack came from; :data:`~asrcrawler.policy.MISSING` for none."""
    return {name: _place(article, name) for name in _COUNTED}


def _place(article: Article, name: str) -> str:
    if getattr(article, name) in (None, []):
        return MISSING
    return article.sources.get(name, PAGE)  # pictures, films and comments are read in the page alone


class CleanPipeline:
    """Cleans articles, also those that are not taken yet; other absences pass.

    Where the values of articles came from is counted for the run's row, and is among the crawl's stats when that ends.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._figures = Archive.of(crawler).figures
        self._stats = crawler.stats
        self._counts: Counter[tuple[str, str]] = Counter()  # each would pass two wrappers of Scrapy's stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_item(self, item: Any) -> Any:
        if (article := reading_of(item)) is not None:
            clean_article(article)
        if isinstance(item, Article):
            self._count(item)
        return item

    def close_spider(self) -> None:
        for (name, place), count in self._counts.items():
            self._stats.inc_value(f"asr/missing/{name}" if place == MISSING else f"asr/source/{name}/{place}", count)

    def _count(self, article: Article) -> None:
        self._counts.update(places_of(article).items())
        sources: dict[str, dict[str, int]] = {}  # made anew: a thread may be writing the one before
        for (name, place), count in self._counts.items():
            sources.setdefault(name, {})[place] = count
        self._figures.sources = sources
