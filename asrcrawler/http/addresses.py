"""Complete, encode and compare addresses of the web. Pure; any string may be given."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

if TYPE_CHECKING:
    from urllib.parse import SplitResult

LONGEST_URL = 4000  # characters; twice what browsers and servers commonly take

_WEB = frozenset({"http", "https"})
DEFAULT_PORT = {"http": 80, "https": 443}
_DEFAULT_PORTS = frozenset(DEFAULT_PORT.values())
_HOST = re.compile(r"[0-9a-z_-]+(?:\.[0-9a-z_-]+)*\.?|[0-9a-f:.]*:[0-9a-f:.]*")  # a name, or IPv6 without its brackets
# Most addresses of pictures are of these forms and stay as they are.
_ORIGIN = r"https?://[0-9a-z-]+(?:\.[0-9a-z-]+)*(?::(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}))?"
_PATH = r"(?:/[0-9A-Za-z_-]+(?:\.[0-9A-Za-z_-]+)*){1,20}"
_PLAIN_ORIGIN, _PLAIN_PATH, _PLAIN_URL = (re.compile(form) for form in (_ORIGIN, _PATH, _ORIGIN + _PATH))
_SAFE = "%/:=&?~#+!$,;'@()*[]"  # kept as they are in an address that a page gives


def same_site(url: str, base_url: str) -> bool:
    """Tell whether both are on one host, ``www.`` and the scheme aside (ports count)."""
    here, there = _site(url), _site(base_url)
    return here is not None and here == there


def at_base(url: str, base_url: str, site: str | None = None) -> str | None:
    """Give the address at which to ask for ``url`` when the site is fetched at ``base_url``; None for another site's.

    ``base_url`` may be a mirror, a proxy or a stand-in, whose pages keep the links of the outlet. So an address on
    ``site``, the outlet's own host, belongs to it too, and is asked for at the base: same path, same query.

    >>> at_base("http://www.asrpress.ir/fa/news/5?a=1", "http://mirror.example", "asrpress.ir")
    'http://mirror.example/fa/news/5?a=1'
    >>> at_base("http://elsewhere.example/fa/news/5", "http://mirror.example", "asrpress.ir")
    """
    if same_site(url, base_url):
        return url
    if site is None or not same_site(url, f"http://{site}"):
        return None
    parts = urlsplit(url.strip())
    return base_url.rstrip("/") + (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def absolute(href: str, base: str) -> str | None:
    """Complete ``href`` to an http(s) address in ASCII, blanks and Persian letters encoded; None for anything else.

    >>> absolute("/fa/tag/1/خبر", "http://asrpress.ir/fa/news/5")
    'http://asrpress.ir/fa/tag/1/%D8%AE%D8%A8%D8%B1'
    """
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


def origin(url: str) -> str | None:
    """Give the address of a site as it is compared: scheme, host and port, in ASCII; None for more than that, or less.

    >>> origin("HTTP://Asrpress.ir/"), origin("http://asrpress.ir/fa"), origin("http://user@asrpress.ir")
    ('http://asrpress.ir', None, None)
    """
    try:
        parts = urlsplit(url.strip())
        netloc = None if "@" in parts.netloc else _netloc(parts)
    except ValueError:
        return None
    if parts.scheme not in _WEB or netloc is None or parts.port == 0 or parts.path not in {"", "/"}:
        return None
    return None if parts.query or parts.fragment else f"{parts.scheme}://{netloc}"


def web_parts(url: str) -> SplitResult | None:
    """Split an address of the web, or a path alone; None for anything else."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    return parts if parts.scheme in _WEB or not parts.scheme else None


def _netloc(parts: SplitResult) -> str | None:
    """Give host and port as a request needs them, without user and password; ValueError for what cannot be."""
    host, port = _ascii(parts.hostname or ""), parts.port
    if not _HOST.fullmatch(host):
        return None
    if ":" in host:
        host = f"[{host}]"
    return host if port is None else f"{host}:{port}"


def _ascii(host: str) -> str:
    """Write ``host`` as DNS knows it; ValueError for one that it cannot know."""
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
