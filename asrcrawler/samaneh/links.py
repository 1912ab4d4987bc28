"""Tell where a link on the page of an article leads."""

from __future__ import annotations

import re
from enum import Enum, auto
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from asrcrawler.samaneh.urls import code_of_url, is_home

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

LONGEST_HREF = 2000  # characters of a link that are looked at

NETWORKS = frozenset(
    "t.me telegram.me telegram.org instagram.com eitaa.com eitaa.ir ble.ir ble.im bale.ai rubika.ir splus.ir sapp.ir"
    " soroush-app.ir igap.net gap.im wa.me whatsapp.com twitter.com x.com facebook.com linkedin.com virasty.com"
    " aparat.com youtube.com cafebazaar.ir myket.ir play.google.com apps.apple.com".split()
)
"""The hosts of channels, pages and apps to which outlets invite."""
_ADVERTISING_PATH = re.compile(r"(?:/[a-z]{2})?/ads?|.*/(?:ads|advs?)/.*", re.IGNORECASE)
_ADVERTISING_HOST = re.compile(r"(?:ads?|adv|adserver|banner)\d*\..+\..+|ads?\.[a-z]+")
_FILE = re.compile(r"/files/.*|.*\.(?:pdf|docx?|xlsx?|pptx?|zip|rar|jpe?g|png|gif|webp)", re.IGNORECASE)
_MEDIA = re.compile(r".*\.(?:mp[34]|m4[av]|m3u8|webm|flv|mov|ogg|wav)", re.IGNORECASE)
_WEB = frozenset({"", "http", "https"})


class Leads(Enum):
    """What a link leads to."""

    HERE = auto()
    """This article, or a place on its page, or nothing."""
    ARTICLE = auto()
    """Another article."""
    HOME = auto()
    """The outlet's front page."""
    SITE = auto()
    """A section, a list, a tag, a film of the outlet."""
    NETWORK = auto()
    """A channel or an app."""
    ADVERT = auto()
    AWAY = auto()
    """Any other site, or a document."""


_HERE, _ARTICLE = Leads.HERE, Leads.ARTICLE


def leads(anchor: LexborNode, code: int, hosts: frozenset[str]) -> Leads:
    """Tell where a link on the page of ``code`` leads; ``hosts`` are those of the outlet."""
    attributes = anchor.attributes
    if "sponsored" in (attributes.get("rel") or "").lower().split():
        return Leads.ADVERT
    found = _target((attributes.get("href") or "")[:LONGEST_HREF], hosts)
    if isinstance(found, Leads):
        return found
    return _HERE if found == code else _ARTICLE


def is_advertising(url: str) -> bool:
    """Tell whether an address is the CMS's own for advertising, or that of a server of adverts."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return False
    return _is_advertising(parts)


def _is_advertising(parts: SplitResult) -> bool:
    return bool(_ADVERTISING_PATH.fullmatch(parts.path) or _ADVERTISING_HOST.fullmatch(parts.netloc.lower()))


@lru_cache(maxsize=2048)  # the menus of a site are the same on all its pages
def _target(href: str, hosts: frozenset[str]) -> Leads | int:
    """Tell where a link leads from any page of the outlet; the code where that is an article."""
    href = href.strip()
    try:
        parts = urlsplit(href)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return Leads.AWAY
    if parts.scheme == "tg":
        return Leads.NETWORK
    if parts.scheme not in _WEB or not (host or parts.path):
        return Leads.HERE
    if _is_advertising(parts):
        return Leads.ADVERT
    if (found := code_of_url(href)) is not None:
        return found
    if host and host not in hosts:
        return Leads.NETWORK if _is_network(host) else Leads.AWAY
    if _FILE.fullmatch(parts.path) and not _MEDIA.fullmatch(parts.path):
        return Leads.AWAY
    return Leads.HOME if is_home(href) else Leads.SITE


def _is_network(host: str) -> bool:
    return host in NETWORKS or any(host.endswith(f".{name}") for name in NETWORKS)
