"""Read the pictures and media files of an article, with their captions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from asrcrawler.http.addresses import absolute
from asrcrawler.items import Image, Video
from asrcrawler.samaneh.lines import line_of
from asrcrawler.text.persian import clean, fold_letters

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from selectolax.lexbor import LexborNode

_LAZY = re.compile(
    r"data-(?!.*(?:thumb|small|low|tiny))(?:.*src(?:set)?|original.*|lazy.*|image|full.*|large.*|hi-?res)"
)
"""The attributes in which scripts that load pictures late find them."""
_PLACEHOLDER = re.compile(r"data:|.*/?(?:blank|spacer|pixel|loading|loader|lazy|placeholder|transparent|1x1)[^/]*\Z")
_PICTURE_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|bmp|avif)$", re.IGNORECASE)
_FURNITURE = re.compile(
    r"/client/themes/|/files/adv/|/adv/|/ads/|/banner", re.IGNORECASE
)  # of the page, not the article
LONGEST_CAPTION = 500  # characters; a longer one is no caption, and its beginning is enough
_SMALLEST = 40  # pixels; smaller ones are icons, spacers and counters


def pictures(nodes: Iterable[LexborNode], headline: str, base_url: str) -> list[Image]:
    """Take ``img`` elements and gallery links as images, each address once, in order.

    A caption that only repeats the ``headline`` (folded to letters), as the CMS gives every lead picture, is none.
    """
    found: dict[str, Image] = {}
    captions: dict[int, str | None] = {}
    for node in nodes:
        address = _address(node, base_url)
        if address is None or _FURNITURE.search(address) or _is_tiny(node):
            continue
        image = found.setdefault(address, Image(url=address))
        if image.caption is None:
            image.caption = _caption(node, headline, captions)
    return list(found.values())


def videos(files: Iterable[tuple[str, LexborNode]], headline: str, base_url: str) -> list[Video]:
    """Take the files of films, with the elements that name them, as videos, each address once, in order."""
    found: dict[str, Video] = {}
    captions: dict[int, str | None] = {}
    for given, node in files:
        address = absolute(given, base_url)
        if address is None or _FURNITURE.search(address):
            continue
        video = found.setdefault(address, Video(url=address))
        if video.caption is None:
            holder = node.parent if node.tag == "source" and node.parent is not None else node
            video.caption = _caption(holder, headline, captions)
    return list(found.values())


def _address(node: LexborNode, base_url: str) -> str | None:
    attributes = node.attributes
    if node.tag == "a":
        address = absolute(attributes.get("href") or "", base_url)
        return address if address and _PICTURE_FILE.search(urlsplit(address).path) else None
    source = _late(attributes) or attributes.get("src") or ""
    if not source or source.startswith("data:"):
        source = (attributes.get("srcset") or "").strip().partition(" ")[0].rstrip(",")
    anchor = node.parent
    if anchor is not None and anchor.tag == "a" and (larger := _address(anchor, base_url)):
        return larger
    return absolute(source, base_url) if source else None


def _late(attributes: Mapping[str, str | None]) -> str | None:
    """Return the address that a script puts into ``src`` when the picture comes into sight."""
    if not any(name.startswith("data-") for name in attributes):
        return None
    replaced = _PLACEHOLDER.match((attributes.get("src") or "data:").lower()) is not None
    for name, value in attributes.items():
        address = (value or "").strip().partition(" ")[0] if name.endswith("srcset") else (value or "").strip()
        is_address = bool(address) and not address.startswith("data:")
        if is_address and _LAZY.fullmatch(name) and (replaced or _PICTURE_FILE.search(address.partition("?")[0])):
            return address
    return None


def _is_tiny(node: LexborNode) -> bool:
    attributes = node.attributes
    sizes = (attributes.get("width") or "", attributes.get("height") or "")
    return any(size.isascii() and size.isdigit() and int(size[:6]) < _SMALLEST for size in sizes)


def _caption(node: LexborNode, headline: str, known: dict[int, str | None]) -> str | None:
    attributes = node.attributes
    texts = [_figure_caption(node, known), attributes.get("title"), attributes.get("alt")]
    if node.tag == "a" and (inner := node.css_first("img")) is not None:
        texts += [inner.attributes.get("title"), inner.attributes.get("alt")]
    for text in dict.fromkeys(texts):
        caption = clean(text[:LONGEST_CAPTION]) if text else ""
        if caption and fold_letters(caption) not in {headline, ""}:
            return caption
    return None


def _figure_caption(node: LexborNode, known: dict[int, str | None]) -> str | None:
    """Return the caption of the figure around ``node``; ``known`` keeps those of the page, by figure."""
    parent = node.parent
    for _ in range(3):
        if parent is None:
            return None
        if parent.tag == "figure":
            if parent.mem_id not in known:
                caption = parent.css_first("figcaption")
                known[parent.mem_id] = clean(line_of(caption)[:LONGEST_CAPTION]) if caption is not None else None
            return known[parent.mem_id]
        parent = parent.parent
    return None
