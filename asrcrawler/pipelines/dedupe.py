"""Give an article the fingerprints by which storage finds the same text, or nearly the same, under another code."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

from asrcrawler.pipelines.fields import article_in, set_value, value_of
from asrcrawler.text.persian import fold_letters
from asrcrawler.text.similarity import signature

DIGEST_SIZE = 16  # bytes; two of a hundred million texts share one by chance with a probability below 1e-22


def text_digest(article: Any) -> bytes | None:
    """Fingerprint title, lead and body as search reads them; None for an article without a body.

    Two codes with the same fingerprint carry the same text: a comma, a half-space or an Arabic letter makes no
    difference, another headline does.
    """
    parts = [value_of(article, name) or "" for name in ("title", "lead", "body")]
    if not parts[-1]:
        return None
    return blake2b("\0".join(fold_letters(part) for part in parts).encode(), digest_size=DIGEST_SIZE).digest()


def fingerprint(article: Any) -> None:
    """Set both fingerprints of an article: of the same text, and of nearly the same."""
    set_value(article, "text_digest", text_digest(article))
    set_value(article, "signature", signature(value_of(article, "body")))


class DedupePipeline:
    """Fingerprints articles, also those that are not taken yet; other absences pass.

    The lookup itself belongs to the transaction that stores them.
    """

    def process_item(self, item: Any) -> Any:
        if (article := article_in(item)) is not None:
            fingerprint(article)
        return item
