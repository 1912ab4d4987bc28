"""Makes the characters of an article uniform (see :mod:`asrcrawler.text.persian`) and counts where values came from."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

from itemadapter import ItemAdapter

from asrcrawler.items import NAMES, TYPES, Article, Type, reading_of
from asrcrawler.text.persian import clean, clean_paragraphs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from scrapy.crawler import Crawler
    from scrapy.statscollectors import StatsCollector

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


class CleanPipeline:
    """Cleans articles, also those that are not taken yet; other absences pass.

    What it counts is among the crawl's stats when that ends.
    """

    def __init__(self, stats: StatsCollector) -> None:
        self._stats = stats
        self._counts: Counter[str] = Counter()  # fifteen an article, each of which would pass two wrappers of Scrapy's

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler.stats)

    def process_item(self, item: Any) -> Any:
        if (article := reading_of(item)) is not None:
            clean_article(article)
        if isinstance(item, Article):
            self._count(item)
        return item

    def close_spider(self) -> None:
        for name, count in self._counts.items():
            self._stats.inc_value(name, count)

    def _count(self, article: Article) -> None:
        self._counts.update(f"asr/source/{name}/{source}" for name, source in article.sources.items())
        self._counts.update(f"asr/missing/{name}" for name in NAMES if getattr(article, name) in (None, []))
