"""The pages that are read, and what is true of each."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple

from asrcrawler.replica import World
from asrcrawler.replica.rendering import Pages

if TYPE_CHECKING:
    from collections.abc import Iterable

FIELDS = ("title", "lead", "published_at", "category", "tags", "code")
"""Compared exactly, besides the body."""

ORIGIN = "http://asrpress.ir"
_CODES_A_PAGE = 3  # the world is sparse


class Page(NamedTuple):
    """A page as fetched, and the truth about it: cleaned texts, lists, ``published_at`` in ISO 8601 with its offset."""

    name: str
    html: bytes
    site: str
    code: int
    url: str
    truth: dict[str, Any]


def replica_pages(count: int, *, seed: int = 7) -> list[Page]:
    """``count`` article pages of the replica with their truth, the same for the same seed."""
    world = World(first=1, last=count * _CODES_A_PAGE + 100, seed=seed)
    pages = Pages(world, ORIGIN)
    found = []
    for code in world.visible(world.first, world.last):
        truth = world.truth(code, base_url=ORIGIN).fields()
        published = world.truth(code, base_url=ORIGIN).published_at
        truth["published_at"] = published.isoformat() if published else None
        url = f"{ORIGIN}/fa/news/{code}"
        found.append(Page(f"replica-{code}", pages.article(code, world.now), "asrpress.ir", code, url, truth))
        if len(found) == count:
            break
    return found


def corpus_digest(pages: Iterable[Page]) -> str:
    """Changes with any byte of any page or of its truth."""
    found = blake2b(digest_size=8)
    for page in pages:
        found.update(page.html)
        found.update(repr(sorted(page.truth.items())).encode())
    return found.hexdigest()
