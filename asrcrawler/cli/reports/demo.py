"""Show an article in a terminal, for ``scrapy demo``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asrcrawler.text.display import cells, wrap

if TYPE_CHECKING:
    from collections.abc import Mapping

WIDTH = 78
LONGEST_BODY = 2
"""Paragraphs shown; the rest is counted."""


def article_lines(article: Mapping[str, Any]) -> list[str]:
    """Write an exported article as lines: code, date, address, headline, lead and the beginning of its body."""
    lines = [f"{article['code']}  {article['published_jalali'] or 'no date'}  {article['url']}"]
    lines += [" › ".join(article["category"])] if article["category"] else []
    lines += ["", *_wrapped(article["kicker"]), *_wrapped(article["title"], "▌ ")]
    paragraphs = (article["body"] or "").split("\n\n") if article["body"] else []
    for paragraph in filter(None, [article["lead"], *paragraphs[:LONGEST_BODY]]):
        lines += ["", *_wrapped(paragraph)]
    if len(paragraphs) > LONGEST_BODY:
        lines += ["", f"[… {len(paragraphs) - LONGEST_BODY} more paragraphs]"]
    if article["tags"]:
        lines += ["", "، ".join(article["tags"])]
    return lines


def _wrapped(text: str | None, indent: str = "") -> list[str]:
    return [indent + line for line in wrap(text or "", WIDTH - cells(indent))]
