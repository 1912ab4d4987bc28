"""Gives an article the fingerprints by which storage finds the same text, or nearly the same, under another code."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

from asrcrawler.items import Article
from asrcrawler.text.persian import fold_letters
from asrcrawler.text.similarity import signature

DIGEST_SIZE = 16  # bytes; two of a hundred million texts share one by chance with a probability below 1e-22


def text_digest(article: Article) -> bytes | None:
    """The fingerprint of title, lead and body as a search would read them; None for an article without a body.

    Two codes with this in common carry the same text: a comma, a half-space or an Arabic letter makes no difference,
    another headline does.
    """
    if not article.body:
        return None
    parts = (article.title, article.lead, article.body)
    return blake2b("\0".join(fold_letters(part or "") for part in parts).encode(), digest_size=DIGEST_SIZE).digest()


def fingerprint(article: Article) -> None:
    """Set what tells the same text, and nearly the same, from others."""
    article.text_digest = text_digest(article)
    article.signature = signature(article.body)


class DedupePipeline:
    """Fingerprints articles; absences pass. The lookup itself belongs to the transaction that stores them."""

    def process_item(self, item: Any) -> Any:
        if isinstance(item, Article):
            fingerprint(item)
        return item
