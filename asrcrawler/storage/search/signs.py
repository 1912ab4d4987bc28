"""Words of an index that no article writes: of which outlet, category and tag a document is. Pure.

They are words like any other, so that a selection narrows a search down as a further word does. A reader cannot ask for
one: what they begin with folds to a blank.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from asrcrawler.storage.models import LONGEST_LABEL

if TYPE_CHECKING:
    from collections.abc import Mapping

EVERY = "\ue010"
"""Stands in every document."""
_SITE, _LABEL, _PART = "\ue011", "\ue012", "\ue013"
KINDS = {"category": "category", "tags": "tag"}
"""The columns of an article with its labels, and what ``label`` calls them."""


def signs_of(article: Mapping[str, Any], site: int) -> tuple[str, ...]:
    """Give the signs of an article of the site with this number, each once."""
    labels = [of_label(kind, name) for column, kind in KINDS.items() for name in article[column]]
    return (EVERY, of_site(site), *dict.fromkeys(labels))


def of_site(number: int) -> str:
    """Give the sign of an outlet."""
    return f"{_SITE}{number}"


@lru_cache(maxsize=10_000)
def of_label(kind: str, name: str) -> str:
    """Give the sign of a category or tag."""
    return _LABEL + blake2b(f"{kind}:{name[:LONGEST_LABEL]}".encode(errors="replace"), digest_size=6).hexdigest()


def of_part(number: int) -> str:
    """Give the sign of a part of a volume."""
    return f"{_PART}{number}"
