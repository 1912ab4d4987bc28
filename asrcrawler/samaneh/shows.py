"""Find the galleries and the films of a page, wherever on it they stand.

A gallery is told by its marks and the pictures in it; a film by its file, in a player, in what configures one, or in
its script. No script is run.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from asrcrawler.samaneh.links import is_advertising
from asrcrawler.samaneh.places import ancestors, leads_elsewhere, within_link_elsewhere

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from selectolax.lexbor import LexborNode

    from asrcrawler.samaneh.places import Places

MOST_MARKS = 1_000
LONGEST_SCRIPT = 200_000  # characters of a script, or of a player's settings, that are searched for the file
LONGEST_ADDRESS = 2_000

_FILM_KINDS = "mp4|m4v|m3u8|webm|flv|mov|ogv|3gp"
_SOUND_KINDS = "mp3|ogg|wav|m4a|aac"
_USUAL = re.compile(rb"\.mp4")
"""Pages that name no such file and have no place for a film need not be searched for others."""
_FILM = re.compile(rf"\.(?:{_FILM_KINDS})(?:[?#]|$)", re.IGNORECASE)
_MEDIA = re.compile(rf"\.(?:{_FILM_KINDS}|{_SOUND_KINDS})(?:[?#]|$)", re.IGNORECASE)
_QUOTED = re.compile(rf"""["']([^"'<>\s]{{1,{LONGEST_ADDRESS}}})["']""")
_SETTINGS = tuple(f"data-{name}" for name in ("src", "item", "video", "file", "url", "setup", "sources", "config"))
_FILES = ", ".join(
    [
        "video",
        "source",
        "audio",
        "script",
        '[class*="video"] a[href]',
        *(f"[{name}]" for name in _SETTINGS),
    ]
)


class Shows:
    """What the article of ``code`` shows in ``region``, an element of ``page``, by the ``places`` of the page.

    ``is_own`` says of an element whether it may be a part of the article; ``around`` are those that the headline
    stands in.
    """

    def __init__(
        self,
        region: LexborNode,
        page: bytes,
        code: int,
        places: Places,
        around: set[int],
        is_own: Callable[[LexborNode], bool],
    ) -> None:
        self._region = region
        self._page = page
        self._code = code
        self._places = places
        self._around = around
        self._is_own = is_own

    @cached_property
    def galleries(self) -> list[LexborNode]:
        """Find the elements that hold the pictures of a gallery, none within another."""
        found: dict[int, LexborNode] = {}
        for node in self._marks_of_galleries:
            is_within = node.mem_id in self._around or any(parent.mem_id in found for parent in ancestors(node))
            if not is_within and self.pictures(node):
                found[node.mem_id] = node
        return list(found.values())

    def pictures(self, gallery: LexborNode) -> list[LexborNode]:
        """Find its pictures and the links to them, without those that lead to other articles."""
        return [node for node in gallery.css("a[href], img") if not within_link_elsewhere(node, self._code)]

    @cached_property
    def files(self) -> list[tuple[str, LexborNode]]:
        """Find the addresses of its films and recordings as they are written, each with its element."""
        if not self._places.of("film place") and not _USUAL.search(self._page):
            return []
        found: dict[str, LexborNode] = {}
        for node in self._region.css(_FILES)[:MOST_MARKS]:
            given = [address for address in _addresses(node) if _MEDIA.search(address) and not is_advertising(address)]
            if given and self._is_own(node):
                for address in given:
                    found.setdefault(address, node)
        return list(found.items())

    @property
    def has_film(self) -> bool:
        return any(_FILM.search(address) for address, _ in self.files)

    @property
    def may_be_film(self) -> bool:
        """Tell whether a name says so, without a file."""
        return any(map(self._is_own, self._places.of("film")))

    @property
    def may_be_gallery(self) -> bool:
        """Tell whether a name says so, without a picture. One of them outlets put around films too."""
        return any(map(self._is_empty, self._marks_of_galleries)) or any(
            map(self._is_own, self._places.of("photo body"))
        )

    def _is_empty(self, gallery: LexborNode) -> bool:
        """Tell whether it is one of which the page shows nothing, rather than a list of others."""
        return not any(leads_elsewhere(anchor, self._code) for anchor in gallery.css("a[href]"))

    @cached_property
    def _marks_of_galleries(self) -> list[LexborNode]:
        return [node for node in self._places.of("pictures") if self._is_own(node)]


def _addresses(node: LexborNode) -> Iterator[str]:
    attributes = node.attributes
    if node.tag == "script":
        text = node.text()[:LONGEST_SCRIPT]
        yield from _QUOTED.findall(text.replace("\\/", "/"))
        return
    for name in ("src", "href", *_SETTINGS):
        value = (attributes.get(name) or "").strip()[:LONGEST_SCRIPT]
        if value.startswith(("{", "[")):
            yield from _QUOTED.findall(value.replace("\\/", "/"))
        elif value:
            yield value[:LONGEST_ADDRESS]
