"""Makes the characters of an article uniform (see :mod:`asrcrawler.text.persian`) and counts where values came from."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Self

from asrcrawler.items import Article, Image
from asrcrawler.text.persian import clean, clean_paragraphs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scrapy.crawler import Crawler
    from scrapy.statscollectors import StatsCollector

COUNTED = frozenset(field.name for field in fields(Article)) - {"sources", "notes", "text_digest", "signature", "fetch"}


def clean_article(article: Article) -> None:
    """Clean every text of ``article`` in place. What is empty afterwards becomes None or leaves its list."""
    article.kicker = _line(article.kicker)
    article.title = _line(article.title)
    article.lead = _line(article.lead)
    article.author = _line(article.author)
    article.body = clean_paragraphs(article.body or "") or None
    article.category = list(_lines(article.category))
    article.tags = list(dict.fromkeys(_lines(article.tags)))
    article.images = [Image(url=image.url, caption=_line(image.caption)) for image in article.images]


def _line(text: str | None) -> str | None:
    return clean(text) or None if text else None


def _lines(texts: Iterable[str]) -> Iterable[str]:
    return (name for name in map(clean, texts) if name)


class CleanPipeline:
    """Cleans articles; absences pass. What it counts is among the crawl's stats when that ends."""

    def __init__(self, stats: StatsCollector) -> None:
        self._stats = stats
        self._counts: Counter[str] = Counter()  # fifteen an article, each of which would pass two wrappers of Scrapy's

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler.stats)

    def process_item(self, item: Any) -> Any:
        if isinstance(item, Article):
            clean_article(item)
            self._count(item)
        return item

    def close_spider(self) -> None:
        for name, count in self._counts.items():
            self._stats.inc_value(name, count)

    def _count(self, article: Article) -> None:
        self._counts.update(f"asr/source/{name}/{source}" for name, source in article.sources.items())
        self._counts.update(f"asr/missing/{name}" for name in COUNTED if getattr(article, name) in (None, []))
