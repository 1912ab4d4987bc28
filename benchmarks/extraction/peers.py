"""Reads pages with one of the general tools: ``python peers.py TOOL MANIFEST``, in an environment that has the tool.

The manifest is a JSON list of ``{"path", "url"}``. Answers with one JSON object: the tool's version, the CPU seconds
that reading took, and for each page what the tool found, under our names. Imports nothing of asrcrawler.
"""

from __future__ import annotations

import json
import logging
import sys
import warnings
from importlib.metadata import version
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

WARM_UP = 3  # pages read before the clock starts: imports on demand, compiled patterns


def trafilatura(html: str, url: str) -> dict[str, Any]:
    from trafilatura import bare_extraction

    found = bare_extraction(html, url=url, with_metadata=True, include_comments=False)
    if found is None:
        return {}
    return {
        "title": found.title,
        "lead": found.description,
        "published_at": found.date,
        "category": list(found.categories or []),
        "tags": _split(found.tags or []),
        "body": found.text,
    }


def newspaper4k(html: str, url: str) -> dict[str, Any]:
    from newspaper import Article

    article = Article(url, language="fa", fetch_images=False)
    article.download(input_html=html)
    article.parse()
    meta = article.meta_data.get("article", {})
    section = meta.get("section") if isinstance(meta, dict) else None
    return {
        "title": article.title,
        "lead": article.meta_description,
        "published_at": article.publish_date.isoformat() if article.publish_date else None,
        "category": [section] if isinstance(section, str) else [],
        "tags": _split(article.meta_keywords),
        "body": article.text,
    }


def news_please(html: str, url: str) -> dict[str, Any]:
    from newsplease import NewsPlease

    article = NewsPlease.from_html(html, url=url, fetch_images=False)
    return {
        "title": article.title,
        "lead": article.description,
        "published_at": article.date_publish.isoformat() if article.date_publish else None,
        "body": article.maintext,
    }


def readability_lxml(html: str, url: str) -> dict[str, Any]:
    import lxml.html
    from readability import Document

    document = Document(html, url=url)
    body = lxml.html.fromstring(document.summary(html_partial=True))
    return {"title": document.short_title(), "body": "\n".join(body.itertext())}


def _split(keywords: Iterable[str]) -> list[str]:
    """Keywords one by one: the CMS writes them in one text, with Latin commas or Persian ones."""
    return [word.strip() for text in keywords for word in text.replace("،", ",").split(",") if word.strip()]


TOOLS = {
    "trafilatura": trafilatura,
    "newspaper4k": newspaper4k,
    "news-please": news_please,
    "readability-lxml": readability_lxml,
}


def read(tool: str, html: str, url: str) -> dict[str, Any]:
    """What the tool finds; nothing where it fails."""
    try:
        return TOOLS[tool](html, url)
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


def main(tool: str, manifest: str) -> None:
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    entries = json.loads(Path(manifest).read_text(encoding="utf-8"))
    pages = [(Path(entry["path"]).read_text(encoding="utf-8"), entry["url"]) for entry in entries]
    for page in pages[:WARM_UP]:
        read(tool, *page)
    begun = process_time()
    found = [read(tool, *page) for page in pages]
    seconds = process_time() - begun
    json.dump({"version": version(tool), "seconds": seconds, "found": found}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
