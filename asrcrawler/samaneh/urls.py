"""The CMS's addresses: articles, short links, home. Pure, and at ease with any string a page may hold."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

if TYPE_CHECKING:
    from urllib.parse import SplitResult

HIGHEST_CODE = 10**9
"""No outlet of this CMS has come near it; a larger number is not a code."""
LONGEST_URL = 4000  # characters; twice what browsers and servers commonly take

SHORT_LINK_LENGTH = 6
_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_VALUES = {digit: value for value, digit in enumerate(_BASE62)}

_ARTICLE = re.compile(r"/(?:fa|en|ar)/news/([1-9][0-9]{0,9})(?:/.*)?", re.DOTALL)
_SHORT = re.compile(r"/([0-9A-Za-z]{6})")
_LISTING = re.compile(r"/(?:fa|en|ar)/(?:archive|services?|tags?|search|rss|links)(?:/.*)?", re.DOTALL)
_HOME = re.compile(r"/?|/(?:fa|en|ar)/?|(?:/(?:fa|en|ar))?/index\.(?:html?|php)")
_WEB = frozenset({"http", "https"})
_DEFAULT_PORTS = frozenset({80, 443})
_HOST = re.compile(r"[0-9a-z_-]+(?:\.[0-9a-z_-]+)*\.?|[0-9a-f:.]*:[0-9a-f:.]*")  # a name, or IPv6 without its brackets
# Most addresses of pictures are of these forms and stay as they are.
_ORIGIN = r"https?://[0-9a-z-]+(?:\.[0-9a-z-]+)*(?::(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}))?"
_PATH = r"(?:/[0-9A-Za-z_-]+(?:\.[0-9A-Za-z_-]+)*){1,20}"
_PLAIN_ORIGIN, _PLAIN_PATH, _PLAIN_URL = (re.compile(form) for form in (_ORIGIN, _PATH, _ORIGIN + _PATH))
_SAFE = "%/:=&?~#+!$,;'@()*[]"  # kept as they are in an address that a page gives


def article_path(code: int) -> str:
    """``/fa/news/32911``"""
    return f"/fa/news/{code}"


def short_path(code: int) -> str:
    """``/0008Yp`` for 32911: base62 of the code, padded to six (checked on 278 codes of two outlets).

    Raises :exc:`ValueError` for a code that cannot be.
    """
    if not 0 < code <= HIGHEST_CODE:
        raise ValueError(f"not a news code: {code}")
    digits = ""
    while code:
        code, value = divmod(code, len(_BASE62))
        digits = _BASE62[value] + digits
    return "/" + digits.rjust(SHORT_LINK_LENGTH, "0")


def code_of_short_path(path: str) -> int | None:
    """The code behind a short link's path; None if it is not one."""
    match = _SHORT.fullmatch(path)
    if match is None:
        return None
    code = 0
    for digit in match[1]:
        code = code * len(_BASE62) + _VALUES[digit]
    return code if 0 < code <= HIGHEST_CODE else None


@lru_cache(maxsize=2048)  # the menus of a site are the same on all its pages
def code_of_url(url: str) -> int | None:
    """The code that an article's address or a short link stands for, whatever its slug; None for any other address.

    ``url`` may be a path alone. Whose site it is on is for :func:`same_site` to say.
    """
    parts = _split(url)
    if parts is None:
        return None
    match = _ARTICLE.fullmatch(parts.path)
    if match is None:
        return code_of_short_path(parts.path)
    code = int(match[1])
    return code if code <= HIGHEST_CODE else None


def is_home(url: str) -> bool:
    """Whether ``url``, or a path alone, is the front page of the site or of one of its languages."""
    parts = _split(url)
    if parts is None or not (parts.netloc or parts.path):  # «#comments» is a place on the page it stands on
        return False
    return _HOME.fullmatch(parts.path) is not None


def is_listing(url: str) -> bool:
    """Whether ``url``, or a path alone, is one of the CMS's lists of articles: archive, section, tag, search."""
    parts = _split(url)
    return parts is not None and _LISTING.fullmatch(parts.path) is not None


def same_site(url: str, base_url: str) -> bool:
    """Whether both are on one host, ``www.`` and the scheme aside (ports count)."""
    here, there = _site(url), _site(base_url)
    return here is not None and here == there


def at_base(url: str, base_url: str, site: str | None = None) -> str | None:
    """Where ``url`` is asked for when the site is fetched at ``base_url``; None for an address of another site.

    ``base_url`` may be a mirror, a proxy or a stand-in, whose pages keep the links of the outlet. So an address on
    ``site``, the outlet's own host, belongs to it too, and is asked for at the base: same path, same query.
    """
    if same_site(url, base_url):
        return url
    if site is None or not same_site(url, f"http://{site}"):
        return None
    parts = urlsplit(url.strip())
    return base_url.rstrip("/") + (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def absolute(href: str, base: str) -> str | None:
    """``href`` as a full http(s) address in ASCII, blanks and Persian letters encoded; None for anything else."""
    if len(href) <= LONGEST_URL // 2 and _PLAIN_PATH.fullmatch(href) and _PLAIN_ORIGIN.fullmatch(base):
        return base + href
    if len(href) <= LONGEST_URL and _PLAIN_URL.fullmatch(href):
        return href
    try:
        parts = urlsplit(urljoin(base, href.strip()))
        netloc = _netloc(parts)
    except ValueError:
        return None
    if parts.scheme not in _WEB or netloc is None:
        return None
    path = parts.path or "/"
    encoded = (quote(part, safe=_SAFE, errors="ignore") for part in (path, parts.query, parts.fragment))
    url = urlunsplit((parts.scheme, netloc, *encoded))
    return url if len(url) <= LONGEST_URL else None


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    return parts if parts.scheme in _WEB or not parts.scheme else None


def _netloc(parts: SplitResult) -> str | None:
    """Host and port as a request needs them, without user and password; ValueError for what cannot be."""
    host, port = _ascii(parts.hostname or ""), parts.port
    if not _HOST.fullmatch(host):
        return None
    if ":" in host:
        host = f"[{host}]"
    return host if port is None else f"{host}:{port}"


def _ascii(host: str) -> str:
    """``host`` as DNS knows it; ValueError for one that it cannot know."""
    return host if host.isascii() else host.encode("idna").decode("ascii")


@lru_cache(maxsize=256)  # the base and the outlet come with every address
def _site(url: str) -> tuple[str, int | None] | None:
    try:
        parts = urlsplit(url.strip())
        host, port = _ascii(parts.hostname or ""), parts.port
    except ValueError:
        return None
    if parts.scheme not in _WEB or not host or "@" in parts.netloc:
        return None
    return host.removesuffix(".").removeprefix("www."), None if port in _DEFAULT_PORTS else port
