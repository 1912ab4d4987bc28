"""Read the path of sections above an article: «صفحه نخست » سیاسی » مجلس»."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from asrcrawler.samaneh.labels import SECTION
from asrcrawler.samaneh.lines import line_of
from asrcrawler.samaneh.links import LONGEST_HREF
from asrcrawler.samaneh.urls import code_of_url, is_home
from asrcrawler.text.persian import fold_letters

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

HOME_NAMES = frozenset({"صفحهنخست", "صفحهاصلی", "خانه", "home"})
"""As :func:`~asrcrawler.text.persian.fold_letters` gives them."""
_SEPARATORS = " >»«‹›/|\\،,:-–"
_BETWEEN = re.compile(r"\s*(?:>>|»|«|>|‹|›|/|\\|\|)\s*")
_LABEL = re.compile(rf"^\s*(?:{SECTION})\s*:\s*")
_MOST = 8  # sections in a path; the CMS has two or three levels
_LONGEST = 60  # characters of a section's name


def sections(place: LexborNode) -> list[tuple[str, str | None]]:
    """List name and address of each section, outermost first, without the home page.

    By its links; where nothing but home is linked, by its text, cut at the separators.
    """
    anchors = [place] if place.tag == "a" else place.css("a")[:50]
    linked = [(line_of(anchor).strip(_SEPARATORS), anchor.attributes.get("href")) for anchor in anchors]
    named: list[tuple[str, str | None]] = [found for found in linked if _is_section(*found)]
    if not named:
        parts = (part.strip(_SEPARATORS) for part in _BETWEEN.split(_LABEL.sub("", line_of(place))))
        named = [(part, None) for part in parts if _is_section(part, None) and not any(map(str.isdigit, part))]
    return named[:_MOST]


def _is_section(name: str, href: str | None) -> bool:
    return 0 < len(name) <= _LONGEST and _may_be_section(name, href[:LONGEST_HREF] if href is not None else None)


@lru_cache(maxsize=1024)  # the sections of an outlet are the same on all its pages
def _may_be_section(name: str, href: str | None) -> bool:
    if fold_letters(name) in HOME_NAMES:
        return False
    return href is None or not (is_home(href) or code_of_url(href) is not None)
