"""Reads pages as a crawl does: the page parser, then the cleaning of the pipeline."""

from __future__ import annotations

from time import process_time
from typing import TYPE_CHECKING, Any

from asrcrawler.exceptions import PageVerdict
from asrcrawler.pipelines.clean import clean_article
from asrcrawler.samaneh.page import read_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asrcrawler.items import Article
    from benchmarks.extraction.pages import Page

WARM_UP = 3


def read(page: Page) -> dict[str, Any]:
    """Every field of the article under its own name; ``{"error": …}`` for a page that is refused."""
    try:
        article = _article(page)
    except PageVerdict as verdict:
        return {"error": f"{type(verdict).__name__}: {verdict}"}
    return _values(article)


def read_all(pages: Sequence[Page]) -> tuple[list[dict[str, Any]], float]:
    """What is found on each page, and the CPU seconds it took."""
    for page in pages[:WARM_UP]:
        read(page)
    begun = process_time()
    found = [read(page) for page in pages]
    return found, process_time() - begun


def _article(page: Page) -> Article:
    article = read_page(page.html, site=page.site, code=page.code, url=page.url, base_url=f"http://{page.site}")
    clean_article(article)
    return article


def _values(article: Article) -> dict[str, Any]:
    published = article.published_at
    return {
        "code": article.code,
        "kind": str(article.kind),
        "kicker": article.kicker,
        "title": article.title,
        "lead": article.lead,
        "body": article.body,
        "category": article.category,
        "tags": article.tags,
        "images": [{"url": image.url, "caption": image.caption} for image in article.images],
        "videos": [{"url": video.url, "caption": video.caption} for video in article.videos],
        "author": article.author,
        "published_at": published.isoformat() if published else None,
        "published_jalali": article.published_jalali,
        "modified_at": article.modified_at.isoformat() if article.modified_at else None,
        "comment_count": article.comment_count,
    }
